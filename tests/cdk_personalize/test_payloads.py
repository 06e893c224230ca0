"""Requests that were really made: the valid ones must be possible to write down."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest

from cdk_personalize import AutoTraining, Recipe, Solution, SolutionConfig
from cdk_personalize import _kinds as kinds
from cdk_personalize._request import SolutionRequest
from cdk_personalize._structure import Structure, api_name, members

PAYLOADS = sorted((Path(__file__).parents[1] / "data" / "payloads").glob("*.json"))
VALID = [path for path in PAYLOADS if json.loads(path.read_text())["expect"] == "valid"]
# Invalid for a reason that needs no knowledge of the recipe.
REFUSED = {
    "070": "recipe is required",
    "079": "hpo_objective is in the API but not supported",
    "082": "weight must be 0 to 1",
    "088": "objective_sensitivity must be a member of ObjectiveSensitivity",
}


def arguments(params: dict[str, Any]) -> dict[str, Any]:
    """Write a request as the arguments of a Solution."""
    names = {api_name(name): name for name in members(SolutionRequest)}
    given = {names[name]: value for name, value in params.items() if name in names}
    if "recipe" in given:
        given["recipe"] = Recipe.from_arn(given["recipe"])
    config = dict(given.get("solution_config", {}))
    schedule = config.pop("autoTrainingConfig", {}).get("schedulingExpression", "rate(7 days)")
    if params.get("performAutoTraining"):
        given["auto_training"] = AutoTraining.every(days=int(schedule.removeprefix("rate(").split()[0]))
    if config:
        given["solution_config"] = parsed(Structure(SolutionConfig), config)
    else:
        given.pop("solution_config", None)
    return given


def parsed(kind: kinds.Kind, value: Any) -> Any:
    match kind:
        case Structure():
            ours = {api_name(name): (name, kind) for name, kind in members(kind.type).items()}
            return kind.type(**{ours[key][0]: parsed(ours[key][1], item) for key, item in value.items()})
        case kinds.ListOf():
            return [parsed(kind.item, item) for item in value]
        case kinds.IntegerText():
            return int(value)
        case kinds.Choice():
            return next((member for member in kind.members if member.value == value), value)
    return value


def without_empty_lists(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: without_empty_lists(item) for key, item in value.items() if item != []}
    return value


@pytest.fixture(scope="module")
def rendered(solutions: Callable[[cdk.Stack], dict[str, dict[str, Any]]]) -> dict[str, dict[str, Any]]:
    stack = cdk.Stack(cdk.App(), "Stack")
    ids = {}
    for path in VALID:
        solution = Solution(stack, f"S{path.stem}", **arguments(json.loads(path.read_text())["params"]))
        child = solution.node.default_child
        assert isinstance(child, cdk.CfnElement)
        ids[path.stem] = stack.get_logical_id(child)
    resources = solutions(stack)
    return {stem: resources[logical_id]["Properties"] for stem, logical_id in ids.items()}


@pytest.mark.parametrize("path", VALID, ids=lambda path: path.stem)
def test_solution__a_valid_request__renders_that_request(
    path: Path, rendered: dict[str, dict[str, Any]]
) -> None:
    expected = {"performAutoTraining": False, **json.loads(path.read_text())["params"]}

    properties = {
        key: value
        for key, value in rendered[path.stem].items()
        if key not in {"ServiceToken", "ServiceTimeout"}
    }

    assert without_empty_lists(properties) == without_empty_lists(expected)


@pytest.mark.parametrize(("stem", "message"), REFUSED.items())
def test_solution__an_invalid_request__is_refused_with_the_reason(
    stack: cdk.Stack, stem: str, message: str
) -> None:
    path = next(path for path in PAYLOADS if path.stem == stem)
    params = json.loads(path.read_text())["params"]

    with pytest.raises(ValueError, match=message):
        Solution(stack, "Solution", **arguments(params))


class MeasuredFloat(float):
    """As numpy has them: a float that shows itself as something else."""

    def __repr__(self) -> str:
        return f"measured({float(self)})"


def test_solution__numbers_for_hyperparameters__are_written_as_the_strings_that_the_api_takes() -> None:
    request = SolutionRequest(
        dataset_group_arn="arn:aws:personalize:::dataset-group/a",
        solution_config=SolutionConfig(
            algorithm_hyper_parameters={
                "a": 55,
                "b": True,
                "c": 0.5,
                "d": "29",
                "e": 1e-05,
                "f": MeasuredFloat(0.5),
            },
            event_value_threshold=0.05,
        ),
    )

    config = request.properties("aws")["solutionConfig"]

    assert config == {
        "algorithmHyperParameters": {
            "a": "55",
            "b": "true",
            "c": "0.5",
            "d": "29",
            "e": "0.00001",
            "f": "0.5",
        },
        "eventValueThreshold": "0.05",
    }
