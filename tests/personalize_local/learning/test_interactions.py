"""The events that a training takes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from personalize_local.simulator.learning.csv_import import File, read
from personalize_local.simulator.learning.interactions import (
    Event,
    EventRule,
    Interactions,
    Past,
    relative_weights,
    rules_of,
)
from personalize_local.simulator.learning.table import Table, fields_of
from support.requests.avro import avro
from support.requests.sample_data import INTERACTIONS_SCHEMA, sample

WATCHED = Event("ann", "film", 1, "watch", 0.5)
STARTED = Event("ann", "film", 2, "watch", 0.4)
BOUGHT = Event("ben", "book", 3, "buy")
ALL = [WATCHED, STARTED, BOUGHT]


def test_interactions__from_a_table_and_put__are_combined() -> None:
    data = sample(users=40)
    table = read(
        [File("a.csv", [data.interactions_csv])], fields_of(json.loads(INTERACTIONS_SCHEMA)), "INTERACTIONS"
    )
    assert isinstance(table, Table)
    found = Interactions.of([table], [WATCHED])
    assert list(found) == [*(Event(*row) for row in data.interactions), WATCHED]


def test_interactions__of_a_table_without_event_types__have_none() -> None:
    content = "USER_ID,ITEM_ID,TIMESTAMP\n" + "".join(f"u,i,{at}\n" for at in range(1000))
    table = read(
        [File("a.csv", [content.encode()])], fields_of(json.loads(avro("Interactions"))), "INTERACTIONS"
    )
    assert isinstance(table, Table)
    assert next(iter(Interactions.of([table]))) == Event("u", "i", 0)


def test_interactions__that_are_the_same__count_once() -> None:
    assert list(Interactions.of(events=[WATCHED, BOUGHT, WATCHED, BOUGHT])) == [WATCHED, BOUGHT]


@pytest.mark.parametrize(
    ("event_type", "config", "taken"),
    [
        pytest.param(None, {}, ALL, id="all"),
        pytest.param("watch", {}, [WATCHED, STARTED], id="type"),
        pytest.param("Watch", {}, [], id="other-case"),
        pytest.param("watch", {"eventValueThreshold": "0.5"}, [WATCHED], id="type-and-threshold"),
        pytest.param(None, {"eventValueThreshold": "0.4"}, [WATCHED, STARTED], id="threshold"),
        pytest.param(
            None,
            {
                "eventsConfig": {
                    "eventParametersList": [
                        {"eventType": "watch", "eventValueThreshold": 0.5, "weight": 0.3},
                        {"eventType": "buy", "weight": 0.1},
                    ]
                }
            },
            [WATCHED, BOUGHT],
            id="events-config",
        ),
    ],
)
def test_events__by_the_solution__are_chosen(
    event_type: str | None, config: dict[str, Any], taken: list[Event]
) -> None:
    assert list(Interactions.of(events=ALL).chosen(rules_of(event_type, config))) == taken


def test_weights__as_documented__are_relative() -> None:
    assert relative_weights([EventRule("purchase", None, 0.3), EventRule("click", None, 0.1)]) == [
        pytest.approx(1.5),
        pytest.approx(0.5),
    ]
    assert relative_weights([EventRule("a", None, 0), EventRule("b", None, 0)]) == [1, 1]


def test_histories__of_events_in_any_order__are_in_the_order_of_time() -> None:
    expected = {"ann": [Past(1, "film", 1.0), Past(2, "film", 1.0)], "ben": [Past(3, "book", 1.0)]}
    assert Interactions.of(events=reversed(ALL)).histories() == expected
