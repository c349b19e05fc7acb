"""Templates are strict and escape."""

from ednas_tf.reporting.page import rendering


def test_templates_escape_and_miss_nothing():
    found = rendering.environment()
    assert found.autoescape is True
    told = found.from_string("{{ x }}").render(x="<i>")
    assert told == "&lt;i&gt;"
