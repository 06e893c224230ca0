"""The stacks' own types of Personalize: schema, dataset group, dataset."""

from __future__ import annotations

import json
from typing import Any

import botocore.session
import pytest

from personalize_local.address import ACCOUNT, REGION
from personalize_local.native_types import NATIVE_TYPES, NativeType, ResourceError
from personalize_local.simulator import Durations, Personalize, Scope
from personalize_local.testing.server_process import LocalAws

PREFIX = f"arn:aws:personalize:{REGION}:{ACCOUNT}"
SCOPE = Scope("aws", REGION, ACCOUNT)
SCHEMA = json.dumps(
    {
        "type": "record",
        "name": "Interactions",
        "namespace": "com.amazonaws.personalize.schema",
        "fields": [
            {"name": "USER_ID", "type": "string"},
            {"name": "ITEM_ID", "type": "string"},
            {"name": "TIMESTAMP", "type": "long"},
        ],
        "version": "1.0",
    }
)
TYPES = {kind.noun: kind for kind in NATIVE_TYPES}


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


@pytest.fixture
def service() -> Personalize:
    return Personalize(durations=Durations(dataset_group=0, dataset=0, delete=0))


@pytest.mark.parametrize(
    ("noun", "properties", "problem"),
    [
        ("DatasetGroup", {}, "#: required key [Name] not found"),
        ("DatasetGroup", {"Name": "a", "Size": 1}, "#: extraneous key [Size] is not permitted"),
        (
            "Schema",
            {"Name": "a", "Schema": SCHEMA, "Domain": "MUSIC"},
            "#/Domain: MUSIC is not a valid enum value",
        ),
        (
            "Dataset",
            {"Name": "a", "DatasetType": "Actions", "DatasetGroupArn": "g", "SchemaArn": "s"},
            "#/DatasetType: Actions is not a valid enum value",
        ),
        (
            "Dataset",
            {
                "Name": "a",
                "DatasetType": "Users",
                "DatasetGroupArn": "g",
                "SchemaArn": "s",
                "DatasetImportJob": {},
            },
            "#/DatasetImportJob: import jobs are not simulated; leave it out of a local deploy",
        ),
    ],
)
def test_create__properties_do_not_fit_the_type__is_refused(
    service: Personalize, noun: str, properties: dict[str, object], problem: str
) -> None:
    with pytest.raises(ResourceError) as error:
        TYPES[noun].create(service, SCOPE, properties)
    assert str(error.value) == (
        f"Properties validation failed for AWS::Personalize::{noun} with message: {problem}"
    )


def test_create__the_service_refuses__says_its_message_and_code(service: Personalize) -> None:
    with pytest.raises(ResourceError, match=r"Error Code: ValidationException"):
        TYPES["DatasetGroup"].create(service, SCOPE, {"Name": "not a name"})


def test_delete__in_use__says_why(service: Personalize) -> None:
    group = TYPES["DatasetGroup"].create(service, SCOPE, {"Name": "films"})
    recipe = "arn:aws:personalize:::recipe/aws-user-personalization-v2"
    service.call("CreateSolution", {"name": "a", "datasetGroupArn": group, "recipeArn": recipe}, SCOPE)
    with pytest.raises(ResourceError, match=r"Error Code: ResourceInUseException"):
        TYPES["DatasetGroup"].delete(service, SCOPE, group)


@pytest.mark.parametrize("kind", NATIVE_TYPES, ids=lambda kind: kind.noun)
def test_properties__are_members_of_the_create_request(kind: NativeType) -> None:
    model = botocore.session.get_session().get_service_model("personalize")
    members = model.operation_model(f"Create{kind.noun}").input_shape.members
    names = {name[0].lower() + name[1:] for name in kind.properties if name != "Tags"}
    assert names <= members.keys()
    assert ("tags" in members) == kind.sends_tags
