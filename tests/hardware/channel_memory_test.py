"""Peak memory with fewer channels, against that of the narrower space."""

import hypothesis
import numpy as np
import pytest
from hypothesis import strategies as st

from ednas_tf import spaces
from ednas_tf.hardware import channel_memory
from ednas_tf.spaces import channels, memory
from tests import small


def least_peak(space, largest):
    """Returns the least peak of a space by its candidates' peaks."""
    names = {slot.name: slot.operations for slot in space.slots}
    fixed, slots = memory.candidate_peaks(space.skeleton, names, largest)
    return max([fixed, *(min(peaks) for peaks in slots.values())])


@pytest.mark.parametrize("topology", spaces.skeleton.TOPOLOGIES)
@hypothesis.settings(deadline=None, max_examples=10, derandomize=True)
@hypothesis.given(data=st.data())
def test_peaks_are_those_of_the_narrower_space(topology, data):
    space = small.space(("dw3", "dw7", "max3"), topology=topology)
    groups = channels.groups(space.skeleton.nodes)
    counts = [data.draw(st.integers(1, group.size)) for group in groups]
    largest = data.draw(st.sampled_from([None, 5]))
    found = channel_memory.build(space, groups, largest)
    names = [group.name for group in groups]
    narrow = space.narrowed(dict(zip(names, counts, strict=True)))
    expected = least_peak(narrow, largest)
    assert found.lowest(np.array([counts]))[0] == expected
    assert found.excess(np.array([counts]), expected)[0] == 0
    assert found.excess(np.array([counts]), expected - 1)[0] > 0


def test_peak_by_hand():
    # The sum holds three tensors of 8x8 with the channels of the first group.
    space = small.residual((4, 6))
    groups = channels.groups(space.skeleton.nodes)
    found = channel_memory.build(space, groups)
    received = found.lowest(np.array([[4, 6], [2, 6], [1, 1]]))
    assert list(received) == [3 * 256, 3 * 128, 8 * 8 * 4]


def test_a_group_of_one_channel_counts_as_it_is():
    space = small.residual((1, 6))
    groups = channels.groups(space.skeleton.nodes)
    found = channel_memory.build(space, groups)
    assert list(found.lowest(np.array([[1, 6]]))) == [8 * 8 * (3 + 1)]
