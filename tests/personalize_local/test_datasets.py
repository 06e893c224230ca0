from __future__ import annotations

import pytest

from support.requests.avro import avro
from support.virtual_time.simulated import Simulated

AVRO = avro("Interactions")


def schema(sim: Simulated, name: str = "watched", text: str = AVRO, **members: object) -> str:
    return str(sim.call("CreateSchema", name=name, schema=text, **members)["schemaArn"])


def dataset(sim: Simulated, kind: str = "Interactions", **members: object) -> str:
    defaults = {"name": kind, "datasetGroupArn": sim.group, "datasetType": kind}
    members = defaults | {"schemaArn": members.pop("schemaArn", None) or schema(sim)} | members
    return str(sim.call("CreateDataset", **members)["datasetArn"])


def test_group__created__becomes_active_and_is_listed(sim: Simulated) -> None:
    answer = sim.call("CreateDatasetGroup", name="shop", domain="ECOMMERCE")
    assert answer == {
        "datasetGroupArn": "arn:aws:personalize:us-east-1:123456789012:dataset-group/shop",
        "domain": "ECOMMERCE",
    }
    group = sim.call("DescribeDatasetGroup", datasetGroupArn=answer["datasetGroupArn"])["datasetGroup"]
    assert (group["status"], group["domain"]) == ("CREATE PENDING", "ECOMMERCE")
    sim.advance(1)
    listed = sim.call("ListDatasetGroups")["datasetGroups"]
    assert [(group["name"], group["status"]) for group in listed] == [("films", "ACTIVE"), ("shop", "ACTIVE")]


def test_group__of_a_domain__may_hold_a_custom_solution(sim: Simulated) -> None:
    group = sim.create_group("shop", domain="ECOMMERCE")
    assert sim.status(sim.active(datasetGroupArn=group)) == "ACTIVE"


def test_group__taken_name_and_full_quota__are_refused(sim: Simulated) -> None:
    assert sim.refusal("CreateDatasetGroup", name="films")[0] == "ResourceAlreadyExistsException"
    for n in range(4):
        sim.create_group(f"g{n}")
    assert sim.refusal("CreateDatasetGroup", name="g4")[0] == "LimitExceededException"


@pytest.mark.parametrize(
    "members",
    [
        {"kmsKeyArn": "arn:aws:kms:us-east-1:123456789012:key/a"},
        {"roleArn": "arn:aws:iam::123456789012:role/a"},
    ],
)
def test_group__with_a_key_or_a_role_only__is_refused(sim: Simulated, members: dict[str, str]) -> None:
    code, message = sim.refusal("CreateDatasetGroup", name="books", **members)
    assert (code, "given together" in message) == ("InvalidInputException", True)


def test_group__told_to_fail__says_why(sim: Simulated) -> None:
    sim.fail("dataset_group", reason="no key")
    arn = sim.create_group("books")
    group = sim.call("DescribeDatasetGroup", datasetGroupArn=arn)["datasetGroup"]
    assert (group["status"], group["failureReason"]) == ("CREATE FAILED", "no key")
    sim.call("DeleteDatasetGroup", datasetGroupArn=arn)


def test_group__with_solutions_or_datasets__cannot_be_deleted(sim: Simulated) -> None:
    solution, interactions = sim.active(), dataset(sim)
    sim.advance(1)
    for arn, operation, member in (
        (solution, "DeleteSolution", "solutionArn"),
        (interactions, "DeleteDataset", "datasetArn"),
    ):
        code, message = sim.refusal("DeleteDatasetGroup", datasetGroupArn=sim.group)
        assert (code, arn in message) == ("ResourceInUseException", True)
        sim.call(operation, **{member: arn})
        assert sim.refusal("DeleteDatasetGroup", datasetGroupArn=sim.group)[0] == "ResourceInUseException"
        sim.advance(1)
    sim.call("DeleteDatasetGroup", datasetGroupArn=sim.group)
    assert sim.refusal("DeleteDatasetGroup", datasetGroupArn=sim.group)[0] == "ResourceInUseException"
    sim.advance(1)
    assert sim.refusal("DescribeDatasetGroup", datasetGroupArn=sim.group)[0] == "ResourceNotFoundException"


def test_dataset__created__is_one_of_its_type_in_its_group(sim: Simulated) -> None:
    arn = dataset(sim, "Interactions", name="clicks")
    assert arn == "arn:aws:personalize:us-east-1:123456789012:dataset/films/INTERACTIONS"
    described = sim.call("DescribeDataset", datasetArn=arn)["dataset"]
    assert (described["name"], described["datasetType"]) == ("clicks", "INTERACTIONS")
    again = {
        "name": "more",
        "datasetGroupArn": sim.group,
        "datasetType": "INTERACTIONS",
        "schemaArn": described["schemaArn"],
    }
    assert sim.refusal("CreateDataset", **again)[0] == "ResourceAlreadyExistsException"
    items = schema(sim, "films", avro("Items"))
    dataset(sim, "Items", schemaArn=items)
    other = sim.create_group("books")
    dataset(sim, "Items", datasetGroupArn=other, schemaArn=items)
    listed = sim.call("ListDatasets", datasetGroupArn=sim.group)["datasets"]
    assert [entry["datasetType"] for entry in listed] == ["INTERACTIONS", "ITEMS"]
    assert len(sim.call("ListDatasets")["datasets"]) == 3


def test_dataset__of_action_interactions__has_a_tracking_id_and_others_have_none(sim: Simulated) -> None:
    tracked, untracked = sim.dataset("Action_Interactions"), sim.dataset("Interactions")
    assert sim.call("DescribeDataset", datasetArn=tracked)["dataset"]["trackingId"]
    assert "trackingId" not in sim.call("DescribeDataset", datasetArn=untracked)["dataset"]


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"datasetType": "Films"}, "InvalidInputException"),
        (
            {"schemaArn": "arn:aws:personalize:us-east-1:123456789012:schema/none"},
            "ResourceNotFoundException",
        ),
        (
            {"datasetGroupArn": "arn:aws:personalize:us-east-1:123456789012:dataset-group/none"},
            "ResourceNotFoundException",
        ),
    ],
)
def test_dataset__of_unknown_parts__is_refused(sim: Simulated, members: dict[str, str], code: str) -> None:
    parts = {"name": "n", "datasetType": "Items", "datasetGroupArn": sim.group, "schemaArn": schema(sim)}
    assert sim.refusal("CreateDataset", **(parts | members))[0] == code


def test_dataset__in_a_group_that_is_not_active__is_refused(sim: Simulated) -> None:
    group = sim.call("CreateDatasetGroup", name="books")["datasetGroupArn"]
    parts = {"name": "n", "datasetType": "Items", "datasetGroupArn": group, "schemaArn": schema(sim)}
    assert sim.refusal("CreateDataset", **parts)[0] == "InvalidInputException"


def test_dataset__told_to_fail__ends_failed(sim: Simulated) -> None:
    sim.fail("dataset")
    arn = dataset(sim)
    sim.advance(1)
    assert sim.call("DescribeDataset", datasetArn=arn)["dataset"]["status"] == "CREATE FAILED"


def test_dataset__while_a_version_trains__cannot_be_deleted(sim: Simulated) -> None:
    arn = dataset(sim)
    version = sim.train(sim.active())
    code, message = sim.refusal("DeleteDataset", datasetArn=arn)
    assert (code, version in message) == ("ResourceInUseException", True)
    sim.advance(1200)
    sim.call("DeleteDataset", datasetArn=arn)
    sim.advance(1)
    assert sim.refusal("DescribeDataset", datasetArn=arn)[0] == "ResourceNotFoundException"


def test_dataset__while_another_groups_version_trains__can_be_deleted(sim: Simulated) -> None:
    arn = dataset(sim)
    sim.train(sim.active(datasetGroupArn=sim.create_group("books")))
    sim.call("DeleteDataset", datasetArn=arn)


def test_schema__created__is_there_at_once(sim: Simulated) -> None:
    arn = schema(sim)
    assert arn == "arn:aws:personalize:us-east-1:123456789012:schema/watched"
    described = sim.call("DescribeSchema", schemaArn=arn)["schema"]
    assert (described["name"], described["schema"]) == ("watched", AVRO)
    assert [entry["schemaArn"] for entry in sim.call("ListSchemas")["schemas"]] == [arn]
    assert sim.refusal("CreateSchema", name="watched", schema=AVRO)[0] == "ResourceAlreadyExistsException"


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '{"type": "record"}', '{"type": "string", "fields": [1]}']
)
def test_schema__that_is_no_avro_record__is_refused(sim: Simulated, text: str) -> None:
    assert sim.refusal("CreateSchema", name="bad", schema=text)[0] == "InvalidInputException"


def test_schema__used_by_a_dataset__cannot_be_deleted(sim: Simulated) -> None:
    arn = schema(sim)
    user = dataset(sim, schemaArn=arn)
    code, message = sim.refusal("DeleteSchema", schemaArn=arn)
    assert (code, user in message) == ("ResourceInUseException", True)
    sim.advance(1)
    sim.call("DeleteDataset", datasetArn=user)
    sim.advance(1)
    sim.call("DeleteSchema", schemaArn=arn)
    assert sim.refusal("DescribeSchema", schemaArn=arn)[0] == "ResourceNotFoundException"
