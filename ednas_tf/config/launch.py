"""How every command starts: flagfiles found, mistakes told in one line."""

import math
import os
import pathlib
import signal
import sys

from absl import app, flags, logging

from ednas_tf import errors

_NAMES = ("--flagfile", "-flagfile")


def start(main):
    """Runs `main(argv)` as a command and exits with what it returns.

    Args:
        main: Function of the arguments that are no flags.
    """
    # The C++ side of TensorFlow talks of oneDNN and CUDA at every start.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    # As an exception, so that files under way are cleared away.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    app.run(guarded(main), flags_parser=parse)


def parse(argv):
    """Parses flags, flagfiles of ours among them; exits with 1 on a mistake."""
    try:
        rest = flags.FLAGS(_resolved(argv))
        _check_finite()
        # Libraries tell every file that they open, unless asked to with -v.
        if flags.FLAGS["verbosity"].using_default_value:
            logging.set_verbosity(logging.WARNING)
        return rest
    except (flags.Error, errors.UserError, UnicodeDecodeError) as error:
        _tell(error)
        sys.exit(1)


def guarded(main):
    """Returns `main` with mistakes told in one line and as an exit code."""

    def run(argv):
        try:
            if len(argv) > 1:
                raise errors.UserError(
                    f"Expected flags only. Received: {' '.join(argv[1:])}"
                )
            return main(argv)
        except errors.UserError as error:
            _tell(error)
            return error.exit_code
        except KeyboardInterrupt:
            _tell(
                "Interrupted. The same command, without --overwrite, goes on."
            )
            return 130
        except (OSError, MemoryError) as error:
            _tell(f"{type(error).__name__}: {errors.first_line(error)}")
            return 1

    return run


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


def _check_finite():
    """Refuses NaN and infinity, which pass every bound."""
    for name in flags.FLAGS:
        value = flags.FLAGS[name].value
        if isinstance(value, float) and not math.isfinite(value):
            raise errors.UserError(
                f"Expected a finite number for --{name}. Received: {value}"
            )


def _find(name):
    places = (pathlib.Path(), pathlib.Path("flags"), _shipped())
    for folder in places:
        if (folder / name).is_file():
            return folder / name
    known = [path.name for path in _shipped().glob("*.flags")]
    raise errors.unknown_name("flagfile", name, known)


def _shipped():
    """Folder of our flagfiles: in the package, or beside it in a checkout."""
    package = pathlib.Path(__file__).parents[1]
    inside = package / "flagfiles"
    return inside if inside.is_dir() else package.parent / "flags"


def _tell(error):
    text = " ".join(str(error).split())
    print(f"error: {text}", file=sys.stderr, flush=True)
