from __future__ import annotations

import pytest

from support.requests.avro import avro
from support.virtual_time.imported_data import imported
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


COLOR = {"name": "COLOR", "type": ["null", "string"], "categorical": True}


def test_update__with_a_new_field__is_in_force_when_its_own_status_is_active(sim: Simulated) -> None:
    arn = sim.dataset("Items")
    old = sim.call("DescribeDataset", datasetArn=arn)["dataset"]["schemaArn"]
    new = schema(sim, "colors", avro("Items", COLOR))
    assert sim.call("UpdateDataset", datasetArn=arn, schemaArn=new) == {"datasetArn": arn}
    now = sim.call("DescribeDataset", datasetArn=arn)["dataset"]
    assert (now["status"], now["schemaArn"]) == ("ACTIVE", old)
    assert (now["latestDatasetUpdate"]["status"], now["latestDatasetUpdate"]["schemaArn"]) == (
        "CREATE PENDING",
        new,
    )
    for operation, members in (
        ("UpdateDataset", {"datasetArn": arn, "schemaArn": new}),
        ("DeleteDataset", {"datasetArn": arn}),
        ("DeleteSchema", {"schemaArn": old}),
        ("DeleteSchema", {"schemaArn": new}),
    ):
        assert sim.refusal(operation, **members)[0] == "ResourceInUseException"
    sim.advance(1)
    now = sim.call("DescribeDataset", datasetArn=arn)["dataset"]
    assert (now["latestDatasetUpdate"]["status"], now["schemaArn"]) == ("ACTIVE", new)
    sim.call("DeleteSchema", schemaArn=old)
    assert sim.refusal("DeleteSchema", schemaArn=new)[0] == "ResourceInUseException"


def test_update__then_import__needs_the_new_columns_and_keeps_the_old_records(sim: Simulated) -> None:
    campaign = sim.campaign(sim.trained(sim.active()))
    arn = sim.dataset("Items")
    assert imported(sim, b"ITEM_ID,GENRE\nheat,crime\n", arn)["status"] == "ACTIVE"
    sim.call("UpdateDataset", datasetArn=arn, schemaArn=schema(sim, "colors", avro("Items", COLOR)))
    sim.advance(1)
    old = imported(sim, b"ITEM_ID,GENRE\nup,comedy\n", arn, name="second", importMode="INCREMENTAL")
    assert "missing the following columns: [COLOR]" in old["failureReason"]
    rows = b"ITEM_ID,GENRE,COLOR\nup,comedy,red\n"
    assert imported(sim, rows, arn, name="third", importMode="INCREMENTAL")["status"] == "ACTIVE"
    parts = {"name": "f", "datasetGroupArn": sim.group}
    expression = 'INCLUDE ItemID WHERE Items.COLOR IN ("red") | INCLUDE ItemID WHERE Items.GENRE IN ("crime")'
    chosen = sim.call("CreateFilter", **parts, filterExpression=expression)["filterArn"]
    sim.service.recommend(["alien", "heat", "up"])
    sim.advance(1)
    answer = sim.call("GetRecommendations", campaignArn=campaign, userId="ann", filterArn=chosen)
    assert [entry["itemId"] for entry in answer["itemList"]] == ["heat", "up"]


def test_update__planned_to_fail__leaves_the_old_schema(sim: Simulated) -> None:
    arn = sim.dataset("Items")
    before = sim.call("DescribeDataset", datasetArn=arn)["dataset"]["schemaArn"]
    sim.fail("dataset_update", reason="no luck")
    sim.call("UpdateDataset", datasetArn=arn, schemaArn=schema(sim, "colors", avro("Items", COLOR)))
    sim.advance(1)
    now = sim.call("DescribeDataset", datasetArn=arn)["dataset"]
    assert (now["schemaArn"], now["latestDatasetUpdate"]["failureReason"]) == (before, "no luck")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (avro("Items", {**COLOR, "type": "string"}), "the new field COLOR must be nullable"),
        (avro("Items", {**COLOR, "name": "GENRE", "type": "string"}), "GENRE must stay"),
        (
            avro("Items", {"name": "GENRE", "type": ["null", "string"]}, COLOR),
            "GENRE must stay",
        ),
        (avro("Items", COLOR, without="GENRE"), "the field GENRE is missing"),
        (avro("Users"), "does not fit a dataset of type ITEMS"),
    ],
    ids=["not-nullable", "other-type", "other-attribute", "left-out", "other-dataset"],
)
def test_update__against_the_rules__is_refused_and_changes_nothing(
    sim: Simulated, text: str, words: str
) -> None:
    arn = sim.dataset("Items")
    code, message = sim.refusal("UpdateDataset", datasetArn=arn, schemaArn=schema(sim, "other", text))
    assert (code, words in message) == ("InvalidInputException", True), message
    assert "latestDatasetUpdate" not in sim.call("DescribeDataset", datasetArn=arn)["dataset"]


def test_update__of_interactions_or_before_the_dataset_is_active__is_refused(sim: Simulated) -> None:
    arn, same = sim.dataset("Interactions"), schema(sim)
    code, message = sim.refusal("UpdateDataset", datasetArn=arn, schemaArn=same)
    assert (code, "of type ITEMS or USERS" in message) == ("InvalidInputException", True)
    items = schema(sim, "films", avro("Items"))
    pending = dataset(sim, "Items", schemaArn=items)
    code, message = sim.refusal("UpdateDataset", datasetArn=pending, schemaArn=items)
    assert (code, "CREATE PENDING" in message) == ("ResourceInUseException", True)


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
