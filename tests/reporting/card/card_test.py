"""The model card: facts of the run, in a layout that others read."""

import markdown_it
import pytest
import yaml

from ednas_tf import runs
from ednas_tf.reporting import card
from tests.reporting import made_runs

_HEADINGS = [
    "Model details",
    "Intended use",
    "Factors",
    "Metrics",
    "Evaluation data",
    "Training data",
    "Quantitative analyses",
    "Ethical considerations",
    "Caveats and recommendations",
]
_PARSER = markdown_it.MarkdownIt("gfm-like", {"linkify": False})


def _parts(record):
    """Returns the head and the tokens of the rest."""
    _, head, body = card.text(record).split("---\n", 2)
    return yaml.safe_load(head), _PARSER.parse(body)


def _lines(tokens, kind):
    """Returns the texts within elements of a kind."""
    return [
        after.content
        for token, after in zip(tokens, tokens[1:], strict=False)
        if token.type == f"{kind}_open"
    ]


def _bad():
    export = {"classes": [made_runs.HOSTILE, "b"], "kind": "image"}
    network = made_runs.network(classes=(made_runs.HOSTILE, "b"))
    cells = {"artifact": "model_int8.tflite", "predicted": 1.0, "count": 3.0}
    return made_runs.record(
        made_runs.HOSTILE,
        export=export,
        architecture=network,
        confusion=[{**cells, "label": 0.0}],
    )


def test_headings_are_the_usual_ones():
    _, tokens = _parts(made_runs.record())
    found = [
        after.content
        for token, after in zip(tokens, tokens[1:], strict=False)
        if token.type == "heading_open" and token.tag == "h2"
    ]
    assert found == _HEADINGS


def test_head_tells_results_and_leaves_out_the_license():
    head, _ = _parts(made_runs.record(int8=0.875, export={"kind": "image"}))
    (entry,) = head["model-index"]
    (result,) = entry["results"]
    assert result["metrics"][0]["value"] == 0.875
    assert result["dataset"]["name"] == "digits"
    assert head["pipeline_tag"] == "image-classification"
    assert "license" not in head


def test_head_has_no_results_of_a_run_that_was_not_evaluated():
    head, _ = _parts(made_runs.record(metrics=None))
    assert not {"model-index", "metrics", "pipeline_tag"} & {*head}


def test_figures_are_those_of_the_files():
    _, tokens = _parts(made_runs.record(int8=0.875))
    cells = _lines(tokens, "td")
    assert cells[cells.index("model_int8.tflite") + 1] == "0.8750"
    assert cells[cells.index("latency, us") + 1] == "1,500"
    assert cells[cells.index("multiply-accumulates") + 1] == "1,000,000"


def test_every_section_that_needs_a_person_says_so():
    text = card.text(made_runs.record())
    assert text.count("\n- To be written by the owner: ") == 8


def test_missed_budgets_and_refused_operators_are_told():
    missed = {"latency_us": {"budget": 9.0, "met": False}}
    offence = {"operator": "operator 7", "reason": "too large"}
    text = card.text(
        made_runs.record(
            search={"budgets": missed},
            export={"deployment": {"target": "tda2", "offences": [offence]}},
        )
    )
    assert "- Budgets that are not met: latency." in text
    assert "- tda2 does not take operator 7: too large" in text


def test_hostile_names_change_no_structure():
    head, tokens = _parts(_bad())
    plain, others = _parts(made_runs.record())
    assert head["model-index"][0]["name"] == made_runs.HOSTILE
    assert len(_lines(tokens, "heading")) == len(_lines(others, "heading"))
    kinds = {t.type for one in tokens for t in (one, *(one.children or ()))}
    assert not kinds & {"html_inline", "link_open", "em_open"}
    blocks = [t.content for t in tokens if t.type == "html_block"]
    assert all(block.startswith("<!-- ednas_tf: ") for block in blocks)


def test_folder_of_a_dataset_is_not_told():
    flags = made_runs.config(dataset="folder:/home/me/secret/photos")
    text = card.text(made_runs.record(config=flags))
    assert "photos" in text and "secret" not in text


def test_card_that_was_edited_stays(tmp_path):
    run, record = runs.Run(tmp_path), made_runs.record()
    assert card.write(record, run)
    assert card.write(made_runs.record("two"), run)
    edited = run.read_text(runs.CARD).replace("To be written", "I wrote", 1)
    run.write_text(runs.CARD, edited)
    assert not card.write(record, run)
    assert run.read_text(runs.CARD) == edited
    assert card.write(record, run, overwrite=True)


@pytest.mark.parametrize("stage", ["search", "architecture", "metrics"])
def test_card_of_a_run_that_lacks_a_stage(stage):
    assert "## Caveats" in card.text(made_runs.record(**{stage: None}))
