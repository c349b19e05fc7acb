"""The search stage: from a problem to `architecture.json`."""

import time

import numpy as np

from ednas_tf import callbacks, runs, spaces, training
from ednas_tf.data import pipeline
from ednas_tf.networks import supernet
from ednas_tf.searchers import Searcher, Settings, decode
from ednas_tf.spaces import architecture as architectures
from ednas_tf.stages import problem as problems
from ednas_tf.stages import resuming


def run_stage(problem, config, run):
    """Searches unless the run has done so, and returns the architecture."""
    run.open("search", config.stages["search"], config.run.overwrite)
    if run.has(runs.ARCHITECTURE, runs.SEARCH):
        print(f"search: done before, {run.path(runs.ARCHITECTURE)}")
        return architectures.from_json(run.read_text(runs.ARCHITECTURE))
    run.write_text(runs.FLAGS, config.flag_lines)
    # A budget below reach is told now, not after hours of search.
    decode.decode(_uniform(problem.space), problem.costs, problem.budgets)
    began = time.perf_counter()
    searcher = _train(problem, config, run)
    # The table may have changed on the way; the result is held to the last.
    problem = problems.with_fresh_costs(problem, config)
    found = _decode(searcher, problem)
    run.write_with(
        runs.SEARCHED,
        searcher.supernet.save_weights,
        size=4 * searcher.supernet.count_params(),
    )
    seconds = time.perf_counter() - began
    summary = _summary(found, problem, config, searcher, seconds)
    run.write_json(runs.SEARCH, summary)
    run.write_text(runs.ARCHITECTURE, found.to_json())
    return found


def _train(problem, config, run):
    searcher = build_searcher(problem, config)
    batch = config.data.batch_size
    epochs = config.search.search_epochs
    batches = pipeline.searching(
        problem.dataset.splits,
        problem.dataset,
        problem.augmentation,
        batch,
        seed=config.run.seed,
        first_epoch=resuming.first_epoch(run, runs.SEARCH_STATE),
    )
    steps = int(batches.cardinality())
    rate = training.learning_rate(
        config.search.weight_learning_rate,
        batch,
        steps=epochs * steps,
        warmup_steps=_warmup_steps(config, steps),
    )
    searcher.compile(
        training.weight_optimizer(rate, weight_decay=config.train.weight_decay),
        training.alpha_optimizer(config.search.alpha_learning_rate),
    )
    searcher.fit(
        batches,
        epochs=epochs,
        validation_data=pipeline.evaluation(
            problem.dataset.splits.validation, problem.dataset, batch
        ),
        shuffle=False,
        verbose=0,
        callbacks=[
            _table_feed(problem, config),
            callbacks.SearchPhases(
                config.search.warmup_epochs,
                epochs,
                config.search.temperature_start,
                config.search.temperature_end,
            ),
            callbacks.AlphaHistory(run),
            *callbacks.standard(run, "search", epochs, runs.HISTORY),
        ],
    )
    return searcher


def build_searcher(problem, config):
    """Returns the `Searcher` of a problem, not yet compiled."""
    search = config.search
    settings = Settings(
        num_paths=search.paths,
        path_inputs=search.path_inputs,
        feedback=search.feedback,
        meta_kernel=config.space.meta_kernel,
        sampling=search.sampling,
        bilevel=search.alpha_split > 0,
        label_smoothing=config.train.label_smoothing,
        constraint=config.cost.constraint,
        seed=config.run.seed,
    )
    resuming.check_batch(config.data.batch_size, search)
    return Searcher(problem.space, problem.objectives, settings)


def load_searched(problem, config, run):
    """Returns the supernet with the weights that the search left."""
    net = supernet.build(
        problem.space,
        num_paths=config.search.paths,
        path_inputs=config.search.path_inputs,
        meta_kernel=config.space.meta_kernel,
    )
    resuming.load_weights(net, run.path(runs.SEARCHED))
    return net


def _table_feed(problem, config):
    def read():
        return problems.read_costs(config.cost, problem.space, problem.target)

    return callbacks.TableFeed(read, config.cost.lut)


def _warmup_steps(config, steps):
    """Steps of the learning rate's warm-up: at most a tenth of the search."""
    total = config.search.search_epochs * steps
    return min(2 * steps, total // 10)


def _decode(searcher, problem):
    probabilities = [np.asarray(p) for p in searcher.probabilities()]
    chosen = decode.decode(probabilities, problem.costs, problem.budgets)
    names = [
        slot.operations[place]
        for slot, place in zip(problem.space.slots, chosen, strict=True)
    ]
    return spaces.choose(
        problem.space.skeleton,
        names,
        costs={**problem.costs.discrete(chosen), "peak_ram_bytes": None},
        target=problem.target.id,
        lut_sha256=problem.table.sha256,
        classes=tuple(problem.dataset.classes),
    )


def _summary(found, problem, config, searcher, seconds):
    """Returns what `search.json` holds."""
    budgets = {
        name: {"budget": budget, "met": found.costs[name] <= budget}
        for name, budget in problem.budgets.items()
    }
    return {
        "budgets": budgets,
        "costs": found.costs,
        "smallest": problem.costs.smallest(),
        "largest": problem.costs.largest(),
        "status": problem.target.status,
        "confidence": problem.target.confidence,
        "filled_entries": problem.costs.filled,
        "space_size": problem.space.size,
        "seed": config.run.seed,
        "epochs": config.search.search_epochs,
        "steps": int(searcher.optimizer.iterations),
        "seconds": round(seconds, 1),
        "versions": runs.versions(),
    }


def _uniform(space):
    return [
        np.full(len(s.operations), 1 / len(s.operations)) for s in space.slots
    ]
