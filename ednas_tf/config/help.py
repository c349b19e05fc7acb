"""What `--help` prints: what a command is for, examples, and its flags.

The flags stand in groups, and in the order in which they are declared: what a
group begins with is asked for most.
"""

import os
import sys
import textwrap

from absl import flags

from ednas_tf.config import commands

_OURS = "ednas_tf."
_INDENT = 26
_LEAST, _MOST = 60, 100
_OTHERS = "Flags of absl and of the libraries that are loaded"


class Help(flags.BooleanFlag):
    """A flag that prints help and ends with exit code 0.

    Args:
        name: Name of the flag.
        text: What it is for.
        full: Whether the flags of all commands are shown.
        short_name: A second name of one letter.
    """

    def __init__(self, name, text, full=False, short_name=None):
        super().__init__(
            name, False, text, short_name=short_name, allow_override=True
        )
        self._full = full

    def parse(self, arg):
        """Prints, if wanted, and ends the process."""
        if self._parse(arg):
            doc = sys.modules["__main__"].__doc__
            print(page(sys.argv[0], doc, self._full), flush=True)
            sys.exit(0)


def define():
    """Puts our help in place of absl's, which sorts all flags by name."""
    flags.DEFINE_flag(Help("help", "Show this help.", short_name="?"))
    flags.DEFINE_flag(Help("helpshort", "Show this help."))
    flags.DEFINE_flag(
        Help("helpfull", "Show the flags of all commands.", full=True)
    )


def page(program, doc, full=False):
    """Returns the help of a command.

    Args:
        program: Name of its module, or path of its file.
        doc: Its docstring.
        full: Whether to show the flags of all commands and libraries.
    """
    parts = [(doc or "").strip()]
    for title, members in groups(program, full):
        parts.append("\n".join([title, *map(_entry, members)]))
    if not full:
        parts.append(
            "All commands take all flags, so that they can share a flagfile; "
            "--helpfull\nshows them. Mistakes exit with 1, budgets that "
            "nothing fits with 3."
        )
    return "\n\n".join(parts)


def groups(program, full=False):
    """Returns pairs of a title and the flags below it.

    Args:
        program: Name of the module of a command, or path of its file.
        full: Whether to show the flags of all commands and libraries.
    """
    known = flags.FLAGS
    if full:
        chosen = [known[name] for name in known]
        idle = ()
    else:
        chosen = known.get_key_flags_for_module(program)
        idle = commands.IDLE.get(name_of(program), ())
    found = {}
    for module, members in _by_module(known, chosen):
        shown = [flag for flag in members if flag.name not in idle]
        found.setdefault(_title(module), []).extend(shown)
    others = found.pop(_OTHERS, [])
    pairs = [(title, members) for title, members in found.items() if members]
    return [*pairs, (_OTHERS, others)] if others else pairs


def name_of(program):
    """Returns the name of a command from its module or the path of it."""
    file = os.path.basename(program).removesuffix(".py")
    return file.removeprefix(_OURS)


def _by_module(known, chosen):
    """Yields modules and their flags among the chosen ones, each once."""
    modules = known.flags_by_module_dict()
    wanted = {id(flag) for flag in chosen}
    order = dict.fromkeys(
        known.find_module_defining_flag(flag.name) for flag in chosen
    )
    for module in order:
        members = [f for f in modules.get(module, ()) if id(f) in wanted]
        yield module, members


def _title(module):
    """Returns the first line of the docstring of a module of ours."""
    if module is None or not module.startswith(_OURS):
        return _OTHERS
    line = sys.modules[module].__doc__.splitlines()[0].rstrip(".")
    line = line.removeprefix("Flags of ").removeprefix("Flags that ")
    return line[0].upper() + line[1:]


def _entry(flag):
    """Returns the name and the text of a flag in two columns."""
    name = f"  --{'[no]' * flag.boolean}{flag.name}"
    lines = textwrap.wrap(
        f"{_text(flag)} {_limits(flag)}",
        _width() - _INDENT,
        break_on_hyphens=False,
    )
    if len(name) < _INDENT - 1 and lines:
        name = name.ljust(_INDENT) + lines.pop(0)
    return "\n".join([name, *(" " * _INDENT + line for line in lines)])


def _text(flag):
    """Returns what a flag is for, without the choices that absl begins with."""
    text = flag.help or ""
    if text.startswith("<"):
        text = text.partition(">: ")[2]
    return " ".join(text.split())


def _limits(flag):
    """Returns what a flag accepts and its default, in brackets."""
    told = [_accepted(flag.parser)]
    if flag.default_as_str:
        default = flag.default_as_str.strip("'")
        told.append(f"default {default}" if default else "")
    told = "; ".join(part for part in told if part)
    return f"[{told}]" if told else ""


def _accepted(parser):
    """Returns the values or the bounds of a flag in as few signs as we can."""
    if getattr(parser, "enum_values", None):
        return "|".join(parser.enum_values)
    low = getattr(parser, "lower_bound", None)
    high = getattr(parser, "upper_bound", None)
    if high is not None:
        return f"{low:g} to {high:g}" if high < 10**6 else f"{low:g} or more"
    if low is not None:
        return f"{low:g} or more"
    lists = isinstance(parser, flags.ListParser)
    return "list, separated by commas" if lists else ""


def _width():
    return max(_LEAST, min(_MOST, flags.get_help_width()))
