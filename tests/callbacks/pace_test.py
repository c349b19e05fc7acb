"""The time that is left, by a clock that the tests turn."""

import pytest

from ednas_tf.callbacks.pace import Pace


class Clock:
    """A clock that goes on only when it is told to."""

    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


def train(pace, clock, epoch, seconds, steps=4, validation=3.0):
    """Goes through an epoch; `seconds` are those of each step."""
    pace.begin_epoch(epoch, steps)
    for step in range(steps):
        clock.now += seconds[min(step, len(seconds) - 1)]
        pace.end_step()
    pace.begin_validation()
    clock.now += validation
    pace.end_validation()


@pytest.fixture
def clock():
    """Returns a `Clock`."""
    return Clock()


def test_the_step_that_builds_the_graph_is_no_measure(clock):
    pace = Pace(10, clock)
    train(pace, clock, 0, (60.0, 2.0))
    # Four steps of 2 s and a validation of 3 s in each of nine epochs.
    assert pace.left(ended=True) == pytest.approx(9 * 11.0)


def test_whole_epochs_are_the_measure_from_the_second_on(clock):
    pace = Pace(5, clock)
    train(pace, clock, 0, (60.0, 2.0))
    clock.now += 5.0  # As a checkpoint takes.
    train(pace, clock, 1, (2.0,))
    clock.now += 5.0
    pace.begin_epoch(2, 4)
    # Epoch 2 took 4 * 2 + 3 + 5 s; epochs 4 and 5 will, and epoch 3 itself
    # has four steps and the validation before it.
    assert pace.left() == pytest.approx(2 * 16.0 + 11.0)


def test_nothing_is_told_before_two_steps(clock):
    pace = Pace(5, clock)
    pace.begin_epoch(0, 4)
    assert pace.epoch_left() is None
    assert pace.left() is None
    pace.end_step()
    assert pace.left() is None


def test_time_left_of_an_epoch(clock):
    pace = Pace(5, clock)
    pace.begin_epoch(0, 10)
    for _ in range(4):
        clock.now += 0.5
        pace.end_step()
    assert pace.epoch_left() == pytest.approx(6 * 0.5)


def test_epochs_after_the_warm_up_take_longer(clock):
    pace = Pace(6, clock)
    train(pace, clock, 0, (2.0,), validation=0.0)
    assert pace.left(last=2, factor=2.0, ended=True) == pytest.approx(
        8.0 + 4 * 2 * 8.0
    )


def test_an_epoch_that_was_broken_off_counts_the_steps_before(clock):
    pace = Pace(2, clock)
    pace.begin_epoch(0, 10, done=6)
    for _ in range(2):
        clock.now += 1.0
        pace.end_step()
    assert pace.epoch_left() == pytest.approx(2.0)
    assert pace.left() == pytest.approx(2.0 + 10.0)


def test_nothing_is_left_of_the_last_epoch(clock):
    pace = Pace(1, clock)
    train(pace, clock, 0, (2.0,))
    assert pace.left(ended=True) == 0.0


def test_steps_that_nobody_knew_are_known_after_an_epoch(clock):
    pace = Pace(2, clock)
    pace.begin_epoch(0, None)
    for _ in range(3):
        clock.now += 1.0
        pace.end_step()
    assert pace.epoch_left() is None
    assert pace.left(ended=True) == pytest.approx(3.0)
