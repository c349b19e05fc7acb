"""Runs commands inside the test's process: starting TensorFlow takes long."""

import contextlib
import io

from absl import flags

from ednas_tf.config import launch


def run(command, *arguments):
    """Runs the `main` of a command as its own process would.

    Args:
        command: The module of the command.
        *arguments: Flags.

    Returns:
        Exit code, what was printed, and the lines of the error.
    """
    out, told = io.StringIO(), io.StringIO()
    flags.FLAGS.unparse_flags()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(told):
        try:
            rest = launch.parse([command.__name__, *arguments])
            code = launch.guarded(command.main)(rest)
        except SystemExit as stop:
            code = stop.code
    lines = [line for line in told.getvalue().splitlines() if "error:" in line]
    return code, out.getvalue(), lines


def snapshot(folder):
    """Returns the bytes of every file below a folder by name."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(p.relative_to(folder)): p.read_bytes() for p in files}
