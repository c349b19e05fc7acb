"""The warm-up of a search: written once, and taken over by other searches."""

import math
import pathlib

from ednas_tf import errors, runs
from ednas_tf.networks import pretrained
from ednas_tf.searchers import decode
from ednas_tf.stages import resuming
from ednas_tf.untrusted import json_text

# Flags that may differ between a run and the one whose warm-up it takes: they
# begin to matter after the warm-up.
_LATER = (
    "alpha_learning_rate",
    "channel_learning_rate",
    "channel_multiple",
    "constraint",
    "core",
    "dtype",
    "kernels",
    "lut",
    "lut_missing",
    "target",
    "temperature_end",
    "threads",
    "warmup_from",
)
_COSTS = ("_weight", "_budget", "_budget_us", "_budget_uj", "_budget_kib")


def save(searcher, run, epochs):
    """Writes the weights after the warm-up, and what its loss was.

    Args:
        searcher: The `Searcher`.
        run: The `Run`.
        epochs: Epochs of the warm-up.
    """
    network = searcher.supernet
    size = runs.weights_size(network.weights)
    run.write_with(runs.WARMED_UP, network.save_weights, size=size)
    rows = {row.get("epoch"): row for row in run.read_rows(runs.HISTORY)}
    loss = rows.get(str(epochs), {}).get("loss")
    if not loss:
        raise errors.UserError(
            f"Expected the loss of epoch {epochs} in {run.path(runs.HISTORY)}, "
            "found none. Use --overwrite to start again."
        )
    summary = {"epochs": epochs, "loss": float(loss)}
    summary["weights_sha256"] = runs.sha256(run.path(runs.WARMED_UP))
    run.write_json(runs.WARMUP, summary)


def check(config, run):
    """Raises `UserError` unless `--warmup_from` can be taken over, if given.

    Asked before `--overwrite` deletes anything.

    Args:
        config: The `Config`.
        run: The `Run` that will take it over.
    """
    if config.search.warmup_from is None:
        return
    path = pathlib.Path(config.search.warmup_from).expanduser()
    if path.resolve() == run.folder.resolve():
        raise errors.UserError(
            f"Expected --warmup_from of another run. Received: {path}, which "
            "is --workdir."
        )
    if path.is_dir():
        _loss_of(path, config)
    elif not path.is_file():
        raise errors.UserError(
            f"Expected the folder of a run, or a Keras file, for "
            f"--warmup_from. Received: {path}"
        )


def take_over(searcher, problem, config, steps):
    """Gives the searcher the weights of `--warmup_from`, and begins.

    Args:
        searcher: Compiled `Searcher`.
        problem: The `Problem`.
        config: The `Config`.
        steps: Steps of an epoch.

    Returns:
        Epochs that count as done.
    """
    path = pathlib.Path(config.search.warmup_from).expanduser()
    if path.is_dir():
        loss = _loss_of(path, config)
        resuming.load_weights(searcher.supernet, path / runs.WARMED_UP)
    else:
        loss = _from_file(searcher.supernet, path, problem.dataset)
    done = config.search.warmup_epochs
    searcher.optimizer.iterations.assign(done * steps)
    penalties = searcher.cost_loss
    searcher.allow(decode.within_reach(problem.costs, problem.budgets))
    if penalties.objectives:
        penalties.set_table(problem.costs)
        penalties.start(loss, searcher.probabilities(), searcher.counts())
    return done


def _from_file(supernet, path, dataset):
    """Loads the weights of a trained network and returns a loss for it."""
    others = path.suffix == ".h5" and not path.name.endswith(".weights.h5")
    if others:  # Networks of others read images as they are, of 0 to 255.
        scale, offset = dataset.std, dataset.mean
        pretrained.load(path, supernet, scale=scale, offset=offset)
    else:
        pretrained.load(path, supernet)
    # Strengths take it for the cross-entropy; a trained network has less.
    return math.log(dataset.num_classes)


def _loss_of(folder, config):
    """Returns the loss after the warm-up of a run; checks that it is ours."""
    try:
        known = dict(_values(folder / runs.CONFIG)["search"])
        summary = _values(folder / runs.WARMUP)
        loss = float(summary["loss"])
    except (KeyError, TypeError, ValueError) as error:
        raise errors.UserError(
            f"Expected the run folder of a search with a warm-up in {folder}: "
            f"{error!r}. Choose another --warmup_from."
        ) from error
    _check_weights(folder / runs.WARMED_UP, summary.get("weights_sha256"))
    for name, value in config.stages["search"].items():
        matters = name not in _LATER and not name.endswith(_COSTS)
        if matters and name in known and known[name] != value:
            raise errors.UserError(
                f"Expected a warm-up with --{name}={value}. Received: {folder} "
                f"with {known[name]}; choose another --warmup_from."
            )
    return loss


def _values(path):
    return json_text.mapping(runs.read_text(path))


def _check_weights(path, sha256):
    """Raises `UserError` unless a file is there, as the warm-up left it."""
    if not path.is_file():
        raise errors.UserError(
            f"Expected the weights {path}, which are missing. Choose another "
            "--warmup_from."
        )
    try:
        resuming.check_unchanged(path, sha256, runs.WARMUP)
    except errors.UserError as error:
        raise errors.UserError(
            f"{error} Choose another --warmup_from."
        ) from error
