"""What a wrong name or budget tells the user."""

import pytest

from ednas_tf import errors


def test_an_unknown_name_suggests_the_nearest_and_lists_all():
    error = errors.unknown_name("operation", "dw33", ["skip", "dw3"])
    assert str(error) == (
        "Unknown operation 'dw33'. Did you mean 'dw3'? "
        "Expected one of: dw3, skip."
    )


def test_a_name_far_from_all_gets_no_suggestion():
    error = errors.unknown_name("space", "###", ["tiny", "mobile"])
    assert str(error) == "Unknown space '###'. Expected one of: mobile, tiny."


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (errors.UserError, 1),
        (errors.BudgetError, 3),
        (errors.DivergenceError, 4),
    ],
)
def test_exit_codes_are_those_of_the_contract(kind, code):
    assert kind.exit_code == code
    assert issubclass(kind, ValueError)
