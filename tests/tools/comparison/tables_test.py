"""Tables of a comparison: what stands in which cell."""

from tests.tools.comparison import example
from tools.comparison import summary, tables


def _compare(rows, **protocol):
    labels = {"two_paths": "ours", "dw3": "3x3"}
    known = {"labels": labels, "fixed": ()} | protocol
    return summary.compare(rows, example.protocol(**known))


_ROWS = (
    example.row("two_paths", 0.50, 0),
    example.row("two_paths", 0.52, 1),
    example.row("dw3", 0.40, 0),
)


def test_accuracy_tells_mean_deviation_and_missing_seeds():
    found = tables.accuracy(_compare(_ROWS))
    assert found.header == ("", "tda2 1,385 us")
    assert found.rows == (
        ("ours", "51.00 ± 1.41"),
        ("3x3", "40.00 (1 seed)"),
    )


def test_the_best_of_each_column_is_strong():
    rows = [*_ROWS, example.row("dw3", 0.9, level=2, budget_us=9.0)]
    assert tables.accuracy(_compare(rows)).strong == {(0, 1), (1, 2)}


def test_means_that_look_equal_are_both_the_best():
    rows = [example.row("two_paths", 0.500001), example.row("dw3", 0.5)]
    assert tables.accuracy(_compare(rows)).strong == {(0, 1), (1, 1)}


def test_a_cell_without_rows_has_a_dash():
    rows = [*_ROWS, example.row("dw3", 0.9, level=2, budget_us=9.0)]
    assert tables.accuracy(_compare(rows)).rows[0][2] == "–"


def test_float_accuracy_is_another_table():
    rows = [example.row(accuracy_int8=0.4, accuracy=0.6)]
    found = tables.accuracy(_compare(rows), "accuracy")
    assert found.rows[0] == ("ours", "60.00")


def test_a_test_of_one_seed_says_so():
    (found,) = tables.tests(_compare(_ROWS)).rows
    assert found == ("3x3", "−10.00", "–", "–", "one seed", "1", "0 of 1")


def test_a_test_of_three_seeds_by_hand():
    rows = [
        example.row(name, value / 100, seed)
        for name, values in {
            "two_paths": (50, 60, 70),
            "dw3": (51, 62, 73),
        }.items()
        for seed, value in enumerate(values)
    ]
    # t = 2 * sqrt(3) with two degrees of freedom; 4.3027 / sqrt(3) = 2.484.
    (found,) = tables.tests(_compare(rows)).rows
    assert found[1:5] == ("+2.00", "0.58", "−0.48 to +4.48", "0.074")


def test_one_target_has_one_pool_and_two_have_three():
    rows = [*_ROWS, example.row("dw3", target="host")]
    assert len(tables.pooled_tests(_compare(_ROWS))) == 1
    assert len(tables.pooled_tests(_compare(rows))) == 3


def test_budgets_without_shared_runs_have_no_table_of_tests():
    rows = [*_ROWS, example.row("dw3", 0.9, level=2, budget_us=9.0)]
    assert len(tables.budget_tests(_compare(rows))) == 1


def test_costs_tell_shares_and_seconds():
    row = example.row(file_us=2770.0, search_cpu_s=50.0, train_cpu_s=200.0)
    found = tables.costs(_compare([row])).rows[0]
    shares = ("200\xa0%", "0 of 1", "–")
    assert found[2:] == ("1", "–", *shares, "50", "200", "0.25")


def test_every_run_is_shown_once():
    found = tables.runs(_compare(_ROWS)).rows
    assert len(found) == 3
    assert found[2][:5] == ("tda2", "3x3", "–", "0", "0")
