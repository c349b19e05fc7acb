"""Networks of other widths."""

import pytest

from ednas_tf import spaces
from ednas_tf.spaces import operators, presets, widths


# By the published rule: multiples of 8, never below 90 % of what was asked.
@pytest.mark.parametrize(
    ("channels", "width", "expected"),
    [
        (32, 1.0, 32),
        (12, 1.0, 12),
        (32, 0.5, 16),
        (24, 0.5, 16),
        (16, 0.35, 8),
        (24, 0.35, 8),
        (32, 0.35, 16),
        (64, 0.35, 24),
        (96, 0.35, 32),
        (320, 1.4, 448),
        (8, 0.1, 8),
    ],
)
def test_channels_are_scaled_as_in_mobilenet_v2(channels, width, expected):
    assert widths.scaled(channels, width) == expected


# Sandler and others, Table 4 and the slim model zoo: 300 M and 97 M MACs.
@pytest.mark.parametrize(("width", "macs"), [(1.0, 300.8), (0.5, 97.1)])
def test_mobilenet_v2_has_the_published_macs(width, macs):
    built = presets.build("mobilenet_v2", (224, 224, 3), 1000, width=width)
    rows = operators.architecture_operators(spaces.choose(built, []))
    assert operators.totals(rows)["macs"] / 1e6 == pytest.approx(macs, abs=0.1)


def test_all_presets_become_narrower():
    for name in presets.PRESETS:
        sizes = [
            sum(
                row.weights
                for row in operators.fixed_operators(
                    presets.build(name, (32, 32, 3), 4, width=width)
                )
            )
            for width in (1.0, 0.5)
        ]
        assert sizes[1] < sizes[0]
