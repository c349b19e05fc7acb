"""The plot says what the table says."""

from matplotlib import figure as figures
from PIL import Image

from ednas_tf.reporting import pareto, pareto_plot
from tests.reporting import sweeps


def _figure(content):
    figure = figures.Figure((9, 5), layout="constrained")
    pareto_plot.draw(figure, content)
    return figure


def _write(root):
    sweeps.write_point(root, "reference", int8=0.9, energy_uj=100.0)
    for name, accuracy, energy in (("a", 0.8, 80.0), ("b", 0.6, 40.0)):
        values = {"memory_budget_kib": 2, "memory_percent": 50}
        sweeps.write_point(root, name, values, int8=accuracy, energy_uj=energy)
    sweeps.write_point(root, "c", {"memory_budget_kib": 1}, int8=0.5)
    sweeps.write_point(root, "d", {"memory_budget_kib": 1}, status="failed")


def test_legend_tells_budgets_front_and_reference(tmp_path):
    _write(tmp_path)
    (legend,) = _figure(pareto.collect(tmp_path)).legends
    assert [text.get_text() for text in legend.get_texts()] == [
        "memory 50 % (2 KiB)",
        "memory 1 KiB",
        "overall front",
        "reference network (0.879 KiB)",
    ]


def test_points_lie_where_the_table_says(tmp_path):
    _write(tmp_path)
    (axis,) = _figure(pareto.collect(tmp_path)).axes
    places = axis.collections[0].get_offsets().tolist()
    assert sorted(places) == [[40, 60], [80, 80]]
    assert axis.get_xlabel() == "energy of one image, uJ"
    assert axis.get_ylabel() == "accuracy of model_int8.tflite, %"


def test_file_is_an_image(tmp_path):
    _write(tmp_path)
    path = tmp_path / "pareto.png"
    pareto_plot.write(pareto.collect(tmp_path), path)
    with Image.open(path) as image:
        assert image.size == (1080, 600)


def test_nothing_done_is_drawn_too(tmp_path):
    sweeps.write_point(tmp_path, "a", status="failed")
    assert _figure(pareto.collect(tmp_path)).axes
