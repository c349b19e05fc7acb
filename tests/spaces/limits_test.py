"""Tests of how large a network may be."""

import dataclasses

import pytest

from ednas_tf import errors, spaces
from ednas_tf.spaces import limits, presets
from tests import small


def test_the_networks_of_the_package_pass():
    for name in presets.PRESETS:
        skeleton = presets.build(name, (224, 224, 3), 1000)
        limits.check(skeleton.nodes, skeleton.input_shape)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"input_shape": (4096, 4096, 1024)}, "values in stem_depthwise"),
        ({"head": spaces.Head(65_536, 65_536)}, "weights in a network"),
        ({"num_classes": 10**6, "head": spaces.Head(4096)}, "weights in a net"),
    ],
)
def test_a_network_that_no_memory_holds_is_refused(changes, message):
    with pytest.raises(errors.UserError, match=f"at most .* {message}"):
        dataclasses.replace(small.skeleton(), **changes)


def test_many_blocks_are_refused_before_they_are_unfolded():
    blocks = [spaces.Block(f"b{place}", 1) for place in range(50_000)]
    with pytest.raises(errors.UserError, match="at most 4096 blocks"):
        dataclasses.replace(small.skeleton(), blocks=tuple(blocks))


def test_weights_are_counted_with_the_largest_window():
    nodes = [
        spaces.network.Node("a", "conv", ("image",), 2**15, (3, 3)),
        spaces.network.Node("b", "conv", ("a",), 2**14, (1, 1)),
    ]
    # 9 * 3 * 2**15 and 2**29 weights.
    with pytest.raises(errors.UserError, match="Received: 537,755,648"):
        limits.check(nodes, (8, 8, 3))
