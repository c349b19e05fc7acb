"""From what a search has learned to the architecture that it chooses."""

import math

import numpy as np

from ednas_tf import errors, runs, spaces
from ednas_tf.searchers import channel_decode, decode
from ednas_tf.untrusted import json_text


def choose(searcher, problem, run):
    """Returns the best architecture within the budgets.

    Where channels were searched, `channels.json` says which of them stay.

    Args:
        searcher: The `Searcher`.
        problem: The `Problem` with the costs as they are now.
        run: The `Run`.

    Returns:
        The `Architecture`, and the costs by name of the network that the
        search alone arrived at, which may be above a budget.
    """
    # The costs, or the process, may be others than when it was last said.
    searcher.allow(decode.within_reach(problem.costs, problem.budgets))
    odds = [np.asarray(p) for p in searcher.probabilities()]
    if not problem.multiple:
        chosen = decode.decode(odds, problem.costs, problem.budgets)
        found = architecture(problem, chosen, problem.space)
        likeliest = [int(np.argmax(p)) for p in odds]
        return found, _finite(problem.costs.discrete(likeliest))
    alphas = [np.asarray(gate.alpha) for gate in searcher.channel_gates]
    table, multiple = problem.costs, problem.multiple
    searched = channel_decode.searched_costs(odds, alphas, table, multiple)
    chosen, masks = channel_decode.decode(
        odds,
        alphas,
        table=table,
        budgets=problem.budgets,
        multiple=multiple,
        fill=_fills(problem),
    )
    kept = {
        group.name: np.flatnonzero(mask).tolist()
        for group, mask in zip(problem.groups, masks, strict=True)
    }
    run.write_json(runs.CHANNELS, kept)
    counts = {
        group.name: len(kept[group.name])
        for group in problem.groups
        if len(kept[group.name]) < group.size
    }
    narrow = problem.space.narrowed(counts)
    return architecture(problem, chosen, narrow), _finite(searched)


def _fills(problem):
    """Whether all that channels cost is room within the budgets."""
    weights = [objective.weight for objective in problem.objectives]
    return bool(problem.budgets) and not any(weights)


def architecture(problem, chosen, space):
    """Returns the architecture of chosen operations, with its costs.

    Args:
        problem: The `Problem`.
        chosen: Place of the operation in each slot.
        space: The `SearchSpace` with the channels that stay.
    """
    names = [
        slot.operations[place]
        for slot, place in zip(space.slots, chosen, strict=True)
    ]
    costs = problem.costs
    if problem.multiple:
        costs = costs.at(dict(space.skeleton.channels))
    return spaces.choose(
        space.skeleton,
        names,
        costs=costs.discrete(chosen),
        target=problem.prices.table.target.id,
        core=problem.prices.table.target.core,
        lut_sha256=problem.prices.table_sha256,
        classes=tuple(problem.dataset.classes),
    )


def _finite(costs):
    """Returns costs with None for what the device cannot run."""
    return {
        name: cost if cost is not None and math.isfinite(cost) else None
        for name, cost in costs.items()
    }


def read_channels(run):
    """Returns the places of the channels that stay, by group."""
    try:
        kept = json_text.mapping(run.read_text(runs.CHANNELS))
        return {name: _places(places) for name, places in kept.items()}
    except (TypeError, ValueError) as error:
        raise errors.UserError(
            f"{run.path(runs.CHANNELS)} is not what a search writes: "
            f"{error!r}. Search again with --overwrite."
        ) from error


def _places(values):
    """Returns places as an array; raises unless they are whole and rise."""
    places = np.array(values, int)
    rising = places.ndim == 1 and np.all(np.diff(places) > 0)
    if not rising or places.tolist() != values or min(values, default=0) < 0:
        raise ValueError(f"places of channels as {values!r:.60}")
    return places
