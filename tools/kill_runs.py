"""Kills commands at random moments and compares what they end with.

Each command runs once unbroken and once killed again and again (SIGKILL or
Ctrl-C to all its processes, or SIGTERM to itself), both `--deterministic`.
After every kill no file of the folder may be half written, and no epoch whose
state was saved may be run again; at the end both folders must hold the same
networks, to the bit.

Examples:
  python tools/kill_runs.py
  python tools/kill_runs.py --kills=4 --commands=search,export --seed=7
"""

import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from absl import app, flags

# As a script, `tools/` and not the repository is on the path.
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from tools.kills import folders

_ROOT = pathlib.Path(__file__).resolve().parents[1]
_SMALL = (
    "--dataset=digits",
    "--image_size=8",
    "--max_examples=600",
    "--batch_size=32",
    "--search_epochs=6",
    "--warmup_epochs=2",
    "--train_epochs=8",
    "--stem_kernel=3",
    "--operations=dw3,dw5",
    "--deterministic",
)
_COMMANDS = {
    "search": ("--through=export", "--formats=float,int8"),
    "train": ("--train_epochs=20",),
    "export": ("--quantize=qat", "--qat_epochs=4", "--compress=prune"),
    "sweep": (
        "--search_channels",
        "--memory_budgets_kib=60%",
        "--macs_weights=0.1",
        "--noreference",
        "--formats=int8",
    ),
}
_NEEDS = {
    "train": ("architecture.json",),
    "export": ("architecture.json", "model.keras", "train.json"),
}
"""What a command goes on from: files of the unbroken search."""
_CODES = {signal.SIGTERM: 143, signal.SIGINT: 130}
_STOP_SECONDS = 10.0
_KILLS = flags.DEFINE_integer("kills", 30, "Kills in all.", lower_bound=1)
_SEED = flags.DEFINE_integer("seed", 0, "Seed of moments and signals.")
_NAMES = flags.DEFINE_list("commands", list(_COMMANDS), "What is killed.")
_WORKDIR = flags.DEFINE_string("workdir", None, "Folder; by default a new one.")


class BrokenPromiseError(Exception):
    """A promise that was not kept."""


def main(argv):
    """Kills, compares and tells; returns the exit code."""
    if len(argv) > 1:
        raise app.UsageError(f"Expected flags only. Received: {argv[1:]}")
    # A job in the background ignores it, and would hand that on.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    chance = random.Random(_SEED.value)
    root = pathlib.Path(_WORKDIR.value or tempfile.mkdtemp(prefix="kills-"))
    root.mkdir(parents=True, exist_ok=True)
    failed = 0
    for place, name in enumerate(_NAMES.value):
        share = _KILLS.value * (place + 1) // len(_NAMES.value)
        kills = share - _KILLS.value * place // len(_NAMES.value)
        try:
            print(_try(name, kills, root, chance), flush=True)
        except BrokenPromiseError as failure:
            failed = 1
            print(f"{name}: FAILED: {failure}", flush=True)
    print(f"folders: {root}")
    return failed


def _try(name, kills, root, chance):
    """Runs a command unbroken and killed, and returns a line about it."""
    whole = _folder(root, name, "whole")
    began = time.monotonic()
    _finish(_start(name, whole))
    seconds = time.monotonic() - began
    broken = _folder(root, name, "broken")
    done, slowest = 0, 0.0
    while done < kills:
        if _is_finished(broken, whole):
            # Too fast for so many kills: once more from the start.
            _compare(whole, broken)
            broken = _folder(root, name, "broken")
        number = chance.choice([signal.SIGKILL, *_CODES])
        before = folders.epochs(broken)
        took = _kill(_start(name, broken), number, chance.uniform(0, seconds))
        if took is None:
            continue
        done, slowest = done + 1, max(slowest, took)
        _check(folders.broken_files(broken))
        _check(folders.repeated_epochs(broken, before))
    _finish(_start(name, broken))
    _compare(whole, broken)
    return (
        f"{name}: {done} kills, unbroken {seconds:.0f} s, slowest end after "
        f"a signal {slowest:.1f} s; same networks to the bit"
    )


def _folder(root, name, kind):
    """Returns a new folder for a command, with what it goes on from."""
    folder = root / f"{name}-{kind}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for needed in _NEEDS.get(name, ()):
        source = root / "search-whole" / needed
        if not source.exists():
            _folder(root, "search", "whole")
            _finish(_start("search", root / "search-whole"))
        shutil.copy(source, folder / needed)
    return folder


def _start(name, folder):
    """Starts a command in a group of processes of its own."""
    command = [sys.executable, "-m", f"ednas_tf.{name}"]
    given = (*_SMALL, *_COMMANDS[name], f"--workdir={folder}")
    with open(folder.with_suffix(".log"), "ab") as log:
        return subprocess.Popen(
            [*command, *given],
            cwd=_ROOT,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def _finish(process):
    if process.wait():
        raise BrokenPromiseError(
            f"exit code {process.returncode}: {process.args}"
        )


def _kill(process, number, delay):
    """Kills after a delay; returns the seconds that the end took, or None.

    None stands for a process that was done before.
    """
    try:
        process.wait(delay)
        _finish(process)
        return None
    except subprocess.TimeoutExpired:
        pass
    began = time.monotonic()
    if number == signal.SIGKILL:
        # As when the machine goes: whatever the command has started too.
        os.killpg(process.pid, number)
        process.wait()
        return 0.0
    if number == signal.SIGINT:
        os.killpg(process.pid, number)  # As a terminal does.
    else:
        process.send_signal(number)
    code = process.wait()
    took = time.monotonic() - began
    if code == 0:
        return None
    # Before our handlers are set, a signal ends the process itself.
    if code not in (_CODES[number], -number):
        raise BrokenPromiseError(f"exit code {code}: {process.args}")
    if took > _STOP_SECONDS:
        raise BrokenPromiseError(f"stopped in {took:.1f} s: {process.args}")
    return took


def _is_finished(broken, whole):
    """Whether all files of the unbroken run are there."""
    return folders.names(whole) <= folders.names(broken)


def _compare(whole, broken):
    _check(folders.differences(whole, broken))


def _check(faults):
    if faults:
        raise BrokenPromiseError("; ".join(faults[:5]))


if __name__ == "__main__":
    app.run(main)
