"""Flags of the search space."""

import dataclasses

from absl import flags

_SPACE = flags.DEFINE_string(
    "space",
    "tiny",
    "Search space: tiny or mobile, of which operations are searched; or a "
    "published network, of which channels are searched: resnet8, ds_cnn, "
    "mobilenet_v1 or mobilenet_v2.",
)
_WIDTH = flags.DEFINE_float(
    "width",
    1.0,
    "Factor of the channels of the space, to multiples of 8; the last layer "
    "of mobile and mobilenet_v2 does not become narrower.",
    lower_bound=0.05,
    upper_bound=8.0,
)
_SEARCH_CHANNELS = flags.DEFINE_bool(
    "search_channels",
    None,
    "Search the channels of every layer, beside its operation if it has "
    "several. Default: only of a network without slots.",
)
_CHANNEL_MULTIPLE = flags.DEFINE_integer(
    "channel_multiple",
    1,
    "Channels stay or go in blocks of so many, such as 4 or 8.",
    lower_bound=1,
    upper_bound=1024,
)
_STEM_KERNEL = flags.DEFINE_integer(
    "stem_kernel",
    11,
    "Side of the stem's depthwise kernel, odd.",
    lower_bound=1,
    upper_bound=31,
)
_OPERATIONS = flags.DEFINE_list(
    "operations",
    ["dw3", "dw5", "dw7"],
    "Candidates of every slot: dw3 dw5 dw7 dw9 dw11 dw3d2 dw3d3 avg3 max3 "
    "skip. Slots with a stride have no dilated ones (dw3d2, dw3d3).",
)
_META_KERNEL = flags.DEFINE_enum(
    "meta_kernel",
    "shared",
    ["shared", "independent", "branches"],
    "shared: one kernel whose parts are the candidates. independent: a kernel "
    "for each, merged into one. branches: a kernel and a batch norm for each "
    "candidate, all of which run, as in DARTS: for comparison, slower, and "
    "with no feedback between paths, which share them.",
)
_TOPOLOGY = flags.DEFINE_enum(
    "topology",
    "chain",
    ["chain", "previous_two"],
    "What a block reads: the block before it, or the two before it.",
)


@dataclasses.dataclass(frozen=True)
class SpaceConfig:
    """Values of the flags of this file, by the same names."""

    space: str
    width: float
    search_channels: bool | None
    channel_multiple: int
    stem_kernel: int
    operations: tuple
    meta_kernel: str
    topology: str


def from_flags():
    """Returns the values of this file's flags."""
    return SpaceConfig(
        space=_SPACE.value,
        width=_WIDTH.value,
        search_channels=_SEARCH_CHANNELS.value,
        channel_multiple=_CHANNEL_MULTIPLE.value,
        stem_kernel=_STEM_KERNEL.value,
        operations=tuple(name.strip() for name in _OPERATIONS.value),
        meta_kernel=_META_KERNEL.value,
        topology=_TOPOLOGY.value,
    )
