"""Small files that are right, of each kind, to be spoiled."""

import json
import pathlib
import tempfile

from ednas_tf import spaces
from ednas_tf.hardware import entries, formats, rule_profiles, table, targets
from ednas_tf.spaces import Operator, presets
from tests.hardware.conftest import TfliteWriter

NETWORK = (
    Operator("conv2d", 8, 8, 3, 4, 4, 8, 3, 3, 2, act="relu6"),
    Operator("add", 4, 4, 8, 4, 4, 8),
    Operator("softmax", 1, 1, 10, 1, 1, 10),
)
_PROFILE = """\
node type, first, avg_ms, %, cdf%, mem KB, times called, name
CONV_2D, 0.1, 0.3, 1%, 1%, 0, 1, [a]:0
ADD, 0.1, 0.2, 1%, 1%, 0, 1, [b]:1
SOFTMAX, 0.1, 0.1, 1%, 1%, 0, 1, [c]:2

Timings (microseconds): count=50 first=1 curr=2 min=1 max=9 avg=600 std=1
"""
_VELA = """\
TFLite_operator,NNG Operator,Op Cycles,MAC Count,Name
Conv2D,Conv2D,3000,3456,a
Add,Add,2000,0,b
Softmax,MaxPool,100,0,c
Softmax,Sub,100,0,d
"""
_YAML = """\
Conv-input:8x8x3-output:4x4x8: {mean: 4.5, count: 9, std: 0.1}
expanded_conv-input:8x8x16-output:4x4x24-expand:3-kernel:5-stride:2-idskip:0:
  mean: 3
"""
_CSV = """\
op,in_h,in_w,in_c,out_h,out_w,out_c,kernel_h,kernel_w,latency_ms,runs
conv2d,8,8,3,8,8,16,3,3,0.25,7
"""
_LAYER = {
    "module": "keras.layers",
    "class_name": "Conv2D",
    "config": {"filters": 8, "kernel_size": [3, 3], "seed": None},
    "registered_name": None,
}


def _json(*values):
    return [json.dumps(value).encode() for value in values]


def architectures():
    """Two networks: one with slots, one of nodes."""
    tiny = presets.build("tiny", (16, 16, 1), 10)
    given = presets.build("resnet8", (32, 32, 3), 10)
    found = [
        spaces.choose(each, ["dw3"] * len(each.slots()))
        for each in (tiny, given)
    ]
    return [each.to_json().encode() for each in found]


def spaces_():
    """A space with slots."""
    tiny = presets.build("tiny", (16, 16, 1), 10)
    return [spaces.with_operations(tiny, ["dw3", "dw5"]).to_json().encode()]


def _table():
    device = targets.Device(
        id="t", device="d", cores=1, power_mw=1.5, power_source="s"
    )
    return table.Table(
        device,
        table.Tool("tool", "1"),
        table.Provenance("measured", "2026-01-01", "notes"),
        tuple(
            entries.Entry(each, latency_us=1.5 * place, runs=3)
            for place, each in enumerate(NETWORK, start=1)
        ),
    )


def tables():
    """A table of three operators."""
    return [table.to_json(_table()).encode()]


def csv_tables():
    """The same table as CSV."""
    return [formats.dump_csv(table.to_values(_table())).encode()]


def targets_():
    """The targets that come with the package."""
    folder = targets._folder()
    return [
        folder.joinpath(f"{name}.json").read_bytes()
        for name in ("tda2", "stm32h743")
    ]


def profiles():
    """The profiles that come with the package."""
    folder = rule_profiles._folder()
    return [
        folder.joinpath(f"{name}.json").read_bytes()
        for name in rule_profiles.names()
    ]


def of_tool(kind):
    """What a tool tells of `NETWORK`, or of operators by themselves."""
    nodes = [
        {
            "type": name,
            "attributes": {"groups": "1"},
            "exec_time": {"duration_ms": 0.1},
            "macc": None,
        }
        for name in ("conv2d", "eltwise", "softmax")
    ]
    report = {
        "environment": {
            "device": "stm32h7",
            "tools": [{"name": "ST", "version": "2"}],
        },
        "graphs": [{"nodes": nodes, "exec_time": {"duration_ms": 0.3}}],
    }
    texts = {
        "benchmark_model": _PROFILE,
        "st_edge_ai": json.dumps(report),
        "vela": _VELA,
        "proxyless": _YAML,
        "csv": _CSV,
    }
    return [texts[kind].encode()]


def configs():
    """Flags by stage."""
    return _json({"search": {"dataset": "digits", "seed": 1, "lut": None}})


def histories():
    """Two epochs."""
    return [b"epoch,loss,seconds\n1,0.5,3.25\n2,0.4,3.5\n"]


def points():
    """A point of a sweep that failed."""
    point = {"name": "a", "status": "failed", "exit_code": 1, "error": "e"}
    asked = {"memory_budget_kib": 1.5, "memory_percent": 25}
    return _json({**point, "seconds": 1.5, "values": asked})


def layers():
    """A Keras network of one layer."""
    model = {"class_name": "Functional", "config": {"layers": [_LAYER]}}
    return _json({**model, "registered_name": "Functional"})


def features():
    """An image."""
    home = "tensorflow_datasets.core.features"
    image = {"type": f"{home}.image_feature.Image", "content": {"shape": [8]}}
    return _json({"type": f"{home}.FeaturesDict", "content": {"image": image}})


def tflites():
    """A file with a padded convolution, a pool and a dense layer."""
    writer = TfliteWriter()
    image = writer.tensor(1, 8, 8, 3)
    pads = writer.integers(0, 0, 1, 1, 1, 1, 0, 0)
    padded = writer.node("PAD", (image, pads), (1, 10, 10, 3))
    x = writer.convolution(padded, (3, 3), 3, (1, 8, 8, 4))
    axes = writer.integers(1, 2)
    x = writer.node("MEAN", (x, axes), (1, 4))
    weights, biases = writer.weights(5, 4), writer.weights(5)
    x = writer.node("FULLY_CONNECTED", (x, weights, biases), (1, 5))
    writer.node("SOFTMAX", (x,), (1, 5))
    with tempfile.TemporaryDirectory() as folder:
        return [writer.write(pathlib.Path(folder, "a")).read_bytes()]
