"""How long a training still takes."""

import time


class Pace:
    """Measures steps and epochs, and tells the time that is left.

    The first step of a training is no measure: TensorFlow builds its graph
    then. From the second whole epoch on, whole epochs are.

    Args:
        epochs: All epochs.
        clock: Function that returns seconds.
    """

    def __init__(self, epochs, clock=time.perf_counter):
        self.epochs = epochs
        self.clock = clock
        self.epoch = 0
        self.begins = []
        self.steps = None
        self.done = 0
        self.measured = 0
        self.first_end = None
        self.step_seconds = None
        self.validation_began = None
        self.validation_seconds = 0.0

    def begin_epoch(self, epoch, steps, done=0):
        """Starts an epoch.

        Args:
            epoch: Its number, from 0.
            steps: Its steps, or None where they are not known before its end.
            done: Steps of it that an earlier run has done.
        """
        self.epoch, self.done, self.measured = epoch, done, 0
        self.steps = steps or self.steps
        self.begins.append(self.clock())
        self.first_end = None

    def end_step(self):
        """Counts a step."""
        now = self.clock()
        self.done += 1
        self.measured += 1
        if self.first_end is None:
            self.first_end = now
        else:
            seconds = now - self.first_end
            self.step_seconds = seconds / (self.measured - 1)

    def begin_validation(self):
        """Starts a validation: the steps of the epoch are done."""
        self.steps = self.done
        self.validation_began = self.clock()

    def end_validation(self):
        """Ends a validation."""
        self.validation_seconds = self.clock() - self.validation_began
        self.validation_began = None

    def epoch_left(self):
        """Returns the seconds left of this epoch, None if not known."""
        if self.validation_began is not None:
            spent = self.clock() - self.validation_began
            return max(0.0, self.validation_seconds - spent)
        if self.step_seconds is None or self.steps is None:
            return None
        steps = max(0, self.steps - self.done)
        return steps * self.step_seconds + self.validation_seconds

    def left(self, last=None, factor=1.0, ended=False):
        """Returns the seconds left of all epochs, None if not known.

        Args:
            last: Epochs that are done when this pace changes.
            factor: How much longer each epoch takes from then on.
            ended: Whether this epoch is over.
        """
        rest = 0.0 if ended else self.epoch_left()
        each = self._each(ended)
        last = min(last or self.epochs, self.epochs)
        ahead = last - self.epoch - 1 + (self.epochs - last) * factor
        if ahead <= 0:
            return rest
        return None if rest is None or each is None else rest + ahead * each

    def _each(self, ended):
        """Returns the seconds of an epoch."""
        ends = [*self.begins[1:], *([self.clock()] if ended else [])]
        if len(ends) > 1:
            return (ends[-1] - ends[0]) / (len(ends) - 1)
        if self.step_seconds is None:
            return ends[0] - self.begins[0] if ends else None
        steps = self.steps or self.done
        return steps * self.step_seconds + self.validation_seconds
