"""The events of an update tell what changes, as in CloudFormation."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from personalize_local.testing.server_process import LocalAws
from support.processes.probe import Probe


def parameters(**values: str) -> Mapping[str, object]:
    """A stack of parameters."""
    resources = {
        name: {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": value}}
        for name, value in values.items()
    }
    return {"Resources": resources}


def events(aws: LocalAws, name: str = "Stack") -> list[tuple[str, str]]:
    """Logical ids and statuses of the last operation, oldest first; the stack is `Stack`."""
    found = aws.client("cloudformation").describe_stack_events(StackName=name)["StackEvents"]
    last = next(n for n, event in enumerate(found) if event.get("ResourceStatusReason") == "User Initiated")
    return [(event["LogicalResourceId"], event["ResourceStatus"]) for event in found[last::-1]]


def test_update__events__are_those_of_what_changes(local_aws: LocalAws) -> None:
    local_aws.apply("Stack", parameters(Same="1", Changed="1", Removed="1"))
    assert local_aws.apply("Stack", parameters(Same="1", Changed="2", Added="1"), update=True) == (
        "UPDATE_COMPLETE"
    )
    assert events(local_aws) == [
        ("Stack", "UPDATE_IN_PROGRESS"),
        ("Added", "CREATE_IN_PROGRESS"),
        ("Added", "CREATE_COMPLETE"),
        ("Changed", "UPDATE_IN_PROGRESS"),
        ("Changed", "UPDATE_COMPLETE"),
        ("Stack", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"),
        ("Removed", "DELETE_IN_PROGRESS"),
        ("Removed", "DELETE_COMPLETE"),
        ("Stack", "UPDATE_COMPLETE"),
    ]


def test_update__replaces_a_custom_resource__the_old_one_is_deleted_in_the_cleanup(
    local_aws: LocalAws, tmp_path: Path
) -> None:
    probe = Probe(local_aws, tmp_path / "events")
    probe.deploy("SUCCESS", "first")
    assert probe.deploy("SUCCESS", "second", update=True) == "UPDATE_COMPLETE"
    assert probe.requests()[-1] == ("Delete", "first")
    assert events(local_aws) == [
        ("Stack", "UPDATE_IN_PROGRESS"),
        ("Probe", "UPDATE_IN_PROGRESS"),
        ("Probe", "UPDATE_COMPLETE"),
        ("Stack", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"),
        ("Probe", "DELETE_IN_PROGRESS"),
        ("Probe", "DELETE_COMPLETE"),
        ("Stack", "UPDATE_COMPLETE"),
    ]


def test_update__fails_and_is_rolled_back__events_are_those_of_what_changed(
    local_aws: LocalAws, tmp_path: Path
) -> None:
    probe = Probe(local_aws, tmp_path / "events")
    probe.deploy("SUCCESS", "first")
    assert probe.deploy("FAILED", "first", update=True) == "UPDATE_ROLLBACK_COMPLETE"
    assert events(local_aws) == [
        ("Stack", "UPDATE_IN_PROGRESS"),
        ("Probe", "UPDATE_IN_PROGRESS"),
        ("Probe", "UPDATE_FAILED"),
        ("Stack", "UPDATE_ROLLBACK_IN_PROGRESS"),
        ("Probe", "UPDATE_IN_PROGRESS"),
        ("Probe", "UPDATE_COMPLETE"),
        ("Stack", "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS"),
        ("Stack", "UPDATE_ROLLBACK_COMPLETE"),
    ]


def test_update__what_is_new_fails__is_told_as_a_failed_creation(local_aws: LocalAws, tmp_path: Path) -> None:
    probe = Probe(local_aws, tmp_path / "events")
    body = dict(probe._template("FAILED", "first"))
    resources = dict(body["Resources"])  # type: ignore[call-overload]
    failing = resources.pop("Probe")
    local_aws.apply("Stack", body | {"Resources": resources})
    local_aws.apply("Stack", body | {"Resources": resources | {"Probe": failing}}, update=True)
    assert events(local_aws)[:4] == [
        ("Stack", "UPDATE_IN_PROGRESS"),
        ("Probe", "CREATE_IN_PROGRESS"),
        ("Probe", "CREATE_FAILED"),
        ("Stack", "UPDATE_ROLLBACK_IN_PROGRESS"),
    ]


def test_update__of_a_nested_stack__events_are_those_of_what_changes(local_aws: LocalAws) -> None:
    s3, cloudformation = local_aws.client("s3"), local_aws.client("cloudformation")
    s3.create_bucket(Bucket="templates")

    def parent(key: str, child: Mapping[str, object]) -> Mapping[str, object]:
        s3.put_object(Bucket="templates", Key=key, Body=json.dumps(child))
        url = f"https://s3.us-east-1.amazonaws.com/templates/{key}"
        nested = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": url}}
        return {"Resources": {"Child": nested}}

    local_aws.apply("Parent", parent("one", parameters(Same="1", Changed="1")))
    local_aws.apply("Parent", parent("two", parameters(Same="1", Changed="2")), update=True)
    assert events(local_aws, "Parent") == [
        ("Parent", "UPDATE_IN_PROGRESS"),
        ("Child", "UPDATE_IN_PROGRESS"),
        ("Child", "UPDATE_COMPLETE"),
        ("Parent", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"),
        ("Parent", "UPDATE_COMPLETE"),
    ]
    (child,) = cloudformation.describe_stack_resources(StackName="Parent")["StackResources"]
    found = cloudformation.describe_stack_events(StackName=child["PhysicalResourceId"])["StackEvents"]
    inside = [(event["LogicalResourceId"], event["ResourceStatus"]) for event in found[::-1]]
    assert [event for event in inside if event[0] == "Same"] == [
        ("Same", "CREATE_IN_PROGRESS"),
        ("Same", "CREATE_COMPLETE"),
    ]
    assert ("Changed", "UPDATE_COMPLETE") in inside
