"""Fills the disk under each command, and looks at what is left.

Each command runs once with room, and once on a small file system in memory
that grows a little whenever the command has failed: so the disk is full at
another moment each time, and the same command goes on from there. Every
failure must be one line that names a file and says what to do, and must leave
what was there before; at the end both folders must hold the same networks.

It mounts a tmpfs, which needs root; where that is refused it ends with 2.

Examples:
  python tools/full_disk.py
  python tools/full_disk.py --commands=export,export_tmpdir --growth=1.2
"""

import contextlib
import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

from absl import app, flags

# As a script, `tools/` and not the repository is on the path.
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from tools.kills import folders

_ROOT = pathlib.Path(__file__).resolve().parents[1]
_SMALL = (
    "--dataset=digits",
    "--image_size=8",
    "--max_examples=300",
    "--batch_size=32",
    "--search_epochs=2",
    "--warmup_epochs=1",
    "--train_epochs=2",
    "--stem_kernel=3",
    "--operations=dw3,dw5",
    "--deterministic",
)
_EXPORT = (
    "--quantize=qat",
    "--qat_epochs=1",
    "--compress=prune",
    "--compress_epochs=1",
    "--target=stm32h743",
    "--bundle=micro",
)
COMMANDS = {
    "search": ("--through=search",),
    "train": (),
    "export": _EXPORT,
    "export_tmpdir": _EXPORT,
    "evaluate": (),
    "report": (),
    "sweep": (
        "--macs_weights=0.1",
        "--noreference",
        "--formats=int8",
    ),
    "lut": ("--action=measure", "--target=host", "--space=tiny"),
}
"""Flags by command; `_tmpdir` fills the folder of temporary files instead."""
_NEEDS = {"train": 1, "export": 2, "evaluate": 3, "report": 4}
_BEFORE = ("search", "train", "export", "evaluate")
"""Commands that the run of the n-th one goes on from."""
_CHANGED = ("config.json", "run.flags", "sweep.lock", "tensorboard")
"""What each command writes again, or adds to."""
_TABLE = "table.json"
_UNREPEATED = (_TABLE, "export.json", "metrics.json")
"""Measured times, and hashes of SavedModels, are never the same twice."""
_BRIEF = ("evaluate", "report", "lut")
_SMALLEST = 4096
_TOLD = "Free some space"
_LARGEST = 256 * 2**20
_NAMES = flags.DEFINE_list("commands", list(COMMANDS), "What runs.")
_FIRST_KIB = flags.DEFINE_integer("first_kib", 64, "Room of the first try.")
_GROWTH = flags.DEFINE_float(
    "growth", 1.4, "How the room grows with each try.", lower_bound=1.01
)


class RefusedError(Exception):
    """No file system may be mounted here."""


def main(argv):
    """Fills disks and tells; returns the exit code."""
    if len(argv) > 1:
        raise app.UsageError(f"Expected flags only. Received: {argv[1:]}")
    faults = []
    with tempfile.TemporaryDirectory(prefix="full-disk-") as root:
        root = pathlib.Path(root)
        try:
            for name in _NAMES.value:
                # What these write is small.
                kib = _FIRST_KIB.value * 1024
                first = _SMALLEST if name in _BRIEF else kib
                found, tries = fill(name, root, growing(first, _GROWTH.value))
                state = "FAILED" if found else "ok"
                print(f"{name}: {tries} times full, {state}", flush=True)
                print("".join(f"  {each}\n" for each in found), end="")
                faults += found
        except RefusedError as refused:
            print(refused, file=sys.stderr)
            return 2
    return 1 if faults else 0


def growing(first, growth):
    """Yields ever larger numbers of bytes."""
    size = first
    while size < _LARGEST:
        yield int(size)
        size *= growth


def fill(name, root, sizes):
    """Runs a command on a disk that grows, until it succeeds.

    Args:
        name: A key of `COMMANDS`.
        root: Folder with room, where whole runs are kept between calls.
        sizes: Bytes of room beside what the command goes on from.

    Returns:
        Lines of what is wrong, and how often the disk was full.
    """
    before = _before(name, root)
    whole = root / f"{name}-whole"
    shutil.copytree(before, whole)
    _expect(run(name, whole), 0)
    faults, tries = [], 0
    with disk(root / f"{name}-disk") as resize:
        small = root / f"{name}-disk" / "run"
        temporary = name.endswith("_tmpdir")
        folder = root / f"{name}-beside" if temporary else small
        shutil.copytree(before, folder)
        occupied = shutil.disk_usage(small.parent).used
        for size in sizes:
            resize(occupied + size)
            held = _hashes(folder)
            ended = run(name, folder, small.parent if temporary else None)
            if ended.returncode == 0:
                break
            tries += 1
            found = told_wrong(ended, (folder, small.parent))
            found += folders.broken_files(folder)
            found += _lost(held, folder, before)
            faults += [f"{size // 1024} KiB: {each}" for each in found]
        faults += _at_the_end(ended, whole, folder)
    return faults, tries


def run(name, folder, temporary=None):
    """Runs a command as a process.

    Args:
        name: A key of `COMMANDS`.
        folder: The run folder.
        temporary: Folder of temporary files, or None for the usual one.
    """
    command = name.partition("_")[0]
    given = [*_SMALL, *COMMANDS[name], f"--workdir={folder}"]
    if command == "lut":
        given.append(f"--output={folder}/{_TABLE}")
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "2"}
    if temporary is not None:
        environment["TMPDIR"] = str(temporary)
    return subprocess.run(
        [sys.executable, "-m", f"ednas_tf.{command}", *given],
        cwd=_ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )


@contextlib.contextmanager
def disk(folder):
    """Mounts a file system in memory; gives the function that resizes it."""
    folder.mkdir()

    def mount(options):
        command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            raise RefusedError(f"No tmpfs can be mounted: {done.stderr}")

    mount(f"size={_LARGEST}")
    try:
        yield lambda size: mount(f"remount,size={size}")
    finally:
        subprocess.run(["umount", folder], check=True)


def _before(name, root):
    """Returns a folder with what the command goes on from; makes it once."""
    needed = _NEEDS.get(name.partition("_")[0], 0)
    folder = root / f"before{needed}"
    if folder.exists():
        return folder
    folder.mkdir()
    for command in _BEFORE[:needed]:
        _expect(run(command, folder), 0)
    return folder


def told_wrong(ended, places):
    """Returns lines about an end that is not as promised."""
    lines = [s for s in ended.stderr.splitlines() if s.startswith("error:")]
    faults = []
    if ended.returncode != 1:
        faults.append(f"exit code {ended.returncode}: {ended.stderr[-500:]}")
    if "Traceback" in ended.stderr:
        faults.append(f"a traceback: {ended.stderr[-500:]}")
    if len(lines) != 1:
        faults.append(f"{len(lines)} lines of errors: {lines}")
    for line in lines:
        if _TOLD not in line or not re.search(
            "|".join(re.escape(str(place)) for place in places), line
        ):
            faults.append(f"no file, or nothing to do, in: {line}")
    return faults


def _lost(held, folder, before):
    """Returns lines about files of earlier commands that changed."""
    now = _hashes(folder)
    return [
        f"{path} was lost or changed"
        for path in _hashes(before)
        if not {*_CHANGED} & {*pathlib.Path(path).parts}
        and now.get(path) != held.get(path)
    ]


def _at_the_end(ended, whole, folder):
    """Returns lines about the run that found enough room."""
    if ended.returncode:
        return [f"it never succeeds: {ended.stderr[-500:]}"]
    rests = [f"{path} is left" for path in folder.rglob("partial-*")]
    differing = folders.differences(whole, folder)
    return rests + [
        each
        for each in differing
        if not any(name in each for name in _UNREPEATED)
    ]


def _hashes(folder):
    return {
        str(path.relative_to(folder)): hashlib.sha256(
            path.read_bytes()
        ).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _expect(ended, code):
    if ended.returncode != code:
        raise RuntimeError(
            f"Expected exit code {code} of {ended.args}. Received: "
            f"{ended.returncode}, {ended.stderr[-2000:]}"
        )


if __name__ == "__main__":
    app.run(main)
