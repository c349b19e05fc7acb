"""Targets: devices and what is known of their costs, one JSON file for each.

Adding a target is adding a file to the folder `targets/` beside this module.
A file may describe further cores of its device under `variants`: the fields
that differ there.
"""

import dataclasses
import json
import pathlib
from importlib import resources

from ednas_tf import errors, runs
from ednas_tf.hardware import checks, entries
from ednas_tf.untrusted import json_text

SCHEMA = "ednas-target/1"
STATUSES = ("measured", "modelled", "extrapolated")
CONFIDENCES = ("high", "medium", "low")
_MAX_BYTES = 1_000_000
_NUMBERS = (
    "cores",
    "freq_mhz",
    "power_mw",
    "ram_kib",
    "flash_kib",
    "overhead_us",
    "max_depthwise_kernel",
)
# What a device has once, whichever of its cores computes.
_SHARED = ("id", "core", "measured", "power_source", "variants")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Device:
    """What a table says about the device that it is for.

    Attributes:
        id: Name of the target, as in `--target`.
        device: Name of the chip or board.
        core: Name of the processing core.
        cores: Number of such cores; latencies are those of one image.
        freq_mhz: Clock of the core.
        power_mw: Power while it computes, None where nobody states it.
        power_source: Where the power comes from.
        ram_kib, flash_kib: Memory that a network may fill, or None.
    """

    id: str
    device: str | None = None
    core: str | None = None
    cores: int | None = None
    freq_mhz: float | None = None
    power_mw: float | None = None
    power_source: str | None = None
    ram_kib: float | None = None
    flash_kib: float | None = None

    def __post_init__(self):
        checks.text(self.id, "target id")
        for name in ("device", "core", "power_source"):
            checks.text(getattr(self, name), f"target {name}", optional=True)
        checks.whole(self.cores, "target cores", optional=True)
        for name in ("freq_mhz", "power_mw", "ram_kib", "flash_kib"):
            checks.positive(
                getattr(self, name), f"target {name}", optional=True
            )
        if self.power_mw is not None and self.power_source is None:
            raise errors.UserError(
                "Expected a power_source beside power_mw. Received: none; "
                "say where the power comes from."
            )


@dataclasses.dataclass(frozen=True)
class Term:
    """One linear bound on the cycles of an operator.

    Attributes:
        per_mac: Cycles for each multiply-accumulate.
        per_output_byte: Cycles for each byte of an int8 output.
        min_kernel: Smallest window side that the term is meant for.
        status: `ok`, or `extrapolated` where no measurement supports it.
        source: Where the numbers come from.
    """

    per_mac: float = 0.0
    per_output_byte: float = 0.0
    min_kernel: int = 1
    status: str = "ok"
    source: str = ""

    def __post_init__(self):
        checks.not_negative(self.per_mac, "per_mac")
        checks.not_negative(self.per_output_byte, "per_output_byte")
        checks.positive(self.per_mac + self.per_output_byte, "cycles")
        checks.whole(self.min_kernel, "min_kernel")
        checks.one_of(self.status, "status", ("ok", "extrapolated"))
        checks.text(self.source, "source of the cycles")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Target(Device):
    """A device with what is known of its costs.

    Attributes:
        rules: Name of the deployment rules of its import tool, or None.
        status: What its figures are: `measured`, `modelled`, `extrapolated`.
        confidence: `high`, `medium` or `low`.
        date: Day on which the constants were written down.
        notes: What a reader of a figure should know.
        sources: Source of each number, by the name of the field.
        cycles: Tuples of `Term` by operator; the largest term counts. Empty
            where figures come from measuring or from the device's own tool.
        overhead_us: Latency of an empty network.
        measured: Whether its table is measured, on this very machine.
        max_depthwise_kernel: Largest window side of a depthwise convolution
            that the device runs, None without a limit. Larger ones are cut
            into tiles before export.
        variants: The same device on its other cores, `Target` by core.
    """

    rules: str | None = None
    status: str
    confidence: str
    date: str
    notes: str = ""
    sources: dict
    cycles: dict = dataclasses.field(default_factory=dict)
    overhead_us: float = 0.0
    measured: bool = False
    max_depthwise_kernel: int | None = None
    variants: dict = dataclasses.field(default_factory=dict)

    def __post_init__(self):
        for name in _NUMBERS:
            if getattr(self, name) is not None:
                checks.text(self.sources.get(name), f"source of {name}")
        super().__post_init__()
        checks.text(self.rules, "target rules", optional=True)
        checks.one_of(self.status, "target status", STATUSES)
        checks.one_of(self.confidence, "target confidence", CONFIDENCES)
        checks.text(self.date, "target date")
        checks.text(self.notes or None, "target notes", optional=True)
        checks.not_negative(self.overhead_us, "target overhead_us")
        checks.whole(
            self.max_depthwise_kernel,
            "target max_depthwise_kernel",
            optional=True,
        )
        for op in self.cycles:
            checks.one_of(op, "operator", entries.OPS)
        if self.cycles:
            checks.positive(self.freq_mhz, "target freq_mhz")
        self._check_measured()

    def _check_measured(self):
        if not isinstance(self.measured, bool):
            raise errors.UserError(
                "Expected true or false as target measured. Received: "
                f"{self.measured!r:.40}"
            )
        if self.measured and self.cycles:
            raise errors.UserError(
                "Expected measured or cycles, not both: costs come from one "
                "of them. Remove the other."
            )

    @property
    def known_cores(self):
        """Names of the cores that the target describes, its own one first."""
        return (*filter(None, [self.core]), *self.variants)

    def on(self, core):
        """Returns the target on one of its cores, or raises `UserError`.

        Args:
            core: One of `known_cores`, or None for the target as it is.
        """
        if core is None or core == self.core:
            return self
        if core not in self.variants:
            raise errors.unknown_name(
                f"core of {self.id}", core, self.known_cores
            )
        return self.variants[core]

    def head(self):
        """Returns the `Device` alone, as the head of a table."""
        fields = dataclasses.fields(Device)
        return Device(**{f.name: getattr(self, f.name) for f in fields})


def names():
    """Returns the names of all targets, sorted."""
    files = _folder().iterdir()
    found = (pathlib.PurePath(file.name) for file in files)
    return tuple(sorted(name.stem for name in found if name.suffix == ".json"))


def load(name, core=None):
    """Returns the `Target` called `name`, or raises `UserError`.

    Args:
        name: One of `names()`.
        core: Which of its cores computes; None means the one that the file
            is written for.
    """
    if name not in names():
        raise errors.unknown_name("target", name, names())
    text = _folder().joinpath(f"{name}.json").read_text(encoding="utf-8")
    return from_json(text, f"{name}.json").on(core)


def unlimited(device):
    """Returns the `Target` of a `Device` that only a table knows.

    It has no rules, no model and no limits.
    """
    return Target(
        id=device.id,
        core=device.core,
        status="measured",
        confidence="medium",
        date="unknown",
        sources={"overhead_us": "the table states its own"},
    )


def read(path, core=None):
    """Returns the `Target` in a file of the user; raises `UserError`."""
    return from_json(runs.read_text(path, _MAX_BYTES), path).on(core)


def from_json(text, path):
    """Returns the `Target` that JSON text describes; `path` is for errors."""
    try:
        return _from_values(json_text.parse(text))
    except errors.UserError as error:
        raise errors.UserError(f"{path}: {error}") from error


def _from_values(values):
    fields = {field.name for field in dataclasses.fields(Target)}
    required = ("schema", "id", "status", "confidence", "date", "sources")
    checks.mapping(values, "the target", required, sorted(fields))
    if values["schema"] != SCHEMA:
        raise errors.UserError(
            f"Expected the schema {SCHEMA}. Received: {values['schema']!r:.60}"
        )
    apart = ("schema", "variants")
    written = {k: v for k, v in values.items() if k not in apart}
    target = _target(written)
    variants = values.get("variants", {})
    checks.mapping(variants, "variants", (), variants)
    found = {core: _variant(written, core, variants[core]) for core in variants}
    return dataclasses.replace(target, variants=found)


def _target(values):
    """Returns the `Target` of fields as a file has them, without variants."""
    sources = checks.mapping(values["sources"], "sources", (), _NUMBERS)
    if "power_source" in values:
        raise errors.UserError(
            "Expected the source of power_mw in sources, as of every number. "
            "Received: power_source"
        )
    parsed = {
        "power_source": sources.get("power_mw"),
        "cycles": _cycles(values.get("cycles", {})),
    }
    return Target(**{**values, **parsed})


def _variant(values, core, changes):
    """Returns the `Target` on another core.

    Args:
        values: Fields of the target, as its file has them.
        core: Name of the other core.
        changes: Fields that differ there. A number brings its own source.
    """
    what = f"the variant {core}"
    fields = [field.name for field in dataclasses.fields(Target)]
    checks.mapping(changes, what, (), [f for f in fields if f not in _SHARED])
    if core == values.get("core"):
        raise errors.UserError(
            f"Expected other cores than the target's own as variants. "
            f"Received: {core}"
        )
    sources = changes.get("sources", {})
    checks.mapping(sources, f"sources of {what}", (), _NUMBERS)
    for name in _NUMBERS:
        if changes.get(name) is not None:
            checks.text(sources.get(name), f"source of {name} of {what}")
    both = {"core": core, "sources": {**values["sources"], **sources}}
    return _target({**values, **changes, **both})


def _cycles(values):
    checks.mapping(values, "cycles", (), entries.OPS)
    fields = [field.name for field in dataclasses.fields(Term)]
    cycles = {}
    for op, terms in values.items():
        if not isinstance(terms, list) or not terms:
            raise errors.UserError(
                f"Expected a list of terms as the cycles of {op}. "
                f"Received: {json.dumps(terms):.60}"
            )
        cycles[op] = tuple(
            Term(**checks.mapping(term, f"a term of {op}", (), fields))
            for term in terms
        )
    return cycles


def _folder():
    return resources.files(__package__).joinpath("targets")
