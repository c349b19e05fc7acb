"""Colours that can be told apart and read on."""

import numpy as np
import pytest

from ednas_tf.callbacks import drawing


def test_shades_go_from_pale_to_dark():
    sums = [sum(drawing.shade(share)) for share in np.linspace(0, 1, 11)]
    assert sums == sorted(sums, reverse=True)
    assert drawing.shade(float("nan")) == drawing.shade(0.0)
    assert drawing.shade(1.5) == drawing.shade(1.0)


@pytest.mark.parametrize("share", np.linspace(0.0, 1.0, 41))
def test_numbers_can_be_read_on_their_shade(share):
    def luminance(colour):
        low = [value / 255 for value in colour]
        linear = [
            v / 12.92 if v <= 0.03928 else ((v + 0.055) / 1.055) ** 2.4
            for v in low
        ]
        return float(np.dot(linear, (0.2126, 0.7152, 0.0722)))

    pair = luminance(drawing.shade(share)), luminance(drawing.ink_on(share))
    # WCAG 2.1: 3 for large letters; 4.5 for others.
    assert (max(pair) + 0.05) / (min(pair) + 0.05) >= 3.0
