"""Which resource of a stack has a physical id, as CloudFormation lists them."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any, cast

import pytest

from personalize_provider.aws.sdk import CloudFormation
from personalize_provider.engine.stack import is_named_elsewhere

ARN = "arn:aws:personalize:us-east-1:123456789012:solution/movies"


def listing(*resources: Mapping[str, str]) -> CloudFormation:
    """CloudFormation, with a resource a page."""

    def list_stack_resources(*, StackName: str, NextToken: str = "0") -> dict[str, Any]:  # noqa: N803
        assert StackName == "the stack"
        page = int(NextToken)
        answer: dict[str, Any] = {"StackResourceSummaries": list(resources[page : page + 1])}
        return {**answer, "NextToken": str(page + 1)} if page + 1 < len(resources) else answer

    return cast(CloudFormation, SimpleNamespace(list_stack_resources=list_stack_resources))


def resource(logical_id: str, status: str = "CREATE_COMPLETE", physical_id: str = ARN) -> dict[str, str]:
    return {"LogicalResourceId": logical_id, "ResourceStatus": status, "PhysicalResourceId": physical_id}


@pytest.mark.parametrize(
    ("resources", "expected"),
    [
        ([], False),
        ([resource("Movies")], False),
        ([resource("Movies"), resource("Films")], True),  # on the second page
        ([resource("Films", physical_id="another")], False),
        ([resource("Films", "DELETE_COMPLETE")], False),
        ([resource("Films", "DELETE_SKIPPED")], False),  # retained
        ([resource("Films", "DELETE_IN_PROGRESS")], True),
        ([resource("Films", "CREATE_IN_PROGRESS", "")], True),  # the tags name it, and it has no id yet
        ([resource("Shows", "CREATE_IN_PROGRESS", "")], False),
        ([{"LogicalResourceId": "Films", "ResourceStatus": "UPDATE_COMPLETE"}], False),
        ([{}], False),
    ],
)
def test_named_elsewhere__by_another_resource_that_has_it_or_may_get_it__is_told(
    resources: list[dict[str, str]], expected: bool
) -> None:
    assert is_named_elsewhere(listing(*resources), "the stack", "Movies", ARN, "Films") is expected
