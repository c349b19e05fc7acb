"""Runs a bad input in a room of its own, and looks at what came of it."""

import contextlib
import importlib
import io
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import traceback

from absl import flags

from ednas_tf.config import launch
from tests import commands
from tests.bad_inputs.cases import RUN, SMALL

_ROOT = pathlib.Path(__file__).parents[2]
_ENOUGH = 240
"""Seconds that the run which all cases begin with may take."""
_CLAIMED = ("new/config.json", "new/run.flags")
"""Files of a folder that a stage has claimed and not yet worked in."""
_LONG = 700
"""Letters of an error that nobody reads to the end."""


class Overtime(BaseException):
    """The command took too long; no `except Exception` may hold it."""


def finished(folder):
    """Makes the run that is copied into the room of each case.

    Args:
        folder: Where it goes; its name is `run`, see `cases.RUN`.
    """
    given = (*SMALL, "--through=evaluate", f"--workdir={folder}")
    code, told = in_process("search", given, _ENOUGH)
    if code != 0:
        raise RuntimeError(told)


def faults(case, source, call=None):
    """Returns what is wrong with how a case is refused; empty if nothing.

    Args:
        case: The `Case`.
        source: Folder of the finished run.
        call: `in_process`, which is the default, or `as_process`.
    """
    with tempfile.TemporaryDirectory() as room:
        room = pathlib.Path(room)
        shutil.copytree(source, room / pathlib.Path(RUN).name)
        if case.spoil is not None:
            case.spoil(room)
        before = commands.snapshot(room)
        arguments = [
            part.replace("{room}", str(room)) for part in case.arguments
        ]
        with contextlib.chdir(room):
            call = call or in_process
            code, told = call(case.command, arguments, case.seconds)
        after = commands.snapshot(room)
    return [*_told_badly(case, code, told), *_changed(before, after)]


def in_process(command, arguments, seconds):
    """Runs a command here; returns its exit code and its standard error."""
    told = io.StringIO()
    flags.FLAGS.unparse_flags()
    module = importlib.import_module(f"ednas_tf.{command}")
    # TensorFlow takes long to load, once, and no case is to blame for it.
    importlib.import_module("ednas_tf.stages.in_order")
    signal.signal(signal.SIGALRM, _stop)
    # Again and again: where Python destroys objects, exceptions are lost.
    signal.setitimer(signal.ITIMER_REAL, seconds, 1)
    try:
        with (
            contextlib.redirect_stdout(io.StringIO()),
            contextlib.redirect_stderr(told),
        ):
            code = _called(module, command, arguments)
    except Overtime:
        return None, told.getvalue()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return code, told.getvalue()


def as_process(command, arguments, seconds):
    """Runs a command as users do; returns its exit code and its error."""
    done = subprocess.run(
        [sys.executable, "-m", f"ednas_tf.{command}", *arguments],
        capture_output=True,
        text=True,
        errors="replace",
        env={**os.environ, "PYTHONPATH": str(_ROOT)},
        timeout=10 * seconds,
        check=False,
    )
    return done.returncode, done.stderr


def _called(module, command, arguments):
    try:
        rest = launch.parse([command, *arguments])
        return launch.guarded(module.main)(rest)
    except SystemExit as stop:
        return stop.code
    except Exception:
        traceback.print_exc()
        return 1


def _stop(number, frame):
    raise Overtime


def _told_badly(case, code, told):
    lines = [text for text in told.splitlines() if text.startswith("error: ")]
    if code is None:
        yield f"took more than {case.seconds} s"
    elif code not in case.codes:
        yield f"exit code {code}, not {case.codes}"
    if "Traceback" in told:
        yield f"traceback: {told[-300:]}"
    if len(lines) != 1:
        yield f"{len(lines)} lines of error: {told[-300:]!r}"
        return
    if "Internal error" in lines[0] or len(lines[0]) > _LONG:
        yield f"no mistake of a user: {lines[0]}"
    if not any(word in lines[0] for word in case.named):
        yield f"names none of {case.named}: {lines[0]}"


def _changed(before, after):
    for name in sorted({*before, *after} - {*_CLAIMED}):
        if before.get(name) != after.get(name):
            yield f"{name} {'changed' if name in before else 'appeared'}"
