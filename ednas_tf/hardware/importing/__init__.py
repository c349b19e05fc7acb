"""Tables from the files of other tools: `read(kind, path)`."""

from ednas_tf import errors, runs
from ednas_tf.hardware import entries, plausibility, table, targets
from ednas_tf.hardware.importing import (
    benchmark_model,
    generic_csv,
    proxyless,
    st_edge_ai,
    vela,
)
from ednas_tf.hardware.importing.figures import Request

_PARSERS = {
    "benchmark_model": benchmark_model.parse,
    "st_edge_ai": st_edge_ai.parse,
    "vela": vela.parse,
    "proxyless": proxyless.parse,
    "csv": generic_csv.parse,
}
FORMATS = tuple(_PARSERS)
_OF_NETWORKS = ("benchmark_model", "st_edge_ai", "vela")
_MAX_BYTES = 16_000_000


def read(kind, path, *, operators=None, target=None, dtype="int8"):
    """Returns the `Table` that a file of another tool amounts to.

    Nothing is executed or written; a file that is not what `kind` says ends in
    a `UserError` of one line.

    Args:
        kind: One of `FORMATS`.
        path: The file.
        operators: The operators of the network that was timed, as
            `tflite_operators.read` gives them; for the tools that name no
            shapes (`benchmark_model`, `st_edge_ai`, `vela`).
        target: The `Target` that it is for, or None. Vela needs its clock.
        dtype: Type of weights and activations, one of `entries.DTYPES`.
    """
    if kind not in FORMATS:
        raise errors.unknown_name("format", kind, FORMATS)
    if dtype not in entries.DTYPES:
        raise errors.unknown_name("dtype", dtype, entries.DTYPES)
    if kind in _OF_NETWORKS and not operators:
        raise errors.UserError(
            f"{path}: expected --model=FILE.tflite, the file that was timed, "
            f"as {kind} tells no shapes. Received: none"
        )
    text = runs.read_text(path, _MAX_BYTES)
    request = Request(tuple(operators or ()), target, dtype)
    try:
        return _table(_PARSERS[kind](text, request), target)
    except errors.UserError as error:
        raise errors.UserError(f"{path}: {error}") from error


def _table(found, target):
    problem = plausibility.unit_problem(found.entries, target)
    if problem:
        raise errors.UserError(problem)
    if target is None:
        head = targets.Device(id="imported", device=found.device)
    else:
        head = target.head()
    return table.Table(
        target=head,
        tool=found.tool,
        provenance=table.Provenance(found.kind, notes=found.notes),
        entries=found.entries,
        overhead_us=found.overhead_us,
    )
