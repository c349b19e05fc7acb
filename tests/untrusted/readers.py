"""Everything that reads files from elsewhere, with files that are right.

The tests of broken files and `tools/fuzz.py` go through this list.
"""

import dataclasses
import functools
import pathlib
from collections.abc import Callable

from ednas_tf import runs
from ednas_tf.hardware import (
    file_operators,
    importing,
    rule_profiles,
    table,
    targets,
    tflite_operators,
)
from ednas_tf.reporting import rows
from ednas_tf.spaces import architecture, operators, space
from ednas_tf.untrusted import json_text, keras_config, tfds_folder
from tests.untrusted import seeds


@dataclasses.dataclass(frozen=True)
class Reader:
    """What reads one kind of file.

    Attributes:
        seeds: Function that returns the bytes of files that are right.
        read: Function of a path; a `UserError` is all that it may raise.
        file: Where the file lies in a folder of its own.
        structured: Whether it is JSON, to be spoiled value by value.
    """

    seeds: Callable
    read: Callable
    file: str
    structured: bool = True


def _read_architecture(path):
    found = architecture.from_json(runs.read_text(path))
    found.to_json()
    operators.totals(operators.architecture_operators(found))


def _read_space(path):
    space.from_json(runs.read_text(path)).to_json()


def _read_profile(path):
    rule_profiles.from_json(runs.read_text(path), path)


def _import(kind, path):
    importing.read(kind, path, operators=seeds.NETWORK, target=_target())


@functools.cache
def _target():
    return targets.load("stm32h743")


def _read_table(path):
    table.to_json(table.read(path))


def _read_config(path):
    run = runs.Run(pathlib.Path(path).parent)
    run.check("search", {"dataset": "digits"})


def _read_rows(path):
    run = runs.Run(pathlib.Path(path).parent)
    run.seconds(runs.HISTORY)


def _read_points(path):
    rows.read(pathlib.Path(path).parents[2])


def _read_tflite(path):
    file_operators.read(path)
    tflite_operators.counts(path)


def _read_layers(path):
    keras_config.check(json_text.mapping(runs.read_text(path), nonfinite=True))


def _read_features(path):
    tfds_folder.check(pathlib.Path(path).parent)


def _importer(kind, file):
    return Reader(
        functools.partial(seeds.of_tool, kind),
        functools.partial(_import, kind),
        file,
        structured=file.endswith(".json"),
    )


READERS = {
    "architecture": Reader(seeds.architectures, _read_architecture, "a.json"),
    "space": Reader(seeds.spaces_, _read_space, "space.json"),
    "table_json": Reader(seeds.tables, _read_table, "table.json"),
    "table_csv": Reader(seeds.csv_tables, _read_table, "table.csv", False),
    "target": Reader(seeds.targets_, targets.read, "target.json"),
    "profile": Reader(seeds.profiles, _read_profile, "profile.json"),
    "benchmark_model": _importer("benchmark_model", "profile.csv"),
    "st_edge_ai": _importer("st_edge_ai", "network_c_info.json"),
    "vela": _importer("vela", "per-layer.csv"),
    "proxyless": _importer("proxyless", "table.yaml"),
    "generic_csv": _importer("csv", "figures.csv"),
    "config": Reader(seeds.configs, _read_config, runs.CONFIG),
    "history": Reader(seeds.histories, _read_rows, runs.HISTORY, False),
    "point": Reader(
        seeds.points, _read_points, f"{runs.POINTS}/a/{runs.POINT}"
    ),
    "layers": Reader(seeds.layers, _read_layers, "config.json"),
    "features": Reader(seeds.features, _read_features, "features.json"),
    "tflite": Reader(seeds.tflites, _read_tflite, "model.tflite", False),
}
