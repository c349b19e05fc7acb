"""Rows of the tables on files: what they are, how good, what they lose."""

import dataclasses

from ednas_tf import runs
from ednas_tf.reporting import forms

_SIMULATED = "simulated_"
_WORST = 12


@dataclasses.dataclass(frozen=True)
class Artifact:
    """A file that may be deployed.

    Attributes:
        name: Name of the file, or of a simulation.
        format: What numbers it computes with.
        measured: Figures of `metrics.json`; empty if not evaluated.
        exported: Facts of `export.json`; empty if it knows none.
        deployed: Whether it is the one that goes into the product.
    """

    name: str
    format: str
    measured: dict
    exported: dict
    deployed: bool = False

    @property
    def bytes(self):
        """Size of the file, as measured or as written."""
        return self.measured.get("bytes", self.exported.get("bytes"))


def of(record):
    """Returns the `Artifact` values of a run."""
    exported = (record.export or {}).get("artifacts", {})
    names = dict.fromkeys([*record.measured, *exported])
    return [
        Artifact(
            name,
            _format(name, exported.get(name, {})),
            record.measured.get(name, {}),
            exported.get(name, {}),
            name == record.deployed,
        )
        for name in names
    ]


def hashes(record):
    """Returns name and SHA-256 of the files, as the export recorded them."""
    exported = (record.export or {}).get("artifacts", {})
    found = {n: row.get("sha256") for n, row in exported.items()}
    found = {name: value for name, value in found.items() if value}
    if record.path(runs.MODEL).is_file():
        found = {runs.MODEL: runs.sha256(record.path(runs.MODEL)), **found}
    return found


def _format(name, exported):
    if name.startswith(_SIMULATED):
        return "fixed point, as the tool"
    if name == runs.MODEL:
        return "Keras, float32"
    kinds = {"float": "float32", "saved_model": "float32"}
    kind = exported.get("format", "")
    return kinds.get(kind, kind)


def quantization(record):
    """Returns layers by format, worst first, with the longest bar's SNR.

    Returns:
        List of dictionaries `format`, `rows`, `rest` (rows beyond the worst)
        and `largest` (SNR in dB that fills a bar).
    """
    groups = {}
    for row in record.quantization:
        groups.setdefault(row.get("format") or "quantized", []).append(row)
    return [_group(name, rows) for name, rows in groups.items()]


def _group(name, rows):
    known = [row for row in rows if forms.finite(row["snr_db"])]
    known.sort(key=lambda row: row["snr_db"])
    exact = len(rows) - len(known)
    largest = max((row["snr_db"] for row in known), default=1.0)
    return {
        "format": name,
        "rows": known[:_WORST],
        "rest": known[_WORST:],
        "exact": exact,
        "largest": max(largest, 1e-9),
    }


def branches(record):
    """Returns the rows of reparameterized layers, the worst first."""
    return sorted(
        record.reparameterization,
        key=lambda row: (
            row.get("tensor_snr_db")
            if forms.finite(row.get("tensor_snr_db"))
            else float("inf")
        ),
    )
