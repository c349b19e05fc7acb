"""Flags of a sweep: the grid of its points, and where they run."""

import dataclasses
import math

from absl import flags

_PERCENT = "%"
_KIB = "kib"


def _list(name, what):
    return flags.DEFINE_list(name, None, f"Grid of {what}.")


_MEMORY_BUDGETS = _list(
    "memory_budgets_kib",
    "--memory_budget_kib: KiB, or as 75% a share of the largest network's",
)
_LATENCY_BUDGETS = _list("latency_budgets_us", "--latency_budget_us")
_ENERGY_BUDGETS = _list("energy_budgets_uj", "--energy_budget_uj")
_LATENCY_WEIGHTS = _list("latency_weights", "--latency_weight")
_ENERGY_WEIGHTS = _list("energy_weights", "--energy_weight")
_MACS_WEIGHTS = _list("macs_weights", "--macs_weight")
_JOBS = flags.DEFINE_integer(
    "jobs", 1, "Points that run at once.", lower_bound=1, upper_bound=4096
)
_EXECUTOR = flags.DEFINE_enum(
    "executor",
    "local",
    ["local", "ray"],
    "Where points run: processes here, or tasks of a Ray cluster that sees "
    "the same folders.",
)
_RAY_ADDRESS = flags.DEFINE_string(
    "ray_address",
    None,
    "Ray cluster, as 10.0.0.1:6379 or auto. Default: a new one, here.",
)
_REFERENCE = flags.DEFINE_bool(
    "reference",
    True,
    "Also train the network as it is, for as many epochs in all.",
)
_SHARE_WARMUP = flags.DEFINE_bool(
    "share_warmup",
    True,
    "Where channels are searched, warm up once for all points.",
)


@dataclasses.dataclass(frozen=True)
class SweepConfig:
    """Values of the flags of this file, by the same names.

    Attributes:
        memory_budgets_kib: Pairs of number and unit, `kib` or `%`; None, as
            for the other lists, where the flag says nothing.
    """

    memory_budgets_kib: tuple | None
    latency_budgets_us: tuple | None
    energy_budgets_uj: tuple | None
    latency_weights: tuple | None
    energy_weights: tuple | None
    macs_weights: tuple | None
    jobs: int
    executor: str
    ray_address: str | None
    reference: bool
    share_warmup: bool


def from_flags():
    """Returns the values of this file's flags."""
    return SweepConfig(
        memory_budgets_kib=_parsed(_MEMORY_BUDGETS.value, _memory_budget),
        latency_budgets_us=_parsed(_LATENCY_BUDGETS.value, _budget),
        energy_budgets_uj=_parsed(_ENERGY_BUDGETS.value, _budget),
        latency_weights=_parsed(_LATENCY_WEIGHTS.value, _weight),
        energy_weights=_parsed(_ENERGY_WEIGHTS.value, _weight),
        macs_weights=_parsed(_MACS_WEIGHTS.value, _weight),
        jobs=_JOBS.value,
        executor=_EXECUTOR.value,
        ray_address=_RAY_ADDRESS.value,
        reference=_REFERENCE.value,
        share_warmup=_SHARE_WARMUP.value,
    )


def _memory_budget(text):
    """Returns a number and its unit."""
    if not text.strip().endswith(_PERCENT):
        return _budget(text), _KIB
    share = _budget(text.strip().removesuffix(_PERCENT))
    if share > 100:
        raise ValueError("expected at most 100%")
    return share, _PERCENT


def _budget(text):
    """Returns a number above zero."""
    number = _weight(text)
    if number == 0:
        raise ValueError("expected a number above 0")
    return number


def _weight(text):
    """Returns a finite number that is not negative."""
    try:
        number = float(text)
    except ValueError:
        raise ValueError("expected a number") from None
    if not math.isfinite(number) or number < 0:
        raise ValueError("expected a finite number that is not negative")
    return abs(number)  # Minus zero is zero.


def _parsed(texts, parse):
    return None if texts is None else tuple(parse(text) for text in texts)


def _check(values, parse):
    """Raises `ValidationError` unless all parse and none comes twice."""
    if values is None:
        return True
    if not values:
        raise flags.ValidationError("expected at least one number")
    found = {}
    for text in values:
        try:
            number = parse(text)
        except ValueError as error:
            raise flags.ValidationError(f"{error}. Received: {text}") from error
        if number in found:
            raise flags.ValidationError(
                f"expected each number once. Received: {found[number]} and "
                f"{text}"
            )
        found[number] = text
    return True


for _flag, _parse in (
    (_MEMORY_BUDGETS, _memory_budget),
    (_LATENCY_BUDGETS, _budget),
    (_ENERGY_BUDGETS, _budget),
    (_LATENCY_WEIGHTS, _weight),
    (_ENERGY_WEIGHTS, _weight),
    (_MACS_WEIGHTS, _weight),
):
    flags.register_validator(
        _flag.name, lambda values, parse=_parse: _check(values, parse)
    )
