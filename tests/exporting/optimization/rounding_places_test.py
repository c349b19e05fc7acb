"""Tests of where an int8 file rounds, against TFLite's fusing by hand."""

import pytest

from ednas_tf.exporting.optimization import rebuilding, rounding_places


def _steps(*rows):
    return [
        rebuilding.Step(name, kind, {}, tuple(inputs.split()))
        for name, kind, inputs in rows
    ]


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        (
            _steps(
                ("conv", "Conv2D", "image"),
                ("norm", "BatchNormalization", "conv"),
                ("relu", "ReLU", "norm"),
            ),
            {"relu"},
        ),
        (
            _steps(
                ("conv", "DepthwiseConv2D", "image"),
                ("norm", "BatchNormalization", "conv"),
                ("sum", "Add", "norm image"),
            ),
            {"norm", "sum"},
        ),
        (
            _steps(
                ("sum", "Add", "image image"),
                ("relu", "ReLU", "sum"),
                ("other", "Conv2D", "sum"),
            ),
            {"sum", "relu", "other"},
        ),
        (
            _steps(
                ("pad", "ZeroPadding2D", "image"),
                ("pool", "MaxPooling2D", "pad"),
                ("mean", "GlobalAveragePooling2D", "pool"),
                ("logits", "Dense", "mean"),
                ("probabilities", "Softmax", "logits"),
            ),
            {"mean", "logits"},
        ),
        (
            _steps(
                ("left", "Conv2D", "image"),
                ("rows", "Reshape", "left"),
                ("right", "Conv2D", "image"),
                ("boxes", "Concatenate", "rows right"),
            ),
            {"boxes"},
        ),
    ],
)
def test_the_last_layer_of_an_operator_rounds(steps, expected):
    assert rounding_places.names(steps) == expected
