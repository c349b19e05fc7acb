"""The sweep: a run folder for each point of a grid, and what they show."""

import contextlib
import dataclasses
import fcntl

from rich import console, table

from ednas_tf import errors, runs
from ednas_tf.reporting import pareto, pareto_plot, rows
from ednas_tf.stages import axes, dry_run, executors, point_runs, points
from ednas_tf.stages import problem as problems

_WIDTH = 120
"""Of the table where it goes into a file."""


@dataclasses.dataclass(frozen=True)
class _Plan:
    """What a sweep runs.

    Attributes:
        warmup: The `Point` that all of the grid start from, or None.
        reference: The `Point` of the network as it is, in a list, if wanted.
        grid: The other `Point` values.
    """

    warmup: points.Point | None
    reference: list
    grid: list

    @property
    def points(self):
        """All that has a row in the table."""
        return [*self.reference, *self.grid]


def run(config, folder):
    """Runs all points that are not finished; returns the exit code.

    Args:
        config: The `Config`.
        folder: Folder of the sweep.

    Raises:
        UserError: If a point failed; the others were run all the same.
        BudgetError: If no network of any point fits its budgets.
    """
    plan = _planned(config, folder)
    if config.run.dry_run:
        looked = runs.Run(folder, config.defaults, create=False)
        print(dry_run.of_sweep(plan, config, looked))
        return 0
    run = runs.Run(folder, config.defaults)
    with (
        _alone(run) as lock,
        executors.opened(config.sweep, (lock,)) as executor,
    ):
        run.open("sweep", points.base(config), config.run.overwrite)
        run.write_text(runs.FLAGS, config.flag_lines)
        if plan.warmup is not None:
            _warm_up(plan.warmup, executor)
        _run_points(plan.points, executor, run)
    _report(run)
    _check(plan)
    return 0


def _planned(config, folder):
    """Returns the `_Plan`; raises `UserError` for what no point can do."""
    # What all points share is checked, and that the device has the costs.
    wanted = dict.fromkeys(axes.costs(config), (1.0, None))
    cost = dataclasses.replace(config.cost, wanted=wanted)
    problem = problems.prepare(dataclasses.replace(config, cost=cost))
    warmup = None
    if _shares_warmup(config, problem):
        warmup = points.warmup(config, folder)
    largest = problem.costs.largest()["memory_bytes"]
    grid = points.grid(config, folder, largest, warmup)
    reference = []
    if config.sweep.reference:
        has_slots = bool(problem.space.slots)
        reference.append(points.reference(config, folder, has_slots))
    return _Plan(warmup, reference, grid)


def _shares_warmup(config, problem):
    """Whether all points take their first weights from one warm-up."""
    return (
        config.sweep.share_warmup
        and problem.multiple is not None
        and config.search.warmup_from is None
        and config.search.warmup_epochs > 0
    )


@contextlib.contextmanager
def _alone(run):
    """Gives an open file that no other sweep of the folder has.

    The processes of the points inherit it: those of a sweep that was killed
    keep the next one from writing beside them.
    """
    with run.opened(runs.SWEEP_LOCK) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise errors.UserError(
                f"Expected {run.folder} to be idle. A sweep, or a point of one "
                "that was killed, still works on it; wait for it or end it."
            ) from error
        yield file.fileno()


def _warm_up(point, executor):
    """Runs the shared warm-up, unless that was done before."""
    if point_runs.is_finished(point, (runs.WARMUP, runs.WARMED_UP)):
        return
    (outcome,) = executor.run([point], _tell_start)
    if outcome.status != rows.DONE:
        raise errors.UserError(
            f"The warm-up that all points share failed: {outcome.error}. See "
            f"{point.folder}/{runs.POINT_LOG}."
        )


def _run_points(wanted, executor, run):
    """Runs the points that are not finished, and tells of each."""
    left = []
    for point in wanted:
        if point_runs.is_finished(point):
            status = point_runs.recorded(point).status
            print(f"sweep: {point.name} {status} before")
        else:
            left.append(point)
    ended = len(wanted) - len(left)
    with contextlib.closing(executor.run(left, _tell_start)) as outcomes:
        for outcome in outcomes:
            ended += 1
            known = {r["point"]: r for r in pareto.write(run.folder)["rows"]}
            told = _told(outcome, known.get(outcome.name))
            print(f"sweep: {told} ({ended} of {len(wanted)})", flush=True)


def _tell_start(point):
    print(f"sweep: {point.name} starts", flush=True)


def _told(outcome, row):
    """Returns the line about a point that ended."""
    if outcome.status != rows.DONE or row is None:
        code = f" (exit code {outcome.exit_code})" if outcome.exit_code else ""
        return f"{outcome.name} {outcome.status}{code}: {outcome.error}"
    names = (*rows.ACCURACIES, "memory_bytes", "macs", "latency_us")
    figures = [
        f"{name} {_short(row[name])}"
        for name in (*names, "energy_uj")
        if row[name] is not None
    ]
    return f"{outcome.name} done in {outcome.seconds:.0f} s, " + ", ".join(
        figures
    )


def _short(number):
    if isinstance(number, float) and number <= 1:
        return f"{number:.4f}"
    return f"{number:,.0f}"


def _report(run):
    """Writes and prints what all points of the folder show."""
    content = pareto.write(run.folder)
    run.write_with(
        runs.PARETO_PLOT, lambda path: pareto_plot.write(content, path)
    )
    _print_table(content)
    print(
        f"sweep: front {', '.join(content['front']) or 'empty'}; hypervolume "
        f"{content['hypervolume_share']:.4f} of that below "
        f"{content['reference_point']['source']}: {run.path(runs.PARETO)}"
    )


def _print_table(content):
    """Prints the rows, cut to the terminal if there is one."""
    columns = {
        "point": "point",
        "status": "status",
        content["accuracy"]: "accuracy",
        "memory_bytes": "memory",
        "macs": "MACs",
        content["cost"]: content["cost"],
        "on_front": "front",
    }
    shown = table.Table(box=None, padding=(0, 1, 0, 0))
    for name, label in columns.items():
        shown.add_column(label, overflow="fold", no_wrap=name == "point")
    for row in content["rows"]:
        shown.add_row(*(_cell(row[name]) for name in columns))
    output = console.Console()
    output.print(shown, width=None if output.is_terminal else _WIDTH)


def _cell(value):
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else ""
    return _short(value) if isinstance(value, int | float) else str(value)


def _check(plan):
    """Raises `UserError` if a point failed, or none of the grid is feasible."""
    outcomes = [point_runs.recorded(point) for point in plan.points]
    good = (rows.DONE, rows.INFEASIBLE)
    failed = [each for each in outcomes if each.status not in good]
    if failed:
        told = failed[0].error.rstrip(".")
        raise errors.UserError(
            f"Expected all points to end well. Failed: "
            f"{', '.join(each.name for each in failed)} ({told}). "
            f"See {runs.POINT_LOG} of each; the same command runs them again."
        )
    searched = outcomes[len(plan.reference) :]
    if all(each.status == rows.INFEASIBLE for each in searched):
        raise errors.BudgetError(
            f"No point fits its budgets: {searched[0].error}"
        )
