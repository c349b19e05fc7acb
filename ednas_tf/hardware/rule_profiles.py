"""Profiles: what an import tool accepts, each of them one JSON file.

Adding a profile is adding a file to the folder `rule_profiles/` beside this
module; `rules` says what its values mean.
"""

import dataclasses
import pathlib
from importlib import resources

from ednas_tf import errors
from ednas_tf.hardware import checks, file_operators
from ednas_tf.untrusted import json_text

SCHEMA = "ednas-rules/1"
CONCAT_AXES = ("any", "channels")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Window:
    """One accepted combination of a window's size and stride.

    Attributes:
        strides: Accepted strides; none named accepts all.
        kernels: Accepted `(height, width)`; none named accepts all.
        max_kernel: Largest accepted side, or None.
        caution: Why it may fail all the same, or None.
    """

    strides: tuple = ()
    kernels: tuple = ()
    max_kernel: int | None = None
    caution: str | None = None

    def __post_init__(self):
        for stride in self.strides:
            checks.whole(stride, "a stride")
        for side in (side for kernel in self.kernels for side in kernel):
            checks.whole(side, "a side of a kernel")
        checks.whole(self.max_kernel, "max_kernel", optional=True)
        checks.text(self.caution, "caution", optional=True)

    def fits(self, kernel, strides):
        """Whether a window of `(height, width)` with strides is accepted."""
        if self.strides and not set(strides) <= set(self.strides):
            return False
        if self.kernels and tuple(kernel) not in self.kernels:
            return False
        return self.max_kernel is None or max(kernel) <= self.max_kernel

    def __str__(self):
        words = []
        if self.kernels:
            words.append(either(f"{h}x{w}" for h, w in self.kernels))
        elif self.max_kernel:
            words.append(f"up to {self.max_kernel}x{self.max_kernel}")
        if self.strides:
            words.append(f"with stride {either(self.strides)}")
        return " ".join(words) or "any"


@dataclasses.dataclass(frozen=True, kw_only=True)
class WindowRule:
    """What one kind of window operator may be.

    Attributes:
        accepted: Tuple of `Window`, the first that fits counts.
        dilations: Accepted dilations; none named accepts all.
        max_channels: Most channels of input and output, or None.
        max_multiplier: Most outputs for each of several inputs, or None.
        multiplier_caution: Why more may fail; without it they are refused.
        way_out: What a user can do about a window that is not accepted.
    """

    accepted: tuple
    dilations: tuple = ()
    max_channels: int | None = None
    max_multiplier: int | None = None
    multiplier_caution: str | None = None
    way_out: str

    def __post_init__(self):
        for dilation in self.dilations:
            checks.whole(dilation, "a dilation")
        checks.whole(self.max_channels, "max_channels", optional=True)
        checks.whole(self.max_multiplier, "max_multiplier", optional=True)
        caution = self.multiplier_caution
        checks.text(caution, "multiplier_caution", optional=True)
        checks.text(self.way_out, "way_out")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Profile:
    """What one import tool accepts.

    Attributes:
        id: Name of the profile, as in `rules` of a target.
        tool: Name of the tool, to be read in a sentence.
        formats: Formats of files that it reads, the preferred one first.
        source: Where the rules come from.
        date: Day on which they were written down.
        operators: Accepted operators; none named accepts all of TFLite.
        ways_out: By operator, what to do when it is refused.
        types: Accepted types of what flows; none named accepts all.
        activations: Accepted fused activations; none named accepts all.
        windows: By operator the `WindowRule`.
        global_pool: `max_side` or `max_size` (height times width) of images.
        max_features: Most inputs and outputs of a fully connected layer.
        flat_softmax: Whether softmax takes vectors alone.
        concat_axes: One of `CONCAT_AXES`.
        same_shapes: Whether sums and products need two equal shapes.
        folded_pads: Why a PAD may fail that is not half a kernel, or None.
    """

    id: str
    tool: str
    formats: tuple
    source: str
    date: str
    operators: tuple = ()
    ways_out: dict = dataclasses.field(default_factory=dict)
    types: tuple = ()
    activations: tuple = ()
    windows: dict = dataclasses.field(default_factory=dict)
    global_pool: dict = dataclasses.field(default_factory=dict)
    max_features: int | None = None
    flat_softmax: bool = False
    concat_axes: str | None = None
    same_shapes: bool = False
    folded_pads: str | None = None

    def __post_init__(self):
        for name in ("id", "tool", "source", "date"):
            checks.text(getattr(self, name), f"profile {name}")
        for name in (*self.formats, *self.operators, *self.types):
            checks.text(name, "a name in the profile")
        for activation in self.activations:
            checks.one_of(activation, "activation", file_operators.ACTIVATIONS)
        for operator, way_out in self.ways_out.items():
            checks.text(way_out, f"way out of {operator}")
        for name, limit in self.global_pool.items():
            checks.one_of(name, "limit of global_pool", _POOL_LIMITS)
            checks.whole(limit, name)
        checks.whole(self.max_features, "max_features", optional=True)
        if self.concat_axes is not None:
            checks.one_of(self.concat_axes, "concat_axes", CONCAT_AXES)
        checks.text(self.folded_pads, "folded_pads", optional=True)


_POOL_LIMITS = ("max_side", "max_size")


def either(values):
    """Returns values as in `1, 2 or 4`."""
    *first, last = [str(value) for value in values]
    return f"{', '.join(first)} or {last}" if first else last


def names():
    """Returns the names of all profiles, sorted."""
    found = (pathlib.PurePath(file.name) for file in _folder().iterdir())
    return tuple(sorted(name.stem for name in found if name.suffix == ".json"))


def load(name):
    """Returns the `Profile` called `name`, or raises `UserError`."""
    if name not in names():
        raise errors.unknown_name("deployment rules", name, names())
    text = _folder().joinpath(f"{name}.json").read_text(encoding="utf-8")
    return from_json(text, f"{name}.json")


def from_json(text, path):
    """Returns the `Profile` that JSON text describes; `path` is for errors."""
    try:
        return _from_values(json_text.parse(text))
    except errors.UserError as error:
        raise errors.UserError(f"{path}: {error}") from error
    except (AttributeError, TypeError, ValueError) as error:
        raise errors.UserError(f"{path} is no profile: {error}.") from error


def _from_values(values):
    values = _checked(values, Profile, "the profile", extra=("schema",))
    schema = values.pop("schema")
    if schema != SCHEMA:
        raise errors.UserError(
            f"Expected the schema {SCHEMA}. Received: {schema!r:.60}"
        )
    windows = {
        name: _window_rule(rule)
        for name, rule in values.pop("windows", {}).items()
    }
    return Profile(**_frozen(values), windows=windows)


def _window_rule(values):
    values = _checked(values, WindowRule, "a window rule")
    accepted = tuple(
        Window(**_frozen(_checked(window, Window, "a window")))
        for window in values.pop("accepted")
    )
    return WindowRule(**_frozen(values), accepted=accepted)


def _checked(values, kind, what, extra=()):
    """Returns a copy of a mapping that fits the fields of a dataclass."""
    fields = dataclasses.fields(kind)
    missing = dataclasses.MISSING
    required = [
        field.name
        for field in fields
        if field.default is missing and field.default_factory is missing
    ]
    every = [field.name for field in fields]
    return dict(checks.mapping(values, what, (*required, *extra), every))


def _frozen(values):
    """Returns a mapping with tuples for lists, one level deep or two."""
    return {
        key: tuple(tuple(v) if isinstance(v, list) else v for v in value)
        if isinstance(value, list)
        else value
        for key, value in values.items()
    }


def _folder():
    return resources.files(__package__).joinpath("rule_profiles")
