"""The operations by name."""

import pytest

from ednas_tf import errors
from ednas_tf.spaces import operations


def test_names_are_those_of_the_method():
    expected = "dw3 dw5 dw7 dw9 dw11 dw3d2 dw3d3 avg3 max3 skip"
    assert " ".join(operations.OPERATIONS) == expected


@pytest.mark.parametrize(
    ("name", "extent"), [("dw11", 11), ("dw3d2", 5), ("dw3d3", 7), ("skip", 1)]
)
def test_extent_counts_the_gaps(name, extent):
    assert operations.get(name).extent == extent


def test_only_max_pooling_is_not_linear():
    kinds = operations.OPERATIONS.values()
    assert [o.name for o in kinds if not o.linear] == ["max3"]


def test_an_unknown_name_suggests_the_nearest():
    with pytest.raises(errors.UserError, match="Did you mean 'skip'"):
        operations.get("skipp")


def test_dilation_and_stride_do_not_meet():
    assert operations.fits(operations.get("dw3d2"), 1)
    assert operations.fits(operations.get("dw11"), 2)
    assert not operations.fits(operations.get("dw3d2"), 2)
