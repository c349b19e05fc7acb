"""The page of a run shows what the files say, and fetches nothing."""

import html.parser
import re

import pytest

from ednas_tf import errors, runs
from ednas_tf.reporting import page, records
from tests.reporting import run_folders


class Reader(html.parser.HTMLParser):
    """Collects tags and text of a page, and checks that tags are closed."""

    EMPTY = ("meta", "br", "img", "link")

    def __init__(self, text):
        super().__init__()
        self.tags, self.words, self.open = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in self.EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.words.append(data.replace("\xa0", " "))

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())


@pytest.fixture
def whole(tmp_path):
    run_folders.write_whole(tmp_path)
    return page.run_page(records.read(tmp_path))


def sections(text):
    return re.findall(r'<section id="([^"]+)"', text)


def test_every_section_of_a_whole_run_is_there_in_order(whole):
    assert sections(whole) == [
        "network",
        "probabilities",
        "history",
        "artifacts",
        "quantization",
        "deployment",
        "mistakes",
        "data",
        "reproduction",
        "caveats",
    ]


def test_tags_are_closed_in_order(whole):
    assert Reader(whole).open == []


def test_contents_lead_to_the_sections(whole):
    links = [a["href"] for tag, a in Reader(whole).tags if tag == "a"]
    assert links[1:] == [f"#{name}" for name in sections(whole)]


@pytest.mark.parametrize(
    "told",
    [
        "digits for tda2",
        "✓ The budget is met: latency.",
        "Accuracy of model_int8.tflite: 90.50 %",
        "91.50",  # Accuracy of the float file.
        "1,234 µs",
        "budget 2,000 µs",
        "98.50 %",  # Agreement.
        "1.5 KiB",  # 1536 bytes, gzip.
        "11.5 dB",
        "PAD 7 too wide less",
        "1 min 1 s",
        "keras 3.15.1",
        "8" * 64,
        "2 entries of the table of costs were missing",
        "--nodeterministic",
        "e f 12 40.0 %",  # 12 of the 30 examples of class e.
    ],
)
def test_figures_are_those_of_the_files(whole, told):
    assert told in Reader(whole).text


def test_nothing_is_fetched(whole):
    assert "http://" not in whole and "https://" not in whole
    assert "url(" not in whole and "@import" not in whole
    for tag, attributes in Reader(whole).tags:
        assert tag not in ("script", "link", "iframe", "object", "base")
        source = attributes.get("src", "data:image/png;base64,")
        assert source.startswith("data:image/png;base64,")
        assert attributes.get("href", "#").startswith("#")


def test_browser_is_told_to_fetch_nothing(whole):
    policies = [
        a["content"] for tag, a in Reader(whole).tags if "http-equiv" in a
    ]
    assert policies == [
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    ]


def test_drawings_tell_what_they_show(whole):
    drawings = [a for tag, a in Reader(whole).tags if tag == "svg"]
    assert drawings and all(a["aria-label"] for a in drawings)
    images = [a for tag, a in Reader(whole).tags if tag == "img"]
    assert len(images) == 1 and "e, taken for f" in images[0]["alt"]


def test_hostile_names_stay_text(tmp_path):
    bad = run_folders.HOSTILE
    run = run_folders.write_whole(tmp_path)
    run_folders.change(tmp_path, runs.MISTAKES, artifact=bad, classes=[bad] * 9)
    run_folders.change(tmp_path, runs.SEARCH, status=bad)
    run_folders.change(tmp_path, runs.ARCHITECTURE, classes=[bad] * 10)
    run_folders.change(tmp_path, runs.CONFIG, search={"dataset": bad})
    offence = dict.fromkeys(("operator", "reason", "way_out"), bad)
    deployment = {"checked": True, "offences": [offence], "target": bad}
    run_folders.change(tmp_path, runs.EXPORT, deployment=deployment)
    row = {"epoch": 1, "slot": bad, "operation": bad, "probability": 1.0}
    run.write_rows(runs.ALPHAS, [row])
    (tmp_path / runs.FLAGS).write_text(f"--{bad}={bad}\n")
    text = page.run_page(records.read(tmp_path))
    assert "<script" not in text and bad in Reader(text).text


@pytest.mark.parametrize(
    "image",
    [
        "https://example.org/a.png",
        "data:text/html;base64,AAAA",
        'data:image/png;base64,AA" onerror="x',
        "javascript:alert(1)",
    ],
)
def test_images_from_elsewhere_are_left_out(tmp_path, image):
    run_folders.write_whole(tmp_path)
    mistake = {"index": 1, "label": 0, "predicted": 1, "image": image}
    run_folders.change(tmp_path, runs.MISTAKES, mistakes=[mistake])
    tags = Reader(page.run_page(records.read(tmp_path))).tags
    assert "img" not in [tag for tag, _ in tags]


def test_search_alone_says_what_is_missing(tmp_path):
    run_folders.write_searched(tmp_path)
    text = page.run_page(records.read(tmp_path))
    told = Reader(text).text
    assert "This run is not complete" in told
    for stage in ("train", "export", "evaluate"):
        assert f"python -m ednas_tf.{stage}" in told
    assert not {"artifacts", "mistakes"} & {*sections(text)}


def test_complete_run_misses_nothing(whole):
    assert "not complete" not in whole


def test_missed_budget_is_told_in_words(tmp_path):
    run_folders.write_searched(tmp_path)
    cell = {"budget": 1000.0, "met": False}
    run_folders.change(tmp_path, runs.SEARCH, budgets={"latency_us": cell})
    told = Reader(page.run_page(records.read(tmp_path))).text
    assert "✗ 1 of 1 budget missed: latency." in told
    assert "✗ not met , budget 1,000 µs" in told


@pytest.mark.parametrize(
    "kept", [runs.ARCHITECTURE, runs.HISTORY, runs.METRICS, runs.EXPORT]
)
def test_any_file_alone_makes_a_page(tmp_path, kept):
    run_folders.write_whole(tmp_path)
    for path in tmp_path.iterdir():
        if path.name != kept:
            path.unlink()
    assert sections(page.run_page(records.read(tmp_path)))


def test_page_is_written_into_the_run(tmp_path):
    run = run_folders.write_whole(tmp_path)
    page.write_run(records.read(tmp_path), run)
    text = run.read_text(runs.REPORT)
    assert text.startswith("<!DOCTYPE html>") and text.endswith("</html>")


def test_detection_shows_classes_and_pictures(tmp_path):
    run_folders.write_whole(tmp_path)
    (tmp_path / runs.ARCHITECTURE).unlink()
    run_folders.change(tmp_path, runs.CONFIG, evaluate={"task": "detection"})
    cell = {"class": 1, "objects": 30, "average_precision": 0.625}
    row = {"mean_average_precision": 0.6, "per_class": [cell]}
    artifacts = {run_folders.INT8: row}
    run_folders.change(tmp_path, runs.METRICS, artifacts=artifacts)
    (tmp_path / runs.DETECTIONS).write_bytes(b"\x89PNG\r\n\x1a\nrest")
    told = Reader(page.run_page(records.read(tmp_path)))
    assert "b 30 62.50 %" in told.text
    assert "picture" in [a.get("class") for _, a in told.tags]


def test_picture_that_is_none_is_refused(tmp_path):
    run_folders.write_whole(tmp_path)
    (tmp_path / runs.ARCHITECTURE).unlink()
    run_folders.change(tmp_path, runs.CONFIG, search={"task": "detection"})
    (tmp_path / runs.DETECTIONS).write_text("<svg/>")
    with pytest.raises(errors.UserError, match=r"PNG image in .*detections"):
        page.run_page(records.read(tmp_path))


@pytest.mark.parametrize(
    ("name", "values"),
    [
        (runs.SEARCH, {"costs": {"latency_us": float("inf")}}),
        (runs.METRICS, {"artifacts": {"model.keras": {"accuracy": 1e308}}}),
        (runs.MISTAKES, {"mistakes": [{}]}),
        (runs.EXPORT, {"artifacts": {"x": {"sha256": None}}}),
    ],
)
def test_odd_figures_make_a_page_all_the_same(tmp_path, name, values):
    run_folders.write_whole(tmp_path)
    run_folders.change(tmp_path, name, **values)
    assert sections(page.run_page(records.read(tmp_path)))


def test_figure_that_is_none_makes_a_budget_wrong(tmp_path):
    run_folders.write_whole(tmp_path)
    cell = {"budget": float("inf"), "met": True}
    run_folders.change(tmp_path, runs.SEARCH, budgets={"latency_us": cell})
    with pytest.raises(errors.UserError, match=r"'budget' in .*search\.json"):
        records.read(tmp_path)
