"""Event files, read back by TensorBoard's own reader."""

import io

import numpy as np
import pytest
from PIL import Image
from tensorboard.backend.event_processing import plugin_event_accumulator
from tensorboard.util import tensor_util

from ednas_tf.callbacks import events


def read(folder):
    """Returns TensorBoard's reader of a folder, loaded."""
    found = plugin_event_accumulator.EventAccumulator(str(folder))
    return found.Reload()


def figures(folder, tag):
    """Returns pairs of step and value."""
    return [
        (event.step, float(tensor_util.make_ndarray(event.tensor_proto)))
        for event in read(folder).Tensors(tag)
    ]


def test_scalars_are_read_back(tmp_path):
    written = events.Events(tmp_path)
    written.add("search", 3, events.scalar("loss/training", 0.5))
    written.flush()
    written.add("search", 4, events.scalar("loss/training", 0.25))
    written.flush()
    found = figures(tmp_path / "search", "loss/training")
    assert found == [(3, 0.5), (4, 0.25)]


def test_an_image_is_read_back(tmp_path):
    picture = Image.fromarray(np.arange(60, dtype=np.uint8).reshape(5, 4, 3))
    written = events.Events(tmp_path)
    written.add("", 1, events.image("picture", picture))
    written.flush()
    (event,) = read(tmp_path).Tensors("picture")
    width, height, png = tensor_util.make_ndarray(event.tensor_proto)
    assert (int(width), int(height)) == (4, 5)
    np.testing.assert_array_equal(Image.open(io.BytesIO(png)), picture)


def test_texts_and_histograms_are_read_back(tmp_path):
    written = events.Events(tmp_path)
    written.add("", 1, events.text("flags", "--a"))
    written.add("", 1, events.histogram("alphas", [0.0, 0.0, 3.0]))
    written.flush()
    found = read(tmp_path)
    text = tensor_util.make_ndarray(found.Tensors("flags")[0].tensor_proto)
    assert text.item() == b"--a"
    bins = tensor_util.make_ndarray(found.Tensors("alphas")[0].tensor_proto)
    assert bins[:, 2].sum() == 3


def test_an_epoch_that_is_done_again_replaces_the_lost_one(tmp_path):
    for first, value in ((1, 9.0), (2, 0.5)):
        written = events.Events(tmp_path)
        written.begin("search", first)
        for step in range(first, 4):
            scalar = events.scalar("loss", value)
            written.add("search", step, scalar)
        written.flush()
    found = figures(tmp_path / "search", "loss")
    assert found == [(1, 9.0), (2, 0.5), (3, 0.5)]


@pytest.mark.parametrize("place", ["begin", "later"])
def test_a_full_disk_silences_events_with_one_warning(tmp_path, caplog, place):
    written = events.Events(tmp_path)
    if place == "later":
        written.add("", 1, events.scalar("loss", 1))
        written.flush()
        written.paths[""] = "/dev/full"
    else:
        (tmp_path / "search").write_text("not a folder")
    below = "" if place == "later" else "search"
    for step in (2, 3):
        written.add(below, step, events.scalar("loss", 1))
        written.flush()
    assert len(caplog.records) == 1
    assert "The run goes on" in caplog.text
