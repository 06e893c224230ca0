"""Requests that were really made, deployed: all that the service takes, and none of the rest."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest

from cdk_personalize import InvalidSolutionError, Solution
from support.processes.cloud import Cloud
from support.requests.solution_requests import INVALID, VALID


def _in_the_cloud(params: dict[str, Any]) -> dict[str, Any]:
    return {**params, "datasetGroupArn": Cloud.dataset_group_arn}


def test_payloads__valid__deploy(cloud: Cloud) -> None:
    cloud.aws.control("POST", "limits", {"solutions_per_dataset_group": len(VALID)})

    def build(stack: cdk.Stack) -> None:
        for name, params in VALID.items():
            Solution.from_api_request(stack, f"Payload{name}", _in_the_cloud(params))

    assert cloud.deploy(build) == "CREATE_COMPLETE", cloud.reasons()

    deployed = cloud.solutions()
    assert deployed.keys() == {params["name"] for params in VALID.values()}
    for request in map(_in_the_cloud, VALID.values()):
        params = {key: value for key, value in request.items() if key != "tags"}
        described = deployed[params["name"]]
        config = params.pop("solutionConfig", {})
        assert described.items() >= {"performAutoTraining": False, **params}.items()
        assert _without_empty(described.get("solutionConfig", {})) == _without_empty(config)


@pytest.mark.parametrize("name", INVALID)
def test_payloads__not_valid__never_come_to_a_deploy(name: str) -> None:
    with pytest.raises(InvalidSolutionError):
        Solution.from_api_request(cdk.Stack(cdk.App(), "Stack"), "Solution", _in_the_cloud(INVALID[name]))


def _without_empty(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_empty(item) for key, item in value.items() if item not in ([], {})}
    return value
