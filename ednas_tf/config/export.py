"""Flags of the export."""

import dataclasses

from absl import flags

from ednas_tf import runs

FORMATS = ("saved_model", *runs.TFLITE_FILES)

_FORMATS = flags.DEFINE_list(
    "formats",
    ["saved_model", "float", "int8"],
    f"Files to write: {', '.join(FORMATS)}.",
)
_CALIBRATION_EXAMPLES = flags.DEFINE_integer(
    "calibration_examples",
    500,
    "Training images that set the ranges of the integer files.",
    lower_bound=1,
)


_STRICT = flags.DEFINE_bool(
    "strict", False, "Exit with 1 if the device would refuse the network."
)
_BUNDLE = flags.DEFINE_enum(
    "bundle",
    "none",
    ["none", "tidl", "micro"],
    "Also write a folder: what TI's import tool takes, or sources in C for "
    "TensorFlow Lite Micro with test vectors.",
)
_INCLUDE_PREPROCESSING = flags.DEFINE_bool(
    "include_preprocessing",
    False,
    "Normalise inside the files, which then take images as bytes (int16x8: as "
    "integers of 128 times the pixel), or features as they are.",
)


@flags.validator("formats", message=f"must be of {', '.join(FORMATS)}")
def _known_formats(values):
    return bool(values) and all(value in FORMATS for value in values)


@dataclasses.dataclass(frozen=True)
class ExportConfig:
    """Values of the flags of this file, by the same names."""

    formats: tuple
    calibration_examples: int
    strict: bool
    bundle: str
    include_preprocessing: bool


def from_flags():
    """Returns the values of this file's flags."""
    return ExportConfig(
        formats=tuple(dict.fromkeys(_FORMATS.value)),
        calibration_examples=_CALIBRATION_EXAMPLES.value,
        strict=_STRICT.value,
        bundle=_BUNDLE.value,
        include_preprocessing=_INCLUDE_PREPROCESSING.value,
    )
