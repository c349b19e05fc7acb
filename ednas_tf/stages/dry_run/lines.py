"""Lines that the dry runs of several commands have in common."""

from ednas_tf import runs
from ednas_tf.spaces import operators

_WIDTH = 10
_SPLITS = ("weights", "alphas", "validation", "test")


def line(label, text):
    """Returns a line of two columns."""
    return f"{label:<{_WIDTH}} {text}"


def data(dataset):
    """Returns the lines about a `Dataset`."""
    sizes = ", ".join(
        f"{name} {len(getattr(dataset.splits, name))}" for name in _SPLITS
    )
    return [
        line(
            "dataset",
            f"{dataset.name}, {dataset.kind} {dataset.input_shape}, "
            f"{dataset.num_classes} classes",
        ),
        line("splits", sizes),
    ]


def network(architecture):
    """Returns the line about an `Architecture`."""
    counts = operators.totals(operators.architecture_operators(architecture))
    chosen = " ".join(choice.operation for choice in architecture.choices)
    return line(
        "network",
        f"{architecture.skeleton.name} {chosen}".strip()
        + f", {counts['params']:,} parameters, {counts['macs']:,} MACs",
    )


def folder(run, stage, found, last, overwrite):
    """Returns the line about what a stage finds in the run folder.

    Args:
        run: The `Run`.
        stage: Name of the stage.
        found: Names of the files that it has left there.
        last: Names of those that are there when it is done.
        overwrite: Whether `--overwrite` is given.
    """
    if not found:
        state = "begins"
    elif overwrite:
        state = f"deletes {', '.join(found)} and what later stages wrote, then "
        state += "begins"
    elif run.has(*last):
        state = "done before, nothing to do"
    else:
        state = "goes on with what is there"
    return line("folder", f"{run.folder}: {stage} {state}")


def writes(names):
    """Returns the line about the files that would be written."""
    return line("writes", " ".join([*names, runs.CONFIG]))
