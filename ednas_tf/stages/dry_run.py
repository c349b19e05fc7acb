"""What a search would do, told before it starts."""

from ednas_tf.stages import problem as problems

_UNITS = {
    "latency_us": ("latency", "us"),
    "energy_uj": ("energy", "uJ"),
    "memory_bytes": ("memory", "bytes"),
    "macs": ("MACs", ""),
    "params": ("parameters", ""),
    "peak_ram_bytes": ("peak RAM", "bytes"),
}


def describe(problem, config):
    """Returns the description as text."""
    fixed = problem.space.skeleton
    splits = problem.dataset.splits
    sizes = ", ".join(
        f"{name} {len(getattr(splits, name))}"
        for name in ("weights", "alphas", "validation", "test")
    )
    groups = problem.groups
    channels = f" {len(groups)} groups of channels," if groups else ""
    lines = [
        f"space      {fixed.name}, {fixed.topology}, {len(problem.space.slots)}"
        f" slots,{channels} {_count(problem.size)} architectures",
        f"dataset    {problem.dataset.name}, images {fixed.input_shape}, "
        f"{fixed.num_classes} classes",
        f"splits     {sizes}",
        f"target     {_target(problem.prices)}",
        f"search     {config.search.search_epochs} epochs, "
        f"{problems.num_paths(problem.space, config)} paths",
        *(_slot(slot) for slot in problem.space.slots),
        *(_group(group, problem.multiple) for group in groups),
        *_costs(problem),
    ]
    return "\n".join(lines)


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
