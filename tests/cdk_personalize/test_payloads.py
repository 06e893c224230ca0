"""Requests from real scripts, moved into a stack unchanged."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Annotations, Match

from cdk_personalize import InvalidSolutionError, Solution, SolutionConfig
from cdk_personalize.solution.request import SolutionRequest
from support.requests.solution_requests import INVALID, PAYLOADS, VALID

REFUSED = {
    "064": ["recipeArn is no longer available: got 'aws-hrnn-coldstart'; use Recipe."],
    "067": ["tags must be a list: got 'bad data'"],
    "070": ["recipeArn is required unless performAutoML is True"],
    "073": [
        "integerHyperParameterRanges[0] must be one of the algorithmHyperParameters of "
        "aws-user-personalization-v2: got 'bptt'"
    ],
    "076": ["featureTransformationParameters['max_hist_len'] must be one of the featureTransformationParam"],
    "079": [
        "recipeArn is no longer available",
        "solutionConfig.hpoConfig.hpoObjective is in the API but not supported",
    ],
    "082": ["eventsConfig.eventParametersList[0].weight must be 0 to 1: got 10.0"],
    "085": ["autoTrainingConfig.schedulingExpression must be rate(N days), with N from 1 to 30"],
    "088": ["optimizationObjective.objectiveSensitivity must be one of LOW, MEDIUM, HIGH, OFF: got 'MID'"],
    "091": ["algorithmHyperParameters['hidden_dimension'] must be a string: got 55; write \"55\""],
    "094": ["performHPO must not be True for aws-item-affinity"],
    "097": ["performIncrementalUpdate must not be True for aws-user-personalization-v2"],
}
# Sources disagree on these requests. Each has its expected outcome and the id of its warning.
AMBIGUOUS = {"058": "accepted", "061": "cdk-personalize:auto-ml", "064": "refused"}


def without_empty_lists(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: without_empty_lists(item) for key, item in value.items() if item != []}
    return value


@pytest.fixture(scope="module")
def moved() -> cdk.Stack:
    """A stack with all requests that are valid."""
    stack = cdk.Stack(cdk.App(), "Stack")
    for name, params in VALID.items():
        Solution.from_api_request(stack, f"S{name}", params)
    return stack


@pytest.fixture(scope="module")
def rendered(
    moved: cdk.Stack, solutions: Callable[[cdk.Stack], dict[str, dict[str, Any]]]
) -> dict[str, dict[str, Any]]:
    resources = solutions(moved)
    return {logical_id[1:4]: resource["Properties"] for logical_id, resource in resources.items()}


@pytest.mark.parametrize("name", VALID)
def test_solution__a_valid_request__renders_that_request(
    name: str, rendered: dict[str, dict[str, Any]]
) -> None:
    expected = {"performAutoTraining": False, **VALID[name]}

    properties = {
        key: value for key, value in rendered[name].items() if key not in {"ServiceToken", "ServiceTimeout"}
    }

    assert without_empty_lists(properties) == without_empty_lists(expected)


@pytest.mark.parametrize("name", INVALID)
def test_solution__an_invalid_request__is_refused_with_the_reason(stack: cdk.Stack, name: str) -> None:
    with pytest.raises(InvalidSolutionError) as raised:
        Solution.from_api_request(stack, "Solution", INVALID[name])

    problems = [str(problem) for problem in raised.value.problems]
    assert len(problems) == len(REFUSED[name])
    for problem, expected in zip(problems, REFUSED[name], strict=True):
        assert expected in problem


def test_solution__a_request_that_sources_disagree_on__is_told_apart(moved: cdk.Stack) -> None:
    warnings = Annotations.from_stack(moved).find_warning("*", Match.any_value())
    ids = {entry.id[len("/Stack/S") :]: str(entry.entry.data) for entry in warnings}

    ambiguous = [name for name, payload in PAYLOADS.items() if payload["ambiguous"]]
    judged = {name: "refused" if name in INVALID else ids.get(name, "accepted") for name in ambiguous}

    assert judged.keys() == AMBIGUOUS.keys()
    assert all(expected in judged[name] for name, expected in AMBIGUOUS.items())


def test_solution__requests_that_all_sources_agree_on__are_not_warned_of(moved: cdk.Stack) -> None:
    warnings = Annotations.from_stack(moved).find_warning("*", Match.any_value())

    assert [entry.id for entry in warnings] == ["/Stack/S061"]


class MeasuredFloat(float):
    """As numpy has them: a float that shows itself as something else."""

    def __repr__(self) -> str:
        return f"measured({float(self)})"


def test_solution__numbers_for_hyperparameters__are_written_as_the_strings_that_the_api_takes() -> None:
    request = SolutionRequest(
        dataset_group="arn:aws:personalize:::dataset-group/a",
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
