"""Spoiled files: every file that a command reads, spoiled in every way."""

import functools
import pathlib

from ednas_tf import hardware, runs, spaces
from ednas_tf.spaces import presets
from tests.bad_inputs import spoils
from tests.bad_inputs.cases import NEW, RUN, SMALL, Case

_ON_RUN = (*SMALL, f"--workdir={RUN}")
_ALL = ("search", "train", "export", "evaluate")
_READ = {
    runs.ARCHITECTURE: (spoils.JSON, _ALL),
    runs.CONFIG: (spoils.JSON, ("search", "train", "export")),
    runs.EXPORT: (spoils.JSON, ("search", "export", "evaluate")),
    runs.MODEL: (spoils.BINARY, _ALL),
    runs.TFLITE_FILES["float"]: (spoils.BINARY, ("export", "evaluate")),
    runs.TFLITE_FILES["int8"]: (spoils.BINARY, ("search", "evaluate")),
    f"{runs.SAVED_MODEL}/saved_model.pb": (spoils.BINARY, ("evaluate",)),
    f"{runs.SAVED_MODEL}/variables/variables.index": (
        spoils.BINARY,
        ("export", "evaluate"),
    ),
}
"""Files of a finished run: what can be wrong, and the commands that read it."""
_REPORTED = (
    runs.ARCHITECTURE,
    runs.CONFIG,
    runs.SEARCH,
    runs.TRAIN,
    runs.EXPORT,
    runs.METRICS,
)
_HARMLESS = {
    (runs.ARCHITECTURE, "search", "missing"),  # It searches again.
    (runs.ARCHITECTURE, "search", "loop"),
    (runs.MODEL, "train", "missing"),  # It trains again.
    (runs.MODEL, "search", "missing"),
    *(
        (runs.EXPORT, command, kind)  # It exports again, or measures less.
        for command in ("search", "export", "evaluate")
        for kind in ("missing", "loop")
    ),
}
_IMPORTED = ("benchmark_model", "st_edge_ai", "vela", "proxyless", "csv")
_SOURCES = {
    "empty": "",
    "text": "What is this?\n",
    "numbers": "1,2,3\n4,5\n",
    "json": '{"a": [1, 2, {"b": null}]}',
    "csv": "op,in_h,latency_us\nconv2d,x,y\n",
    "yaml": "a: &a [*a, *a]\nb: !!python/object:os.system x\n",
}


def cases(draw):
    """Yields the cases; `draw` is a `random.Random`."""
    for name, (kinds, read_by) in _READ.items():
        for kind in kinds:
            for command in read_by:
                if (name, command, kind) not in _HARMLESS:
                    yield _of_run(name, kind, command, draw)
    for name in _REPORTED:
        for kind in spoils.BROKEN:
            yield _of_run(name, kind, "report", draw)
    yield from _of_weights(draw)
    yield from _of_tables(draw)
    yield from _of_imports(draw)
    yield from _of_flagfiles()
    yield from _of_folders(draw)


def _of_run(name, kind, command, draw):
    """Returns the case of a spoiled file in a finished run."""
    spoil = spoils.of(f"run/{name}", kind, draw.random())
    last = pathlib.Path(name).name
    named = (name, last, pathlib.Path(name).parts[0])
    if name == runs.CONFIG:
        named = (name, "unknown run", "other flags")
    return Case(name, kind, command, _ON_RUN, named, spoil)


def _of_weights(draw):
    """Yields spoiled weights that a search or a training begins with."""
    for kind in spoils.BINARY:
        name = runs.SEARCHED
        spoil = spoils.of(f"run/{name}", kind, draw.random())
        given = (*_ON_RUN, "--init=searched", "--overwrite")
        if kind != "flipped":  # HDF5 does not notice.
            yield Case(name, kind, "train", given, (name,), spoil)
    for name in (runs.CONFIG, runs.WARMUP, runs.WARMED_UP):
        kinds = spoils.BINARY if name == runs.WARMED_UP else spoils.JSON
        for kind in kinds:
            spoil = spoils.of(f"run/{name}", kind, draw.random())
            given = (*SMALL, f"--workdir={NEW}", f"--warmup_from={RUN}")
            named = (name, "warmup_from")
            yield Case(f"warm-up {name}", kind, "search", given, named, spoil)


def _of_tables(draw):
    """Yields spoiled tables, for those that read them."""
    commands = (
        ("search", ()),
        ("lut", ("--action=show",)),
        ("lut", ("--action=check",)),
    )
    for suffix in ("json", "csv"):
        kinds = spoils.JSON if suffix == "json" else spoils.CSV
        for kind in kinds:
            for command, given in commands:
                name = f"table.{suffix}"
                spoil = spoils.of(name, kind, draw.random())
                both = functools.partial(_with_table, name, spoil)
                given = (*SMALL, f"--workdir={NEW}", *given)
                given = (*given, f"--lut={{room}}/{name}")
                yield Case(name, kind, command, given, (name,), both)


def _with_table(name, spoil, room):
    hardware.table.write(_table(), room / name)
    spoil(room)


@functools.cache
def _table():
    skeleton = presets.build("tiny", (8, 8, 1), 10, stem_kernel=3)
    space = spaces.with_operations(skeleton, ("dw3", "dw5", "dw7"))
    return hardware.table.generate(space, hardware.targets.load("tda2"))


def _of_imports(draw):
    """Yields files that no measuring tool has written."""
    given = ("--action=import", "--output={room}/new.json")
    for format in _IMPORTED:
        for kind, text in _SOURCES.items():
            spoil = functools.partial(_write, "source.txt", text.encode())
            arguments = (
                *given,
                f"--format={format}",
                "--input={room}/source.txt",
            )
            yield Case(
                f"--format={format}",
                kind,
                "lut",
                arguments,
                ("source.txt",),
                spoil,
            )
        junk = functools.partial(_write, "source.txt", draw.randbytes(3000))
        yield Case(
            f"--format={format}",
            "junk",
            "lut",
            arguments,
            ("source.txt",),
            junk,
        )
    arguments = (
        *given,
        "--input={room}/run/train.csv",
        "--model={room}/a.tflite",
    )
    for kind, content in (("empty", b""), ("junk", draw.randbytes(3000))):
        spoil = functools.partial(_write, "a.tflite", content)
        yield Case("--model file", kind, "lut", arguments, ("a.tflite",), spoil)


def _of_flagfiles():
    """Yields flagfiles that cannot be."""
    texts = {
        "unknown flag": b"--no_such_flag=1\n",
        "no flag": b"search_epochs 3\n",
        "bad value": b"--search_epochs=none\n",
        "junk": b"\x00\xff\xfe--seed=1\n",
        "another": b"--flagfile=none.flags\n",
        "quoted": b'--search_epochs="3"\n',
    }
    named = ("flag", "bad.flags", "none.flags", "search_epochs")
    for kind, content in texts.items():
        spoil = functools.partial(_write, "bad.flags", content)
        given = ("--flagfile=bad.flags", f"--workdir={NEW}")
        yield Case("flagfile", kind, "search", given, named, spoil)
    for kind in ("truncated", "junk"):
        spoil = spoils.of(f"run/{runs.FLAGS}", kind, 0.503)
        given = (f"--flagfile={RUN}/{runs.FLAGS}", "--search_epochs=0")
        yield Case(runs.FLAGS, kind, "search", given, ("",), spoil)


def _of_folders(draw):
    """Yields folders of images that are none."""
    given = (f"--workdir={NEW}", "--dataset=folder:{room}/photos")
    given = (*given, "--image_size=8", "--batch_size=2", "--stem_kernel=3")
    for kind, make in spoils.FOLDERS.items():
        make = functools.partial(make, draw.random())
        yield Case(
            "folder", kind, "search", given, ("photos", "batch_size"), make
        )


def _write(name, content, room):
    (room / name).write_bytes(content)
