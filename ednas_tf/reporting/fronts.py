"""What cannot be beaten: Pareto fronts of accuracy and one cost."""

import itertools


def front(points):
    """Returns the places of the points that no other one dominates.

    A point dominates another if it is at least as accurate and costs no more,
    and is better in one of the two. Equal points stand on the front together.

    Args:
        points: Pairs of cost and accuracy.

    Returns:
        Places in `points`, the cheapest first.
    """
    order = sorted(
        range(len(points)), key=lambda i: (points[i][0], -points[i][1])
    )
    kept, best = [], None
    for place in order:
        cost, accuracy = points[place]
        if best is None or accuracy > best[1] or (cost, accuracy) == best:
            kept.append(place)
            best = (cost, accuracy)
    return kept


def hypervolume(points, reference_cost):
    """Returns the area that points dominate, up to a cost and from 0 on.

    Args:
        points: Pairs of cost and accuracy.
        reference_cost: Cost at which the area ends; its accuracy is 0.

    Returns:
        Area in accuracy times the unit of the cost.
    """
    chosen = [points[place] for place in front(points)]
    steps = [(cost, high) for cost, high in chosen if cost < reference_cost]
    stops = [*(cost for cost, _ in steps), reference_cost]
    return sum(
        (end - start) * high
        for (_, high), (start, end) in zip(
            steps, itertools.pairwise(stops), strict=True
        )
    )
