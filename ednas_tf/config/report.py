"""Flags of the report."""

import dataclasses

from absl import flags

_RUNS = flags.DEFINE_list(
    "runs",
    None,
    "Run folders to compare, or patterns of them such as runs/seed*; the "
    "folder of a sweep stands for its points. Default: --workdir itself.",
)


@dataclasses.dataclass(frozen=True)
class ReportConfig:
    """Values of the flags of this file, by the same names."""

    runs: tuple | None


def from_flags():
    """Returns the values of this file's flags."""
    return ReportConfig(runs=None if _RUNS.value is None else (*_RUNS.value,))


@flags.validator("runs")
def _check(values):
    """Raises `ValidationError` if the list is empty or a name in it is."""
    if values is not None and not all(values or [""]):
        raise flags.ValidationError(
            "expected folders, separated by commas. Received: "
            f"{','.join(values)!r}"
        )
    return True
