"""All that happens around a step: schedules, files, checkpoints, progress."""

from ednas_tf import runs
from ednas_tf.callbacks import states
from ednas_tf.callbacks.boards import Board, Profile, show_found
from ednas_tf.callbacks.checkpoint import Checkpoint
from ednas_tf.callbacks.divergence import StopOnDivergence
from ednas_tf.callbacks.histories import AlphaHistory, ChannelHistory, History
from ednas_tf.callbacks.phases import SearchPhases, TableFeed
from ednas_tf.callbacks.progress import Progress
from ednas_tf.callbacks.sessions import record
from ednas_tf.callbacks.wording import FIGURES

__all__ = [
    "FIGURES",
    "AlphaHistory",
    "Board",
    "ChannelHistory",
    "Checkpoint",
    "History",
    "Profile",
    "Progress",
    "SearchPhases",
    "StopOnDivergence",
    "TableFeed",
    "record",
    "show_found",
    "standard",
]

_HISTORIES = {"search": runs.HISTORY, "train": runs.TRAIN_HISTORY}
_STATES = {"search": runs.SEARCH_STATE, "train": runs.TRAIN_STATE}


def standard(run, label, epochs, place=None, profile=False, records=()):
    """Returns the callbacks that every training of a run needs, in order.

    Args:
        run: The `Run`.
        label: The stage, `search` or `train`.
        epochs: All epochs.
        place: The `states.Place` to begin at.
        profile: Whether a few steps are traced.
        records: Further callbacks that write what an epoch came to.
    """
    events = run.path(runs.TENSORBOARD) / label
    place = place or states.Place()
    return [
        StopOnDivergence(),
        *records,
        History(run, _HISTORIES[label], place.seconds),
        Progress(label, epochs, place.step),
        Board(run, label),
        *([Profile(events)] if profile else []),
        Checkpoint(run, _STATES[label], place),
    ]
