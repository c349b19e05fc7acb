"""The spaces that users name."""

import math

import numpy as np
import pytest

from ednas_tf import errors, spaces
from ednas_tf.searchers import decode
from ednas_tf.spaces import operators, presets
from tests import small


@pytest.mark.parametrize("name", ["skip", "dw3", "dw7"])
def test_tiny_has_2_to_15_million_macs(name):
    fixed = presets.build("tiny", (32, 32, 3), 10)
    network = spaces.choose(fixed, [name] * len(fixed.slots()))
    rows = operators.architecture_operators(network)
    assert 2e6 <= operators.totals(rows)["macs"] <= 15e6


def test_mobile_holds_the_network_of_table_1():
    fixed = presets.build("mobile", (224, 224, 3), 1000)
    names = ("dw3", "dw5", "dw7", "dw9", "dw11")
    searched = spaces.with_operations(fixed, names)
    shares = np.array([1, 2, 3, 4, 5]) / 15
    chosen = decode.decode(
        [shares] * len(searched.slots),
        small.mac_table(searched),
        {"macs": 365e6 * 1.03, "params": 5.9e6 * 1.03},
    )
    network = spaces.choose(fixed, [names[place] for place in chosen])
    counted = operators.totals(operators.architecture_operators(network))
    assert math.isclose(counted["macs"], 365e6, rel_tol=0.03)
    assert math.isclose(counted["params"], 5.9e6, rel_tol=0.03)


def test_stem_is_the_depthwise_separable_one_of_the_paper():
    fixed = presets.build("mobile", (224, 224, 3), 1000)
    first, second, *_ = operators.fixed_operators(fixed)
    assert (first.op, first.kernel_h, first.stride) == ("dwconv2d", 11, 2)
    assert (second.op, second.out_c) == ("pwconv2d", 32)


def test_an_unknown_space_suggests_the_nearest():
    with pytest.raises(errors.UserError, match="Did you mean 'mobile'"):
        presets.build("moble", (32, 32, 3), 10)


@pytest.mark.parametrize(
    "name", ["resnet8", "ds_cnn", "mobilenet_v1", "mobilenet_v2"]
)
def test_a_given_network_has_no_other_topology(name):
    with pytest.raises(errors.UserError, match="--topology=chain") as raised:
        presets.build(name, (32, 32, 3), 10, topology="previous_two")
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    "name", ["resnet8", "ds_cnn", "mobilenet_v1", "mobilenet_v2"]
)
def test_a_given_network_ignores_the_kernel_of_a_stem(name):
    builds = [
        presets.build(name, (32, 32, 3), 10, stem_kernel=k) for k in (3, 11)
    ]
    assert builds[0] == builds[1]


def test_only_networks_for_images_have_a_side():
    assert presets.IMAGE_SIDES == {
        "tiny": 32,
        "mobile": 224,
        "resnet8": 32,
        "mobilenet_v1": 96,
        "mobilenet_v2": 224,
    }
