"""The constructs against the service's own model, member by member, both ways."""

from __future__ import annotations

import inspect
import math
from typing import Any

import botocore.session
import pytest
from botocore.model import Shape

from cdk_personalize import Campaign, Solution, SolutionConfig
from cdk_personalize.campaign.construct import CampaignOptions
from cdk_personalize.campaign.request import CampaignRequest
from cdk_personalize.dataset_group.arn import DatasetGroupArn
from cdk_personalize.model import value_types
from cdk_personalize.model.names import ArnOf
from cdk_personalize.model.structures import Structure, members
from cdk_personalize.solution.request import RecipeArn, SolutionRequest

MODEL = botocore.session.get_session().get_service_model("personalize")

REQUESTS = {Solution: (SolutionRequest, "CreateSolution"), Campaign: (CampaignRequest, "CreateCampaign")}

# What the API has and a structure has not, and the other way round. Nothing else may differ.
ELSEWHERE_IN_PYTHON = {
    "CreateSolutionRequest": {
        "performAutoTraining",  # Solution's auto_training
        "tags",  # CDK's Tags
    },
    "CreateCampaignRequest": {"tags"},
    "SolutionConfig": {"autoTrainingConfig"},  # Solution's auto_training
}
OUR_OWN = {
    "CreateSolutionRequest": {"autoTraining", "waitForTrainingOnDelete", "adoptExisting"},
    "CreateCampaignRequest": {"solutionArn", "adoptExisting"},
}
NOT_IN_THE_REQUEST = {"removal_policy", "provider"}
# The API has a map of strings; its guide names the keys (rule 158).
MAPS_WITH_KNOWN_KEYS = {"itemExplorationConfig": {"explorationWeight", "explorationItemAgeCutOff"}}

TYPES: dict[type[value_types.ValueType], str] = {
    value_types.Choice: "string",
    value_types.Flag: "boolean",
    value_types.Integer: "integer",
    value_types.IntegerText: "string",
    value_types.ListOf: "list",
    value_types.MapOf: "map",
    value_types.Number: "double",
    value_types.NumberText: "string",
    value_types.ScalarText: "string",
    value_types.Text: "string",
    ArnOf: "string",
    DatasetGroupArn: "string",
    RecipeArn: "string",
    Structure: "structure",
}


def differences(type_: value_types.ValueType, shape: Shape, at: str) -> list[str]:
    """Walk a type and a shape together and say where they differ."""
    if isinstance(type_, Structure) and shape.type_name == "map":
        ours = {member.api_name for member in members(type_.type).values()}
        return [] if ours == MAPS_WITH_KNOWN_KEYS.get(at.rpartition(".")[2]) else [f"{at}: {ours}"]
    if TYPES.get(type(type_)) != shape.type_name:
        return [f"{at}: {type(type_).__name__} for {shape.type_name}"]
    found = [f"{at}: {text}" for text in limits(type_, shape.metadata)]
    match type_:
        case Structure():
            found += structure_differences(type_.type, shape, at)
        case value_types.ListOf():
            found += differences(type_.item, shape.member, f"{at}[]")
        case value_types.MapOf():
            found += differences(type_.key, shape.key, f"{at}.key")
            found += differences(type_.value, shape.value, f"{at}.value")
    return found


def structure_differences(structure: type, shape: Shape, at: str) -> list[str]:
    ours = {member.api_name: member.type for member in members(structure).values()}
    expected = set(shape.members) - ELSEWHERE_IN_PYTHON.get(shape.name, set())
    actual = set(ours) - OUR_OWN.get(shape.name, set())
    found = [f"{at}: only the API has {name}" for name in sorted(expected - actual)]
    found += [f"{at}: only we have {name}" for name in sorted(actual - expected)]
    for name in sorted(expected & actual):
        found += differences(ours[name], shape.members[name], f"{at}.{name}")
    return found


def limits(type_: value_types.ValueType, model: dict[str, Any]) -> list[str]:
    """Compare limits; ours may be narrower only where the documentation is (rule 10)."""
    found: list[str] = []
    if isinstance(type_, value_types.IntegerText):
        return found
    if hasattr(type_, "max") and type_.max != model.get("max", math.inf):
        found.append(f"max {type_.max} for {model.get('max')}")
    low = getattr(type_, "min", None)
    if low is not None and low != model.get("min", 0 if isinstance(type_, value_types.Text) else -math.inf):
        found.append(f"min {low} for {model.get('min')}")
    if isinstance(type_, value_types.Text) and type_.pattern != model.get("pattern", "").removeprefix(
        "^"
    ).removesuffix("$"):
        found.append(f"pattern {type_.pattern} for {model.get('pattern')}")
    if isinstance(type_, value_types.Choice) and [member.value for member in type_.members] != model.get(
        "enum"
    ):
        found.append(f"{type_.members} for {model.get('enum')}")
    return found


@pytest.mark.parametrize("construct", REQUESTS, ids=lambda construct: construct.__name__)
def test_request__against_the_operation__has_the_same_members_limits_and_kinds(construct: type) -> None:
    request, operation = REQUESTS[construct]

    assert structure_differences(request, MODEL.operation_model(operation).input_shape, "") == []


@pytest.mark.parametrize(
    ("construct", "constructor", "elsewhere"),
    [
        (Solution, Solution.__init__, set()),
        (Campaign, Campaign.__init__, {"solution_version"}),  # Campaign.fixed has it
    ],
    ids=["Solution", "Campaign"],
)
def test_construct__its_arguments__are_the_members_of_its_request(
    construct: type, constructor: Any, elsewhere: set[str]
) -> None:
    arguments = {
        name
        for name, parameter in inspect.signature(constructor).parameters.items()
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY and not name.startswith("_")
    }

    assert arguments - NOT_IN_THE_REQUEST == set(members(REQUESTS[construct][0])) - elsewhere


def test_campaign__the_options_of_its_other_ways__are_the_arguments_of_the_first() -> None:
    arguments = inspect.signature(Campaign.__init__).parameters.values()

    assert list(CampaignOptions.__annotations__) == [
        parameter.name
        for parameter in arguments
        if parameter.kind is parameter.KEYWORD_ONLY and not parameter.name.startswith("_")
    ]


def test_walk__an_api_with_one_member_more__notices() -> None:
    newer = botocore.session.get_session().get_service_model("personalize")
    shape = newer.shape_for("SolutionConfig")
    shape.members["tomorrow"] = shape.members["eventValueThreshold"]
    del shape.members["eventsConfig"]

    assert structure_differences(SolutionConfig, shape, "") == [
        ": only the API has tomorrow",
        ": only we have eventsConfig",
    ]


def test_walk__a_limit_and_a_kind_that_changed__notices() -> None:
    assert differences(value_types.Text(max=3), MODEL.shape_for("EventType"), "x") == ["x: max 3 for 256"]
    assert differences(value_types.Flag(), MODEL.shape_for("EventType"), "x") == ["x: Flag for string"]
