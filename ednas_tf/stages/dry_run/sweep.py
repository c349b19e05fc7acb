"""What `sweep` would do."""

from ednas_tf import runs
from ednas_tf.stages import point_runs, points
from ednas_tf.stages.dry_run import lines


def describe(plan, config, run):
    """Returns the description as text; raises `UserError`.

    Args:
        plan: The points, with the shared `warmup` or None.
        config: The `Config`.
        run: The `Run` of the sweep.
    """
    overwrite = config.run.overwrite
    found = run.look("sweep", points.base(config), overwrite)
    last = (runs.PARETO, runs.PARETO_TABLE)
    shared = [plan.warmup] if plan.warmup else []
    return "\n".join(
        [
            *(lines.line("warm-up", point.name) for point in shared),
            *(_point(point, overwrite) for point in plan.points),
            lines.line("jobs", f"{config.sweep.jobs}, {config.sweep.executor}"),
            lines.folder(run, "sweep", found, last, overwrite),
            lines.writes(
                [*last, runs.PARETO_PLOT, f"{runs.POINTS}/NAME/", runs.FLAGS]
            ),
        ]
    )


def _point(point, overwrite):
    """Returns the line about a point, with its budget and what it came to."""
    memory = point.values["memory_budget_kib"]
    told = "" if memory is None else f" ({memory:,.2f} KiB)"
    if not overwrite and point_runs.is_finished(point):
        told += f", {point_runs.recorded(point).status} before"
    return lines.line("point", f"{point.name}{told}")
