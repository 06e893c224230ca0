"""The constructs against the service's own model, member by member, both ways."""

from __future__ import annotations

import inspect
import math
from typing import Any

import botocore.session
from botocore.model import Shape

from cdk_personalize import Solution, SolutionConfig
from cdk_personalize.model import value_types as kinds
from cdk_personalize.model.structures import Structure, api_name, members
from cdk_personalize.solution.request import DatasetGroupArn, RecipeArn, SolutionRequest

MODEL = botocore.session.get_session().get_service_model("personalize")
REQUEST = MODEL.operation_model("CreateSolution").input_shape

# What the API has and a structure has not, and the other way round. Nothing else may differ.
ELSEWHERE_IN_PYTHON = {
    "CreateSolutionRequest": {
        "performAutoTraining",  # Solution's auto_training
        "tags",  # CDK's Tags
    },
    "SolutionConfig": {"autoTrainingConfig"},  # Solution's auto_training
}
OUR_OWN = {"CreateSolutionRequest": {"autoTraining", "waitForTrainingOnDelete", "adoptExisting"}}
NO_PART_OF_THE_REQUEST = {"removal_policy", "provider"}

TYPES: dict[type[kinds.Kind], str] = {
    kinds.Choice: "string",
    kinds.Flag: "boolean",
    kinds.Integer: "integer",
    kinds.IntegerText: "string",
    kinds.ListOf: "list",
    kinds.MapOf: "map",
    kinds.Number: "double",
    kinds.NumberText: "string",
    kinds.ScalarText: "string",
    kinds.Text: "string",
    DatasetGroupArn: "string",
    RecipeArn: "string",
    Structure: "structure",
}


def differences(kind: kinds.Kind, shape: Shape, at: str) -> list[str]:
    """Walk a kind and a shape together and say where they differ."""
    if TYPES.get(type(kind)) != shape.type_name:
        return [f"{at}: {type(kind).__name__} for {shape.type_name}"]
    found = [f"{at}: {text}" for text in limits(kind, shape.metadata)]
    match kind:
        case Structure():
            found += structure_differences(kind.type, shape, at)
        case kinds.ListOf():
            found += differences(kind.item, shape.member, f"{at}[]")
        case kinds.MapOf():
            found += differences(kind.key, shape.key, f"{at}.key")
            found += differences(kind.value, shape.value, f"{at}.value")
    return found


def structure_differences(structure: type, shape: Shape, at: str) -> list[str]:
    ours = {api_name(name): kind for name, kind in members(structure).items()}
    expected = set(shape.members) - ELSEWHERE_IN_PYTHON.get(shape.name, set())
    actual = set(ours) - OUR_OWN.get(shape.name, set())
    found = [f"{at}: only the API has {name}" for name in sorted(expected - actual)]
    found += [f"{at}: only we have {name}" for name in sorted(actual - expected)]
    for name in sorted(expected & actual):
        found += differences(ours[name], shape.members[name], f"{at}.{name}")
    return found


def limits(kind: kinds.Kind, model: dict[str, Any]) -> list[str]:
    """Compare limits; ours may be narrower only where the documentation is (rule 10)."""
    found: list[str] = []
    if isinstance(kind, kinds.IntegerText):
        return found
    if hasattr(kind, "max") and kind.max != model.get("max", math.inf):
        found.append(f"max {kind.max} for {model.get('max')}")
    low = getattr(kind, "min", None)
    if low is not None and low != model.get("min", 0 if isinstance(kind, kinds.Text) else -math.inf):
        found.append(f"min {low} for {model.get('min')}")
    if isinstance(kind, kinds.Text) and kind.pattern != model.get("pattern", "").removeprefix(
        "^"
    ).removesuffix("$"):
        found.append(f"pattern {kind.pattern} for {model.get('pattern')}")
    if isinstance(kind, kinds.Choice) and [member.value for member in kind.members] != model.get("enum"):
        found.append(f"{kind.members} for {model.get('enum')}")
    return found


def test_solution__against_create_solution__has_the_same_members_limits_and_kinds() -> None:
    assert structure_differences(SolutionRequest, REQUEST, "") == []


def test_solution__its_arguments__are_the_members_of_its_request() -> None:
    arguments = {
        name
        for name, parameter in inspect.signature(Solution.__init__).parameters.items()
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY
    }

    assert arguments - NO_PART_OF_THE_REQUEST == set(members(SolutionRequest))


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
    assert differences(kinds.Text(max=3), MODEL.shape_for("EventType"), "x") == ["x: max 3 for 256"]
    assert differences(kinds.Flag(), MODEL.shape_for("EventType"), "x") == ["x: Flag for string"]
