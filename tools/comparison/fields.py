"""Dataclasses from the values of a TOML file, checked by their annotations."""

import inspect
import sys
import typing

from ednas_tf import errors

_PLAIN = {
    str: ("text", "text"),
    bool: ("true or false", "true or false"),
    int: ("a whole number", "whole numbers"),
    float: ("a finite number", "finite numbers"),
}
"""What readers call one value of a type, and several."""


def build(kind, values, where=""):
    """Returns a dataclass of the values of a table.

    Args:
        kind: A dataclass or named tuple. Its fields are `str`, `bool`, `int`,
            `float`, another such class, or `tuple[X, ...]` or `X | None` of
            one of these.
        values: The table, as a dictionary; lists become tuples.
        where: Key of the table in the file; empty for the file itself.

    Raises:
        UserError: If a key is not known or missing, or its value has another
            type than the field.
    """
    if not isinstance(values, dict):
        raise _wrong(where, kind, repr(values))
    hints = typing.get_type_hints(kind)
    for name in values:
        if name not in hints:
            what = f"key of {where}" if where else "key"
            raise errors.unknown_name(what, name, hints)
    for name, field in inspect.signature(kind).parameters.items():
        if field.default is field.empty and name not in values:
            raise _wrong(_key(where, name), hints[name], "none")
    return kind(
        **{
            name: _value(_key(where, name), hints[name], value)
            for name, value in values.items()
        }
    )


def _value(key, kind, value):
    """Returns the value of a key as a field of some kind holds it."""
    inner = typing.get_args(kind)
    if typing.get_origin(kind) is tuple:
        if not isinstance(value, list):
            raise _wrong(key, kind, repr(value))
        return tuple(
            _value(f"{key}[{place}]", inner[0], each)
            for place, each in enumerate(value)
        )
    if inner:
        # Of `X | None`: None has no spelling in TOML.
        return _value(key, inner[0], value)
    if kind not in _PLAIN:
        return build(kind, value, key)
    if not _fits(kind, value):
        raise _wrong(key, kind, repr(value))
    return kind(value)


def _fits(kind, value):
    """Whether a value is of a plain type; a boolean is no number."""
    if kind is float and type(value) in (int, float):
        return abs(value) <= sys.float_info.max
    return type(value) is kind


def _key(where, name):
    return f"{where}.{name}" if where else name


def _wrong(key, kind, received):
    """Returns the error for a key without a value of its kind."""
    inner = typing.get_args(kind)
    if typing.get_origin(kind) is tuple:
        _, many = _PLAIN.get(inner[0], ("", "tables"))
        told = f"a list of {many}"
    else:
        told, _ = _PLAIN.get(kind, ("a table", ""))
    return errors.UserError(
        f"Expected {key} to be {told}. Received: {received:.100}"
    )
