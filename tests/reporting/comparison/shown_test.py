"""Figures as columns of one unit and so many places."""

import pytest

from ednas_tf.reporting.comparison import figures, shown


@pytest.mark.parametrize(
    ("name", "values", "title", "texts"),
    [
        ("int8", [0.9125, 1.0], "Accuracy, int8, %", ["91.25", "100.00"]),
        ("latency_us", [25_829.0, 951.0], "Latency, ms", ["25.83", "0.95"]),
        ("macs", [2_857_184.0], "MACs, million", ["2.857"]),
        ("memory_bytes", [2048.0, None], "Weights, KiB", ["2.000", "–"]),
        ("search_seconds", [30.52], "Search, s", ["30.5"]),
    ],
)
def test_column_has_one_unit(name, values, title, texts):
    column = shown.column(name, values, "accuracy")
    assert column.title == title
    assert [column.text(value) for value in values] == texts


def test_spread_is_mean_and_deviation_in_the_unit_of_the_column():
    column = shown.column("int8", [0.8, 1.0], "accuracy")
    found = figures.spread([0.8, 0.9, 1.0])
    assert column.spread(found) == "90.00 ± 10.00"
    assert column.range(found) == "80.00 to 100.00"
