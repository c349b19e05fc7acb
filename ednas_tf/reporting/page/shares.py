"""What each node of a network costs."""

import dataclasses

from ednas_tf.reporting import forms
from ednas_tf.spaces import network, operators

_WANTED = ("latency_us", "energy_uj", "macs")
_OVERHEAD = "fixed"
"""Name of the row for what no node costs."""


@dataclasses.dataclass(frozen=True)
class Shares:
    """One cost, node by node.

    Attributes:
        cost: Name of the cost.
        values: Costs by node, in the unit of the name; 0 for what is free.
        overhead: Cost of the network beside its nodes.
        counted: Whether it was counted from the network because the run
            recorded no costs of nodes.
    """

    cost: str
    values: dict
    overhead: float = 0.0
    counted: bool = False

    @property
    def total(self):
        """Cost of the whole network."""
        return sum(self.values.values()) + self.overhead

    def share(self, node):
        """Returns the share of one that a node costs."""
        return self.values.get(node, 0.0) / self.total if self.total else 0.0


def of_nodes(architecture, rows):
    """Returns the `Shares` of a network.

    Args:
        architecture: The `Architecture`.
        rows: Rows of `costs.csv`, which may be empty or of another network.
    """
    nodes = [node.name for node in architecture.skeleton.nodes]
    recorded = {row["node"] for row in rows} - {_OVERHEAD}
    if recorded and recorded <= set(nodes):
        for cost in _WANTED:
            found = _recorded(rows, nodes, cost)
            if found.total > 0:
                return found
    return _counted(architecture)


def _recorded(rows, nodes, cost):
    values = dict.fromkeys(nodes, 0.0)
    overhead = 0.0
    for row in rows:
        value = row.get(cost)
        if not forms.finite(value) or value < 0:
            continue
        if row["node"] == _OVERHEAD:
            overhead += value
        else:
            values[row["node"]] += value
    return Shares(cost, values, overhead)


def _counted(architecture):
    """Returns multiply-accumulates, which need nothing but the network."""
    fixed = architecture.skeleton
    shapes = network.shapes(fixed.nodes, fixed.input_shape)
    values = {}
    for node in fixed.nodes:
        found = ()
        if node.kind == "slot":
            name = architecture.operation(node.name)
            found = operators.operation_operators(
                node, shapes[node.inputs[0]], name
            )
        elif node.kind not in operators.FREE:
            found = (operators.node_operator(node, shapes),)
        values[node.name] = sum(one.macs for one in found)
    return Shares("macs", values, counted=True)
