"""What a search would do, told before it starts."""

from ednas_tf import runs
from ednas_tf.stages import in_order, optimizing, searched_weights, warming
from ednas_tf.stages import problem as problems
from ednas_tf.stages.dry_run import evaluation, export, lines, training

_UNITS = {
    "latency_us": ("latency", "us"),
    "energy_uj": ("energy", "uJ"),
    "memory_bytes": ("memory", "bytes"),
    "macs": ("MACs", ""),
    "params": ("parameters", ""),
    "peak_ram_bytes": ("peak RAM", "bytes"),
}

_LAST = {
    "train": (runs.MODEL, runs.TRAIN),
    "export": (runs.EXPORT,),
}
"""Files of a stage that are there when it is done, and then left alone."""


def describe(problem, config, run):
    """Returns the description as text; raises `UserError`.

    Args:
        problem: The `Problem`.
        config: The `Config`.
        run: The `Run`.
    """
    in_order.check(config)
    warming.check(config, run)
    overwrite = config.run.overwrite
    found = run.look("search", config.stages["search"], overwrite)
    last = (runs.ARCHITECTURE, runs.SEARCH)
    folder = [lines.folder(run, "search", found, last, overwrite)]
    if not overwrite:
        folder += _states(config, run)
    return "\n".join(
        [
            *_space(problem),
            *lines.data(problem.dataset),
            lines.line("target", _target(problem.prices)),
            lines.line("search", _work(problem, config)),
            *(_slot(slot) for slot in problem.space.slots),
            *(_group(group, problem.multiple) for group in problem.groups),
            *_costs(problem),
            *_later(problem, config, run),
            *folder,
            lines.writes(_files(problem, config)),
        ]
    )


def _space(problem):
    """Yields a line about the space."""
    fixed, groups = problem.space.skeleton, problem.groups
    channels = f" {len(groups)} groups of channels," if groups else ""
    yield lines.line(
        "space",
        f"{fixed.name}, {fixed.topology}, {len(problem.space.slots)} slots,"
        f"{channels} {_count(problem.size)} architectures",
    )


def _work(problem, config):
    search = config.search
    steps = problems.num_steps(problem.dataset, config)
    warm = f"{search.warmup_epochs} of them to warm up"
    if search.warmup_from:
        warm = f"weights of {search.warmup_from}"
    return (
        f"{search.search_epochs} epochs of {steps} steps of "
        f"{config.data.batch_size}, {warm}, "
        f"paths {problems.num_paths(problem.space, config)}"
    )


def _stages(config):
    """Returns the stages that `--through` adds to the search."""
    order = ["warmup", *runs.STAGES]
    return order[2 : order.index(config.run.through) + 1]


def _later(problem, config, run):
    """Yields the lines about the stages after the search."""
    stages = _stages(config)
    if "train" in stages:
        searched = searched_weights.are_given(config, run)
        if config.train.init == "auto":
            searched = problem.multiple is not None
        yield training.work(problem.dataset, config, searched)
    if "export" in stages:
        optimizing.check(problem.dataset, config)
        yield from export.work(problem.dataset, config)
    if "evaluate" in stages:
        count = len(problem.dataset.splits.test)
        yield lines.line("evaluate", f"every file on {count} test examples")


def _states(config, run):
    """Yields the lines about what later stages have left."""
    for stage, last in _LAST.items():
        if stage not in _stages(config):
            continue
        found = [name for name in runs.STAGES[stage] if run.has(name)]
        if found:
            yield lines.folder(run, stage, found, last, overwrite=False)


def _files(problem, config):
    """Returns the names of the files of all stages."""
    names = [runs.FLAGS, runs.HISTORY, runs.TENSORBOARD, "checkpoint"]
    if config.run.through == "warmup":
        return [*names, runs.WARMUP]
    names += [runs.ARCHITECTURE, runs.SEARCH, runs.COSTS]
    names += [runs.ALPHAS] if problem.space.slots else []
    if problem.multiple:
        names += [runs.CHANNELS, runs.CHANNEL_HISTORY]
    by_stage = {
        "train": [runs.MODEL, runs.TRAIN, runs.TRAIN_HISTORY],
        "export": export.files(config),
        "evaluate": evaluation.files(config),
        "report": [runs.REPORT, runs.CARD],
    }
    return [*names, *(n for each in _stages(config) for n in by_stage[each])]


def _target(prices):
    device = prices.table.target
    core = f", {device.core}" if device.core else ""
    return f"{device.id}{core} (figures {prices.status})"


def _count(number):
    return f"{number:,}" if number < 10**12 else f"about {number:.1e}"


def _group(group, multiple):
    steps = f" in blocks of {multiple}" if multiple > 1 else ""
    return f"channels   {group.name}: up to {group.size}{steps}"


def _slot(slot):
    return f"slot       {slot.name}: {' '.join(slot.operations)}"


def _costs(problem):
    smallest, largest = problem.costs.smallest(), problem.costs.largest()
    for name in problem.costs.names:
        label, unit = _UNITS[name]
        budget = problem.budgets.get(name)
        told = f", budget {budget:,.0f}" if budget is not None else ""
        span = f"{smallest[name]:,.0f} to {largest[name]:,.0f} {unit}".strip()
        yield f"{label:<10} {span}{told}"
