"""Deployment rules on exported files: what a target's tool will refuse."""

import pathlib

from ednas_tf.exporting import vela
from ednas_tf.exporting.micro import runtime
from ednas_tf.hardware import file_operators, rule_profiles, rules

_KIB = 1024


def check_files(rules_name, files, images=None, ram_kib=None, flash_kib=None):
    """Checks the file that a target's import tool would get.

    Args:
        rules_name: Name of the deployment rules, as in `Target.rules`.
        files: Paths of exported files by format, as `float` or `int8`.
        images: Normalised float32 images `(n, height, width, channels)` to
            compare answers on, where the rules run the file.
        ram_kib: Memory for activations, where the rules find the arena size.
        flash_kib: Memory for the file.

    Returns:
        Dictionary for `export.json`: `rules`, `file` (name or None),
        `checked`, `note`, `offences` and `cautions` (each a list of
        `operator`, `reason`, `way_out`), and what the tool adds, such as
        `arena_bytes`.
    """
    profile = rule_profiles.load(rules_name)
    format = next((name for name in profile.formats if name in files), None)
    if format is None:
        return _unchecked(profile)
    path = pathlib.Path(files[format])
    operators = file_operators.read(path)
    values = {
        "rules": rules_name,
        "file": path.name,
        "checked": True,
        "note": f"{len(operators)} operators; rules from {profile.source}",
        "offences": _values(rules.check(rules_name, operators)),
        "cautions": _values(rules.cautions(rules_name, operators)),
    }
    if rules_name in _TOOLS and not values["offences"]:
        values |= _TOOLS[rules_name](path, operators, images)
    if ram_kib and values.get("arena_bytes", 0) > ram_kib * _KIB:
        values["offences"].append(_too_large(values["arena_bytes"], ram_kib))
    size = path.stat().st_size
    if flash_kib and size > flash_kib * _KIB:
        values["offences"].append(_too_long(size, flash_kib))
    return values


def _values(offences):
    return [offence.to_values() for offence in offences]


def _unchecked(profile):
    return {
        "rules": profile.id,
        "file": None,
        "checked": False,
        "note": f"not checked: {profile.tool} takes "
        f"{rule_profiles.either(profile.formats)}; add it to --formats",
        "offences": [],
        "cautions": [],
    }


def _too_large(arena_bytes, ram_kib):
    return {
        "operator": "the whole file",
        "reason": f"Its arena takes {arena_bytes / _KIB:.1f} KiB of RAM, the "
        f"device has {ram_kib:g} KiB.",
        "way_out": "Search with --ram_budget_kib, a smaller --image_size or "
        "another --space.",
    }


def _too_long(num_bytes, flash_kib):
    return {
        "operator": "the whole file",
        "reason": f"It takes {num_bytes / _KIB:.1f} KiB of flash, the device "
        f"has {flash_kib:g} KiB.",
        "way_out": "Search with --memory_budget_kib or another --space.",
    }


_TOOLS = {
    "tflite-micro": runtime.check,
    "ethos-u55": lambda path, operators, _: vela.check(path, operators),
}
