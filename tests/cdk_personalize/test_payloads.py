"""Requests that were really made: the valid ones must be possible to write down."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest

from cdk_personalize import Solution, SolutionConfig
from cdk_personalize._request import SolutionRequest
from payloads import PAYLOADS, VALID, arguments

# Invalid for a reason that needs no knowledge of the recipe.
REFUSED = {
    "070": "recipe is required",
    "079": "hpo_objective is in the API but not supported",
    "082": "weight must be 0 to 1",
    "088": "objective_sensitivity must be a member of ObjectiveSensitivity",
}


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
