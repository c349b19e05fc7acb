"""Tables of measured or modelled operators: `ednas-lut/1`."""

import dataclasses
import functools
import hashlib
import pathlib

from ednas_tf import __version__, errors, runs
from ednas_tf.hardware import checks, entries, formats, models, targets
from ednas_tf.spaces import operators, tiling
from ednas_tf.untrusted import json_text

SCHEMA = "ednas-lut/1"
UNITS = {"latency": "us", "energy": "uJ"}
KINDS = ("measured", "vendor_report", "analytic", "simulated")
_MAX_BYTES = 64_000_000
_HEAD = ("schema", *formats.SECTIONS)


@dataclasses.dataclass(frozen=True)
class Tool:
    """What made the figures: versions alone can change them severalfold."""

    name: str
    version: str
    runtime: str | None = None
    options: str | None = None

    def __post_init__(self):
        checks.text(self.name, "tool name")
        checks.text(self.version, "tool version")
        checks.text(self.runtime, "tool runtime", optional=True)
        checks.text(self.options, "tool options", optional=True)


@dataclasses.dataclass(frozen=True)
class Provenance:
    """Whether figures were measured, when, and what else matters."""

    kind: str
    date: str | None = None
    notes: str | None = None

    def __post_init__(self):
        checks.one_of(self.kind, "provenance kind", KINDS)
        checks.text(self.date, "provenance date", optional=True)
        checks.text(self.notes, "provenance notes", optional=True)

    @property
    def measured(self):
        """Whether somebody ran the operators on the device."""
        return self.kind in ("measured", "vendor_report")


@dataclasses.dataclass(frozen=True)
class Table:
    """What the operators of a space cost on one device.

    Attributes:
        target: The `Device`.
        tool: The `Tool`.
        provenance: The `Provenance`.
        entries: Tuple of `Entry`, one for each key.
        overhead_us: Latency of an empty network, in microseconds.
    """

    target: targets.Device
    tool: Tool
    provenance: Provenance
    entries: tuple
    overhead_us: float = 0.0

    def __post_init__(self):
        checks.not_negative(self.overhead_us, "overhead_us")
        if not self.entries:
            raise errors.UserError("Expected at least one entry, found none.")
        if len(self._by_key) < len(self.entries):
            places = {}
            for place, entry in enumerate(self.entries, start=1):
                first = places.setdefault(entry.key, place)
                if first != place:
                    raise errors.UserError(
                        f"Entries {first} and {place} have the same key: "
                        f"{entry.key}. Remove one of them."
                    )
        self._check_zeros()

    def _check_zeros(self):
        """Refuses figures of 0: only a model leaves operators out."""
        if self.provenance.kind == "analytic":
            return
        for place, entry in enumerate(self.entries, start=1):
            if entry.latency_us == 0 and entry.status == "ok":
                raise errors.UserError(
                    f"Entry {place} has a latency of 0, which is no "
                    f"measurement: {entry.key}. Measure it, or remove it."
                )

    @functools.cached_property
    def _by_key(self):
        return {entry.key: entry for entry in self.entries}

    @functools.cached_property
    def dtype(self):
        """Type that networks are costed in: int8 where the table has it."""
        found = {entry.dtype for entry in self.entries}
        return "int8" if "int8" in found else min(found)

    @functools.cached_property
    def sha256(self):
        """Hash of the table as JSON: that of the file, if written as JSON."""
        return hashlib.sha256(to_json(self).encode()).hexdigest()

    def find(self, operator):
        """Returns the `Entry` of an operator, batch 1, or None."""
        return self._by_key.get(self.key(operator))

    def key(self, operator):
        """Returns the key under which the table holds an operator."""
        return entries.key(operator, self.dtype)


def read(path):
    """Returns the `Table` in a JSON or CSV file; raises `UserError`.

    Args:
        path: The file. A name that ends in `.csv` means CSV.
    """
    text = runs.read_text(path, _MAX_BYTES)
    is_csv = pathlib.Path(path).suffix.lower() == ".csv"
    try:
        parse = formats.parse_csv if is_csv else json_text.parse
        return from_values(parse(text))
    except errors.UserError as error:
        raise errors.UserError(f"{path}: {error}") from error


def write(table, path):
    """Writes a table as JSON, or as CSV if the name ends in `.csv`."""
    is_csv = pathlib.Path(path).suffix.lower() == ".csv"
    text = formats.dump_csv(to_values(table)) if is_csv else to_json(table)
    runs.write_text(path, text)


def to_json(table):
    """Returns the table as JSON text."""
    return formats.dump_json(to_values(table))


def to_values(table):
    """Returns the table as values that `json` can write."""
    return {
        "schema": SCHEMA,
        "target": dataclasses.asdict(table.target),
        "tool": dataclasses.asdict(table.tool),
        "unit": UNITS,
        "provenance": dataclasses.asdict(table.provenance),
        "overhead_us": table.overhead_us,
        "entries": [entry.to_values() for entry in table.entries],
    }


def from_values(values):
    """Returns the `Table` of values that a file held; raises `UserError`."""
    checks.mapping(values, "the table", (*_HEAD, "entries"), ("overhead_us",))
    if values["schema"] != SCHEMA:
        raise errors.UserError(
            f"Expected the schema {SCHEMA}. Received: {values['schema']!r:.40}"
        )
    checks.mapping(values["unit"], "unit", UNITS)
    for name, unit in UNITS.items():
        if values["unit"][name] != unit:
            raise errors.UserError(
                f"Expected {name} in {unit}, always. Received: "
                f"{values['unit'][name]!r:.40}; convert the numbers."
            )
    return Table(
        target=_section(targets.Device, values, "target"),
        tool=_section(Tool, values, "tool"),
        provenance=_section(Provenance, values, "provenance"),
        entries=_entries(values["entries"]),
        overhead_us=values.get("overhead_us", 0.0),
    )


def generate(space, target):
    """Returns the table of a target's own model, int8, batch 1.

    Args:
        space: A `SearchSpace`; each operator that it can produce has an entry.
        target: A `Target` with a model.
    """
    return modelled(space_operators(space, target.max_depthwise_kernel), target)


def modelled(rows, target):
    """Returns the table of operators by a target's own model, int8, batch 1.

    Args:
        rows: `Operator` values, each once.
        target: A `Target` with a model.
    """
    return Table(
        target=target.head(),
        tool=Tool("ednas_tf", __version__, f"analytic model of {target.id}"),
        provenance=Provenance("analytic", target.date, target.notes or None),
        entries=tuple(model(row, target) for row in rows),
        overhead_us=target.overhead_us,
    )


def space_operators(space, largest=None):
    """Returns each operator that a space can produce, once.

    Args:
        space: A `SearchSpace`.
        largest: Side above which depthwise kernels become tiles, or None.
    """
    rows = list(fixed_operators(space, largest))
    for candidates in slot_candidates(space, largest):
        for candidate in candidates:
            rows += candidate
    return tuple(dict.fromkeys(rows))


def fixed_operators(space, largest=None):
    """Returns the operators that no choice changes; see `space_operators`."""
    return tiling.tiled(operators.fixed_operators(space.skeleton), largest)


def slot_candidates(space, largest=None):
    """Returns the operators of each candidate of each slot, nested tuples.

    Args:
        space: A `SearchSpace`.
        largest: Side above which depthwise kernels become tiles, or None.
    """
    return tuple(
        tuple(
            tiling.tiled(
                operators.slot_operators(space.skeleton, slot.name, name),
                largest,
            )
            for name in slot.operations
        )
        for slot in space.slots
    )


def model(operator, target):
    """Returns the `Entry` of an operator by the target's own model."""
    return entries.Entry(
        operator,
        latency_us=models.latency_us(operator, target),
        status=models.status(operator, target),
    )


def _section(kind, values, name):
    fields = dataclasses.fields(kind)
    needed = [f.name for f in fields if f.default is dataclasses.MISSING]
    checks.mapping(values[name], name, needed, [f.name for f in fields])
    return kind(**values[name])


def _entries(rows):
    if not isinstance(rows, list):
        raise errors.UserError(
            "Expected entries as a list, found another kind."
        )
    found = []
    for place, row in enumerate(rows, start=1):
        try:
            found.append(entries.from_values(row))
        except errors.UserError as error:
            raise errors.UserError(
                f"entry {place}{_label(row)}: {error}"
            ) from error
    return tuple(found)


def _label(row):
    """Returns what tells an entry apart for a person: its op and input."""
    if not isinstance(row, dict) or "op" not in row:
        return ""
    names = ("op", "in_h", "in_w", "in_c", "out_c", "kernel_h", "stride")
    shown = " ".join(f"{n}={row[n]!r:.20}" for n in names if n in row)
    return f" ({shown})"
