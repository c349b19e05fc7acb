"""Tests of where the costs of operators come from."""

import dataclasses

import pytest

from ednas_tf.hardware import costs, table
from ednas_tf.hardware.pricing import Pricing
from ednas_tf.spaces import operators


def pointwise(channels):
    return operators.Operator("pwconv2d", 8, 8, channels, 8, 8, 4)


def priced(pricing, row):
    ((found, _),) = pricing.of_operators({row: "a place"})
    return costs.of_part((row,), found)


def test_without_a_table_the_targets_model_prices_all(tda2):
    received = priced(Pricing(tda2), pointwise(5))
    # 0.902 cycles for each MAC and 8.42 for each byte at 1000 MHz.
    cycles = 0.902 * 64 * 5 * 4 + 8.42 * 64 * 4
    assert received["latency_us"] == pytest.approx(cycles / 1000)
    assert received["macs"] == 64 * 5 * 4
    assert not Pricing(tda2).is_filled(pointwise(5))


def test_a_space_costs_the_same_by_model_and_by_its_table(space, tda2):
    lut = table.generate(space, tda2)
    by_model = Pricing(tda2).of_space(space)
    assert by_model == Pricing(tda2, lut).of_space(space)


def test_a_table_answers_what_it_has_and_the_policy_the_rest(space, tda2):
    lut = table.generate(space, tda2)
    lut = dataclasses.replace(
        lut,
        entries=tuple(
            dataclasses.replace(e, latency_us=7.0) for e in lut.entries
        ),
    )
    rows = (entry.operator for entry in lut.entries)
    held = next(row for row in rows if row.op == "pwconv2d")
    other = dataclasses.replace(held, in_c=1, out_c=1)
    for policy in ("interpolate", "model"):
        pricing = Pricing(tda2, lut, policy)
        assert priced(pricing, held)["latency_us"] == 7.0
        assert priced(pricing, other)["latency_us"] < 7.0
        assert (pricing.is_filled(held), pricing.is_filled(other)) == (
            False,
            True,
        )


def test_an_empty_network_costs_the_overhead(tda2):
    target = dataclasses.replace(
        tda2,
        overhead_us=50.0,
        power_mw=200.0,
        power_source="meter",
        sources={**tda2.sources, "power_mw": "meter"},
    )
    found = Pricing(target).overhead()
    assert (found["latency_us"], found["energy_uj"]) == (50.0, 10.0)
    assert found["macs"] == 0


def test_large_kernels_become_tiles(tda2):
    row = operators.Operator("dwconv2d", 8, 8, 3, 8, 8, 3, 11, 11)
    rows = Pricing(tda2).tiles((row,))
    assert [r.op for r in rows].count("dwconv2d") == 4
    assert {r.in_c for r in rows} == {3}
