"""Elements of drawings; everything that is put into them is escaped."""

from markupsafe import Markup

CHARACTER = 0.6
"""Width of an average character as a share of the size of the font, in the
widest of the fonts that browsers fall back to."""


def element(name, *content, **attributes):
    """Returns an element.

    Args:
        name: Its name.
        *content: What it holds, text or elements.
        **attributes: By name, where `_` stands for `-` and one at the end is
            dropped; numbers are rounded, and None is left out.
    """
    told = Markup("").join(
        Markup(' {}="{}"').format(key.rstrip("_").replace("_", "-"), _told(v))
        for key, v in attributes.items()
        if v is not None
    )
    inner = Markup("").join(content)
    return Markup("<{0}{1}>{2}</{0}>").format(Markup(name), told, inner)


def drawing(width, height, label, *content, **attributes):
    """Returns a drawing that shrinks with its place.

    Args:
        width: Width in pixels.
        height: Height in pixels.
        label: What it shows, for those who cannot see it.
        *content: Elements.
        **attributes: Further attributes.
    """
    box = attributes.pop("viewBox", f"0 0 {_told(width)} {_told(height)}")
    return element(
        "svg",
        element("title", label),
        *content,
        viewBox=box,
        width=width,
        height=height,
        role="img",
        aria_label=label,
        **attributes,
    )


def text(x, y, content, anchor=None, **attributes):
    """Returns a line of text at a place."""
    return element(
        "text", str(content), x=x, y=y, text_anchor=anchor, **attributes
    )


def rectangle(x, y, width, height, **attributes):
    """Returns a rectangle; `title` becomes what a pointer sees."""
    title = attributes.pop("title", None)
    inner = () if title is None else (element("title", title),)
    return element(
        "rect", *inner, x=x, y=y, width=width, height=height, **attributes
    )


def line(x1, y1, x2, y2, **attributes):
    """Returns a straight line."""
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, **attributes)


def path(points, **attributes):
    """Returns a line through points."""
    told = " ".join(f"{_told(float(x))},{_told(float(y))}" for x, y in points)
    return element("polyline", points=told, fill="none", **attributes)


def width_of(content, size):
    """Returns about how wide a text is, in pixels."""
    return len(str(content)) * size * CHARACTER


def shortened(content, width, size):
    """Returns a text that fits into a width, with an ellipsis if cut."""
    content = str(content)
    fits = max(1, int(width / (size * CHARACTER)))
    return content if len(content) <= fits else content[: fits - 1] + "…"


def _told(value):
    if isinstance(value, float):
        return f"{value:.2f}".rstrip("0").rstrip(".")
    return value
