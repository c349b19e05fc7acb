"""How every command starts: flagfiles found, mistakes told in one line."""

import os
import pathlib
import sys

from absl import app, flags, logging

from ednas_tf import errors

_PREFIXES = ("--flagfile=", "-flagfile=")


def start(main):
    """Runs `main(argv)` as a command and exits with what it returns.

    Args:
        main: Function of the arguments that are no flags.
    """
    # The C++ side of TensorFlow talks of oneDNN and CUDA at every start.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    app.run(guarded(main), flags_parser=parse)


def parse(argv):
    """Parses flags, flagfiles of ours among them; exits with 1 on a mistake."""
    try:
        rest = flags.FLAGS([_resolved(argument) for argument in argv])
        # Libraries tell every file that they open, unless asked to with -v.
        if flags.FLAGS["verbosity"].using_default_value:
            logging.set_verbosity(logging.WARNING)
        return rest
    except (flags.Error, errors.UserError) as error:
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
            _tell("Interrupted. The same command goes on from here.")
            return 130

    return run


def _resolved(argument):
    """Replaces a flagfile that the current folder lacks by one of ours."""
    for prefix in _PREFIXES:
        if argument.startswith(prefix):
            return prefix + str(_find(argument.removeprefix(prefix)))
    return argument


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
