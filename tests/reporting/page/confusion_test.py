"""Confusions are counted, named and drawn."""

from ednas_tf.reporting import records
from ednas_tf.reporting.page import confusion
from tests.reporting import run_folders


def made(cells, classes=()):
    keys = ("label", "predicted", "count")
    rows = [
        {"artifact": "x", **dict(zip(keys, cell, strict=True))}
        for cell in cells
    ]
    export = {"classes": list(classes)}
    record = records.Record("folder", "n", confusion=rows, export=export)
    return confusion.of(record)


def test_counts_stand_in_their_cells(tmp_path):
    run_folders.write_whole(tmp_path)
    found = confusion.of(records.read(tmp_path))
    assert (found.artifact, found.total) == (run_folders.INT8, 199)
    assert found.counts[4][5] == 12 and found.hits == 180


def test_most_frequent_confusions_come_first():
    found = made([(0, 0, 1), (0, 1, 3), (1, 0, 5), (1, 1, 5)], "ab")
    assert found.pairs() == [("b", "a", 5, 0.5), ("a", "b", 3, 0.75)]


def test_classes_found_least_come_first():
    found = made([(0, 0, 3), (0, 1, 1), (1, 0, 1)], "abc")
    assert found.recalls() == [("b", 1, 0.0), ("a", 4, 0.75)]


def test_classes_without_names_are_numbered():
    assert made([(0, 2, 1)], "a").names == ("a", "1", "2")


def test_cells_that_cannot_be_are_left_out():
    found = made([(0, 0, 1), (-1, 0, 7), (1e9, 0, 7), (None, 0, 7)], "ab")
    assert found.total == 1


def test_no_rows_no_matrix():
    assert confusion.of(records.Record("folder", "n")) is None


def test_hundred_classes_are_drawn_with_what_is_not_zero():
    cells = [(n, n, 9) for n in range(100)] + [(3, 77, 1)]
    found = made(cells, [f"class {n}" for n in range(100)])
    drawing = confusion.draw(found)
    assert not found.is_small
    assert drawing.count("taken for") == 101
    assert "class 3 taken for class 77: 1" in drawing


def test_mistakes_have_names_and_safe_images(tmp_path):
    run_folders.write_whole(tmp_path)
    first, second = confusion.mistakes(records.read(tmp_path))
    assert (first["label"], first["predicted"]) == ("e", "f")
    assert first["image"] == run_folders.PIXEL and second["image"] is None
