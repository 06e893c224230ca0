"""What can be changed about a solution and what can't, and how the two are compared."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personalize_provider.aws.sdk import input_shape
from personalize_provider.kinds.solution.config import (
    UPDATABLE_CONFIG_MEMBERS,
    UPDATABLE_MEMBERS,
    carries,
    immutable_hash,
    updatable,
    update_request,
)

BASE: dict[str, Any] = {
    "name": "movies",
    "datasetGroupArn": "arn:aws:personalize:us-east-1:123456789012:dataset-group/films",
    "recipeArn": "arn:aws:personalize:::recipe/aws-user-personalization-v2",
    "performAutoTraining": True,
}


def events(*parameters: dict[str, Any]) -> dict[str, Any]:
    return {"eventsConfig": {"eventParametersList": list(parameters)}}


def schedule(expression: str) -> dict[str, Any]:
    return {"autoTrainingConfig": {"schedulingExpression": expression}}


WATCH, CLICK = {"eventType": "watch", "weight": 1.0}, {"eventType": "click", "weight": 0.2}
NO_EVENTS = events()

# The service model


def test_updatable_members__service_model__are_all_that_update_solution_takes() -> None:
    update = input_shape("UpdateSolution").members
    assert UPDATABLE_MEMBERS | {"solutionArn", "solutionUpdateConfig"} == set(update)
    assert set(update["solutionUpdateConfig"].members) == UPDATABLE_CONFIG_MEMBERS


def test_updatable_members__service_model__are_members_of_create_solution() -> None:
    create = input_shape("CreateSolution").members
    assert set(create) >= UPDATABLE_MEMBERS
    assert set(create["solutionConfig"].members) >= UPDATABLE_CONFIG_MEMBERS


# immutable_hash


@pytest.mark.parametrize(
    "change",
    [
        {"name": "shows"},
        {"performAutoTraining": False},
        {"performIncrementalUpdate": True},
        {"tags": [{"tagKey": "a", "tagValue": "b"}]},
        {"solutionConfig": {}},
        {"solutionConfig": schedule("rate(1 day)")},
        {"solutionConfig": events(WATCH)},
    ],
)
def test_immutable_hash__what_can_be_changed_or_renamed__does_not_matter(change: dict[str, Any]) -> None:
    assert immutable_hash({**BASE, **change}) == immutable_hash(BASE)


@pytest.mark.parametrize(
    "change",
    [
        {"datasetGroupArn": "arn:aws:personalize:us-east-1:123456789012:dataset-group/series"},
        {"recipeArn": "arn:aws:personalize:::recipe/aws-sims"},
        {"performAutoML": True},
        {"performHPO": True},
        {"eventType": "watch"},
        {"solutionConfig": {"eventValueThreshold": "0.5"}},
        {"solutionConfig": {"algorithmHyperParameters": {"hidden_dimension": "55"}}},
    ],
)
def test_immutable_hash__what_cannot_be_changed__matters(change: dict[str, Any]) -> None:
    assert immutable_hash({**BASE, **change}) != immutable_hash(BASE)


def test_immutable_hash__member_that_the_model_may_get__counts_as_immutable() -> None:
    assert immutable_hash({**BASE, "futureMember": "x"}) != immutable_hash(BASE)


# updatable and update_request


@pytest.mark.parametrize(
    ("wanted", "live"),
    [
        ({}, {}),
        ({}, {"performIncrementalUpdate": False}),
        (
            {"performAutoTraining": True},
            {"performAutoTraining": True, "solutionConfig": schedule("rate(7 days)")},
        ),
        (
            {"performAutoTraining": True, "solutionConfig": schedule("rate(1 days)")},
            {"performAutoTraining": True, "solutionConfig": schedule("rate(1 day)")},
        ),
        # Rule 69: a schedule means nothing while automatic training is off.
        ({}, {"solutionConfig": schedule("rate(3 days)")}),
        ({"solutionConfig": events(WATCH, CLICK)}, {"solutionConfig": events(CLICK, WATCH)}),
        ({"solutionConfig": NO_EVENTS}, {}),
        ({}, {"solutionConfig": {"eventsConfig": {}}}),
        ({"solutionConfig": events({**WATCH, "weight": 1})}, {"solutionConfig": events(WATCH)}),
        ({"name": "a", "tags": []}, {"name": "b", "status": "ACTIVE"}),
    ],
)
def test_update_request__same_meaning__is_empty(wanted: dict[str, Any], live: dict[str, Any]) -> None:
    assert update_request(updatable(wanted), updatable(live)) == {}


@pytest.mark.parametrize(
    ("wanted", "live", "request_"),
    [
        ({"performIncrementalUpdate": True}, {}, {"performIncrementalUpdate": True}),
        ({}, {"performIncrementalUpdate": True}, {"performIncrementalUpdate": False}),
        # Rule 33: on without a schedule is every seven days, said outright.
        (
            {"performAutoTraining": True},
            {},
            {"performAutoTraining": True, "solutionUpdateConfig": schedule("rate(7 days)")},
        ),
        ({}, {"performAutoTraining": True}, {"performAutoTraining": False}),
        (
            {"performAutoTraining": True, "solutionConfig": schedule("rate(2 days)")},
            {"performAutoTraining": True},
            {"solutionUpdateConfig": schedule("rate(2 days)")},
        ),
        ({"solutionConfig": events(WATCH)}, {}, {"solutionUpdateConfig": events(WATCH)}),
        ({}, {"solutionConfig": events(WATCH)}, {"solutionUpdateConfig": NO_EVENTS}),
        (
            {"solutionConfig": events(WATCH, CLICK)},
            {"solutionConfig": events(WATCH)},
            {"solutionUpdateConfig": events(CLICK, WATCH)},
        ),
    ],
)
def test_update_request__difference__sends_only_that(
    wanted: dict[str, Any], live: dict[str, Any], request_: dict[str, Any]
) -> None:
    assert update_request(updatable(wanted), updatable(live)) == request_


def test_update_request__events_change__keeps_the_schedule_unsent() -> None:
    """Rule 68: a schedule that is sent starts a training."""
    live = {"performAutoTraining": True, "solutionConfig": schedule("rate(2 days)")}
    wanted = {**live, "solutionConfig": {**schedule("rate(2 days)"), **events(WATCH)}}
    assert update_request(updatable(wanted), updatable(live)) == {"solutionUpdateConfig": events(WATCH)}


def test_updatable__odd_schedule__is_left_for_the_service_to_judge() -> None:
    odd = {"performAutoTraining": True, "solutionConfig": schedule("cron(* * * * * *)")}
    assert updatable(odd)["solutionUpdateConfig"]["autoTrainingConfig"] == {
        "schedulingExpression": "cron(* * * * * *)"
    }


event_parameters: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {"eventType": st.sampled_from("abcde")},
    optional={"weight": st.floats(0, 1), "eventValueThreshold": st.floats(0, 100)},
)
solutions: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {},
    optional={
        "performAutoTraining": st.booleans(),
        "performIncrementalUpdate": st.booleans(),
        "solutionConfig": st.fixed_dictionaries(
            {},
            optional={
                "autoTrainingConfig": st.builds(
                    lambda days: {"schedulingExpression": f"rate({days} days)"}, st.integers(1, 30)
                ),
                "eventsConfig": st.builds(
                    lambda chosen: {"eventParametersList": chosen},
                    st.lists(event_parameters, max_size=3, unique_by=lambda event: event["eventType"]),
                ),
            },
        ),
    },
)


def apply(live: dict[str, Any], request: dict[str, Any]) -> dict[str, Any]:
    """What a solution is after UpdateSolution (rules 65 and 67)."""
    config = {**live.get("solutionConfig", {}), **request.get("solutionUpdateConfig", {})}
    members = {key: value for key, value in request.items() if key != "solutionUpdateConfig"}
    return {**live, **members, "solutionConfig": config}


@given(solutions, solutions)
def test_update_request__once_applied__nothing_is_left_to_send(
    wanted: dict[str, Any], live: dict[str, Any]
) -> None:
    request = update_request(updatable(wanted), updatable(live))
    after = apply(live, request)
    assert update_request(updatable(wanted), updatable(after)) == {}
    assert carries(request, request)


# carries


@pytest.mark.parametrize(
    ("sent", "changes", "expected"),
    [
        ({"performAutoTraining": False}, {"performAutoTraining": False}, True),
        ({"performAutoTraining": True}, {"performAutoTraining": False}, False),
        ({}, {"performAutoTraining": False}, False),
        ({"performAutoTraining": True, "status": "ACTIVE"}, {"performAutoTraining": True}, True),
        (
            {"solutionUpdateConfig": events(CLICK, WATCH)},
            {"solutionUpdateConfig": events(CLICK, WATCH)},
            True,
        ),
        ({"solutionUpdateConfig": events(WATCH)}, {"solutionUpdateConfig": events(CLICK, WATCH)}, False),
        (
            {"solutionUpdateConfig": schedule("rate(1 days)")},
            {"solutionUpdateConfig": schedule("rate(1 day)")},
            True,
        ),
        ({"solutionUpdateConfig": schedule("rate(1 day)")}, {"solutionUpdateConfig": events(WATCH)}, False),
    ],
)
def test_carries__latest_update__compares_what_was_sent(
    sent: dict[str, Any], changes: dict[str, Any], expected: bool
) -> None:
    assert carries(sent, changes) is expected
