"""The table for the README."""

from tests.tools.comparison import example
from tools.comparison import overview, summary


def _compare(rows, **protocol):
    return summary.compare(rows, example.protocol(**protocol))


def test_differences_of_all_budgets_and_costs_follow_the_accuracies():
    rows = [
        example.row("two_paths", 0.5, search_cpu_s=30.0, train_cpu_s=60.0),
        example.row("dw3", 0.4, file_us=1246.5, train_cpu_s=40.0),
    ]
    labels = {"two_paths": "ours", "dw3": "3x3"}
    found = overview.table(_compare(rows, labels=labels, fixed=()))
    assert found.rows == (
        ("ours", "50.00", "reference", "30 / 60 (0.50)", "–", "–"),
        ("3x3", "40.00", "−10.00 (one seed)", "– / 40", "90\xa0%", "1 of 1"),
    )


def test_measured_files_have_a_column_only_if_there_are_any():
    measured = [example.row(measured_us=1.0)]
    assert overview.table(_compare(measured)).header[-1] == "measured within"
    unmeasured = overview.table(_compare([example.row()]))
    assert unmeasured.header[-1] == "within"


def test_the_difference_is_tested_over_seeds():
    rows = [
        example.row(name, value + seed * step, seed, level=level)
        for name, value, step in (("two_paths", 0.5, 0), ("dw3", 0.51, 0.01))
        for level in (1, 2)
        for seed in range(3)
    ]
    # Means of seeds are 1, 2 and 3 points: t = 2 * sqrt(3).
    labels = {"two_paths": "ours", "dw3": "3x3"}
    found = overview.table(_compare(rows, labels=labels, fixed=()))
    assert found.rows[1][3] == "+2.00 (p = 0.074)"


def test_the_note_names_the_reference_and_the_best_fixed_kernel():
    rows = [example.row(), example.row("dw5")]
    told = overview.note(_compare(rows))
    assert "“E-DNAS: two paths, feedback”" in told
    assert told.endswith("“all 5x5, as wide as fits” at tda2 1,385 us.")


def test_without_fixed_kernels_the_note_does_not_speak_of_them():
    assert "fixed" not in overview.note(_compare([example.row()]))
