"""Which layer of a Keras network stands for which layer of another one.

Layers meet by their place in the graph and by their kinds: the files of others
call their layers as they like.
"""

import dataclasses
import functools

import keras

from ednas_tf import errors

IMAGE = "image"
_IGNORED = (None, "linear", "softmax")
_ACTIVATIONS = (keras.layers.Activation, keras.layers.ReLU)
_PASSING = (
    keras.layers.Dropout,
    keras.layers.Flatten,
    keras.layers.Reshape,
    keras.layers.Softmax,
    keras.layers.ZeroPadding2D,
)
_KINDS = (  # A depthwise layer is no `Conv2D` for Keras.
    (keras.layers.InputLayer, IMAGE),
    (keras.layers.Conv2D, "convolution"),
    (keras.layers.DepthwiseConv2D, "depthwise convolution"),
    (keras.layers.Dense, "dense layer"),
    (keras.layers.BatchNormalization, "batch norm"),
    (keras.layers.GlobalAveragePooling2D, "mean"),
    (keras.layers.MaxPooling2D, "max pooling"),
    (keras.layers.Add, "sum"),
)


@dataclasses.dataclass(eq=False)
class Step:
    """What a layer does in a network, activations apart.

    Attributes:
        kind: What it does, such as `convolution`.
        layer: The Keras layer.
        inputs: The `Step` values that it reads.
        window: Kernel, strides and dilation along height and width; empty
            where there is no window.
        border: Zeros before what the window moves over, along height and
            width; empty where the size of that is unknown.
    """

    kind: str
    layer: keras.layers.Layer
    inputs: tuple
    window: tuple = ()
    border: tuple = ()


def pairs(target, source):
    """Returns pairs of `Step`, of each that `target` has and its counterpart.

    Padding, dropout, reshaping and softmax have no weights and no counterpart.
    What reads several tensors reads them in any order.

    Args:
        target: A functional Keras model with images as its first input.
        source: A model with the same network and other names.

    Raises:
        UserError: If the networks differ, naming where.
    """
    ends = [_Reader().read(model.outputs[0]) for model in (target, source)]
    numbers, known = {}, {}
    for end in ends:
        _number(end, numbers, known)
    found = {}
    _meet(*ends, numbers, found)
    return tuple(found.items())


class _Reader:
    """Reads a network from its end, each tensor once."""

    def __init__(self):
        self.steps = {}

    def read(self, tensor):
        """Returns the `Step` that makes a Keras tensor."""
        layer, place, _ = tensor._keras_history
        key = id(layer), place
        if key not in self.steps:
            sources = layer._inbound_nodes[place].input_tensors
            self.steps[key] = self._step(layer, sources)
        return self.steps[key]

    def _step(self, layer, sources):
        if isinstance(layer, _PASSING):
            return self.read(sources[0])
        kind = _kind(layer, sources)
        if kind is None and not isinstance(layer, _ACTIVATIONS):
            raise errors.UserError(
                "Expected a network of convolutions, batch norms, ReLUs, sums "
                f"and a mean. Received: {layer.name}, {type(layer).__name__}"
            )
        if kind != "sum":  # Further inputs are masks.
            sources = sources[:1]
        steps = tuple(self.read(source) for source in sources)
        if kind:
            window = _window(layer)
            border = _border(layer, window, sources[0]) if window else ()
            steps = (Step(kind, layer, steps, window, border),)
        activation = _activation(layer)
        if activation in _IGNORED:
            return steps[0]
        return Step(activation, layer, steps)


def _kind(layer, sources):
    """Returns the kind of a layer, or None for one that has none."""
    if isinstance(layer, keras.layers.AveragePooling2D):
        whole = tuple(layer.pool_size) == tuple(sources[0].shape[1:3])
        return "mean" if whole else None
    fitting = (kind for base, kind in _KINDS if isinstance(layer, base))
    return next(fitting, None)


def _activation(layer):
    """Returns the name of what a layer applies at its end, or None."""
    if isinstance(layer, keras.layers.ReLU):
        largest = layer.max_value
        return "relu" if largest is None else f"relu{largest:g}"
    function = getattr(layer, "activation", None)
    return None if function is None else function.__name__


def _window(layer):
    whole = isinstance(layer, keras.layers.AveragePooling2D)
    kernel = getattr(layer, "kernel_size", getattr(layer, "pool_size", None))
    if kernel is None or whole:
        return ()
    dilation = getattr(layer, "dilation_rate", (1, 1))
    return tuple(kernel), tuple(layer.strides), tuple(dilation)


def _border(layer, window, tensor):
    """Returns the zeros before a Keras tensor that a window moves over."""
    if layer.padding == "valid":
        return _zeros(tensor)
    sides = list(zip(*window, tensor.shape[1:3], strict=True))
    if getattr(layer, "pads_symmetrically", False):
        return tuple((side - 1) * rate // 2 for side, _, rate, _ in sides)
    if None in tensor.shape[1:3]:
        return ()
    return tuple(
        max((-(-size // stride) - 1) * stride + (side - 1) * rate + 1 - size, 0)
        // 2
        for side, stride, rate, size in sides
    )


def _zeros(tensor):
    """Returns the rows and columns of zeros before an image."""
    layer = tensor._keras_history[0]
    if not isinstance(layer, keras.layers.ZeroPadding2D):
        return 0, 0
    return tuple(before for before, _ in layer.padding)


def _number(step, numbers, known):
    """Gives steps with the same kinds and kernels before them one number."""
    if step not in numbers:
        before = [_number(source, numbers, known) for source in step.inputs]
        key = step.kind, step.window, tuple(sorted(before))
        numbers[step] = known.setdefault(key, len(known))
    return numbers[step]


def _meet(target, source, numbers, found):
    """Adds all pairs up to here to `found`, in the order of the data."""
    if target in found and found[target] is source:
        return
    kinds = [(s.kind, len(s.inputs)) for s in (target, source)]
    if target in found or kinds[0] != kinds[1]:
        raise errors.UserError(
            f"Expected the same layers. Received: {source.layer.name}, a "
            f"{source.kind}, in the place of {target.layer.name}, a "
            f"{target.kind}"
        )
    left = list(source.inputs)
    ours = {numbers[step] for step in left}
    # Those that have a counterpart choose first.
    for step in sorted(target.inputs, key=lambda s: numbers[s] not in ours):
        other = min(left, key=functools.partial(_unlike, step, numbers))
        left.remove(other)
        _meet(step, other, numbers, found)
    found[target] = source


def _unlike(step, numbers, other):
    """Returns how `other` differs from a step: in what is before it, itself."""
    alike = (step.kind, step.window) == (other.kind, other.window)
    return numbers[step] != numbers[other], not alike
