"""Several stages in a row, for the command that goes on by itself."""

import functools

from ednas_tf import errors, runs
from ednas_tf.stages import (
    evaluating,
    exporting,
    final_training,
    reporting,
    searched_weights,
    searching,
)

_ORDER = list(runs.STAGES)


def run_through(problem, config, run):
    """Runs the search and the stages after it through `--through`."""
    check(config)
    found = searching.run_stage(problem, config, run)
    if config.run.through == "warmup":
        print(f"warm-up: {run.path(runs.WARMED_UP)}")
        return
    last = _ORDER.index(config.run.through)
    print(f"{_told(found, run)} ({problem.prices.status})")
    if last >= _ORDER.index("train"):
        model = _train(found, problem, config, run)
    if last >= _ORDER.index("export"):
        prepared = problem.dataset, problem.augmentation
        exporting.run_stage(found, model, prepared, config, run)
    if last >= _ORDER.index("evaluate"):
        evaluating.run_stage(found, problem.dataset, config, run)
    if last >= _ORDER.index("report"):
        reporting.run_stage(config, run)


def check(config):
    """Raises `UserError` if the last stage is one that will not run."""
    search = config.search
    own = search.warmup_epochs > 0 and not search.warmup_from
    if config.run.through == "warmup" and not own:
        raise errors.UserError(
            "Expected a search with a warm-up of its own for "
            "--through=warmup: --warmup_epochs of at least 1 and no "
            "--warmup_from."
        )


def _train(found, problem, config, run):
    searched = None
    if searched_weights.are_given(config, run):
        searched = functools.partial(
            searched_weights.load, problem, config, run
        )
    return final_training.run_stage(
        found,
        problem.dataset,
        problem.augmentation,
        config,
        run,
        searched=searched,
    )


def _told(found, run):
    slots = " ".join(choice.operation for choice in found.choices)
    counts = dict(found.skeleton.channels)
    if counts:
        left = " ".join(f"{name}:{n}" for name, n in counts.items())
        slots = f"{slots} channels {left}".strip()
    costs = ", ".join(
        f"{name} {value:,.0f}"
        for name, value in found.costs.items()
        if value is not None
    )
    return f"found {slots} ({costs}): {run.path(runs.ARCHITECTURE)}"
