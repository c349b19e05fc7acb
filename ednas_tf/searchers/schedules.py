"""What changes in the course of a search."""


def temperature(step, steps, start, end):
    """Falls exponentially from `start` at step 0 to `end` at the last one.

    Args:
        step: Step, from 0; below it is `start`.
        steps: Number of steps.
        start: First temperature, positive.
        end: Last temperature, positive.

    Returns:
        Positive float.
    """
    if steps < 2:
        return float(start if step < 0 else end)
    share = min(max(step / (steps - 1), 0.0), 1.0)
    return float(start * (end / start) ** share)


def ramp(epoch, first, last, low=0.01):
    """Rises linearly from `low` to 1 between two epochs, then stays.

    Args:
        epoch: Epoch, from 0.
        first: Epoch at which the value is `low`.
        last: Epoch from which on it is 1.
        low: First value.

    Returns:
        Float between `low` and 1.
    """
    if last <= first:
        return 1.0
    share = min(max((epoch - first) / (last - first), 0.0), 1.0)
    return low + (1.0 - low) * share
