"""The search stage: from a problem to `architecture.json`."""

import functools

from ednas_tf import callbacks, runs, training, versions
from ednas_tf.callbacks import states
from ednas_tf.data import pipeline
from ednas_tf.searchers import Searcher, Settings
from ednas_tf.stages import breakdown, choosing, fitting, resuming, warming
from ednas_tf.stages import problem as problems

# How far a multiplier would climb in a whole search for each unit of
# log(1 + violation); per step it depends on the number of steps. At 15 a search
# of two epochs stayed 8 % above a budget. One channel is a small part of a
# cost, and a small pull is enough: at 15 all of a group crossed the threshold
# at once.
_DUAL_ASCENT = 60.0
_DUAL_ASCENT_OF_CHANNELS = 1.4
_WARMUP_EPOCHS = 2


def run_stage(problem, config, run):
    """Searches unless the run has done so, and returns the architecture.

    With `--through=warmup` it stops before the first choice is learned, and
    returns None.
    """
    flags, overwrite = config.stages["search"], config.run.overwrite
    if not run.look("search", flags, overwrite) or overwrite:
        warming.check(config, run)
    run.open("search", flags, overwrite)
    if run.has(runs.ARCHITECTURE, runs.SEARCH):
        run.remove(runs.SEARCH_STATE)  # A kill may have left it.
        print(f"search: done before, {run.path(runs.ARCHITECTURE)}")
        return resuming.read_architecture(run.path(runs.ARCHITECTURE))
    # Not before: a later stage may refuse these flags.
    run.write_text(runs.FLAGS, config.flag_lines)
    if not problem.space.slots and not problem.multiple:
        return _as_given(problem, config, run)
    runs.set_seed(config.run.seed, config.run.deterministic)
    searcher = _train(problem, config, run)
    if config.run.through == "warmup":
        return None
    # The table may have changed on the way; the result is held to the last.
    problem = problems.with_fresh_costs(problem, config)
    found, searched = choosing.choose(searcher, problem, run)
    run.write_with(
        runs.SEARCHED,
        searcher.supernet.save_weights,
        size=runs.weights_size(searcher.supernet.weights),
    )
    steps = int(searcher.optimizer.iterations)
    summary = {
        **_summary(found, problem, config, steps),
        "searched": searched,
        "searched_weights_sha256": runs.sha256(run.path(runs.SEARCHED)),
        "seconds": run.seconds(runs.HISTORY),
    }
    _write(found, summary, problem, run)
    run.remove(runs.SEARCH_STATE)
    return found


def _as_given(problem, config, run):
    """Writes the architecture of a network without anything to choose."""
    found = choosing.architecture(problem, [], problem.space)
    _write(found, _summary(found, problem, config, steps=0), problem, run)
    return found


def _write(found, summary, problem, run):
    run.write_rows(runs.COSTS, breakdown.rows(found, problem))
    run.write_json(runs.SEARCH, summary)
    run.write_text(runs.ARCHITECTURE, found.to_json())
    callbacks.show_found(run, found, summary["epochs"])


def _train(problem, config, run):
    """Returns the searcher after the search, or after the warm-up alone."""
    search = config.search
    steps = problems.num_steps(problem.dataset, config)
    searcher = build_searcher(problem, config, steps)
    searcher.compile(
        training.scheduled_optimizer(
            search.weight_learning_rate,
            config.data.batch_size,
            epochs=search.search_epochs,
            steps=steps,
            warmup=_WARMUP_EPOCHS,
            decay=config.train.weight_decay,
        ),
        training.alpha_optimizer(search.alpha_learning_rate),
        training.channel_optimizer(
            search.channel_learning_rate, _updates(config, steps)
        ),
    )
    place = resuming.restore(searcher, run, runs.SEARCH_STATE)
    if place == states.Place() and search.warmup_from:
        epoch = warming.take_over(searcher, problem, config, steps)
        place = states.Place(epoch)
    plan = _training(problem, config, run)
    if place.epoch < search.warmup_epochs:
        fitting.fit(searcher, plan, place, search.warmup_epochs)
        place = states.Place(search.warmup_epochs)
    if place == states.Place(search.warmup_epochs) and _warms_up(search):
        warming.save(searcher, run, place.epoch)
    if config.run.through != "warmup":
        fitting.fit(searcher, plan, place, search.search_epochs)
    return searcher


def _warms_up(search):
    """Whether the search has a warm-up of its own."""
    return search.warmup_epochs > 0 and not search.warmup_from


def _training(problem, config, run):
    """Returns the `Training` of the search."""

    def batches(position):
        return pipeline.searching(
            problem.dataset.splits,
            problem.dataset,
            problem.augmentation,
            config.data.batch_size,
            seed=config.run.seed,
            position=position,
        )

    return fitting.Training(
        batches,
        problems.validation(problem.dataset, config),
        functools.partial(_callbacks, problem, config, run),
    )


def _callbacks(problem, config, run, place):
    def read():
        return problems.with_fresh_costs(problem, config).costs

    search = config.search
    phases = callbacks.SearchPhases(
        problems.num_steps(problem.dataset, config),
        warmup_epochs=search.warmup_epochs,
        epochs=search.search_epochs,
        start=search.temperature_start,
        end=search.temperature_end,
        begun=place != states.Place(),
    )
    records = [callbacks.AlphaHistory(run)] if problem.space.slots else []
    if problem.multiple:
        records.append(callbacks.ChannelHistory(run))
    return [
        callbacks.TableFeed(read, config.cost.lut, problem.budgets),
        phases,
        *callbacks.standard(
            run,
            "search",
            search.search_epochs,
            place,
            profile=config.run.profile,
            records=records,
        ),
    ]


def build_searcher(problem, config, steps):
    """Returns the `Searcher` of a problem, not yet compiled.

    Args:
        problem: The `Problem`.
        config: The `Config`.
        steps: Steps of an epoch.
    """
    search = config.search
    settings = Settings(
        num_paths=problems.num_paths(problem.space, config),
        path_inputs=search.path_inputs,
        feedback=search.feedback,
        meta_kernel=config.space.meta_kernel,
        sampling=search.sampling,
        bilevel=search.alpha_split > 0,
        label_smoothing=config.train.label_smoothing,
        constraint=config.cost.constraint,
        multiplier_rate=_ascent(problem) / max(1, _updates(config, steps)),
        channel_multiple=problem.multiple,
        seed=config.run.seed,
    )
    layout = problem.costs.layout if problem.multiple else None
    return Searcher(problem.space, problem.objectives, settings, layout)


def _updates(config, steps):
    """Returns the steps that learn alphas."""
    epochs = config.search.search_epochs - config.search.warmup_epochs
    return epochs * steps


def _ascent(problem):
    return _DUAL_ASCENT_OF_CHANNELS if problem.multiple else _DUAL_ASCENT


def _summary(found, problem, config, steps):
    """Returns what `search.json` holds."""
    budgets = {
        name: {"budget": budget, "met": found.costs[name] <= budget}
        for name, budget in problem.budgets.items()
    }
    return {
        "budgets": budgets,
        "costs": found.costs,
        "channels": dict(found.skeleton.channels),
        "smallest": problem.costs.smallest(),
        "largest": problem.costs.largest(),
        "status": problem.prices.status,
        "filled_entries": problem.costs.filled,
        "space_size": problem.size,
        "seed": config.run.seed,
        "epochs": config.search.search_epochs if steps else 0,
        "steps": steps,
        "versions": versions.installed(),
    }
