"""Heat maps show each probability where its labels say."""

import numpy as np
import pytest

from ednas_tf.callbacks import drawing, heat_maps

SLOTS = {"block1": {"dw3": 1.0, "skip": 0.0}, "block2": {"dw3": 0.25}}


def colours(picture):
    """Returns how many pixels each colour has."""
    return {colour: n for n, colour in picture.getcolors(1 << 24)}


def test_every_slot_and_operation_has_a_cell():
    found = colours(heat_maps.now(SLOTS))
    shades = [drawing.shade(share) for share in (1.0, 0.0, 0.25)]
    assert all(found.get(shade, 0) > 300 for shade in shades)
    assert found[drawing.MISSING] > 300  # block2 has no skip.


def test_a_history_has_a_column_per_epoch():
    early = {"block1": {"dw3": 0.0, "skip": 1.0}}
    late = {"block1": {"dw3": 1.0, "skip": 0.0}}
    pixels = np.asarray(heat_maps.history({1: early, 2: early, 3: late}))
    dark = (pixels == drawing.shade(1.0)).all(-1)
    rows, columns = np.nonzero(dark)
    middle = (rows.min() + rows.max()) / 2
    skip, dw3 = columns[rows > middle], columns[rows < middle]
    assert np.ptp(skip) == pytest.approx(200, abs=3)
    assert np.ptp(dw3) == pytest.approx(100, abs=3)
    assert skip.max() < dw3.min()


def test_a_hundred_epochs_of_many_slots_stay_within_a_screen():
    slots = {f"block{i}": {"dw3": 0.5, "dw5": 0.5} for i in range(20)}
    picture = heat_maps.history(dict.fromkeys(range(1, 101), slots))
    assert picture.width < 1400
    assert picture.height < 700
