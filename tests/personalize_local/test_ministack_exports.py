"""An export that another stack imports stays as it is, as in CloudFormation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError

from personalize_local.testing.server_process import LocalAws

IN_USE = "as it is in use by Importer"


def exporting(value: str, *names: str) -> Mapping[str, object]:
    """A stack that exports a value of its own under some names, and under none if there are none."""
    outputs = {
        f"Output{n}": {"Value": {"Ref": "Own"}, "Export": {"Name": name}} for n, name in enumerate(names)
    }
    own = {"Type": "AWS::SSM::Parameter", "Properties": {"Name": value, "Type": "String", "Value": value}}
    return {"Resources": {"Own": own}, **({"Outputs": outputs} if outputs else {})}


def importing(name: str | None) -> Mapping[str, object]:
    """A stack that imports a value, or has one of its own."""
    value: object = {"Fn::ImportValue": {"Fn::Sub": name}} if name else "own"
    properties = {"Name": "importer", "Type": "String", "Value": value}
    return {"Resources": {"Own": {"Type": "AWS::SSM::Parameter", "Properties": properties}}}


@pytest.fixture
def aws(local_aws: LocalAws) -> LocalAws:
    """A stack `Exporter` whose export `films` the stack `Importer` imports."""
    assert local_aws.apply("Exporter", exporting("one", "films", "series")) == "CREATE_COMPLETE"
    assert local_aws.apply("Importer", importing("films")) == "CREATE_COMPLETE"
    return local_aws


def exports(aws: LocalAws) -> dict[str, str]:
    listed = aws.client("cloudformation").list_exports()["Exports"]
    return {export["Name"]: export["Value"] for export in listed}


def parameters(aws: LocalAws) -> set[str]:
    found = aws.client("ssm").describe_parameters()["Parameters"]
    return {parameter["Name"] for parameter in found}


def stack_events(aws: LocalAws, name: str) -> list[tuple[str, str]]:
    """The stack's own events of the last operation, oldest first."""
    events: list[Any] = aws.client("cloudformation").describe_stack_events(StackName=name)["StackEvents"]
    own = [event for event in events if event["PhysicalResourceId"] == event["StackId"]]
    last = next(n for n, event in enumerate(own) if event.get("ResourceStatusReason") == "User Initiated")
    return [(event["ResourceStatus"], event.get("ResourceStatusReason", "")) for event in own[last::-1]]


@pytest.mark.parametrize(
    ("template", "verb"), [(exporting("two", "films"), "updated"), (exporting("one"), "deleted")]
)
def test_update__of_an_export_in_use__is_rolled_back_with_the_reason(
    aws: LocalAws, template: Mapping[str, object], verb: str
) -> None:
    assert aws.apply("Exporter", template, update=True) == "UPDATE_ROLLBACK_COMPLETE"
    assert stack_events(aws, "Exporter") == [
        ("UPDATE_IN_PROGRESS", "User Initiated"),
        ("UPDATE_ROLLBACK_IN_PROGRESS", f"Export films cannot be {verb} {IN_USE}"),
        ("UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", ""),
        ("UPDATE_ROLLBACK_COMPLETE", ""),
    ]
    assert exports(aws) == {"films": "one", "series": "one"}
    assert parameters(aws) == {"one", "importer"}


def test_update__of_an_export_that_nobody_imports__goes_through(aws: LocalAws) -> None:
    assert aws.apply("Exporter", exporting("one", "films", "more"), update=True) == "UPDATE_COMPLETE"
    assert exports(aws) == {"films": "one", "more": "one"}


def test_update__after_the_importing_stack_has_changed__goes_through(aws: LocalAws) -> None:
    assert aws.apply("Importer", importing(None), update=True) == "UPDATE_COMPLETE"
    assert aws.apply("Exporter", exporting("two", "films"), update=True) == "UPDATE_COMPLETE"
    assert exports(aws) == {"films": "two"}
    assert parameters(aws) == {"two", "importer"}


def test_delete__of_an_export_in_use__is_given_up_with_the_reason(aws: LocalAws) -> None:
    reason = f"Export films cannot be deleted {IN_USE}"
    assert aws.delete("Exporter") == "CREATE_COMPLETE"
    stack = aws.client("cloudformation").describe_stacks(StackName="Exporter")["Stacks"][0]
    assert stack["StackStatusReason"] == reason
    assert stack_events(aws, "Exporter") == [
        ("DELETE_IN_PROGRESS", "User Initiated"),
        ("CREATE_COMPLETE", reason),
    ]
    assert parameters(aws) == {"one", "importer"}

    assert aws.delete("Importer") == "DELETE_COMPLETE"
    assert aws.delete("Exporter") == "DELETE_COMPLETE"
    assert exports(aws) == {}


def test_create__with_an_export_of_another_stack__is_rolled_back_with_the_reason(aws: LocalAws) -> None:
    assert aws.apply("Other", exporting("other", "films")) == "ROLLBACK_COMPLETE"
    assert stack_events(aws, "Other")[1] == (
        "ROLLBACK_IN_PROGRESS",
        "Export with name films is already exported by stack Exporter. Rollback requested by user.",
    )
    assert exports(aws)["films"] == "one"
    assert aws.delete("Other") == "DELETE_COMPLETE"
    assert exports(aws)["films"] == "one"


def test_list_imports__names_the_importing_stacks(aws: LocalAws) -> None:
    cloudformation = aws.client("cloudformation")
    assert cloudformation.list_imports(ExportName="films")["Imports"] == ["Importer"]
    with pytest.raises(ClientError, match="Export 'series' is not imported by any stack"):
        cloudformation.list_imports(ExportName="series")
