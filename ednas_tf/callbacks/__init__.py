"""All that happens around a step: schedules, files, checkpoints, progress."""

from ednas_tf import runs
from ednas_tf.callbacks.boards import Profile, Scalars
from ednas_tf.callbacks.checkpoint import Checkpoint
from ednas_tf.callbacks.divergence import StopOnDivergence
from ednas_tf.callbacks.histories import AlphaHistory, ChannelHistory, History
from ednas_tf.callbacks.phases import SearchPhases, TableFeed
from ednas_tf.callbacks.progress import FIGURES, Progress

__all__ = [
    "FIGURES",
    "AlphaHistory",
    "ChannelHistory",
    "Checkpoint",
    "History",
    "Profile",
    "Progress",
    "Scalars",
    "SearchPhases",
    "StopOnDivergence",
    "TableFeed",
    "standard",
]


def standard(run, label, epochs, history, profile=False, records=()):
    """Returns the callbacks that every training of a run needs, in order.

    Args:
        run: The `Run`.
        label: The stage, `search` or `train`.
        epochs: All epochs.
        history: Name of the CSV file.
        profile: Whether a few steps are traced.
        records: Further callbacks that write what an epoch came to.
    """
    events = run.path(runs.TENSORBOARD) / label
    states = {"search": runs.SEARCH_STATE, "train": runs.TRAIN_STATE}
    return [
        StopOnDivergence(),
        *records,
        History(run, history),
        Progress(label, epochs),
        Scalars(events),
        *([Profile(events)] if profile else []),
        Checkpoint(run, states[label]),
    ]
