"""Text that Markdown shows as it is, whatever it holds."""

import re

import markupsafe

from ednas_tf.reporting import forms

_SPECIAL = re.compile(r"([\\`*\[\]<>|~&$#{}])")
_UNDERSCORE = re.compile(r"(?<![^\W_])_|_(?![^\W_])")
_ADDRESS = re.compile(r"(?i)(https?|ftp|mailto)(:)|\b(www)(\.)")
_CONTROL = re.compile(r"[\s\x00-\x1f\x7f\u2028\u2029]+")


def text(value):
    """Returns a value as Markdown of one line, for any place in a line.

    Args:
        value: Anything; what is `Markup` is Markdown already.
    """
    if isinstance(value, markupsafe.Markup):
        return value
    line = _CONTROL.sub(" ", str(value)).strip()
    line = _SPECIAL.sub(r"\\\1", line)
    line = _UNDERSCORE.sub(r"\\_", line)
    line = _ADDRESS.sub(r"\1\3\\\2\4", line)
    return markupsafe.Markup(line)


def code(value):
    """Returns a value as code within a line; not for cells of tables."""
    line = _CONTROL.sub(" ", str(value)).strip()
    longest = max(map(len, re.findall("`+", line)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if line.startswith("`") or line.endswith("`") else ""
    return markupsafe.Markup(f"{fence}{pad}{line or ' '}{pad}{fence}")


def number(value, digits=0):
    """Returns a number with separators of thousands; a dash without one."""
    if not forms.finite(value):
        return markupsafe.Markup("-")
    return markupsafe.Markup(f"{value:,.{digits}f}")


def table(header, rows):
    """Returns a table of Markdown.

    Args:
        header: Names of the columns; those that begin with `>` are numbers.
        rows: Lists of cells.
    """
    names = [name.removeprefix(">") for name in header]
    rule = ["---:" if name.startswith(">") else "---" for name in header]
    lines = [map(text, names), rule, *(map(text, row) for row in rows)]
    return markupsafe.Markup(
        "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
    )
