"""Which items a filter lets through: the documented meaning of expressions, without a service."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from personalize_local.simulator.kinds.filter.expression import parsed
from personalize_local.simulator.kinds.filter.matching import Record, Surroundings, keeper

ITEMS: dict[str, Record] = {
    "alien": {"genre": "horror|scifi", "price": 5, "releaseYear": 1979},
    "heat": {"GENRE": "crime", "PRICE": 12.5, "RELEASE_YEAR": 1995},
    "shrek": {"GENRE": "Comedy", "PRICE": 8, "TAGS": ["green", "ogre"]},
    "new": {},
}
HAD = {"alien": {"Watch", "click"}, "heat": {"click"}}


def kept(text: str, current: str = "", age: int = 30, **values: str) -> list[str]:
    def records(dataset: str, item: str) -> Iterable[Record]:
        if dataset == "INTERACTIONS":
            return [{"EVENT_TYPE": kind} for kind in sorted(HAD.get(item, ()))]
        return [ITEMS[item]]

    around = Surroundings(records, values, user={"AGE": age}, item=ITEMS.get(current, {}))
    keep = keeper(parsed(text), around)
    return [item for item in ITEMS if keep(item)]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('INCLUDE ItemID WHERE Items.GENRE IN ("scifi", "crime")', ["alien", "heat"]),
        ('INCLUDE ItemID WHERE Items.GENRE IN ("comedy")', []),
        ('INCLUDE ItemID WHERE Items.GENRE NOT IN ("horror")', ["heat", "shrek", "new"]),
        ('EXCLUDE ItemID WHERE Items.GENRE IN ("horror")', ["heat", "shrek", "new"]),
        ('INCLUDE ItemID WHERE items.tags IN ("ogre")', ["shrek"]),
        ("INCLUDE ItemID WHERE Items.PRICE <= 8", ["alien", "shrek"]),
        ("INCLUDE ItemID WHERE Items.PRICE != 8", ["alien", "heat"]),
        ("INCLUDE ItemID WHERE Items.RELEASE_YEAR > 1980", ["heat"]),
        ('INCLUDE ItemID WHERE Items.GENRE = "crime"', ["heat"]),
        ('INCLUDE ItemID WHERE Items.GENRE < "crime"', []),
        (
            'INCLUDE ItemID WHERE Items.GENRE IN ("crime") OR Items.PRICE < 9 AND Items.GENRE IN ("horror")',
            ["alien", "heat"],
        ),
        ('INCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("watch")', ["alien"]),
        ('EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("*")', ["shrek", "new"]),
        ("EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN (*)", ["shrek", "new"]),
        ('INCLUDE ItemID WHERE Interactions.EVENT_TYPE NOT IN ("Watch")', ["alien", "heat"]),
    ],
)
def test_filter__of_one_expression__keeps(expression: str, expected: list[str]) -> None:
    assert kept(expression) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (
            'INCLUDE ItemID WHERE Items.GENRE IN ("crime")'
            ' | INCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("watch")',
            ["alien", "heat"],
        ),
        (
            'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("watch")'
            " | INCLUDE ItemID WHERE Items.PRICE < 9",
            ["shrek"],
        ),
        (
            'EXCLUDE ItemID WHERE Items.GENRE IN ("crime") | EXCLUDE ItemID WHERE Items.GENRE IN ("Comedy")',
            ["alien", "new"],
        ),
    ],
)
def test_filter__of_several_expressions__includes_any_and_then_excludes_any(
    expression: str, expected: list[str]
) -> None:
    assert kept(expression) == expected


def test_filter__if_the_current_user__applies_to_such_users_only() -> None:
    expression = 'EXCLUDE ItemID WHERE Items.GENRE IN ("horror") IF CurrentUser.AGE < 18'
    assert kept(expression, age=12) == ["heat", "shrek", "new"]
    assert kept(expression, age=30) == list(ITEMS)
    both = f"{expression} AND CurrentUser.AGE > 15"
    assert kept(both, age=12) == list(ITEMS)
    assert kept(both, age=16) == ["heat", "shrek", "new"]


def test_filter__on_the_current_item__compares_with_it() -> None:
    assert kept("INCLUDE ItemID WHERE Items.PRICE < CurrentItem.PRICE", "heat") == ["alien", "shrek"]
    assert kept("EXCLUDE ItemID WHERE Items.GENRE IN CurrentItem.GENRE", "alien") == ["heat", "shrek", "new"]
    assert kept("INCLUDE ItemID WHERE Items.PRICE < CurrentItem.PRICE", "new") == []


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ('"crime"', ["heat"]),
        ('"crime","Comedy"', ["heat", "shrek"]),
        ("crime, Comedy", ["heat", "shrek"]),
        ('"crime, Comedy"', []),
    ],
)
def test_parameter__with_values__is_replaced_by_them(value: str, expected: list[str]) -> None:
    assert kept("INCLUDE ItemID WHERE Items.GENRE IN ($GENRES)", GENRES=value) == expected


def test_parameter__of_a_comparison__is_a_number() -> None:
    assert kept("INCLUDE ItemID WHERE Items.PRICE >= $PRICE", PRICE="8") == ["heat", "shrek"]


def test_parameter__without_a_value__ignores_an_exclusion_and_refuses_an_inclusion() -> None:
    assert kept("EXCLUDE ItemID WHERE Items.PRICE >= $PRICE") == list(ITEMS)
    assert kept(
        "EXCLUDE ItemID WHERE Items.PRICE >= $PRICE | INCLUDE ItemID WHERE Items.GENRE IN ($G)", G="crime"
    ) == ["heat"]
    with pytest.raises(ValueError, match="must have a value for PRICE"):
        kept("INCLUDE ItemID WHERE Items.PRICE >= $PRICE", price="8")
