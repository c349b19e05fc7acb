"""What `evaluate` would do."""

from ednas_tf import errors, exporting, runs, tasks
from ednas_tf.stages import problem
from ednas_tf.stages.dry_run import lines


def describe(architecture, dataset, config, run):
    """Returns the description as text; raises `UserError`.

    Args:
        architecture: The `Architecture`.
        dataset: The `Dataset`.
        config: The `Config`.
        run: The `Run`.
    """
    problem.check_fits(architecture.skeleton, dataset)
    again = run.check("evaluate", config.stages["evaluate"])
    state = "measures again" if again else "begins"
    measured = [path.name for path in _artifacts(run)]
    if config.evaluate.simulate != "none":
        bits = config.evaluate.simulated_weight_bits
        measured.append(f"{config.evaluate.simulate} simulated, {bits} bits")
    return "\n".join(
        [
            lines.line("reads", " ".join(measured)),
            lines.network(architecture),
            *lines.data(dataset),
            lines.line(
                "evaluate",
                f"each on {len(dataset.splits.test)} test examples",
            ),
            lines.line("folder", f"{run.folder}: evaluate {state}"),
            lines.writes(files(config)),
        ]
    )


def files(config):
    """Returns the names of the files that an evaluation writes."""
    others = {
        tasks.CLASSIFICATION: [runs.CONFUSION, runs.MISTAKES],
        tasks.DETECTION: [runs.DETECTIONS],
    }
    return [runs.METRICS, *others.get(config.data.task, [])]


def _artifacts(run):
    """Returns the paths of what is measured."""
    model = run.path(runs.MODEL)
    if not model.is_file():
        raise errors.UserError(
            f"Expected the model {model}, which is missing. Run "
            "`python -m ednas_tf.train` first."
        )
    found = exporting.artifacts(run) if run.has(runs.EXPORT) else {}
    return [model, *found.values()]
