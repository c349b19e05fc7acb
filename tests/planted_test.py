"""The search finds what was planted, with the defaults of the flags."""

import pytest

from tests import planted

_GIVEN = ("--batch_size=64", "--search_epochs=20")


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_structure_of_seven_pixels_needs_kernels_of_seven(tmp_path, seed):
    chosen = planted.search(6, seed, tmp_path, given=_GIVEN)
    names = [name for name, _ in chosen]
    assert names[0] == "dw7"
    assert names.count("dw7") >= 2


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_structure_of_three_pixels_is_seen_with_three(tmp_path, seed):
    chosen = planted.search(2, seed, tmp_path, 1.0, given=_GIVEN)
    names = [name for name, _ in chosen]
    assert names[0] == "dw3"
    assert names.count("dw3") >= 2
