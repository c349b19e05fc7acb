"""Imports `network_c_info.json` of ST Edge AI, validated on a board.

Each node of the C graph has an `exec_time` in ms; without a validation on a
board it is null or left out. Activations that were not fused have nodes of
their own, which belong to the operator before them.
"""

from ednas_tf import errors
from ednas_tf.hardware import checks, entries, table
from ednas_tf.hardware.importing import figures, matching, totals
from ednas_tf.untrusted import json_text

_VALIDATE = (
    "Run `stedgeai validate --mode target` with the board, then give the "
    "network_c_info.json that it writes."
)
_CONVOLUTIONS = ("conv2d", "pwconv2d")
_POOLS = {"max": ("maxpool",), "avg": ("avgpool", "gap")}
_TYPES = {
    "dense": ("fc",),
    "gemm": ("fc",),
    "softmax": ("softmax",),
    "eltwise": ("add", "mul"),
    "elementwise": ("add", "mul"),
    "add": ("add",),
    "mul": ("mul",),
    "concat": ("concat",),
    "reduce": ("gap",),
    "pad": matching.NEXT,
    "bn": matching.PREVIOUS,
    "scalebias": matching.PREVIOUS,
    "cast": matching.OVERHEAD,
    "conversion": matching.OVERHEAD,
    "quantize": matching.OVERHEAD,
    "dequantize": matching.OVERHEAD,
    "reshape": matching.OVERHEAD,
    "transpose": matching.OVERHEAD,
}


def parse(text, request):
    """Returns the `Imported` figures of a report; raises `UserError`.

    Args:
        text: What the file holds.
        request: The `Request`, with the operators that were timed.
    """
    values = json_text.parse(text)
    graph = _graph(values)
    nodes = _member(graph, "nodes", list, "the graph")
    rows = [_row(node, f"Node {i}") for i, node in enumerate(nodes, start=1)]
    total_ms = _milliseconds(graph, "the graph")
    if total_ms is not None:
        total_us = matching.total_us(rows)
        totals.check(total_us, total_ms * 1000, "exec_time of the graph")
    found = matching.match(rows, request.operators)
    tool, device = _environment(values)
    timed = [
        entries.Entry(
            operator, request.dtype, latency_us=matching.positive_us(group)
        )
        for operator, group in found.pairs
    ]
    return figures.Imported(
        entries=figures.merge(timed),
        tool=tool,
        kind="measured",
        notes=f"imported from ST Edge AI's report on {device}; overhead_us is "
        "changes of type and of layout",
        overhead_us=found.overhead_us,
        device=device,
    )


def _graph(values):
    graphs = _member(values, "graphs", list, "the file")
    if len(graphs) != 1:
        raise errors.UserError(
            f"Expected a report of one graph. Received: {len(graphs)} graphs"
        )
    return graphs[0]


def _row(node, place):
    kind = _kind(node, place)
    milliseconds = _milliseconds(node, place)
    if milliseconds is None:
        raise errors.UserError(
            f"{place} ({kind:.40}) has no exec_time.duration_ms: the network "
            f"was not timed. {_VALIDATE}"
        )
    role = _role(kind.lower(), node, place)
    macs = checks.whole(node.get("macc"), f"macc of {place}", 0, True)
    return matching.Row(place, kind, role, milliseconds * 1000, macs)


def _kind(node, place):
    """Returns the type of a node; older versions call it its description."""
    newer = "type" in _object(node, place)
    name = "type" if newer else "description"
    kind = checks.text(_member(node, name, str, place), f"type of {place}")
    if not kind.isprintable():
        raise errors.UserError(f"{place}: unreadable type {kind!r:.40}.")
    return kind


def _role(kind, node, place):
    if kind in _TYPES:
        return _TYPES[kind]
    attributes = _object(node.get("attributes") or {}, f"attributes of {place}")
    if kind.endswith("conv2d"):
        grouped = _text(attributes, "is_depthwise") == "true"
        groups = _text(attributes, "groups")
        grouped = grouped or groups not in ("", "1")
        return ("dwconv2d",) if grouped else _CONVOLUTIONS
    if kind == "nonlinearity":
        softmax = _text(attributes, "nonlinearity") == "softmax"
        return ("softmax",) if softmax else matching.PREVIOUS
    if kind == "pool":
        function = _text(attributes, "pool_function")
        return _POOLS.get(function) or sum(_POOLS.values(), ())
    raise errors.UserError(
        f"{place}: tables have no entry for a node of type {kind:.40}. "
        f"Expected one of: conv2d, nonlinearity, pool, {', '.join(_TYPES)}."
    )


def _text(attributes, name):
    return str(attributes.get(name, "")).lower()


def _milliseconds(owner, place):
    times = owner.get("exec_time")
    if times is None:
        return None
    value = _object(times, f"exec_time of {place}").get("duration_ms")
    return checks.not_negative(value, f"duration_ms of {place}", True)


def _environment(values):
    """Returns the `Tool`, and the device that ran the network."""
    what = "environment"
    environment = _member(values, what, dict, "the file")
    device = checks.text(environment.get("device"), "device in environment")
    if "x86" in device.lower():
        raise errors.UserError(
            f"The network ran on a PC ({device!r:.40}), not on a board. "
            f"{_VALIDATE}"
        )
    tools = _member(environment, "tools", list, what) or [{}]
    name = _member(tools[0], "name", str, "tools")
    version = _member(tools[0], "version", str, "tools")
    return table.Tool(name, version), device


def _member(owner, name, kind, what):
    """Returns a member of a JSON object, of the kind that it must have."""
    if name not in _object(owner, what):
        raise errors.UserError(f"Expected '{name}' in {what}, which lacks it.")
    if not isinstance(owner[name], kind):
        raise errors.UserError(
            f"Expected {name} in {what} as a {kind.__name__}. Received: "
            f"{type(owner[name]).__name__}"
        )
    return owner[name]


def _object(value, what):
    if not isinstance(value, dict):
        raise errors.UserError(
            f"Expected {what} as names with values. Received: "
            f"{type(value).__name__}"
        )
    return value
