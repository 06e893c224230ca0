"""What a call needs to be allowed: pure functions of the request."""

from __future__ import annotations

import pytest

from personalize_local.authorization import permissions
from personalize_local.simulator import Scope

SCOPE = Scope("aws", "us-east-1", "123456789012")
GROUP = SCOPE.arn("dataset-group", "films")
ITEMS = SCOPE.arn("dataset", "films", "ITEMS")
IN_GROUP = {"name": "a", "datasetGroupArn": GROUP}


@pytest.mark.parametrize(
    ("operation", "request_", "resources"),
    [
        ("CreateEventTracker", IN_GROUP, [SCOPE.arn("event-tracker", "*"), GROUP]),
        ("CreateFilter", IN_GROUP, [SCOPE.arn("filter", "a"), GROUP]),
        ("CreateSolution", IN_GROUP, [SCOPE.arn("solution", "a"), GROUP]),
        ("CreateDataset", IN_GROUP | {"datasetType": "Items"}, [ITEMS, GROUP]),
        ("DeleteFilter", {"filterArn": SCOPE.arn("filter", "a")}, [SCOPE.arn("filter", "a")]),
        ("ListFilters", {"datasetGroupArn": GROUP}, ["*"]),
        (
            "GetRecommendations",
            {"campaignArn": SCOPE.arn("campaign", "a"), "filterArn": SCOPE.arn("filter", "a")},
            [SCOPE.arn("campaign", "a")],
        ),
        ("PutEvents", {"trackingId": "a"}, ["*"]),
        ("PutItems", {"datasetArn": ITEMS}, [ITEMS]),
    ],
)
def test_permissions__of_a_call__are_on_what_it_makes_and_names(
    operation: str, request_: dict[str, object], resources: list[str]
) -> None:
    needed = permissions(operation, request_, SCOPE, lambda _: {})
    assert [(p.action, p.resource) for p in needed] == [
        (f"personalize:{operation}", resource) for resource in resources
    ]
