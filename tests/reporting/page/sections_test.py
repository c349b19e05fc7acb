"""What the smaller sections of the page are made of."""

import pytest

from ednas_tf import errors, runs
from ednas_tf.reporting import records
from ednas_tf.reporting.page import (
    alternatives,
    artifacts,
    caveats,
    facts,
    network_notes,
    pictures,
    rendering,
    search_charts,
    svg,
)
from tests.reporting import run_folders


@pytest.fixture
def whole(tmp_path):
    run_folders.write_whole(tmp_path)
    return records.read(tmp_path)


def test_chosen_operation_is_told_first():
    known = {"dw3": 0.1, "dw5": 0.2, "dw7": 0.6, "skip": 0.1}
    notes = network_notes.of(run_folders.tiny(), {"stage1_block1": known}, {})
    told = [note.replace("\xa0", " ") for note in notes["stage1_block1"]]
    assert told == ["dw5 20 %", "dw7 60 %", "dw3 10 %", "1 more"]


def test_kept_channels_are_told():
    rows = [{"group": "stem", "size": 32.0}]
    sizes = network_notes.sizes(rows)
    notes = network_notes.of(run_folders.tiny(), {}, sizes)
    assert notes == {"stem": ["32 of 32 channels"]}


def test_worst_layers_come_first_and_exact_ones_are_counted(whole):
    (group,) = artifacts.quantization(whole)
    assert [row["layer"] for row in group["rows"]] == ["hard", "easy"]
    assert (group["exact"], group["largest"]) == (1, 48.0)


def test_artifacts_join_both_files(whole):
    by_name = {one.name: one for one in artifacts.of(whole)}
    int8 = by_name[run_folders.INT8]
    assert int8.deployed and int8.exported["gzip_bytes"] == 1536
    assert int8.bytes == 2048 and int8.measured["accuracy"] == 0.905


def test_hash_of_the_model_is_that_of_its_file(tmp_path):
    run_folders.write_whole(tmp_path)
    (tmp_path / runs.MODEL).write_bytes(b"abc")
    found = artifacts.hashes(records.read(tmp_path))
    # FIPS 180-2, appendix B.1.
    assert found[runs.MODEL].startswith("ba7816bf8f01cfea414140de5dae2223")
    assert found[run_folders.INT8] == "8" * 64


def test_cost_lies_within_the_space(whole):
    (span,) = alternatives.of_space(whole)
    # 1234 and the budget of 2000, from 1000 to 3000.
    assert span.place == pytest.approx(0.117)
    assert span.budget == pytest.approx(0.5)


def test_point_is_shown_among_those_of_its_sweep(tmp_path):
    folder = tmp_path / runs.POINTS / "mine"
    run_folders.write_searched(folder)
    rows = [
        {"point": name, "status": "done", "macs": macs, "int8_accuracy": share}
        for name, macs, share in (("mine", 3e6, 0.9), ("other", 2e6, 0.8))
    ]
    content = {"cost": "macs", "accuracy": "int8_accuracy", "rows": rows}
    runs.Run(tmp_path).write_json(runs.PARETO, {**content, "front": ["mine"]})
    record = records.read(folder)
    assert alternatives.of_sweep(record).count('class="ring"') == 1
    found = [row["point"] for row in alternatives.sweep_rows(record)]
    assert found == ["other", "mine"]


def test_search_has_its_charts_with_the_budget(whole):
    found = dict(search_charts.of_search(whole))
    assert list(found) == [
        "Loss of the paths and on the validation split",
        "Accuracy",
        "Expected latency",
        "Temperature",
        "Learning rate",
    ]
    assert ">budget<" in found["Expected latency"]
    assert ">path 2<" in next(iter(found.values()))


def test_warmup_is_that_of_the_run_then_of_the_flags(tmp_path):
    run = run_folders.write_searched(tmp_path)
    assert search_charts.warmup_of(records.read(tmp_path)) == 1
    run.write_json(runs.WARMUP, {"epochs": 4})
    assert search_charts.warmup_of(records.read(tmp_path)) == 4


def test_caveats_tell_what_is_modelled_and_filled(whole):
    told = " ".join(caveats.of(whole))
    assert "on tda2 are modelled" in told
    assert "2 entries of the table of costs were missing" in told
    assert "No figure for energy" in told and "seed 3" in told


def test_data_is_told(whole):
    found = dict(facts.of_data(whole))
    assert found["Dataset"] == "digits" and "16 × 16 × 1" in found["Input"]
    assert found["Tested on"] == "200 examples"
    assert found["Classes"].startswith("10: a, b, c")


def test_precisions_of_several_labels_need_no_table(tmp_path):
    run_folders.write_whole(tmp_path)
    row = {"mean_average_precision": 0.5, "per_class": [0.75, None, 0.25]}
    run_folders.change(tmp_path, runs.METRICS, artifacts={"model.keras": row})
    columns, rows = facts.per_class(records.read(tmp_path))
    assert columns == ["model.keras"]
    assert [row["name"] for row in rows] == ["c", "a", "b"]


def test_picture_is_bounded(tmp_path, monkeypatch):
    path = tmp_path / "p.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n")
    assert pictures.data_uri(path).endswith("iVBORw0KGgo=")
    monkeypatch.setattr(pictures, "_MOST_BYTES", 4)
    with pytest.raises(errors.UserError, match=r"Expected up to .* Found: 8"):
        pictures.data_uri(path)


def test_everything_put_into_an_element_is_escaped():
    made = svg.element("text", "<a>", class_='"><b>')
    assert made == '<text class="&#34;&gt;&lt;b&gt;">&lt;a&gt;</text>'


def test_templates_escape_and_miss_nothing():
    found = rendering.environment()
    assert found.autoescape is True
    told = found.from_string("{{ x }}").render(x="<i>")
    assert told == "&lt;i&gt;"
