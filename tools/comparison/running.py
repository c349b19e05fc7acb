"""From a protocol to rows: the jobs of a comparison, and their order."""

import contextlib
import dataclasses
import zlib
from concurrent import futures

from ednas_tf import errors, runs
from tools.comparison import rows

_DECIMALS = 1


@dataclasses.dataclass(frozen=True)
class Level:
    """One budget on one target.

    Attributes:
        target: The `Target`.
        number: Number of the budget, from 1.
        budget_us: The budget.
    """

    target: object
    number: int
    budget_us: float


@dataclasses.dataclass(frozen=True)
class Unit:
    """One network of a contestant.

    Attributes:
        level: The `Level`.
        contestant: The `Contestant`.
        seed: Seed of everything that is drawn.
        member: Number of the draw, from 0.
    """

    level: Level
    contestant: object
    seed: int
    member: int = 0

    @property
    def place(self):
        """The `Row.place` of its row."""
        level = self.level.target.name, self.level.number
        return (*level, self.contestant.id, self.seed, self.member)

    def __str__(self):
        name = f"{self.level.target.name} {self.level.budget_us:,.1f} us"
        member = f" {self.member}" if self.contestant.members > 1 else ""
        return f"{name}, {self.contestant.id}{member}, seed {self.seed}"


class Comparison:
    """Runs a protocol.

    Args:
        protocol: The `Protocol`.
        jobs: The `Jobs`.
        given: Flags of everything beside those of the protocol, such as the
            folder of the data.
        known: `rows.Row` values that need not be made again.
    """

    def __init__(self, protocol, jobs, given=(), known=()):
        self.protocol = protocol
        self.jobs = jobs
        self.given = [*protocol.flags, *given]
        self._known = {row.place: row for row in known}

    def levels(self):
        """Returns the `Level` values, after a look at the cheapest networks."""
        found = []
        for target in self.protocol.targets:
            space = [*self._flags(target), f"--width={target.width}"]
            smallest = self.jobs.run("price", given=space)["smallest_us"]
            for number, share in enumerate(target.budgets, start=1):
                budget = round(share * smallest, _DECIMALS)
                found.append(Level(target, number, budget))
        return found

    def units(self, levels):
        """Returns the `Unit` values: first what all contestants have once.

        Further draws come last, so that a comparison half way can be read.
        """
        most = max(each.members for each in self.protocol.contestants)
        return [
            Unit(level, contestant, seed, member)
            for member in range(most)
            for seed in self.protocol.seeds
            for level in levels
            for contestant in self.protocol.contestants
            if member < contestant.members
        ]

    def prepare(self, units):
        """Does what has to be alone on the machine: it measures operators."""
        for unit in units:
            if self._known_row(unit) is not None:
                continue
            if unit.contestant.kind == "search":
                self.jobs.run("price", given=self._space(unit))
                continue
            # Told of when the unit itself is run.
            with contextlib.suppress(errors.BudgetError):
                self.chosen(unit)

    def file(self, unit):
        """Returns the integer file of a unit whose row is known."""
        trained = self.trained(unit.seed, self.chosen(unit)["architecture"])
        return f"{trained['folder']}/run/{runs.TFLITE_FILES['int8']}"

    def run(self, units, workers, on_end):
        """Runs units, in their order as far as workers are free.

        Args:
            units: `Unit` values.
            workers: Units at once.
            on_end: Function of a unit and of its `Row` or its `UserError`.
        """
        with self.jobs.threads(workers) as pool:
            pending = {pool.submit(self._row, unit): unit for unit in units}
            for ended in futures.as_completed(pending):
                error = ended.exception()
                if error and not isinstance(error, errors.UserError):
                    raise error
                on_end(pending[ended], error or ended.result())

    def alone(self, unit):
        """Returns accuracy and MACs of a unit's network, trained alone."""
        row = self._known_row(unit)
        if row is not None:
            return {"accuracy": row.accuracy, "macs": row.macs}
        return self.trained(unit.seed, self.chosen(unit)["architecture"])

    def _known_row(self, unit):
        """Returns the row of a unit that was made before, or None."""
        row = self._known.get(unit.place)
        if row is not None and row.budget_us != unit.level.budget_us:
            raise errors.UserError(
                f"Expected a budget of {unit.level.budget_us:,.1f} us in the "
                f"row of {unit}. Received {row.budget_us:,.1f}: it is of "
                "another machine or space; leave it out of --rows."
            )
        return row

    def _row(self, unit):
        return self._known_row(unit) or self._made(unit)

    def _made(self, unit):
        level = unit.level
        chosen = self.chosen(unit)
        trained = self.trained(unit.seed, chosen["architecture"])
        counted = self.jobs.run(
            "count",
            given=[*self.given, *level.target.flags],
            file=self.file(unit),
            architecture=chosen["architecture"],
        )
        fixed = unit.contestant.kind == "fixed"
        return rows.Row(
            target=level.target.name,
            budget_us=level.budget_us,
            level=level.number,
            contestant=unit.contestant.id,
            seed=unit.seed,
            member=unit.member,
            operations=chosen["operations"],
            width=None if fixed else self._width(level, unit.contestant.wider),
            channels=chosen["channels"],
            latency_us=chosen["latency_us"],
            file_us=counted["latency_us"],
            measured_us=None,
            accuracy=trained["accuracy"],
            accuracy_int8=trained["accuracy_int8"],
            validation=trained["validation"],
            search_cpu_s=chosen.get("cpu_s"),
            train_cpu_s=trained["cpu_s"],
            macs=trained["macs"],
            params=trained["params"],
            code=_code(chosen, trained),
        )

    def timed(self, known):
        """Returns rows with the times of their files on this machine.

        Args:
            known: Pairs of `Unit` and `Row`. Where the target is another
                device, or the row was known before, they stay as they are.
        """
        found = {}
        for target in self.protocol.targets:
            here = [
                unit
                for unit, _ in known
                if unit.level.target is target and not self._known_row(unit)
            ]
            if target.measured and here:
                found.update(self._times(target, here))
        return [
            dataclasses.replace(row, measured_us=found[unit])
            if unit in found
            else row
            for unit, row in known
        ]

    def _times(self, target, units):
        """Returns the time of each unit's file; equal files are timed once."""
        files = {unit: self.file(unit) for unit in units}
        different = sorted(set(files.values()))
        given = [*self.given, *target.flags]
        times = self.jobs.run("time", given=given, files=different)
        known = dict(zip(different, times["measured_us"], strict=True))
        return {unit: known[file] for unit, file in files.items()}

    def trained(self, seed, architecture):
        given = [*self.given, f"--seed={seed}", "--formats=float,int8"]
        return self.jobs.run("train", given=given, architecture=architecture)

    def chosen(self, unit):
        """Returns the architecture of a unit, and what it took to find."""
        kind = {"search": self._searched, "random": self._drawn}
        return kind.get(unit.contestant.kind, self._widest)(unit)

    def _searched(self, unit):
        given = [*self._space(unit), f"--seed={unit.seed}"]
        budget = unit.level.budget_us
        return self.jobs.run("search", given=given, budget_us=budget)

    def _drawn(self, unit):
        contestant, level = unit.contestant, unit.level
        drawn = self.jobs.run(
            "draw",
            given=self._space(unit),
            budget_us=level.budget_us,
            share=contestant.share,
            count=contestant.members,
            seed=[unit.seed, level.number, self._place(level.target)],
        )
        return drawn["found"][unit.member]

    def _place(self, target):
        """Returns a number of a target that no other part of a run changes."""
        return zlib.crc32(target.name.encode())

    def _widest(self, unit):
        return self.jobs.run(
            "widest",
            given=self._space(unit),
            budget_us=unit.level.budget_us,
        )

    def _space(self, unit):
        """Returns the flags of the space that a unit chooses from."""
        contestant, level = unit.contestant, unit.level
        if contestant.kind == "fixed":
            operation = f"--operations={contestant.operation}"
            return [*self._flags(level.target), operation]
        given = self.space(level, contestant.wider)
        if contestant.kind == "search":
            given += self.protocol.search_flags
        return [*given, *contestant.flags]

    def space(self, level, wider=0.0):
        """Returns the flags of a space, a list.

        Args:
            level: The `Level`.
            wider: As in a `Contestant`.
        """
        width = self._width(level, wider)
        return [*self._flags(level.target), f"--width={width}"]

    def _width(self, level, wider):
        return round(level.target.width * (wider or 1.0), 4)

    def _flags(self, target):
        return [*self.given, *target.flags, *self.protocol.space_flags]


def _code(*results):
    """Returns the code that made results, several hashes if it changed."""
    known = {result["code"] for result in results if "code" in result}
    return " ".join(sorted(known))
