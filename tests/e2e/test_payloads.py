"""Requests that were really made, deployed: all that the service takes, and who refuses the rest."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from botocore.exceptions import ClientError, ParamValidationError

from cdk_personalize import InvalidSolutionError, Solution
from cloud import Cloud
from payloads import PAYLOADS, VALID, arguments

# Who is the first to refuse a request that is not valid, or that sources disagree on. Three have a shape that
# a Solution's arguments can't take: tags that are no list, a schedule by the hour, a number for a string.
REFUSED_BY = {
    "064": "Personalize",
    "067": "botocore",
    "070": "Solution",
    "073": "Personalize",
    "076": "Personalize",
    "079": "Solution",
    "082": "Solution",
    "085": "Personalize",
    "088": "Solution",
    "091": "botocore",
    "094": "Personalize",
    "097": "Personalize",
}


def _params(path: Path) -> dict[str, Any]:
    params: dict[str, Any] = json.loads(path.read_text())["params"]
    return {**params, "datasetGroupArn": Cloud.dataset_group_arn}


def test_payloads__valid__deploy(cloud: Cloud) -> None:
    cloud.aws.control("POST", "limits", {"solutions_per_dataset_group": len(VALID)})

    def build(stack: cdk.Stack) -> None:
        for path in VALID:
            Solution(stack, f"Payload{path.stem}", **arguments(_params(path)))

    assert cloud.deploy(build) == "CREATE_COMPLETE", cloud.reasons()

    deployed = cloud.solutions()
    assert deployed.keys() == {_params(path)["name"] for path in VALID}
    for path in VALID:
        params = {key: value for key, value in _params(path).items() if key != "tags"}
        described = deployed[params["name"]]
        config = params.pop("solutionConfig", {})
        assert described.items() >= {"performAutoTraining": False, **params}.items()
        assert _without_empty(described.get("solutionConfig", {})) == _without_empty(config)


@pytest.mark.parametrize("path", [path for path in PAYLOADS if path not in VALID], ids=lambda path: path.stem)
def test_payloads__not_valid__are_refused(cloud: Cloud, path: Path) -> None:
    assert _refused_by(cloud, _params(path)) == REFUSED_BY[path.stem]


def _refused_by(cloud: Cloud, params: dict[str, Any]) -> str:
    try:
        Solution(cdk.Stack(cdk.App(), "Stack"), "Solution", **arguments(params))
        cloud.personalize.create_solution(**params)
    except InvalidSolutionError:
        return "Solution"
    except ParamValidationError:
        return "botocore"
    except ClientError:
        return "Personalize"
    return "nobody"


def _without_empty(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_empty(item) for key, item in value.items() if item not in ([], {})}
    return value
