"""Solutions created from requests of the catalog, exported: the code declares the same request, anywhere."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest
from constructs import Construct
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from personalize_local.simulator import Clock, Personalize, Scope
from support.requests.exported import declare, exported, requests, unformatted
from support.requests.solution_requests import GROUP, valid_requests
from support.virtual_time.simulated import START, Simulated

QUIET = [
    HealthCheck.too_slow,
    HealthCheck.filter_too_much,
    HealthCheck.data_too_large,
    HealthCheck.large_base_example,
]

HERE = Scope("aws", "us-east-1", "123456789012")
ELSEWHERE = Scope("aws", "eu-west-1", "210987654321")
FLAGS = ("performHPO", "performAutoML", "performIncrementalUpdate")


def usable(request: dict[str, Any]) -> bool:
    """The simulator knows the recipe, and CDK's own JavaScript does not trip over a tag."""
    tags = [tag["tagKey"] for tag in request.get("tags", [])]
    return "-v9" not in request.get("recipeArn", "") and "__proto__" not in tags


def made(scope: Scope, request: dict[str, Any]) -> str:
    """Create a solution in an account of its own, and export it."""
    at = Simulated(Personalize(Clock.frozen(START)), scope)
    at.call("CreateDatasetGroup", name="films")
    at.advance(1)
    arn = at.call("CreateSolution", **request)["solutionArn"]
    at.advance(1)
    return exported(at.solution(arn), at.call("ListTagsForResource", resourceArn=arn)["tags"])


def meaning(request: dict[str, Any]) -> dict[str, Any]:
    """A request without what makes no difference: flags that are off, members that are empty, orders."""
    said = {name: value for name, value in request.items() if name not in FLAGS or value}
    said.setdefault("performAutoTraining", True)
    config = dict(said.get("solutionConfig", {}))
    if said["performAutoTraining"]:
        config.setdefault("autoTrainingConfig", {"schedulingExpression": "rate(7 days)"})
    said["solutionConfig"] = config
    said["tags"] = sorted(said.get("tags", []), key=lambda tag: tag["tagKey"])
    if said.get("performAutoML"):
        said.pop("performHPO", None)
    return _without_empty(said)


def _without_empty(value: Any) -> Any:
    if isinstance(value, dict):
        kept = {name: _without_empty(item) for name, item in value.items()}
        return {name: item for name, item in kept.items() if item not in ({}, [])}
    return [_without_empty(item) for item in value] if isinstance(value, list) else value


def test_export__zero_below_nothing__is_the_zero_that_json_makes_of_it() -> None:
    parameters = [{"eventType": "watch", "weight": 1.0, "eventValueThreshold": -0.0}]
    request = {
        "name": "movies",
        "datasetGroupArn": GROUP,
        "recipeArn": "arn:aws:personalize:::recipe/aws-user-personalization-v2",
        "solutionConfig": {"eventsConfig": {"eventParametersList": parameters}},
    }
    assert "event_value_threshold=0.0" in made(HERE, request)


# To shrink what fails takes minutes: each try is a synthesis.
@pytest.mark.process
@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=QUIET,
    phases=(Phase.reuse, Phase.generate),
)
@given(given_requests=st.lists(valid_requests().filter(usable), min_size=6, max_size=12))
def test_export__deployed_elsewhere_and_exported_again__is_the_same_code(
    given_requests: list[dict[str, Any]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    codes = [made(HERE, request) for request in given_requests]
    stack = cdk.Stack(cdk.App(), "Stack")
    solutions = [declare(code, Construct(stack, f"Example{number}")) for number, code in enumerate(codes)]
    declared = requests(stack, solutions, ELSEWHERE.region, ELSEWHERE.account)

    elsewhere = GROUP.replace(HERE.region, ELSEWHERE.region).replace(HERE.account, ELSEWHERE.account)
    assert [meaning(request) for request in declared] == [
        meaning({**request, "datasetGroupArn": elsewhere}) for request in given_requests
    ]
    assert [made(ELSEWHERE, request) for request in declared] == codes
    assert not [code for code in codes if HERE.account in code or HERE.region in code]
    assert unformatted(codes, tmp_path_factory.mktemp("exported")) == ""
