"""What the schema of a dataset must have, by its type and domain."""

from __future__ import annotations

import json

import pytest

from personalize_local.simulator.kinds.dataset.schema_rules import TYPES, problems
from support.requests.avro import Field, avro
from support.virtual_time.simulated import Simulated

TYPE_NAMES = ("Interactions", "Items", "Users", "Actions", "Action_Interactions")
EVENT_TYPE: Field = {"name": "EVENT_TYPE", "type": "string"}
PRICE: Field = {"name": "PRICE", "type": "float"}
CATEGORY: Field = {"name": "CATEGORY_L1", "type": ["string"], "categorical": True}
GENRES: Field = {"name": "GENRES", "type": "string", "categorical": True}
CREATED: Field = {"name": "CREATION_TIMESTAMP", "type": "long"}


def found(text: str, kind: str, domain: str | None = None) -> list[str]:
    return problems(json.loads(text), kind.upper(), domain)


@pytest.mark.parametrize("kind", TYPE_NAMES)
def test_schema__with_the_required_fields__is_taken(kind: str) -> None:
    assert found(avro(kind), kind) == []


@pytest.mark.parametrize(
    ("kind", "domain", "text"),
    [
        ("Interactions", "ECOMMERCE", avro("Interactions", EVENT_TYPE)),
        ("Items", "ECOMMERCE", avro("Items", PRICE, CATEGORY)),
        ("Users", "ECOMMERCE", avro("Users")),
        ("Interactions", "VIDEO_ON_DEMAND", avro("Interactions", EVENT_TYPE)),
        ("Items", "VIDEO_ON_DEMAND", avro("Items", GENRES, CREATED)),
        (
            "Users",
            "VIDEO_ON_DEMAND",
            avro(
                "Users", {"name": "SUBSCRIPTION_MODEL", "type": "string", "categorical": True}, without="AGE"
            ),
        ),
    ],
)
def test_schema__with_what_the_domain_requires__is_taken(kind: str, domain: str, text: str) -> None:
    assert found(text, kind, domain) == []


REQUIRED = {
    None: {
        "Interactions": ["USER_ID", "ITEM_ID", "TIMESTAMP"],
        "Items": ["ITEM_ID"],
        "Users": ["USER_ID"],
        "Actions": ["ACTION_ID"],
        "Action_Interactions": ["USER_ID", "ACTION_ID", "EVENT_TYPE", "TIMESTAMP"],
    },
    "ECOMMERCE": {
        "Interactions": ["USER_ID", "ITEM_ID", "TIMESTAMP", "EVENT_TYPE"],
        "Items": ["ITEM_ID", "PRICE", "CATEGORY_L1"],
        "Users": ["USER_ID"],
    },
    "VIDEO_ON_DEMAND": {
        "Interactions": ["USER_ID", "ITEM_ID", "TIMESTAMP", "EVENT_TYPE"],
        "Items": ["ITEM_ID", "CREATION_TIMESTAMP", "GENRES"],
        "Users": ["USER_ID"],
    },
}


@pytest.mark.parametrize(
    ("domain", "kind", "name"),
    [(d, k, name) for d, kinds in REQUIRED.items() for k, names in kinds.items() for name in names],
)
def test_schema__without_a_required_field__is_refused(domain: str | None, kind: str, name: str) -> None:
    more = {"ECOMMERCE": (EVENT_TYPE, PRICE, CATEGORY), "VIDEO_ON_DEMAND": (EVENT_TYPE, GENRES, CREATED)}
    text = avro(kind, *more.get(str(domain), ()), without=name)
    assert f"the required field {name} is missing" in found(text, kind, domain)


@pytest.mark.parametrize(
    ("kind", "field", "words"),
    [
        ("Interactions", {"name": "USER_ID", "type": "long"}, "USER_ID must be string: got"),
        ("Interactions", {"name": "TIMESTAMP", "type": ["null", "long"]}, "TIMESTAMP must be long: got"),
        ("Interactions", EVENT_TYPE | {"categorical": True}, "EVENT_TYPE must be string: got"),
        (
            "Interactions",
            {"name": "EVENT_VALUE", "type": "int"},
            "EVENT_VALUE must be float, which may be null",
        ),
        ("Items", {"name": "CREATION_TIMESTAMP", "type": "string"}, "CREATION_TIMESTAMP must be long"),
        (
            "Items",
            {"name": "PLACE", "type": {"type": "array", "items": "string"}},
            "PLACE must be of the types",
        ),
        ("Items", {"name": "itemid", "type": "string"}, "itemid and ITEM_ID are the same name"),
        ("Items", {"name": 7}, "each field must have a name"),
    ],
)
def test_schema__with_a_field_that_is_wrong__is_refused(kind: str, field: Field, words: str) -> None:
    assert any(words in problem for problem in found(avro(kind, field), kind))


@pytest.mark.parametrize("name", ["Clicks", "Items", ""])
def test_schema__named_otherwise_than_its_type__is_refused(name: str) -> None:
    document = json.loads(avro("Interactions")) | {"name": name}
    assert problems(document, "INTERACTIONS", None) == [
        f"the name of the record must be the dataset type INTERACTIONS: got {name!r}"
    ]


@pytest.mark.parametrize("name", ["INTERACTIONS", "interactions", "Interactions"])
def test_schema__named_as_its_type_in_another_case__is_taken(name: str) -> None:
    assert found(avro("Interactions", name=name), "Interactions") == []


@pytest.mark.parametrize(("kind", "other"), [("Items", "GENRE"), ("Users", "AGE"), ("Actions", "COST")])
def test_schema__without_a_field_to_train_with__is_refused(kind: str, other: str) -> None:
    plain: Field = {"name": "TITLE", "type": "string"}
    for text in (avro(kind, without=other), avro(kind, plain, without=other)):
        assert any("there must be 1 metadata field" in problem for problem in found(text, kind))


@pytest.mark.parametrize(
    ("kind", "most"), [("Interactions", 5), ("Users", 25), ("Items", 100), ("Actions", 10)]
)
def test_schema__of_more_metadata_than_documented__is_refused(kind: str, most: int) -> None:
    has = 0 if kind == "Interactions" else 1
    fields: list[Field] = [{"name": f"F{n}", "type": "int"} for n in range(most - has)]
    assert found(avro(kind, *fields), kind) == []
    assert found(avro(kind, *fields, {"name": "MORE", "type": "int"}), kind) == [
        f"there must be {most} metadata fields at most: got {most + 1}"
    ]


@pytest.mark.parametrize("kind", ["Actions", "Action_Interactions"])
def test_dataset__of_actions_in_a_domain__is_refused(kind: str) -> None:
    assert found(avro(kind), kind, "ECOMMERCE") == [
        f"a dataset group of the domain ECOMMERCE has no dataset of type {kind.upper()}"
    ]


def test_types__are_those_of_the_tests() -> None:
    assert tuple(name.upper() for name in TYPE_NAMES) == TYPES


def test_create_dataset__schema_of_another_type__is_refused_and_says_all_that_is_wrong(
    sim: Simulated,
) -> None:
    text = avro("Interactions", without="TIMESTAMP")
    text = text.replace('"ITEM_ID", "type": "string"', '"ITEM_ID", "type": "int"')
    schema = sim.call("CreateSchema", name="s", schema=text)["schemaArn"]
    parts = {"name": "d", "datasetType": "Interactions", "datasetGroupArn": sim.group, "schemaArn": schema}
    assert sim.refusal("CreateDataset", **parts) == (
        "InvalidInputException",
        f"{schema} does not fit a dataset of type INTERACTIONS: ITEM_ID must be string:"
        " got {'name': 'ITEM_ID', 'type': 'int'}; the required field TIMESTAMP is missing",
    )
    assert sim.call("ListDatasets") == {"datasets": []}


def test_create_dataset__schema_of_another_domain__is_refused(sim: Simulated) -> None:
    group = sim.create_group("shop", domain="ECOMMERCE")
    schema = sim.call("CreateSchema", name="s", schema=avro("Users"))["schemaArn"]
    parts = {"name": "d", "datasetType": "Users", "datasetGroupArn": group, "schemaArn": schema}
    code, message = sim.refusal("CreateDataset", **parts)
    assert (code, "must be of the domain ECOMMERCE" in message) == ("InvalidInputException", True)


def test_create_schema__fields_that_are_no_list__is_refused(sim: Simulated) -> None:
    text = json.dumps({"type": "record", "fields": {"USER_ID": "string"}})
    assert sim.refusal("CreateSchema", name="s", schema=text)[0] == "InvalidInputException"
