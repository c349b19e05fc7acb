"""How every command starts: flagfiles found, mistakes told in one line."""

import os
import pathlib
import sys

from absl import app, flags, logging

from ednas_tf import errors, interruption
from ednas_tf.config import checking
from ednas_tf.config import help as helping
from ednas_tf.config.guarding import guarded, reader_left, tell

_NAMES = ("--flagfile", "-flagfile")


def start(main, seconds=interruption.SECONDS):
    """Runs `main(argv)` as a command and exits with what it returns.

    Args:
        main: Function of the arguments that are no flags.
        seconds: How long it may take to stop after a signal.
    """
    # The C++ side of TensorFlow talks of oneDNN and CUDA at every start.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    interruption.install(seconds)
    app.define_help_flags()
    helping.define()
    try:
        app.run(interruption.leaving(guarded(main)), flags_parser=parse)
    except KeyboardInterrupt:  # While flags were parsed, or after the end.
        tell(interruption.AGAIN)
        sys.exit(interruption.INTERRUPTED)


def parse(argv):
    """Parses flags, flagfiles of ours among them; exits with 1 on a mistake."""
    try:
        rest = flags.FLAGS(_resolved(argv))
        checking.check()
        # Libraries tell every file that they open, unless asked to with -v.
        if flags.FLAGS["verbosity"].using_default_value:
            logging.set_verbosity(logging.WARNING)
        return rest
    except (flags.Error, errors.UserError) as error:
        tell(error)
        sys.exit(1)
    except UnicodeDecodeError as error:
        tell(f"Expected a --flagfile of text in UTF-8. Received: {error}")
        sys.exit(1)
    except BrokenPipeError:
        sys.exit(reader_left())


def _resolved(argv):
    """Replaces flagfiles that the current folder lacks by ours."""
    resolved, rest = [], list(argv)
    while rest:
        argument = rest.pop(0)
        if argument == "--":
            return [*resolved, argument, *rest]
        name, equals, value = argument.partition("=")
        if name in _NAMES and not equals and rest:
            value, equals = rest.pop(0), "="
        if name in _NAMES and equals:
            argument = f"--flagfile={_find(os.path.expanduser(value))}"
        resolved.append(argument)
    return resolved


def _find(name):
    places = (pathlib.Path(), pathlib.Path("flags"), _shipped())
    for folder in places:
        if (folder / name).is_file():
            return folder / name
    raise errors.unknown_name("flagfile", name, shipped_flagfiles())


def shipped_flagfiles():
    """Returns the names of the flagfiles that come with the package."""
    return sorted(path.name for path in _shipped().glob("*.flags"))


def _shipped():
    """Folder of our flagfiles: in the package, or beside it in a checkout."""
    package = pathlib.Path(__file__).parents[1]
    inside = package / "flagfiles"
    return inside if inside.is_dir() else package.parent / "flags"
