"""What is wrong with a filter expression, and where."""

from __future__ import annotations

import re

import pytest

from cdk_personalize.filter.fields import find_problems as field_problems
from cdk_personalize.filter.problems import ExpressionProblem
from cdk_personalize.filter.rules import find_problems
from cdk_personalize.model.findings import Doubt
from support.requests.filter_expressions import ACCEPTED, REJECTED

SCHEMAS = {
    "ITEMS": (
        {"name": "ITEM_ID", "type": "string"},
        {"name": "GENRE", "type": ["null", "string"], "categorical": True},
        {"name": "RELEASE_YEAR", "type": "int"},
        {"name": "PLOT", "type": "string", "textual": True},
        {"name": "IN_STOCK", "type": ["boolean", "null"]},
    ),
    "USERS": ({"name": "USER_ID", "type": "string"}, {"name": "AGE", "type": "int"}),
}


def shown(expression: str) -> list[str]:
    """The parts of an expression that its problems point to."""
    return [
        expression[problem.start : problem.end]
        for problem in find_problems(expression)
        if isinstance(problem, ExpressionProblem)
    ]


@pytest.mark.parametrize("expression", ACCEPTED)
def test_expression__of_a_documented_form__is_accepted(expression: str) -> None:
    assert find_problems(expression) == []


@pytest.mark.parametrize("expression", REJECTED)
def test_expression__rejected__first_problem_is_where_the_error_is(expression: str) -> None:
    first = find_problems(expression)[0]

    assert not isinstance(first, Doubt)
    if isinstance(first, ExpressionProblem):
        assert expression[first.start :] == REJECTED[expression]
    else:
        assert REJECTED[expression] in {None, ""}


def test_expression__with_several_errors__each_is_shown_at_its_place() -> None:
    expression = (
        "INCLUDE ItemID WHERE Films.A IN ($A) AND Items.B NOT IN ($B, $C) IF Items.D = 3"
        " | DROP ItemID | EXCLUDE ItemID WHERE Interactions.DEVICE = *"
    )

    assert shown(expression) == ["Films.A", "$B", "$C", "Items.D", "DROP", "Interactions.DEVICE", "*"]


def test_problem__as_text__has_the_line_with_carets_below_the_place() -> None:
    (problem,) = find_problems(
        'INCLUDE ItemID\n  WHERE Items.GENRE IN ("a") AND\n  Interactions.EVENT_TYPE IN (*)'
    )

    assert str(problem).splitlines() == [
        "filter_expression must be a field of Items, like the first one of the expression:"
        " got 'Interactions.EVENT_TYPE'; chain a second expression with | for the other dataset",
        "      Interactions.EVENT_TYPE IN (*)",
        "      ^^^^^^^^^^^^^^^^^^^^^^^",
    ]


def test_problem__at_the_end_of_a_long_line__shows_the_end_of_the_line() -> None:
    (problem,) = find_problems(f"INCLUDE ItemID WHERE Items.GENRE IN ({', '.join(['1'] * 100)}")

    message, line, carets = str(problem).splitlines()
    assert message == "filter_expression must have , or ) here: got the end; write one of them"
    assert line.startswith("    ...")
    assert len(carets) == len(line) + 1


@pytest.mark.parametrize("value", [None, 7, "", "x" * 2501])
def test_expression__of_a_wrong_type_or_length__is_a_problem(value: object) -> None:
    assert find_problems(value)[0].argument == "filter_expression"


def test_expression__of_an_unusual_dataset__is_a_warning() -> None:
    (doubt,) = find_problems("INCLUDE ItemID WHERE Users.AGE > 18")

    assert isinstance(doubt, Doubt)
    assert re.match(
        r"filter_expression should be a field of Items or Interactions: got 'Users.AGE'", str(doubt)
    )


@pytest.mark.parametrize(
    ("condition", "problem"),
    [
        (
            "Items.GENRES > 1",
            "must be a field of the dataset's schema: got 'Items.GENRES'; write Items.GENRE\n",
        ),
        ("Items.QQQQ > 1", "use one of ITEM_ID, GENRE, RELEASE_YEAR, PLOT, IN_STOCK\n"),
        ('Items.PLOT IN ("a")', "must not be a textual field: got 'Items.PLOT'"),
        ("Items.IN_STOCK = 1", "must not be a boolean field: got 'Items.IN_STOCK'"),
        ("Items.GENRE = CurrentItem.STUDIO", "got 'CurrentItem.STUDIO'"),
        ("Items.GENRE = 1 IF CurrentUser.AGES > 18", "write CurrentUser.AGE\n"),
    ],
)
def test_fields__not_in_the_schema_or_not_for_filters__are_problems(condition: str, problem: str) -> None:
    (found,) = field_problems(f"INCLUDE ItemID WHERE {condition}", SCHEMAS)

    assert problem in f"{found}"


@pytest.mark.parametrize(
    "condition",
    [
        "Items.genre > 1 AND Items.releaseYear = 7",
        "Items.GENRE IN CurrentItem.GENRE IF CurrentUser.AGE > 1",
        "Interactions.EVENT_TYPE IN (*)",  # no schema of it is known
        "Items.NOTHING IN",  # the grammar's problem
    ],
)
def test_fields__in_the_schema_or_unknown__are_not_problems(condition: str) -> None:
    assert list(field_problems(f"INCLUDE ItemID WHERE {condition}", SCHEMAS)) == []
