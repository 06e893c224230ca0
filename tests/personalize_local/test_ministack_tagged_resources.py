"""State machines in GetResources of the tagging API (bug 46)."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from ministack.services import stepfunctions, tagging

from personalize_local.ministack import tagged_resources

ARN = "arn:aws:states:us-east-1:000000000000:stateMachine:"


@pytest.fixture(autouse=True)
def _machines() -> Iterator[None]:
    """Two state machines, one with a tag. Afterwards ministack is as before."""
    before = dict(tagging._COLLECTORS)
    definition = json.dumps({"StartAt": "End", "States": {"End": {"Type": "Succeed"}}})
    for name, tags in (("weekly", [{"key": "team", "value": "films"}]), ("plain", [])):
        stepfunctions._create_state_machine(
            {"name": name, "definition": definition, "roleArn": "role", "tags": tags}
        )
    yield
    stepfunctions.reset()
    tagging._COLLECTORS.clear()
    tagging._COLLECTORS.update(before)


def found() -> list[dict[str, object]]:
    request = {"ResourceTypeFilters": ["states:stateMachine"], "TagFilters": [{"Key": "team"}]}
    _, _, body = tagging._get_resources(request)
    resources: list[dict[str, object]] = json.loads(body)["ResourceTagMappingList"]
    return resources


def test_state_machines__are_found_by_their_tags() -> None:
    assert found() == []  # what ministack does by itself

    tagged_resources.register()

    [resource] = found()
    assert (resource["ResourceARN"], resource["Tags"]) == (
        f"{ARN}weekly",
        [{"Key": "team", "Value": "films"}],
    )
