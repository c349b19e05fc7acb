"""The folder that TI's import tool turns into a network for TIDL.

Keys and codes of the configuration come from the TIDL chapter of TI's
processor SDK documentation (2020).
"""

import dataclasses
import pathlib
import shutil

import numpy as np

from ednas_tf import errors, runs
from ednas_tf.exporting import extremes, tflite
from ednas_tf.hardware import tflite_file, tflite_parts

MODEL = "model.tflite"
FRAMES = "calibration.bin"
CHECK = "check.json"
README = "README.txt"
_GROUPS = {"eve": 1, "c66x": 2}
_CONVOLUTIONS = ("CONV_2D", "DEPTHWISE_CONV_2D", "TRANSPOSE_CONV")
_CONFIG = """\
# {name}, written by ednas_tf. Paths count from this folder.

# TO BE FILLED IN. 0 Caffe, 1 TensorFlow, 2 ONNX; TI documents no code of
# TFLite for these devices (3 in the releases for Jacinto 7).
modelType =

# The float network, and what the tool makes of it.
inputNetFile = "{model}"
outputNetFile = "tidl_net_{name}.bin"
outputParamsFile = "tidl_param_{name}.bin"

# Parameters come from the file and are quantized by the tool, to 8 bit and to
# the nearest (50 hundredths). Batch norms are folded.
randParams = 0
quantizationStyle = 1
quantRoundAdd = 50
numParamBits = 8
foldBnInConv2D = 1

# Calibration: raw unsigned bytes 0..255, image after image, plane after plane.
inElementType = 0
rawSampleInData = 1
numSampleInData = {count}
sampleInData = "{frames}"
inWidth = {width}
inHeight = {height}
inNumChannels = {channels}

# The network sees (image - inMean) * inScale. preProcType counts recipes of
# TI's own networks, none of which is this one; 0 is the default.
preProcType = 0
inMean = {mean}
inScale = {scale}

# From here on a number per layer: the input, each operator (padding belongs to
# the one after it), the output.
# Kernels: 1 dense, 0 none.
conv2dKernelType = {kernels}
# Cores: 1 EVE, 2 DSP, 0 none.
layersGroupId = {groups}
"""
_ABOUT = """\
{name}, for the import tool of TI's Deep Learning library (TIDL).

{model}
    The float network. The tool quantizes by itself, so it gets no integers.
{config}
    What the tool is told. Paths in it count from this folder.
{frames}
    {count} images that set the ranges of the integers: unsigned bytes 0..255,
    image after image, in each image {channels} planes of {height}x{width},
    {order}. The network was trained on (image - mean) / std,
    which inMean and inScale = 1 / std state.
{check}
    What the deployment rules found in the network.

1. Read {check}: an offence in it is an operator that the tool refuses.
2. Set modelType in
     {config}
   TI documents no code of TFLite files for these devices; the releases for
   Jacinto 7 use 3.
3. Run the tool here, and compare its output for the first image with that of
   {model}:
     tidl_model_import.out {config}
4. If it counts other layers than the configuration has, take its count for
   layersGroupId and conv2dKernelType.

Releases of the tool differ. The sources that TI published for the AM57x
- fold a PAD into the convolution behind it, where it is half a kernel wide,
  and refuse it elsewhere. Kernels above 7x7 that were rewritten as tiles have
  other PADs; if they are refused, search again with kernels of at most 7x7
  (--stem_kernel=7 --operations=dw3,dw5,dw7). TIDL for Jacinto 7 has a layer
  for each PAD from 01.03 on;
- know neither inMean nor inScale: normalise the images in software there.
"""


@dataclasses.dataclass(frozen=True)
class Network:
    """What the configuration says about a network beside its layers.

    Attributes:
        name: Name of the network, in the names of files.
        mean, std: Of each channel; the network sees `(image - mean) / std`,
            images in 0..255.
        core: `c66x` or `eve`, the core that runs all layers.
    """

    name: str
    mean: tuple
    std: tuple
    core: str = "c66x"

    def __post_init__(self):
        if self.core not in _GROUPS:
            raise errors.unknown_name("core", self.core, _GROUPS)


def write(folder, model_path, network, frames, report):
    """Writes the import folder.

    Args:
        folder: Folder to make, or to write into.
        model_path: The float `.tflite` file.
        network: The `Network`.
        frames: uint8 array of images of shape `(n, h, w, c)`, for calibration.
        report: Values for `check.json`: what the deployment rules found.
    """
    frames = np.asarray(frames)
    _check(model_path, network, frames)
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(model_path, folder / MODEL)
    # TIDL holds an image plane by plane.
    planes = np.ascontiguousarray(frames.transpose(0, 3, 1, 2))
    (folder / FRAMES).write_bytes(planes.tobytes())
    config = _config(network, frames.shape, _layers(model_path))
    runs.write_text(folder / config_name(network.name), config)
    runs.write_text(folder / CHECK, runs.to_json(report))
    runs.write_text(folder / README, _about(network, frames.shape))


def config_name(name):
    """Returns the name of the configuration of the network called `name`."""
    return f"tidl_import_{name}.txt"


def _check(model_path, network, frames):
    """Raises `UserError` unless network and frames fit the file."""
    content = pathlib.Path(model_path).read_bytes()
    (image,) = tflite.signature(content)["inputs"]
    if image["dtype"] != "float32":
        raise errors.UserError(
            "Expected the float TFLite file: TI's tool quantizes by itself. "
            f"Received: {model_path} of {image['dtype']}; add float to "
            "--formats."
        )
    shape = image["shape"][1:]
    if frames.dtype != np.uint8 or list(frames.shape[1:]) != shape:
        raise errors.UserError(
            f"Expected uint8 images of {shape} for calibration. Received: "
            f"{frames.dtype} of {list(frames.shape[1:])}"
        )
    if not len(frames):
        raise extremes.missing()
    if not len(network.mean) == len(network.std) == shape[-1]:
        raise errors.UserError(
            f"Expected mean and std of {shape[-1]} channels. Received: "
            f"{network.mean} and {network.std}"
        )


def _layers(model_path):
    """Returns names of the operators that the tool makes layers of."""
    graph = tflite_file.read(model_path)
    return [part.node.name for part in tflite_parts.split(graph)]


def _config(network, shape, layers):
    """Returns the text of the configuration.

    Args:
        network: The `Network`.
        shape: `(n, h, w, c)` of the calibration images.
        layers: What `_layers` returned.
    """
    count, height, width, channels = shape
    dense = [int(layer in _CONVOLUTIONS) for layer in layers]
    groups = [_GROUPS[network.core]] * len(layers)
    return _CONFIG.format(
        name=network.name,
        model=MODEL,
        frames=FRAMES,
        count=count,
        height=height,
        width=width,
        channels=channels,
        mean=_numbers(network.mean),
        scale=_numbers(1.0 / value for value in network.std),
        # Input and output are layers too, which no core runs.
        kernels=_numbers([0, *dense, 0]),
        groups=_numbers([0, *groups, 0]),
    )


def _numbers(values):
    return " ".join(f"{value:.9g}" for value in values)


def _about(network, shape):
    count, height, width, channels = shape
    return _ABOUT.format(
        name=network.name,
        model=MODEL,
        config=config_name(network.name),
        frames=FRAMES,
        check=CHECK,
        count=count,
        height=height,
        width=width,
        channels=channels,
        order="red first" if channels == 3 else "in the order of the input",
    )
