"""Stacks of CloudFormation's own types of Personalize."""

from __future__ import annotations

import json
from typing import Any

import pytest

from personalize_local.address import ACCOUNT, REGION
from personalize_local.testing.server_process import LocalAws
from support.processes.process_faults import eventually
from support.requests.avro import avro

PREFIX = f"arn:aws:personalize:{REGION}:{ACCOUNT}"
SCHEMA = avro("Interactions")
SOLUTION = {
    "Name": "next",
    "DatasetGroupArn": f"{PREFIX}:dataset-group/films",
    "RecipeArn": "arn:aws:personalize:::recipe/aws-user-personalization",
}


def template(*, group: str = "films", dataset: str = "clicks", **properties: object) -> dict[str, Any]:
    """A schema, a dataset group with `properties`, and a dataset of both."""
    interactions = {
        "Name": dataset,
        "DatasetType": "Interactions",
        "DatasetGroupArn": {"Ref": "Group"},
        "SchemaArn": {"Fn::GetAtt": ["Schema", "SchemaArn"]},
    }
    return {
        "Resources": {
            "Schema": {
                "Type": "AWS::Personalize::Schema",
                "Properties": {"Name": "clicks", "Schema": SCHEMA},
            },
            "Group": {"Type": "AWS::Personalize::DatasetGroup", "Properties": {"Name": group, **properties}},
            "Dataset": {"Type": "AWS::Personalize::Dataset", "Properties": interactions},
        },
        "Outputs": {
            "Schema": {"Value": {"Ref": "Schema"}},
            "Group": {"Value": {"Fn::GetAtt": ["Group", "DatasetGroupArn"]}},
            "Dataset": {"Value": {"Fn::GetAtt": ["Dataset", "DatasetArn"]}},
            "DatasetRef": {"Value": {"Ref": "Dataset"}},
        },
    }


@pytest.fixture
def aws(local_aws: LocalAws) -> LocalAws:
    local_aws.control("POST", "durations", {"dataset_group": 0.2, "dataset": 0.2, "delete": 0.2})
    return local_aws


def everything(aws: LocalAws) -> list[str]:
    personalize = aws.client("personalize")
    return [
        *(schema["schemaArn"] for schema in personalize.list_schemas()["schemas"]),
        *(group["datasetGroupArn"] for group in personalize.list_dataset_groups()["datasetGroups"]),
        *(dataset["datasetArn"] for dataset in personalize.list_datasets()["datasets"]),
    ]


def test_create__done__everything_is_active_and_refs_are_arns(aws: LocalAws) -> None:
    assert aws.apply("Data", template(Tags=[{"Key": "team", "Value": "films"}])) == "CREATE_COMPLETE"
    dataset = f"{PREFIX}:dataset/films/INTERACTIONS"
    assert aws.outputs("Data") == {
        "Schema": f"{PREFIX}:schema/clicks",
        "Group": f"{PREFIX}:dataset-group/films",
        "Dataset": dataset,
        "DatasetRef": dataset,
    }
    personalize = aws.client("personalize")
    assert personalize.describe_dataset(datasetArn=dataset)["dataset"]["status"] == "ACTIVE"
    tags = personalize.list_tags_for_resource(resourceArn=f"{PREFIX}:dataset-group/films")["tags"]
    assert tags == [{"tagKey": "team", "tagValue": "films"}]


def test_create__while_it_waits__other_calls_are_answered(aws: LocalAws) -> None:
    aws.control("POST", "durations", {"dataset_group": 3600})
    cloudformation = aws.client("cloudformation")
    cloudformation.create_stack(StackName="Data", TemplateBody=json.dumps(template()))
    stack = cloudformation.describe_stacks(StackName="Data")["Stacks"][0]
    assert stack["StackStatus"] == "CREATE_IN_PROGRESS"
    personalize = aws.client("personalize")
    eventually("the group is created", lambda: personalize.list_dataset_groups()["datasetGroups"])
    aws.control("POST", "clock", {"advance": 3600})
    assert aws.settled("Data") == "CREATE_COMPLETE"


def test_delete__done__nothing_is_left(aws: LocalAws) -> None:
    aws.apply("Data", template())
    assert aws.delete("Data") == "DELETE_COMPLETE"
    assert everything(aws) == []


def test_delete__gone_already__succeeds(aws: LocalAws) -> None:
    aws.apply("Data", template())
    aws.control("POST", "durations", {"delete": 0})
    aws.client("personalize").delete_dataset(datasetArn=f"{PREFIX}:dataset/films/INTERACTIONS")
    assert aws.delete("Data") == "DELETE_COMPLETE"


def test_update__another_name__replaces(aws: LocalAws) -> None:
    aws.apply("Data", template())
    assert aws.apply("Data", template(group="books"), update=True) == "UPDATE_COMPLETE"
    assert everything(aws) == [
        f"{PREFIX}:schema/clicks",
        f"{PREFIX}:dataset-group/books",
        f"{PREFIX}:dataset/books/INTERACTIONS",
    ]


def test_update__dataset_keeps_its_arn__the_old_one_is_deleted_first(aws: LocalAws) -> None:
    aws.apply("Data", template())
    assert aws.apply("Data", template(dataset="views"), update=True) == "UPDATE_COMPLETE"
    datasets = aws.client("personalize").list_datasets()["datasets"]
    assert [dataset["name"] for dataset in datasets] == ["views"]


def test_update__same_name_must_be_replaced__fails_on_the_name_and_rolls_back(aws: LocalAws) -> None:
    aws.apply("Data", template())
    assert aws.apply("Data", template(Domain="ECOMMERCE"), update=True) == "UPDATE_ROLLBACK_COMPLETE"
    assert any("ResourceAlreadyExistsException" in reason for reason in aws.reasons("Data"))
    assert len(everything(aws)) == 3


def test_create__fails_later__the_reason_is_the_services_and_nothing_is_left(aws: LocalAws) -> None:
    failure = {"resource": "dataset_group", "name": "films", "outcome": "fail", "reason": "no such key"}
    aws.control("POST", "outcomes", failure)
    assert aws.apply("Data", template()) == "ROLLBACK_COMPLETE"
    assert any("CREATE FAILED: no such key" in reason for reason in aws.reasons("Data"))
    assert everything(aws) == []


def everything_native(**campaign: object) -> dict[str, Any]:
    """A solution, a tracker and a filter, and a campaign when its properties are given."""
    of_group = {"DatasetGroupArn": {"Ref": "Group"}}
    expression = 'EXCLUDE ItemID WHERE Items.GENRE IN ("horror")'
    resources = {
        "Group": {"Type": "AWS::Personalize::DatasetGroup", "Properties": {"Name": "films"}},
        "Solution": {"Type": "AWS::Personalize::Solution", "Properties": SOLUTION | of_group},
        "Tracker": {"Type": "AWS::Personalize::EventTracker", "Properties": {"Name": "site", **of_group}},
        "Filter": {
            "Type": "AWS::Personalize::Filter",
            "Properties": {"Name": "calm", "FilterExpression": expression, **of_group},
        },
    }
    if campaign:
        version = {"Fn::Join": ["/", [{"Fn::GetAtt": ["Solution", "SolutionArn"]}, "$LATEST"]]}
        resources["Campaign"] = {
            "Type": "AWS::Personalize::Campaign",
            "Properties": {"SolutionVersionArn": version, **campaign},
        }
    outputs = {
        "Solution": {"Value": {"Ref": "Solution"}},
        "TrackingId": {"Value": {"Fn::GetAtt": ["Tracker", "TrackingId"]}},
        "FilterStatus": {"Value": {"Fn::GetAtt": ["Filter", "Status"]}},
    }
    return {"Resources": resources, "Outputs": outputs}


@pytest.fixture
def native(aws: LocalAws) -> LocalAws:
    quick = ("event_tracker", "filter", "solution_version", "campaign", "campaign_update")
    aws.control("POST", "durations", dict.fromkeys(quick, 0))
    assert aws.apply("Native", everything_native()) == "CREATE_COMPLETE"
    aws.client("personalize").create_solution_version(solutionArn=f"{PREFIX}:solution/next")
    return aws


def test_stack__of_the_native_types__goes_from_creation_to_nothing(native: LocalAws) -> None:
    outputs = native.outputs("Native")
    assert (outputs["Solution"], outputs["FilterStatus"]) == (f"{PREFIX}:solution/next", "ACTIVE")
    event = {"eventType": "buy", "sentAt": 1}
    native.client("personalize-events").put_events(
        trackingId=outputs["TrackingId"], sessionId="s", eventList=[event]
    )
    [account] = native.control("GET", "")["accounts"]
    [events] = [d for d in account["datasets"] if d["datasetType"] == "EVENT_INTERACTIONS"]
    assert len(events["events"]) == 1
    assert native.apply("Native", everything_native(Name="home"), update=True) == "UPDATE_COMPLETE"
    # The dataset of events belongs to no resource of the template (rule 168).
    assert native.delete("Native") == "DELETE_FAILED"
    native.client("personalize").delete_dataset(datasetArn=events["datasetArn"])
    native.control("POST", "clock", {"advance": 60})
    assert native.delete("Native") == "DELETE_COMPLETE"
    [account] = native.control("GET", "")["accounts"]
    assert [kind for kind, left in account.items() if isinstance(left, list) and left] == []


def test_stack__campaign_changed__is_updated_in_place_or_replaced_as_the_registry_says(
    native: LocalAws,
) -> None:
    personalize = native.client("personalize")
    arn = f"{PREFIX}:campaign/home"
    native.apply("Native", everything_native(Name="home"), update=True)
    made = personalize.describe_campaign(campaignArn=arn)["campaign"]["creationDateTime"]
    tags = [{"Key": "team", "Value": "films"}]
    changed = everything_native(Name="home", MinProvisionedTPS=3, Tags=tags)
    assert native.apply("Native", changed, update=True) == "UPDATE_COMPLETE"
    campaign = personalize.describe_campaign(campaignArn=arn)["campaign"]
    assert (campaign["minProvisionedTPS"], campaign["creationDateTime"]) == (3, made)
    assert personalize.list_tags_for_resource(resourceArn=arn)["tags"] == [
        {"tagKey": "team", "tagValue": "films"}
    ]
    assert native.apply("Native", everything_native(Name="shop"), update=True) == "UPDATE_COMPLETE"
    assert [c["name"] for c in personalize.list_campaigns()["campaigns"]] == ["shop"]


def test_stack__tracker_renamed__fails_for_a_group_has_one_and_rolls_back(native: LocalAws) -> None:
    renamed = everything_native()
    renamed["Resources"]["Tracker"]["Properties"]["Name"] = "shop"
    assert native.apply("Native", renamed, update=True) == "UPDATE_ROLLBACK_COMPLETE"
    assert any("ResourceAlreadyExistsException" in reason for reason in native.reasons("Native"))
    [tracker] = native.client("personalize").list_event_trackers()["eventTrackers"]
    assert tracker["name"] == "site"
