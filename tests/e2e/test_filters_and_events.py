"""Filters and event trackers, deployed, changed and deleted on the local AWS."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_personalize as personalize
from constructs import Construct

from cdk_personalize import Dataset, EventTracker, Field, Filter, Schema
from personalize_local.testing.server_process import LocalAws

CALM = 'EXCLUDE ItemID WHERE Items.GENRE IN ("horror")'
FAST = {"dataset_group": 0.2, "dataset": 0.2, "filter": 0.2, "event_tracker": 0.2, "delete": 0}


def template(expression: str, *, id: str = "Events", name: str = "events") -> dict[str, Any]:
    """A native dataset group, which needs no provider, with items, a filter and an event tracker."""
    app = cdk.App()
    stack = cdk.Stack(app, "Movies", synthesizer=cdk.LegacyStackSynthesizer())
    group = personalize.CfnDatasetGroup(stack, "Group", name="movies")
    fields = [Field.string("GENRE", categorical=True)]
    schema = Schema.items(stack, "Schema", fields=fields)
    calm = Filter(stack, "Calm", dataset_group=group, filter_expression=expression)
    Dataset(stack, "Items", dataset_group=group, schema=schema)
    events = EventTracker(Construct(stack, id), "Tracker", dataset_group=group, event_tracker_name=name)
    cdk.CfnOutput(stack, "GroupArn", value=group.attr_dataset_group_arn)
    cdk.CfnOutput(stack, "FilterArn", value=calm.filter_arn)
    cdk.CfnOutput(stack, "TrackingId", value=events.tracking_id)
    return dict(app.synth().get_stack_by_name("Movies").template)


@pytest.fixture
def aws(local_aws: LocalAws) -> LocalAws:
    local_aws.control("POST", "durations", FAST)
    return local_aws


def test_filter_and_tracker__through_changes__are_replaced_or_kept_and_deleted(aws: LocalAws) -> None:
    client = aws.client("personalize")
    assert aws.apply("Movies", template(CALM)) == "CREATE_COMPLETE", aws.reasons("Movies")
    before = aws.outputs("Movies")
    assert client.describe_filter(filterArn=before["FilterArn"])["filter"]["filterExpression"] == CALM

    quiet = CALM.replace("horror", "action")
    assert aws.apply("Movies", template(quiet, id="Clicks"), update=True) == "UPDATE_COMPLETE"
    after = aws.outputs("Movies")
    assert after["TrackingId"] == before["TrackingId"]  # although the construct has moved
    assert after["FilterArn"] != before["FilterArn"]
    assert [each["filterArn"] for each in client.list_filters()["Filters"]] == [after["FilterArn"]]

    assert aws.apply("Movies", template(quiet, name="new"), update=True) == "UPDATE_ROLLBACK_COMPLETE"
    assert aws.outputs("Movies") == after

    # Rule 168: nothing deletes the dataset of events of a native dataset group.
    assert aws.delete("Movies") == "DELETE_FAILED"
    assert client.list_filters()["Filters"] == client.list_event_trackers()["eventTrackers"] == []
    events = f"{before['GroupArn']}/EVENT_INTERACTIONS".replace(":dataset-group/", ":dataset/")
    client.delete_dataset(datasetArn=events)
    assert aws.delete("Movies") == "DELETE_COMPLETE", aws.reasons("Movies")
