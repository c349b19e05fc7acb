"""Bad values of every declared flag."""

import functools

from absl import flags

from ednas_tf.config import commands
from tests.bad_inputs.cases import NEW, SMALL, Case

_OURS = "ednas_tf.config."
_HUGE = "9" * 40
_WORDS = ("x", "", "1,5", "1e", "--", "½", "数")
_NOT_FINITE = ("nan", "inf", "-inf", "1e999")
_NO_FLAG = ("maybe", "2", "yes no", "")
_ANY_TEXT = ("", " ", "\t", "a\nb", "\x1b[31m", "\udcff")
_PATHS = ("architecture", "lut", "warmup_from", "input", "model")
_TEXTS = {
    "dataset": (
        "digit",
        "no_such_dataset",
        "folder:",
        "folder:{room}/nothing",
        "folder:{room}/run/search.json",
        "folder:{room}/run",
        "cifar10:9.9.9",
        "digits+",
        "../digits",
        "数字",
        "d" * 5000,
    ),
    "train_split": ("no_such_split", "train[:50", "train[a:b]", "+"),
    "test_split": ("no_such_split", "test[:-200%]", "test+"),
    "augment": ("rotate", "crop=x", "crop=-1", "crop=nan", "hue=9", "crop=="),
    "target": ("tda3", "TDA2", "../tda2", "目标"),
    "core": ("arm", "C66X", "c66x,eve"),
    "space": ("tinny", "Tiny", "tiny,mobile", "空间"),
    "operations": ("dw4", "dw3,dw55", "dw3,", "dw3 dw5", "DW3", "dw3d9"),
    "formats": ("int4", "float,", "INT8", "float;int8", ",", "浮"),
    "runs": ("{room}/nothing", "{room}/*.none", "a,,b", "{room}/run/train.csv"),
    "workdir": ("{room}/run/search.json/run", "/dev/null/run", "/proc/run"),
    "output": ("{room}/nothing/a.json", "{room}", "/dev/null/a.json"),
    "data_dir": ("{room}/nothing", "{room}/run/search.json"),
}
_LISTS = (
    "memory_budgets_kib",
    "latency_budgets_us",
    "energy_budgets_uj",
    "latency_weights",
    "energy_weights",
    "macs_weights",
)
_NUMBERS = ("x", "1,x", "nan", "-1", "inf", "1,1.0", "1,,2", "1e999", "")
_WITH = {
    "architecture": ("train",),
    "runs": ("report",),
    "output": ("lut", "--action=measure"),
    "input": ("lut", "--action=import", "--output={room}/new.json"),
    "model": (
        "lut",
        "--action=import",
        "--output={room}/new.json",
        "--input={room}/run/train.csv",
    ),
    "data_dir": ("search", "--dataset=cifar10"),
    "core": ("search", "--target=tda2"),
    "test_split": ("search", "--dataset=cifar10", "--data_dir={room}"),
    "train_split": ("search", "--dataset=cifar10", "--data_dir={room}"),
    "ray_address": ("sweep", "--executor=ray", "--memory_budgets_kib=50%"),
}
_ALSO = {
    "data_dir": ("cifar10",),
    "test_split": ("cifar10",),
    "train_split": ("cifar10",),
    "warmup_from": ("warmup_from", "Keras"),
}
"""Words that name the flag as well as its own name does."""


def cases(draw):
    """Yields the cases; `draw` is a `random.Random`."""
    for flag in _declared():
        for value in dict.fromkeys(_values(flag, draw)):
            yield _case(flag.name, value)


def _declared():
    """Returns our flags by name."""
    modules = flags.FLAGS.flags_by_module_dict()
    return sorted(
        (
            flag
            for name in modules
            if name.startswith(_OURS)
            for flag in modules[name]
        ),
        key=lambda flag: flag.name,
    )


def _values(flag, draw):
    """Yields values that a flag cannot have."""
    kind, parser = flag.flag_type(), flag.parser
    if kind == "bool":
        yield from _NO_FLAG
    elif kind in ("int", "float"):
        yield from _WORDS
        yield from _out_of_bounds(parser, draw)
        yield from _NOT_FINITE if kind == "float" else ("1.5", "1e3", "nan")
    elif kind == "string enum":
        word = draw.choice(parser.enum_values)
        yield from ("", "no_such", word.upper(), f"{word} ", word + word, "选")
    else:
        yield from _ANY_TEXT
        yield from _NUMBERS if flag.name in _LISTS else ()
        yield from _TEXTS.get(flag.name, ())
        if flag.name in _PATHS:
            yield from ("{room}/nothing", "{room}/nothing/a.json", "/dev/null")


def _out_of_bounds(parser, draw):
    """Yields numbers below and above the bounds of a flag."""
    low, high = parser.lower_bound, parser.upper_bound
    whole = isinstance(parser, flags.IntegerParser)
    if low is not None:
        yield str(
            low - (draw.randint(1, 99) if whole else draw.random() + 1e-3)
        )
        yield f"-{_HUGE}"
    if high is not None:
        yield str(
            high + (draw.randint(1, 99) if whole else draw.random() + 1e-3)
        )
        yield _HUGE


def _case(name, value):
    command, *given = _WITH.get(name, _reader(name))
    base = () if name == "input" else SMALL
    last = [part for part in value.split("/")[1:] if part][-1:]
    return Case(
        f"--{name}",
        repr(value[:60]),
        command,
        (*base, f"--workdir={NEW}", *given, f"--{name}={value}"),
        (
            name,
            name.rstrip("s"),
            name.replace("_", " "),
            *_ALSO.get(name, ()),
            *last,
        ),
    )


@functools.cache
def _reader(name):
    """Returns a command that looks at a flag, and what it needs besides."""
    for command in ("search", "train", "export", "evaluate"):
        known = _shown(command)
        if name in known:
            return (command,)
    if name in _shown("sweep"):
        return ("sweep", "--memory_budgets_kib=50%")
    return ("lut",)


def _shown(command):
    module = __import__(f"ednas_tf.{command}", fromlist=["main"])
    keys = flags.FLAGS.get_key_flags_for_module(module.__name__)
    idle = commands.IDLE.get(command, ())
    return {flag.name for flag in keys if flag.name not in idle}
