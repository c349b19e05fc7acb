"""Scripts that complete commands, flags and their values in a shell."""

import importlib
import pathlib

from absl import flags

from ednas_tf import errors
from ednas_tf.config import commands, launch
from ednas_tf.config import help as helping

SHELLS = ("bash", "zsh")


def script(shell):
    """Returns the script for a shell, made of the declared flags.

    Args:
        shell: One of `SHELLS`.
    """
    if shell not in SHELLS:
        raise errors.unknown_name("shell", shell, SHELLS)
    text = pathlib.Path(__file__).with_name(f"completion.{shell}").read_text()
    filled = {
        "@MODULES@": " ".join(f"ednas_tf.{name}" for name in commands.COMMANDS),
        "@FLAGFILES@": " ".join(launch.shipped_flagfiles()),
        "@FLAGS@": _cases(_flags_by_command()),
        "@VALUES@": _cases(_values_by_flag()),
    }
    for mark, value in filled.items():
        text = text.replace(mark, value)
    return text


def _flags_by_command():
    """Returns the words that each command takes: `--name=` or `--noname`."""
    found = {}
    for name in commands.COMMANDS:
        # Only its flags are wanted: nothing of it runs.
        module = importlib.import_module(f"ednas_tf.{name}")
        words = ["--flagfile=", "--helpshort", "--helpfull"]
        for _, members in helping.groups(module.__name__):
            for flag in members:
                words += _words(flag)
        found[f"ednas_tf.{name}"] = words
    return found


def _words(flag):
    if flag.boolean:
        return [f"--{flag.name}", f"--no{flag.name}"]
    return [f"--{flag.name}="]


def _values_by_flag():
    """Returns what each flag with a list of choices accepts."""
    known = flags.FLAGS
    return {
        f"--{name}": known[name].parser.enum_values
        for name in sorted(known)
        if getattr(known[name].parser, "enum_values", None)
    }


def _cases(words_by_name):
    """Returns the branches of a shell's `case`, each printing its words."""
    return "\n".join(
        f'        {name}) printf "%s" "{" ".join(words)}" ;;'
        for name, words in words_by_name.items()
    )
