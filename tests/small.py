"""Networks, tables and images that are small enough for a test."""

import json

import keras
import numpy as np

from ednas_tf import spaces
from ednas_tf.hardware import costs
from ednas_tf.spaces import network, operations, operators

LINEAR = tuple(o.name for o in spaces.OPERATIONS.values() if o.linear)
UNDILATED = tuple(o.name for o in spaces.OPERATIONS.values() if o.dilation == 1)


def skeleton(topology="chain", expansion=1, size=8, channels=(4, 4, 6)):
    """Returns three blocks on a square image; the last has stride 2."""
    blocks = tuple(
        spaces.Block(
            name=f"block{place + 1}",
            channels=count,
            stride=2 if place == len(channels) - 1 else 1,
            expansion=expansion,
            activation=place == 0,
        )
        for place, count in enumerate(channels)
    )
    return spaces.Skeleton(
        name="small",
        input_shape=(size, size, 3),
        num_classes=4,
        stem=spaces.Stem(3, channels=4),
        blocks=blocks,
        head=spaces.Head(),
        topology=topology,
    )


def space(names=("dw3", "dw5", "skip"), **kwargs):
    """Returns a space with the same operations in every slot."""
    return spaces.with_operations(skeleton(**kwargs), names)


def residual(channels=(4, 6)):
    """Returns a space without slots: two convolutions and a sum.

    The first makes `channels[0]` at 8x8; the second adds to what it reads; the
    third, of stride 2, makes `channels[1]`.
    """
    first, last = channels
    layers = (
        network.Node("first", "conv", ("image",), first, (3, 3)),
        network.Node("second", "conv", ("first",), first, (3, 3)),
        network.Node("sum", "add", ("first", "second"), act="relu"),
        network.Node(
            "third", "conv", ("sum",), last, (3, 3), 2, padding="same"
        ),
        network.Node("pool", "pool", ("third",)),
        network.Node("logits", "dense", ("pool",), 4),
        network.Node("probabilities", "softmax", ("logits",)),
    )
    fixed = spaces.Given("residual", (8, 8, 3), 4, layers)
    return spaces.with_operations(fixed, ())


def random_names(fixed, seed):
    """Draws one operation per slot among all that fit its stride."""
    rng = np.random.default_rng(seed)
    return [
        rng.choice(
            [
                name
                for name, operation in spaces.OPERATIONS.items()
                if operations.fits(operation, node.stride)
            ]
        )
        for node in network.slots(fixed.nodes)
    ]


def table(slots, fixed=10.0, **others):
    """Returns a `CostTable` with latencies (and other costs) per slot."""
    tables = {"latency_us": slots, **others}
    return costs.CostTable(
        slot_names=tuple(f"slot{i}" for i in range(len(slots))),
        operations=tuple(
            tuple(f"operation{i}" for i in range(len(slot))) for slot in slots
        ),
        fixed=dict.fromkeys(tables, fixed),
        slots={
            name: tuple(tuple(map(float, slot)) for slot in rows)
            for name, rows in tables.items()
        },
    )


def mac_table(searched):
    """Returns the `CostTable` of a space in MACs and parameters, by count."""
    fixed = operators.totals(operators.fixed_operators(searched.skeleton))
    rows = [
        [
            operators.totals(
                operators.slot_operators(searched.skeleton, slot.name, name)
            )
            for name in slot.operations
        ]
        for slot in searched.slots
    ]
    names = {"latency_us": "macs", "macs": "macs", "params": "params"}
    return costs.CostTable(
        slot_names=tuple(slot.name for slot in searched.slots),
        operations=tuple(slot.operations for slot in searched.slots),
        fixed={name: float(fixed[key]) for name, key in names.items()},
        slots={
            name: tuple(tuple(float(c[key]) for c in slot) for slot in rows)
            for name, key in names.items()
        },
    )


def normal(*shape, seed=0):
    """Returns a float32 array of normal values."""
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def batch(size=8, seed=0, side=8, classes=4):
    """Returns `(images, labels)` of noise."""
    labels = np.random.default_rng(seed).integers(0, classes, size)
    return normal(size, side, side, 3, seed=seed), labels.astype(np.int32)


def randomize(model, seed=0):
    """Gives a model random weights, with variances that are positive."""
    rng = np.random.default_rng(seed)
    for weight in model.weights:
        if not np.issubdtype(np.dtype(weight.dtype), np.floating):
            continue
        values = rng.normal(size=weight.shape)
        if "variance" in weight.path or "gamma" in weight.path:
            values = rng.uniform(0.5, 1.5, weight.shape)
        scale = np.sqrt(2.0 / max(np.prod(weight.shape[:-1]), 1))
        if "kernel" in weight.path and weight.trainable:
            values = values * max(scale, 0.3)
        if weight.trainable or "moving" in weight.path:
            weight.assign(values)


def saved_and_loaded(model, folder):
    """Returns the model as it comes back from a file."""
    path = str(folder / "model.keras")
    model.save(path)
    return keras.saving.load_model(path)


def difference(received, expected):
    """Largest difference, relative to the largest expected value."""
    received, expected = np.asarray(received), np.asarray(expected)
    if received.shape != expected.shape:
        raise ValueError(f"Shapes {received.shape} and {expected.shape}.")
    scale = max(np.abs(expected).max(initial=0.0), 1e-30)
    return np.abs(received - expected).max(initial=0.0) / scale


def spoiled(text):
    """Yields JSON texts that each have one wrong value or lack one.

    Args:
        text: A JSON text that is right.
    """
    for path in _places(json.loads(text)):
        for wrong in (None, True, -1, 1.5, 1e400, "", "ab", [], [[]], {}, [0]):
            values = {"all": json.loads(text)}
            _parent(values, path)[path[-1]] = wrong
            yield json.dumps(values["all"])
        if isinstance(path[-1], str) and len(path) > 1:
            values = {"all": json.loads(text)}
            del _parent(values, path)[path[-1]]
            yield json.dumps(values["all"])


def _places(values, path=("all",)):
    yield path
    keys = values if isinstance(values, dict) else range(len(values))
    for key in keys:
        if isinstance(values[key], dict | list):
            yield from _places(values[key], (*path, key))
        else:
            yield (*path, key)


def _parent(values, path):
    for key in path[:-1]:
        values = values[key]
    return values
