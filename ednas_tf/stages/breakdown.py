"""The costs of a network, operator by operator."""

from ednas_tf import hardware
from ednas_tf.spaces import network, operators

FIXED = "fixed"
"""Stands for the node in the row of what a network costs beside its parts."""
_WINDOWS = (*operators.CONVOLUTIONS, "maxpool", "avgpool")


def rows(found, problem):
    """Returns a row for each operator of a network, in the network's order.

    Peak memory is left out: it is no sum of parts.

    Args:
        found: The `Architecture`.
        problem: The `Problem` with the prices that its costs are made of.

    Returns:
        Dictionaries of `node`, `operator` (as in a table of costs), `slot`
        (empty for a fixed node), `height`, `width` and `channels` of the
        output, `kernel` (empty without a window), and each cost in the unit
        of its name. The costs sum to those of the architecture; if the device
        has an overhead for a whole network, a last row holds it.
    """
    names = [n for n in hardware.costs.SUMS if found.costs.get(n) is not None]
    pricing = problem.prices.pricing
    parts = list(_parts(found.skeleton, found.operation, pricing))
    prices = _prices([row for _, row in parts], pricing)
    told = [
        {**_described(node, row), **{n: prices[row][n] for n in names}}
        for node, row in parts
    ]
    overhead = pricing.overhead()
    if any(overhead[name] for name in names):
        told.append({"node": FIXED, **{n: overhead[n] for n in names}})
    return told


def _parts(skeleton, operation, pricing):
    """Yields each node with each operator that it becomes on the device."""
    shapes = network.shapes(skeleton.nodes, skeleton.input_shape)
    for node in skeleton.nodes:
        if node.kind in operators.FREE:
            continue
        if node.kind == "slot":
            shape, name = shapes[node.inputs[0]], operation(node.name)
            made = operators.operation_operators(node, shape, name)
        else:
            made = (operators.node_operator(node, shapes),)
        for row in pricing.tiles(made):
            yield node, row


def _prices(wanted, pricing):
    """Returns the costs of each operator by name."""
    return {
        row: hardware.costs.of_part((row,), table)
        for table, some in pricing.of_operators(
            dict.fromkeys(wanted, "the network that was found")
        )
        for row in some
    }


def _described(node, row):
    windowed = row.op in _WINDOWS
    return {
        "node": node.name,
        "operator": row.op,
        "slot": node.name if node.kind == "slot" else "",
        "height": row.out_h,
        "width": row.out_w,
        "channels": row.out_c,
        "kernel": f"{row.kernel_h}x{row.kernel_w}" if windowed else "",
    }
