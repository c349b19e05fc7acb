"""Numbers as tensors hold them, by hand."""

import numpy as np
import pytest

from ednas_tf.hardware import tflite_numbers


@pytest.mark.parametrize(
    ("dtype", "quantization", "values", "expected"),
    [
        (np.int8, (0.5, -3), [0.0, 1.0, 100.0, -100.0], [-3, -1, 127, -128]),
        (np.uint8, (1.0, 0), [0.4, 254.6, 300.0], [0, 255, 255]),
        (np.uint8, (0.0, 0), [0, 7, 255], [0, 7, 255]),
        (np.float32, (0.0, 0), [0.25, -9.5], [0.25, -9.5]),
    ],
)
def test_values_are_rounded_and_saturated(
    dtype, quantization, values, expected
):
    details = {"dtype": dtype, "quantization": quantization}
    received = tflite_numbers.quantized(np.array(values), details)
    assert received.dtype == dtype
    assert received.tolist() == expected
