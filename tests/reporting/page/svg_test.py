"""Elements of drawings are escaped."""

from ednas_tf.reporting.page import svg


def test_everything_put_into_an_element_is_escaped():
    made = svg.element("text", "<a>", class_='"><b>')
    assert made == '<text class="&#34;&gt;&lt;b&gt;">&lt;a&gt;</text>'
