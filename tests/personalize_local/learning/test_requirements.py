"""Why a training fails."""

from __future__ import annotations

import json

import pytest

from personalize_local.simulator.learning.interactions import Event, EventRule, Interactions
from personalize_local.simulator.learning.requirements import attribute_problem, objective_problem, problem
from personalize_local.simulator.learning.table import Field, fields_of
from support.requests.avro import avro
from support.requests.sample_data import INTERACTIONS_SCHEMA

EVENTS = fields_of(json.loads(INTERACTIONS_SCHEMA))
PLAIN = fields_of(json.loads(avro("Interactions")))
ITEMS = fields_of(
    json.loads(
        avro("Items", {"name": "PRICE", "type": "float"}, {"name": "RATING", "type": ["null", "float"]})
    )
)


def data(count: int = 1000, *, users: int = 25, single: int = 0, kind: str | None = "View") -> Interactions:
    """Some interactions: of `users` users, and of `single` users with one interaction each."""
    found = [Event(f"u{number % users}", f"i{number}", number, kind, 1.0) for number in range(count - single)]
    return Interactions.of(events=[*found, *(Event(f"s{n}", "i", n, kind, 1.0) for n in range(single))])


@pytest.mark.parametrize(
    ("interactions", "reason"),
    [
        pytest.param(data(), None, id="enough"),
        pytest.param(data(3400, single=2400), None, id="one-percent"),
        pytest.param(data(999), "Dataset has fewer than 1000 interactions", id="999"),
        pytest.param(
            data(users=24),
            "Create failed. Dataset has fewer than 25 users with at least 2 interactions each.",
            id="24-users",
        ),
        pytest.param(
            data(3500, single=2500),
            "Create failed. Fewer than 1 percent of the users in the dataset have at least 2 interactions"
            " each.",
            id="below-one-percent",
        ),
    ],
)
def test_training__by_the_data__is_possible_or_not(interactions: Interactions, reason: str | None) -> None:
    assert problem(interactions, (), PLAIN) == reason


@pytest.mark.parametrize(
    ("rules", "fields", "reason"),
    [
        pytest.param((EventRule("View"),), EVENTS, None, id="known"),
        pytest.param(
            (EventRule("Watch"),),
            EVENTS,
            "Dataset has fewer than 1000 interactions after filtering by event type: Watch",
            id="unknown",
        ),
        pytest.param(
            (EventRule("View", 2.0),),
            EVENTS,
            "Dataset has fewer than 1000 interactions after filtering by event type: View",
            id="below-threshold",
        ),
        pytest.param(
            (EventRule("View"), EventRule("Watch")),
            EVENTS,
            "The Item interactions dataset has no events of the type Watch.",
            id="one-of-two-unknown",
        ),
        pytest.param(
            (EventRule("View", 0.5),),
            PLAIN,
            "The Item interactions dataset has no column EVENT_TYPE or EVENT_VALUE, which the solution"
            " needs.",
            id="no-columns",
        ),
    ],
)
def test_training__by_the_rules__is_possible_or_not(
    rules: tuple[EventRule, ...], fields: tuple[Field, ...], reason: str | None
) -> None:
    assert problem(data(), rules, fields) == reason


@pytest.mark.parametrize(
    ("column", "fields", "reason"),
    [
        ("PRICE", ITEMS, None),
        ("PRICE", (), "The optimization objective needs the column PRICE in the Items dataset."),
        (
            "GENRE",
            ITEMS,
            "The optimization objective needs a numeric column that cannot be null: GENRE is not.",
        ),
        (
            "RATING",
            ITEMS,
            "The optimization objective needs a numeric column that cannot be null: RATING is not.",
        ),
    ],
    ids=["numeric", "no-items", "string", "nullable"],
)
def test_objective__by_its_column__is_possible_or_not(
    column: str, fields: tuple[Field, ...], reason: str | None
) -> None:
    assert objective_problem(column, fields) == reason


def test_attributes__all_excluded__cannot_be_trained_on() -> None:
    assert attribute_problem(ITEMS, ["GENRE"]) is None
    assert attribute_problem(ITEMS, ["GENRE", "PRICE", "RATING"]) == "Did not find any attribute to train on"
    assert attribute_problem(()) == "Did not find any attribute to train on"
