"""The jobs of a comparison, as a worker process does them.

Every job is done by the stages that the commands run, in one process, so that
importing TensorFlow and reading the data is paid once.
"""

import dataclasses
import itertools
import json
import math
import pathlib
import resource

import keras
from absl import flags

from ednas_tf import config, errors, hardware, runs, spaces
from ednas_tf.measuring import timing
from ednas_tf.spaces import channels
from ednas_tf.stages import (
    choosing,
    evaluating,
    exporting,
    final_training,
    prices,
    searched_weights,
    searching,
)
from ednas_tf.stages import problem as problems
from tools.comparison import draws, inheriting, widening

_TIMED_SECONDS = 0.5
_LATENCY = "latency_us"
_KNOWN = {}
"""Data that was read, by what it depends on."""
_MOST_KNOWN = 2
_MOST_WIDTHS = 4096


def do(job, folder):
    """Returns the result of a job; raises `UserError`.

    Args:
        job: Its `kind`, and the arguments of the function of that kind.
        folder: Folder for its files.
    """
    values = dict(job)
    kind = values.pop("kind")
    if kind not in KINDS:
        raise errors.unknown_name("job", kind, KINDS)
    keras.backend.clear_session()
    return KINDS[kind](folder, **values)


def price(folder, given):
    """Tells what the cheapest and the dearest network of a space take.

    On this machine that measures what no table has yet.
    """
    del folder
    costs = _problem(_settings(given)).costs
    return {
        "smallest_us": costs.smallest()[_LATENCY],
        "largest_us": costs.largest()[_LATENCY],
    }


def draw(folder, given, budget_us, share, count, seed):
    """Draws architectures that use at least a share of a budget."""
    del folder
    question = _problem(_settings(given))
    widths = _widths(question)
    chosen = draws.within(
        [(t.fixed[_LATENCY], t.slots[_LATENCY]) for _, t in widths],
        (share * budget_us, budget_us),
        count,
        seed,
    )
    return {
        "found": [
            _told(choosing.architecture(question, places, widths[width][0]))
            for width, *places in chosen
        ]
    }


def widest(folder, given, budget_us):
    """Finds the widest network of a space without choices that is in budget."""
    del folder
    settings = _settings(given)
    question = _problem(settings)
    target = prices.target_of(settings)
    sizes = {
        group.name: group.size
        for group in channels.groups(question.space.skeleton.nodes)
    }

    def at(counts):
        space = question.space.narrowed(counts)
        priced = prices.price(settings, space, target)
        return dataclasses.replace(question, space=space, prices=priced)

    counts = widening.widest(
        lambda counts: at(counts).costs.smallest()[_LATENCY], sizes, budget_us
    )
    if counts is None:
        raise errors.BudgetError(
            f"The narrowest network takes more than {budget_us:,.1f} us."
        )
    found = at(counts)
    chosen = [0] * len(found.space.slots)
    return _told(choosing.architecture(found, chosen, found.space))


def search(folder, given, budget_us):
    """Searches, and tells what was found and the CPU seconds."""
    settings = _settings([*given, f"--latency_budget_us={budget_us!r}"])
    question = _problem(settings)
    run = runs.Run(folder / "run", settings.defaults)
    start = _cpu_seconds()
    found = searching.run_stage(question, settings, run)
    seconds = _cpu_seconds() - start
    return {**_told(found), "cpu_s": round(seconds, 1)}


def train(folder, given, architecture):
    """Trains, exports and measures a network."""
    settings = _settings(given)
    found = spaces.architecture.from_json(json.dumps(architecture))
    prepared = _data(settings)
    run = runs.Run(folder / "run", settings.defaults)
    start = _cpu_seconds()
    model = final_training.run_stage(found, *prepared, settings, run)
    seconds = _cpu_seconds() - start
    exporting.run_stage(found, model, prepared, settings, run)
    metrics = evaluating.run_stage(found, prepared[0], settings, run)
    last = run.read_rows(runs.TRAIN_HISTORY)[-1]
    names = {"float": "accuracy", "int8": "accuracy_int8"}
    figures = {
        name: metrics.artifacts[runs.TFLITE_FILES[dtype]]["accuracy"]
        for dtype, name in names.items()
    }
    return {
        **figures,
        "validation": float(last["val_accuracy"]),
        "cpu_s": round(seconds, 1),
        "macs": metrics.macs,
        "params": metrics.params,
    }


def count(folder, given, file, architecture):
    """Counts the latency of a file by its own operators."""
    del folder
    settings = _settings(given)
    target = prices.target_of(settings)
    found = spaces.architecture.from_json(json.dumps(architecture))
    slots = tuple(spaces.Slot(c.slot, (c.operation,)) for c in found.choices)
    space = spaces.SearchSpace(found.skeleton, slots)
    rows = hardware.tflite_operators.read(file)
    if target.measured:
        table = prices.read_table(settings, space, target)
    else:
        table = hardware.table.modelled(dict.fromkeys(rows), target)
    told = hardware.costs.of_operators(rows, table)
    return {_LATENCY: told[_LATENCY]}


def inherit(folder, given, searched, networks, steps):
    """Measures networks with the weights that a search left.

    Args:
        folder: Not used: it leaves no files.
        given: Flags of the search.
        searched: Folder of the search's job.
        networks: Per network the operation in each slot.
        steps: Batches for the statistics of batch norms.
    """
    del folder
    settings = _settings(given)
    question = _problem(settings)
    run = runs.Run(pathlib.Path(searched, "run"), settings.defaults)
    supernet, _ = searched_weights.load(question, settings, run)
    start = _cpu_seconds()
    found = inheriting.scores(
        supernet,
        question.space,
        _data(settings),
        networks,
        steps,
        settings.data.batch_size,
    )
    return {"scores": found, "cpu_s": round(_cpu_seconds() - start, 1)}


def time(folder, given, files):
    """Times files on this machine, as its tables are measured."""
    del folder
    options = prices.measuring_options(_settings(given).device)
    contents = [pathlib.Path(file).read_bytes() for file in files]
    found = timing.time_models(
        contents, options.threads, options.xnnpack, _TIMED_SECONDS
    )
    return {"measured_us": [round(each.latency_us, 2) for each in found]}


KINDS = {
    "price": price,
    "draw": draw,
    "widest": widest,
    "search": search,
    "train": train,
    "count": count,
    "inherit": inherit,
    "time": time,
}


def _settings(given):
    """Returns the `Config` of a list of flags."""
    flags.FLAGS.unparse_flags()
    try:
        left = flags.FLAGS(["compare", *given])
    except flags.Error as error:
        raise errors.UserError(errors.first_line(error)) from error
    if len(left) > 1:
        raise errors.UserError(f"Expected flags only. Received: {left[1:]}")
    settings = config.from_flags()
    runs.set_seed(settings.run.seed, settings.run.deterministic)
    return settings


def _problem(settings):
    return problems.prepare(settings, _data(settings))


def _data(settings):
    """Returns the dataset and the augmentation, read once."""
    read = settings.data, settings.search.alpha_split, settings.run.seed
    key = repr((*read, settings.space.space))
    if key not in _KNOWN:
        while len(_KNOWN) >= _MOST_KNOWN:
            _KNOWN.pop(next(iter(_KNOWN)))
        _KNOWN[key] = problems.load_data(settings)
    return _KNOWN[key]


def _widths(question):
    """Returns the spaces of all widths, each with its `CostTable`."""
    if not question.multiple:
        return [(question.space, question.costs)]
    sizes = {group.name: group.size for group in question.groups}
    allowed = [
        channels.allowed(size, question.multiple) for size in sizes.values()
    ]
    if math.prod(map(len, allowed)) > _MOST_WIDTHS:
        raise errors.UserError(
            f"Expected at most {_MOST_WIDTHS} widths to draw from. "
            "Use a larger --channel_multiple."
        )
    found = []
    for numbers in itertools.product(*allowed):
        counts = dict(zip(sizes, numbers, strict=True))
        less = {name: n for name, n in counts.items() if n < sizes[name]}
        table = question.costs.at(less)
        found.append((question.space.narrowed(less), table))
    return found


def _told(found):
    """Returns an architecture without what it was found for, and its latency.

    The same network found for two devices is one network to train.
    """
    bare = dataclasses.replace(
        found, costs={}, target=None, core=None, lut_sha256=None, classes=()
    )
    channels = dict(found.skeleton.channels)
    return {
        "architecture": json.loads(bare.to_json()),
        "operations": " ".join(choice.operation for choice in found.choices),
        "channels": " ".join(f"{k}:{v}" for k, v in channels.items()),
        _LATENCY: found.costs[_LATENCY],
    }


def _cpu_seconds():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
