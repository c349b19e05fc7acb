"""What a Keras file may ask Keras to build: usual layers of bounded size."""

import math

from ednas_tf import errors

_LAYERS = (
    "Activation",
    "Add",
    "Average",
    "AveragePooling2D",
    "BatchNormalization",
    "Concatenate",
    "Conv2D",
    "Cropping2D",
    "Dense",
    "DepthwiseConv2D",
    "Dropout",
    "ELU",
    "Flatten",
    "GaussianDropout",
    "GaussianNoise",
    "GlobalAveragePooling2D",
    "GlobalMaxPooling2D",
    "InputLayer",
    "LayerNormalization",
    "LeakyReLU",
    "Maximum",
    "MaxPooling2D",
    "Minimum",
    "Multiply",
    "Normalization",
    "Permute",
    "PReLU",
    "ReLU",
    "Rescaling",
    "Reshape",
    "Resizing",
    "SeparableConv2D",
    "Softmax",
    "SpatialDropout2D",
    "Subtract",
    "UpSampling2D",
    "ZeroPadding2D",
)
_MODELS = ("Functional", "Model", "Sequential")
_PARTS = (
    "Constant",
    "DTypePolicy",
    "GlorotNormal",
    "GlorotUniform",
    "HeNormal",
    "HeUniform",
    "Identity",
    "L1",
    "L1L2",
    "L2",
    "LecunNormal",
    "LecunUniform",
    "MaxNorm",
    "NonNeg",
    "Ones",
    "Orthogonal",
    "Policy",
    "RandomNormal",
    "RandomUniform",
    "TruncatedNormal",
    "UnitNorm",
    "VarianceScaling",
    "Zeros",
)
_FUNCTIONS = (
    "elu",
    "gelu",
    "hard_sigmoid",
    "hard_silu",
    "hard_swish",
    "leaky_relu",
    "linear",
    "relu",
    "relu6",
    "sigmoid",
    "silu",
    "softmax",
    "softplus",
    "swish",
    "tanh",
)
_TENSOR = "__keras_tensor__"
_KNOWN = {*_LAYERS, *_MODELS, *_PARTS, _TENSOR, "__tuple__"}
_HOMES = ("keras.", "tensorflow.keras.", "tensorflow.python.keras.")
_LARGE = ("seed", "shared_object_id")
"""Numbers that build nothing."""
_MOST_VALUES = 2_000_000
_LARGEST = 2**24
_MOST_WEIGHTS = 2**31


def check(config):
    """Raises `UserError` unless a model is of usual Keras layers.

    Args:
        config: What `config.json` of a Keras file holds, or `model_config` of
            an HDF5 file.
    """
    waiting, layers, count = [config], [], 0
    while waiting:
        value = waiting.pop()
        count += 1
        if count > _MOST_VALUES:
            raise errors.UserError("Expected a model of fewer layers.")
        if isinstance(value, list):
            waiting += value
        elif isinstance(value, dict):
            _check_class(value)
            if isinstance(value.get("config"), dict):
                layers.append(value["config"])
            waiting += [v for k, v in value.items() if k not in _LARGE]
        elif isinstance(value, (int, float)) and abs(value) > _LARGEST:
            raise errors.UserError(
                f"Expected numbers up to {_LARGEST} in a model. Received: "
                f"{value}"
            )
    _check_weights(layers)


def _check_class(values):
    """Raises `UserError` for a class or a function that is not a usual one."""
    if "class_name" not in values:
        return
    name, module = values["class_name"], values.get("module")
    if name == "function":
        known = values.get("config") in _FUNCTIONS
        home = module in (None, "builtins")
    else:
        known = isinstance(name, str) and name in _KNOWN
        home = module in (None, "keras") or (
            isinstance(module, str) and module.startswith(_HOMES)
        )
    registered = values.get("registered_name") in (None, name)
    if not (known and home and registered):
        told = values.get("config") if name == "function" else name
        raise errors.UserError(
            "Expected usual layers of Keras, without code of their own. "
            f"Received: {told!r:.60} of module {module!r:.60}"
        )


def _check_weights(layers):
    """Raises `UserError` for a model that no memory holds.

    Counts each layer as if it read the widest tensor of the model.
    """
    widths = [w for each in layers for w in _widths(each)]
    widest = max(widths, default=1)
    total = sum(_taps(each) * widest for each in layers)
    if total > _MOST_WEIGHTS:
        raise errors.UserError(
            f"Expected a model of at most {_MOST_WEIGHTS:,} weights. "
            f"Received: up to {total:,}"
        )


def _widths(layer):
    """Yields the channels that a layer makes, or reads as an input."""
    for key in ("filters", "units"):
        yield _number(layer.get(key))
    for key in ("batch_shape", "batch_input_shape"):
        shape = layer.get(key)
        if isinstance(shape, list) and shape:
            yield _number(shape[-1])


def _taps(layer):
    """Returns the weights of a layer for each channel that it reads."""
    sides = layer.get("kernel_size", 1)
    sides = sides if isinstance(sides, list) else [sides]
    outputs = max(_number(layer.get(k)) for k in ("filters", "units"))
    several = _number(layer.get("depth_multiplier"))
    return max(outputs, several) * math.prod(_number(s) for s in sides)


def _number(value):
    whole = isinstance(value, int) and not isinstance(value, bool)
    return value if whole and value > 0 else 0
