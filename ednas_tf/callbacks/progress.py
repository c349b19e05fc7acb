"""What a training shows while it runs."""

import keras

from ednas_tf.callbacks import bar, pace, wording

_WITHIN = "green"
_ABOVE = "red"


class Progress(keras.callbacks.Callback):
    """Shows a bar on a terminal, and prints one line per epoch.

    Args:
        label: What is being trained.
        epochs: All epochs.
        done: Steps of the first epoch that an earlier run has done.
        console: A console to draw on; None looks for a terminal.
    """

    def __init__(self, label, epochs, done=0, console=None):
        super().__init__()
        self.label = label
        self.epochs = epochs
        self.done = done
        console = console or bar.terminal()
        self.bar = bar.Bar(console) if console else None
        self.pace = pace.Pace(epochs)
        self.logs = {}
        self.tested = 0
        self.tests = None

    def on_epoch_begin(self, epoch, logs=None):
        """Starts the clock."""
        steps = self.params.get("steps")
        steps = None if steps is None else steps + self.done
        self.pace.begin_epoch(epoch, steps, self.done)
        self.done, self.logs = 0, {}
        if self.bar:
            self._draw()

    def on_train_batch_end(self, batch, logs=None):
        """Draws the bar, a few times per second."""
        self.pace.end_step()
        if self.bar and self.bar.is_due:
            self.logs = logs or {}  # To read it waits for the device.
            self._draw()

    def on_test_begin(self, logs=None):
        """Starts a validation."""
        self.pace.begin_validation()
        self.tested = 0

    def on_test_batch_end(self, batch, logs=None):
        """Draws the bar of the validation."""
        self.tested += 1
        if self.bar and self.bar.is_due:
            self._draw()

    def on_test_end(self, logs=None):
        """Ends the validation."""
        self.pace.end_validation()
        self.tests = self.tested

    def on_epoch_end(self, epoch, logs=None):
        """Tells the figures and the time left, in a line that stays."""
        left = self.pace.left(*self._later(), ended=True)
        ending = [] if left is None else [f"{wording.duration(left)} left"]
        if self.bar:
            facts = [(self._title() + ":", "bold"), *self._figures(logs)]
            self.bar.tell([*facts, *((words, "") for words in ending)])
            return
        bounds = wording.budgets(self.model)
        pairs = wording.shown(logs)
        facts = [wording.fact(name, value, bounds) for name, value in pairs]
        print(f"{self._title()}: {', '.join(facts + ending)}", flush=True)

    def close(self):
        """Takes the bar away; Keras tells callbacks of no error, no signal."""
        if self.bar:
            self.bar.close()

    def _title(self):
        return f"{self.label} {self.pace.epoch + 1}/{self.epochs}"

    def _draw(self):
        facts = [*self._times(), *self._figures(self._running())]
        if self.pace.validation_began is None:
            title, done, total = self._title(), self.pace.done, self.pace.steps
        else:
            title = f"{self._title()} validation"
            done, total = self.tested, self.tests
        self.bar.draw(title, done, total, facts)

    def _running(self):
        temperature = getattr(self.model, "temperature", None)
        if temperature is None:
            return self.logs
        return {**self.logs, "temperature": temperature}

    def _times(self):
        """Yields how long it takes: all of it, and this epoch."""
        left, now = self.pace.left(*self._later()), self.pace.epoch_left()
        if left is None or now is None:
            yield "estimating the time left", "dim"
            return
        yield f"{wording.duration(left)} left", ""
        yield f"{wording.duration(now)} of this epoch", ""

    def _figures(self, logs):
        """Yields figures with the style of a budget that is met or not."""
        bounds = wording.budgets(self.model)
        for name, value in wording.shown(logs):
            budget = bounds.get(name.removeprefix(wording.EXPECTED))
            style = ""
            if budget is not None:
                style = _WITHIN if value <= budget else _ABOVE
            yield wording.short(name, value, bounds), style

    def _later(self):
        """Returns when the pace changes, and by what factor.

        A warm-up learns no alphas; from its end on, each step learns from two
        batches where those of the alphas are their own.
        """
        searching = getattr(self.model, "searching", None)
        if searching is None or float(searching) > 0:
            return self.epochs, 1.0
        factor = 2.0 if self.model.settings.bilevel else 1.0
        return self.params.get("epochs"), factor
