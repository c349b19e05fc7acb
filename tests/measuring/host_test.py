"""Tables of this host: deduplicated, resumable, cached."""

import dataclasses

import pytest

from ednas_tf import errors, hardware
from ednas_tf.measuring import host
from ednas_tf.spaces.operators import Operator
from tests import small

_WIDE = Operator("pwconv2d", 4, 4, 8, 4, 4, 24)
_THIN = Operator("pwconv2d", 4, 4, 8, 4, 4, 8)
_OPTIONS = host.Options()


def _latencies(table):
    return {entry.operator: entry.latency_us for entry in table.entries}


def test_the_overhead_of_the_call_counts_once(clock):
    table = host.measure([_WIDE, _THIN], _OPTIONS)
    assert table.overhead_us == 2.0
    assert _latencies(table) == {_WIDE: 23.0, _THIN: 7.0}


def test_an_operator_is_measured_once(clock):
    host.measure([_WIDE, _THIN, _WIDE], _OPTIONS)
    assert sorted(row.out_c for row in clock.converted) == [1, 8, 24]


def test_nothing_takes_no_time(clock):
    fast = dataclasses.replace(_THIN, out_c=1)
    table = host.measure([fast], _OPTIONS)
    assert _latencies(table)[fast] == 0.01


def test_the_head_names_what_was_measured(clock):
    options = host.Options("float32", threads=2, xnnpack=False)
    table = host.measure([_WIDE], options)
    assert table.target.id == "host"
    assert table.tool.runtime == "builtin"
    assert table.tool.options == "threads=2 dtype=float32"
    assert table.provenance.kind == "measured"
    assert table.dtype == "float32"


def test_the_written_table_is_the_returned_one(clock, tmp_path):
    path = tmp_path / "table.json"
    table = host.measure([_WIDE, _THIN], _OPTIONS, path)
    assert hardware.table.read(path) == table
    assert [file.name for file in tmp_path.glob("*.part")] == []


def test_a_broken_run_goes_on(clock, tmp_path, monkeypatch):
    path = tmp_path / "table.json"
    monkeypatch.setattr(host, "_GROUP", 1)

    def stop(count, total):
        if count == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        host.measure([_WIDE, _THIN], _OPTIONS, path, on_progress=stop)
    assert not path.exists()
    clock.converted.clear()
    table = host.measure([_WIDE, _THIN], _OPTIONS, path)
    assert [row.out_c for row in clock.converted] == [1, 8]
    assert _latencies(table) == {_WIDE: 23.0, _THIN: 7.0}


def test_a_rest_of_other_options_is_told(clock, tmp_path):
    path = tmp_path / "table.json"
    other = host.measure([_WIDE], host.Options(threads=2))
    hardware.table.write(other, tmp_path / "table.json.part")
    with pytest.raises(errors.UserError, match="other options.*Delete it"):
        host.measure([_WIDE], _OPTIONS, path)


def test_progress_is_told(clock, monkeypatch):
    monkeypatch.setattr(host, "_GROUP", 1)
    told = []
    host.measure(
        [_WIDE, _THIN], _OPTIONS, on_progress=lambda *pair: told.append(pair)
    )
    assert told == [(0, 2), (1, 2), (2, 2)]


def test_the_table_has_all_that_a_space_can_produce(clock):
    space = small.space(("dw3", "max3", "skip"), topology="previous_two")
    costs = hardware.costs.build(space, host.host_table(space))
    assert costs.filled == 0


def test_a_table_is_measured_once(clock):
    space = small.space()
    first = host.host_table(space)
    clock.converted.clear()
    assert host.host_table(space).sha256 == first.sha256
    assert clock.converted == []


def test_a_larger_space_measures_what_is_missing(clock):
    host.host_table(small.space(("dw3",)))
    clock.converted.clear()
    host.host_table(small.space(("dw3", "dw5")))
    assert {row.kernel_h for row in clock.converted} == {1, 5}
    assert sum(row.kernel_h == 1 for row in clock.converted) == 1  # Overhead.


def test_what_else_is_cached_does_not_change_a_table(clock):
    small_space = small.space(("dw3",))
    first = host.host_table(small_space)
    clock.overhead = 3.0
    host.host_table(small.space(("dw3", "dw5")))
    again = host.host_table(small_space)
    assert again.entries == first.entries
    assert again.overhead_us == first.overhead_us


@pytest.mark.parametrize(
    "change", [{"dtype": "float32"}, {"threads": 2}, {"xnnpack": False}]
)
def test_every_option_has_its_own_cache(clock, change):
    changed = dataclasses.replace(_OPTIONS, **change)
    assert host.cache_path(changed) != host.cache_path(_OPTIONS)


def test_a_broken_cache_is_measured_again(clock):
    space = small.space()
    host.host_table(space)
    host.cache_path(_OPTIONS).write_text("{")
    assert len(host.host_table(space).entries) > 3


def test_a_cache_that_cannot_be_written_is_told(clock, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    with pytest.raises(errors.UserError, match="Set XDG_CACHE_HOME"):
        host.host_table(small.space())


@pytest.mark.parametrize(
    "wrong", [{"dtype": "int4"}, {"threads": 0}, {"seconds": 0.0}]
)
def test_wrong_options_are_told(wrong):
    with pytest.raises(errors.UserError):
        host.Options(**wrong)


def test_the_processor_has_a_name():
    assert host.cpu_name().strip()
