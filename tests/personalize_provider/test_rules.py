"""Rules that the service is not known to enforce, on what CloudFormation delivers: before any call."""

from __future__ import annotations

from typing import Any

import pytest

from personalize_local.simulator import Clock, Personalize
from personalize_provider.aws.errors import InvalidPropertiesError
from support.virtual_time.provider_world import START, World, goal_of, physical_id, request

EVENTS = {"eventParametersList": [{"eventType": "buy", "weight": "0.5"}]}


def hpo(**members: Any) -> dict[str, Any]:
    return {"performHPO": "true", "solutionConfig": {"hpoConfig": members}}


def ranged(**entry: Any) -> dict[str, Any]:
    return hpo(algorithmHyperParameterRanges={"integerHyperParameterRanges": [entry]})


def schedule(expression: str) -> dict[str, Any]:
    config = {"autoTrainingConfig": {"schedulingExpression": expression}}
    return {"performAutoTraining": "true", "solutionConfig": config}


def columns(excluded: str, included: str) -> dict[str, Any]:
    data = {"excludedDatasetColumns": {excluded: ["A"]}, "includedDatasetColumns": {included: ["B"]}}
    return {"solutionConfig": {"trainingDataConfig": data}}


TAKEN: list[dict[str, Any]] = [
    {},
    schedule("rate(1 day)"),
    schedule("rate(30 days)"),
    {**schedule("rate(7 days)"), "performAutoTraining": "false"},  # as a template's parameter may turn it
    {"performAutoTraining": "true", "solutionConfig": {"autoTrainingConfig": {}}},
    hpo(),
    hpo(hpoResourceConfig={"maxNumberOfTrainingJobs": "40", "maxParallelTrainingJobs": "1"}),
    ranged(name="bptt", minValue="2", maxValue="2"),
    ranged(),
    {"eventType": "buy", "solutionConfig": {"eventValueThreshold": ".05"}},
    {"solutionConfig": {"eventsConfig": EVENTS}},
    columns("Items", "Users"),
    {
        "recipeArn": None,
        "performAutoML": "true",
        "eventType": "buy",
        "solutionConfig": {"eventsConfig": EVENTS, "hpoConfig": {}},
    },
]

BROKEN: list[tuple[dict[str, Any], str]] = [
    (
        schedule("rate(0 days)"),
        "schedulingExpression, value: rate(0 days), valid: rate(N days), N from 1 to 30",
    ),
    (schedule("rate(31 days)"), "value: rate(31 days)"),
    (schedule("rate(7.5 days)"), "value: rate(7.5 days)"),
    ({**hpo(), "performHPO": "false"}, "solutionConfig.hpoConfig, it needs performHPO to be true"),
    ({**hpo(), "performHPO": None}, "solutionConfig.hpoConfig, it needs performHPO to be true"),
    (
        hpo(hpoResourceConfig={"maxNumberOfTrainingJobs": "41"}),
        "value: 41, valid: a whole number from 1 to 40",
    ),
    (
        hpo(hpoResourceConfig={"maxParallelTrainingJobs": "2.5"}),
        "value: 2.5, valid: a whole number from 1 to 10",
    ),
    (ranged(name="bptt", minValue="3", maxValue="2"), "[0], its minValue is above its maxValue"),
    (
        {
            "performHPO": "true",
            "solutionConfig": {
                "algorithmHyperParameters": {"bptt": "2"},
                **ranged(name="bptt")["solutionConfig"],
            },
        },
        "integerHyperParameterRanges[0], bptt has a fixed value as well",
    ),
    (
        {"solutionConfig": {"eventValueThreshold": "high"}},
        "eventValueThreshold, value: high, valid: a number",
    ),
    ({"solutionConfig": {"eventValueThreshold": "inf"}}, "value: inf, valid: a number"),
    (
        {"eventType": "buy", "solutionConfig": {"eventsConfig": EVENTS}},
        "parameter eventType, it must be left out beside solutionConfig.eventsConfig",
    ),
    (
        {"solutionConfig": {"eventsConfig": EVENTS, "eventValueThreshold": "1"}},
        "parameter solutionConfig.eventValueThreshold, it must be left out beside",
    ),
    (
        columns("ITEMS", "Items"),
        "excludedDatasetColumns.ITEMS, the same dataset has columns to include as well",
    ),
]


@pytest.mark.parametrize("properties", TAKEN, ids=str)
def test_properties__that_break_no_rule__make_a_request(properties: dict[str, Any]) -> None:
    assert goal_of(request("Create", properties), since=1.0) is not None


@pytest.mark.parametrize(("properties", "message"), BROKEN, ids=lambda value: str(value)[:60])
def test_properties__that_break_a_rule__fail_with_that_and_no_effect(
    properties: dict[str, Any], message: str
) -> None:
    world = World(Personalize(Clock.frozen(START)))

    with pytest.raises(InvalidPropertiesError) as raised:
        world.create(**properties)

    [problem] = raised.value.problems
    assert message in problem
    assert not world.calls()


def test_properties__that_break_two_rules__name_both() -> None:
    events = {"eventType": "buy", "solutionConfig": {"eventsConfig": EVENTS, "hpoConfig": {}}}

    with pytest.raises(InvalidPropertiesError) as raised:
        physical_id(request("Create", events))

    assert len(raised.value.problems) == 2


def test_delete__properties_that_break_a_rule__is_still_about_its_solution() -> None:
    arn = "arn:aws:personalize:us-east-1:123456789012:solution/movies"

    goal = goal_of(request("Delete", schedule("rate(0 days)"), arn), since=1.0)

    assert goal is not None
    assert goal.arn == arn
