"""Mistakes and failures told in one line, and the exit codes of a command."""

import contextlib
import os
import sys
import tempfile
import traceback

from absl import flags

from ednas_tf import errors, interruption, runs

_FOLDER = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def guarded(main):
    """Returns `main` with mistakes told in one line and as an exit code.

    An exception that nobody foresaw is a fault of ours. Its traceback would
    bury what a user can do, and rerunning a search of hours for it is no
    answer: it goes into a file, and with `--verbosity=1` also to the screen.
    """

    def run(argv):
        try:
            if len(argv) > 1:
                raise errors.UserError(
                    f"Expected flags only. Received: {' '.join(argv[1:])}"
                )
            code = main(argv)
            sys.stdout.flush()
            return code
        except errors.UserError as error:
            tell(error)
            return error.exit_code
        except (KeyboardInterrupt, interruption.Terminated) as stop:
            tell(interruption.AGAIN)
            return getattr(stop, "code", interruption.INTERRUPTED)
        except BrokenPipeError:
            return reader_left()
        except (OSError, MemoryError) as error:
            kind = type(error).__name__
            tell(f"{kind}: {errors.first_line(error)}{_way_out(error)}")
            return 1
        except Exception as error:
            tell(_internal(error))
            return 1

    return run


def tell(error):
    """Prints a mistake as one line."""
    text = " ".join(str(error).split())
    # It may go to a log on the disk that is full; the exit code tells it too.
    with contextlib.suppress(OSError):
        print(f"error: {text}", file=sys.stderr, flush=True)


def reader_left():
    """Ends quietly, as others do, where `| head` has read enough."""
    # Else Python tells of it once more when it closes the output.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 141


def _way_out(error):
    """Returns what to do about a failure of the system, as text."""
    if runs.is_full(error):
        return ". Free some space; the same command goes on."
    return ""


def _internal(error):
    """Returns the line about a fault of ours, and keeps its traceback."""
    text = "".join(traceback.format_exception(error))
    if flags.FLAGS.is_parsed() and flags.FLAGS["verbosity"].value > 0:
        print(text, file=sys.stderr, flush=True)
    return (
        f"Internal error, a fault of ednas_tf: {type(error).__name__}: "
        f"{errors.first_line(error)} ({_place(error)}). Please report it"
        f"{_kept(text)}."
    )


def _place(error):
    """Returns file and line of ours that the exception came through last."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [f for f in frames if f.filename.startswith(_FOLDER)] or frames
    if not ours:
        return "no place known"
    name = os.path.relpath(ours[-1].filename, os.path.dirname(_FOLDER))
    return f"{name}, line {ours[-1].lineno}"


def _kept(text):
    """Writes the traceback beside the run; returns where, as text."""
    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="ednas_tf-", suffix=".txt", delete=False
        ) as file:
            file.write(text)
    except (OSError, UnicodeError):
        return ", with what --verbosity=1 shows"
    return f" with {file.name}"
