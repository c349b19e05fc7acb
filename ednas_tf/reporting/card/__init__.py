"""The model card: what a run knows of its network, in the usual layout.

The layout is that of Mitchell et al., Model Cards for Model Reporting (2019),
with a head as the Hugging Face Hub reads it.
"""

import hashlib

import jinja2

from ednas_tf import errors, runs
from ednas_tf.reporting.card import facts, front_matter, markdown

_SEAL = "<!-- ednas_tf: {} -->\n"


def text(record):
    """Returns the card of a run.

    Args:
        record: A `Record`.
    """
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("ednas_tf.reporting.card", "."),
        # Markdown, not HTML: every value goes through `markdown.text`.
        autoescape=False,
        finalize=markdown.text,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=jinja2.StrictUndefined,
    )
    template = environment.get_template("card.md")
    body = template.render(record=record, facts=facts.of(record))
    content = f"{front_matter.write(record)}\n{body}"
    return content + _SEAL.format(_digest(content))


def write(record, run, overwrite=False):
    """Writes the card, unless a person worked on the one that is there.

    Args:
        record: The `Record`.
        run: The `Run` to write into.
        overwrite: Whether to replace a card that was edited, too.

    Returns:
        Whether it was written.
    """
    if not overwrite and run.has(runs.CARD) and is_edited(run):
        return False
    run.write_text(runs.CARD, text(record))
    return True


def is_edited(run):
    """Whether the card of a run is not as `write` left it."""
    try:
        found = run.read_text(runs.CARD)
    except errors.UserError:
        return True
    content = "".join(found.splitlines(keepends=True)[:-1])
    return found != content + _SEAL.format(_digest(content))


def _digest(content):
    return hashlib.sha256(content.encode()).hexdigest()
