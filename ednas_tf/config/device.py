"""Flags of the device: its name, and how this machine is measured."""

import dataclasses

from absl import flags

_TARGET = flags.DEFINE_string(
    "target",
    None,
    "Device: tda2, tda2-paper, am5729, stm32h743, ethos-u55 or host (this "
    "machine). Default: tda2; after the search, what the search was for.",
)
_CORE = flags.DEFINE_string(
    "core",
    None,
    "Core of the device, where it has several: c66x or eve of tda2, am5729.",
)

_DTYPE = flags.DEFINE_enum(
    "dtype",
    "int8",
    ["int8", "float32"],
    "Type that --target=host measures, and that tables are imported for.",
)
_THREADS = flags.DEFINE_integer(
    "threads", 1, "Threads with which --target=host measures.", lower_bound=1
)
_KERNELS = flags.DEFINE_enum(
    "kernels",
    "xnnpack",
    ["xnnpack", "builtin"],
    "Kernels that --target=host measures.",
)


@dataclasses.dataclass(frozen=True)
class DeviceConfig:
    """Values of the flags of this file, by the same names."""

    target: str | None
    core: str | None
    dtype: str
    threads: int
    kernels: str


def from_flags():
    """Returns the values of this file's flags."""
    return DeviceConfig(
        target=_TARGET.value,
        core=_CORE.value,
        dtype=_DTYPE.value,
        threads=_THREADS.value,
        kernels=_KERNELS.value,
    )
