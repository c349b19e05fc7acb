"""Tests of the cost models against figures of other people."""

import dataclasses

import pytest

from ednas_tf import errors
from ednas_tf.hardware import models
from ednas_tf.spaces import Operator

# MobileNetV1 at 224x224: output side, output channels of each separable block.
_BLOCKS = (
    (112, 64),
    (56, 128),
    (56, 128),
    (28, 256),
    (28, 256),
    (14, 512),
    *[(14, 512)] * 5,
    (7, 1024),
    (7, 1024),
)


def _mobilenet_v1():
    yield Operator("conv2d", 224, 224, 3, 112, 112, 32, 3, 3, 2, act="relu6")
    side, channels = 112, 32
    for after, outputs in _BLOCKS:
        shape = (after, after, channels)
        stride = side // after
        yield Operator(
            "dwconv2d", side, side, channels, *shape, 3, 3, stride, act="relu6"
        )
        yield Operator("pwconv2d", *shape, after, after, outputs, act="relu6")
        side, channels = after, outputs
    yield Operator("gap", 7, 7, 1024, 1, 1, 1024)
    yield Operator("fc", 1, 1, 1024, 1, 1, 1000)
    yield Operator("softmax", 1, 1, 1000, 1, 1, 1000)


def _depthwise(kernel):
    return Operator("dwconv2d", 16, 16, 64, 16, 16, 64, kernel, kernel)


@pytest.mark.parametrize(
    ("operator", "cycles"),
    [
        # 3*3*16*32*64 = 294,912 MACs, 2,048 bytes.
        (
            Operator("conv2d", 16, 16, 16, 8, 8, 32, 3, 3, 2),
            0.647 * 294_912 + 8.42 * 2_048,
        ),
        # 64*128*256 = 2,097,152 MACs, 32,768 bytes.
        (
            Operator("pwconv2d", 16, 16, 64, 16, 16, 128),
            0.902 * 2_097_152 + 8.42 * 32_768,
        ),
        (Operator("fc", 1, 1, 64, 1, 1, 10), 0.902 * 640 + 8.42 * 10),
        # Depthwise: 16,384 bytes; from 5 on 1.96 cycles for each MAC.
        (_depthwise(3), 8.42 * 16_384),
        (_depthwise(1), 8.42 * 16_384),
        (_depthwise(5), 1.96 * 25 * 16_384),
        (_depthwise(7), 1.96 * 49 * 16_384),
        (Operator("add", 8, 8, 4, 8, 8, 4), 8.42 * 256),
        (Operator("maxpool", 8, 8, 4, 4, 4, 4, 3, 3, 2), 8.42 * 64),
        (Operator("gap", 8, 8, 4, 1, 1, 4), 8.42 * 4),
        (Operator("softmax", 1, 1, 10, 1, 1, 10), 84.2),
    ],
)
def test_cycles_by_hand(operator, cycles, tda2):
    assert models.cycles(operator, tda2) == pytest.approx(cycles)


@pytest.mark.parametrize("freq_mhz", [750, 1000])
def test_latency_is_cycles_over_the_clock(freq_mhz, tda2):
    target = dataclasses.replace(tda2, freq_mhz=freq_mhz)
    expected = 8.42 * 16_384 / freq_mhz
    assert models.latency_us(_depthwise(3), target) == pytest.approx(expected)


def test_large_depthwise_kernels_are_extrapolated(tda2):
    assert models.status(_depthwise(3), tda2) == "ok"
    assert models.status(_depthwise(5), tda2) == "extrapolated"


def test_mobilenet_v1_has_the_published_macs():
    macs = sum(operator.macs for operator in _mobilenet_v1())
    assert macs == pytest.approx(568.7e6, rel=1e-3)


def test_mobilenet_v1_takes_what_texas_instruments_measured(tda2):
    am57x = dataclasses.replace(tda2, freq_mhz=750)
    latency_us = sum(models.latency_us(o, am57x) for o in _mobilenet_v1())
    assert latency_us == pytest.approx(717_110, rel=0.10)


def test_a_target_without_a_model_asks_for_a_table(tda2):
    target = dataclasses.replace(tda2, cycles={})
    with pytest.raises(errors.UserError, match="no model of dwconv2d.*--lut"):
        models.latency_us(_depthwise(3), target)
