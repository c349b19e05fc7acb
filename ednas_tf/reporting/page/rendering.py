"""Pages of one file: sections, one style, nothing that is fetched."""

import dataclasses
import functools

import jinja2
import markupsafe

from ednas_tf.reporting.page import formats, heat_maps

_PACKAGE = "ednas_tf.reporting.page"
_STYLE = "style.css"
_FILTERS = (
    "number",
    "percent",
    "quantity",
    "fixed",
    "duration",
    "day",
    "plural",
    "sentence",
    "word",
)


@dataclasses.dataclass(frozen=True)
class Section:
    """A part of a page with a heading.

    Attributes:
        id: Name in links.
        title: Heading.
        template: Name of the template; it sees the values as `it`.
        values: What the template shows.
    """

    id: str
    title: str
    template: str
    values: object = None


def page(title, sections, template="base.html", **values):
    """Returns a page as the text of one HTML file.

    Args:
        title: Title of the page.
        sections: `Section` values, in their order.
        template: A template that extends `base.html`.
        **values: What it shows besides.
    """
    return (
        environment()
        .get_template(template)
        .render(title=title, sections=sections, **values)
    )


@functools.cache
def environment():
    """Returns what renders templates; all that they show is escaped."""
    found = jinja2.Environment(
        loader=jinja2.PackageLoader(_PACKAGE, "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters |= {name: getattr(formats, name) for name in _FILTERS}
    style, _, _ = found.loader.get_source(found, _STYLE)
    found.globals["style"] = markupsafe.Markup(style)
    found.globals |= {
        "dash": formats.NONE,
        "shade": heat_maps.shade,
        "letters": heat_maps.letters,
    }
    return found
