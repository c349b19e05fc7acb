"""Tests of filling in what a table lacks."""

import dataclasses

import pytest

from ednas_tf import errors
from ednas_tf.hardware import entries, filling, models, table, targets
from ednas_tf.spaces import Operator


def _add(channels, **changes):
    """Returns an addition of `channels` outputs and no MACs."""
    return Operator("add", 1, 1, channels, 1, 1, channels, **changes)


def _table(latencies, dtype="int8", **changes):
    """Returns a table of additions from `{channels: latency_us}`."""
    rows = [
        entries.Entry(_add(n), dtype, latency_us=latency, **changes)
        for n, latency in latencies.items()
    ]
    device = targets.Device(id="tda2")
    kind = table.Provenance("measured")
    return table.Table(device, table.Tool("me", "1"), kind, tuple(rows))


def _latency(latencies, channels):
    return filling.interpolate(_table(latencies), _add(channels)).latency_us


def test_between_two_sizes_cost_is_linear_on_logarithmic_scales():
    assert _latency({10: 1.0, 1000: 100.0}, 100) == pytest.approx(10.0)
    assert _latency({10: 1.0, 1000: 4.0}, 100) == pytest.approx(2.0)


def test_beyond_the_sizes_cost_is_proportional():
    assert _latency({10: 1.0, 20: 3.0}, 40) == pytest.approx(6.0)
    assert _latency({10: 1.0, 20: 3.0}, 5) == pytest.approx(0.5)


def test_the_nearest_two_sizes_count():
    latencies = {1: 50.0, 10: 1.0, 1000: 100.0, 9999: 7.0}
    assert _latency(latencies, 100) == pytest.approx(10.0)


def test_the_same_size_costs_the_same():
    row = dataclasses.replace(_add(10), act="relu")
    entry = filling.interpolate(_table({10: 1.0, 20: 3.0}), row)
    assert entry.latency_us == 1.0


def test_energy_is_interpolated_like_latency():
    known = _table({10: 1.0, 1000: 100.0}, energy_uj=5.0)
    entry = filling.interpolate(known, _add(100))
    assert entry.energy_uj == pytest.approx(5.0)
    assert entry.status == "extrapolated"


@pytest.mark.parametrize(
    "changes", [{"op": "mul"}, {"kernel_h": 3}, {"stride": 2}, {"dilation": 2}]
)
def test_other_windows_do_not_count(changes):
    row = dataclasses.replace(_add(10), **changes)
    assert filling.interpolate(_table({10: 1.0}), row) is None


def test_unsupported_entries_do_not_count():
    known = _table({10: 1.0}, status="unsupported")
    assert filling.interpolate(known, _add(20)) is None


def test_a_missing_entry_is_an_error_that_names_it():
    message = "slot a, operation dw3: add-input:1x1x7-.*--lut_missing"
    with pytest.raises(errors.UserError, match=message):
        filling.complete(
            _table({10: 1.0}), [("slot a, operation dw3", _add(7))]
        )


def test_nothing_to_interpolate_from_is_an_error_too():
    wanted = [("a slot", Operator("gap", 2, 2, 4, 1, 1, 4))]
    with pytest.raises(errors.UserError, match="none of the same operation"):
        filling.complete(_table({10: 1.0}), wanted, "interpolate")


def test_model_prices_by_the_target(tda2):
    full = filling.complete(_table({10: 1.0}), [("", _add(7))], "model")
    expected = models.latency_us(_add(7), tda2)
    assert full.find(_add(7)).latency_us == expected
    assert full.find(_add(7)).status == "extrapolated"


def test_model_is_for_int8_alone():
    with pytest.raises(errors.UserError, match="models are for int8"):
        filling.complete(_table({10: 1.0}, "float32"), [("", _add(7))], "model")


def test_each_missing_operator_is_filled_once():
    wanted = [("a", _add(7)), ("b", _add(7)), ("c", _add(8)), ("d", _add(10))]
    full = filling.complete(_table({10: 1.0}), wanted, "interpolate")
    assert len(full.entries) == 3


def test_a_whole_table_comes_back_as_it_is():
    known = _table({10: 1.0})
    assert filling.complete(known, [("a", _add(10))]) is known


def test_an_unknown_policy_is_told():
    with pytest.raises(errors.UserError, match="mean 'interpolate'"):
        filling.complete(_table({10: 1.0}), [], "interpolation")
