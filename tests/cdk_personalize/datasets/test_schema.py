"""A Schema in a template, and the checks of its arguments."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_personalize as personalize
from aws_cdk.assertions import Annotations, Match, Template

from cdk_personalize import Dataset, DatasetGroup, DatasetType, Domain, Field, InvalidConstructError, Schema
from support.requests.avro import avro

TYPE = "AWS::Personalize::Schema"
DEVICE = Field.string("DEVICE", categorical=True)


def resource(stack: cdk.Stack) -> dict[str, Any]:
    [found] = Template.from_stack(stack).find_resources(TYPE).values()
    return dict(found)


def columns(schema: Schema) -> dict[str, Any]:
    return {field["name"]: field["type"] for field in schema.document["fields"]}


def test_interactions__with_event_type_and_a_column__is_the_avro_of_the_documentation(
    stack: cdk.Stack,
) -> None:
    Schema.interactions(stack, "Clicks", event_type=True, fields=[DEVICE])

    assert json.loads(resource(stack)["Properties"]["Schema"]) == {
        "type": "record",
        "name": "Interactions",
        "namespace": "com.amazonaws.personalize.schema",
        "fields": [
            {"name": "USER_ID", "type": "string"},
            {"name": "ITEM_ID", "type": "string"},
            {"name": "TIMESTAMP", "type": "long"},
            {"name": "EVENT_TYPE", "type": "string"},
            {"name": "DEVICE", "type": "string", "categorical": True},
        ],
        "version": "1.0",
    }


def test_interactions__of_a_domain__have_an_event_type_once(stack: cdk.Stack) -> None:
    schema = Schema.interactions(stack, "Clicks", event_type=True, domain=Domain.ECOMMERCE)

    assert list(columns(schema)) == ["USER_ID", "ITEM_ID", "TIMESTAMP", "EVENT_TYPE"]


def test_other_types__have_what_they_need_and_your_columns(stack: cdk.Stack) -> None:
    age = Field.int("AGE", nullable=True)

    assert columns(Schema.items(stack, "Items", fields=[age])) == {
        "ITEM_ID": "string",
        "AGE": ["null", "int"],
    }
    assert list(columns(Schema.items(stack, "Films", domain=Domain.VIDEO_ON_DEMAND))) == [
        "ITEM_ID",
        "CREATION_TIMESTAMP",
        "GENRES",
    ]
    assert list(columns(Schema.users(stack, "Users", fields=[age]))) == ["USER_ID", "AGE"]
    assert list(columns(Schema.actions(stack, "Offers", fields=[age]))) == ["ACTION_ID", "AGE"]
    taken = Schema.action_interactions(stack, "Taken")
    assert list(columns(taken)) == ["USER_ID", "ACTION_ID", "EVENT_TYPE", "TIMESTAMP"]
    assert taken.dataset_type is DatasetType.ACTION_INTERACTIONS


def test_from_avro__of_a_file_a_dict_or_json__is_that_schema(stack: cdk.Stack, tmp_path: Path) -> None:
    text = avro("Users")
    file = tmp_path / "users.avsc"
    file.write_text(text)

    one = Schema.from_avro(stack, "One", file)
    two = Schema.from_avro(stack, "Two", json.loads(text))

    three = Schema.from_avro(stack, "Three", text)

    assert one.document == two.document == three.document == json.loads(text)


def test_from_avro__of_a_schema_with_mistakes__lists_them(stack: cdk.Stack) -> None:
    with pytest.raises(InvalidConstructError) as raised:
        Schema.from_avro(
            stack, "Clicks", {"type": "record", "name": "Interactions", "fields": [DEVICE.avro()]}
        )

    assert raised.value.path == "Stack/Clicks"
    assert [problem.fix for problem in raised.value.problems] == [
        'add {"name": "USER_ID", "type": "string"}',
        'add {"name": "ITEM_ID", "type": "string"}',
        'add {"name": "TIMESTAMP", "type": "long"}',
    ]


def test_schema__with_a_column_that_is_not_trained_on__warns(stack: cdk.Stack) -> None:
    Schema.interactions(stack, "Clicks", fields=[Field.boolean("LOGGED_IN")])

    [warning] = Annotations.from_stack(stack).find_warning("/Stack/Clicks", Match.any_value())
    assert "LOGGED_IN should be a number or a categorical string" in str(warning.entry.data)


def test_schema__its_properties__are_those_of_the_newest_l1(stack: cdk.Stack) -> None:
    schema = Schema.interactions(stack, "Clicks", domain=Domain.ECOMMERCE, schema_name="clicks")
    other = cdk.Stack(stack.node.root, "Native")  # type: ignore[arg-type] # an App
    native = personalize.CfnSchema(
        other,
        "Clicks",
        name="clicks",
        domain="ECOMMERCE",
        schema=json.dumps(schema.document, separators=(",", ":")),
    )

    assert resource(stack)["Properties"] == resource(other)["Properties"]
    assert (
        stack.resolve(schema.schema_arn)["Fn::GetAtt"][1]
        == other.resolve(native.attr_schema_arn)["Fn::GetAtt"][1]
    )


def test_tags__of_its_stack__do_not_reach_it(stack: cdk.Stack) -> None:
    Schema.interactions(stack, "Clicks")
    cdk.Tags.of(stack).add("team", "films")

    assert "Tags" not in resource(stack)["Properties"]


def test_name__generated__changes_with_the_columns_and_stays_without() -> None:
    def name(*fields: Field, domain: Domain | None = None) -> str:
        stack = cdk.Stack(cdk.App(), "Stack")
        return Schema.interactions(stack, "Clicks", event_type=True, fields=fields, domain=domain).schema_name

    assert name(DEVICE) == name(DEVICE)
    assert len({name(DEVICE), name(), name(domain=Domain.ECOMMERCE)}) == 3


def test_name__of_a_long_path__is_one_that_the_service_takes(app: cdk.App) -> None:
    stack = cdk.Stack(app, "Stack" * 20)
    group = DatasetGroup(stack, "Group" * 20)
    schema = Schema.interactions(stack, "Clicks" * 20)
    dataset = Dataset(stack, "Dataset" * 20, dataset_group=group, schema=schema)

    names = {group.dataset_group_name, schema.schema_name, dataset.dataset_name}
    assert len(names) == 3
    assert all(len(name) <= 63 for name in names)


def test_schema__longer_than_the_native_type_takes__is_an_error(stack: cdk.Stack) -> None:
    fields = [Field.string(f"{'X' * 140}{number}", categorical=True) for number in range(60)]

    with pytest.raises(InvalidConstructError, match="at most 10000 characters"):
        Schema.items(stack, "Items", fields=fields)


def test_removal_policy__retain__is_in_the_template(stack: cdk.Stack) -> None:
    document = json.loads(avro("Users"))
    Schema(stack, "Users", document=document, removal_policy=cdk.RemovalPolicy.RETAIN)

    assert resource(stack)["DeletionPolicy"] == "Retain"


def test_import__by_name__is_the_arn_in_the_stack_s_account(app: cdk.App) -> None:
    stack = cdk.Stack(app, "Stack", env=cdk.Environment(account="123456789012", region="eu-west-1"))

    schema = Schema.from_schema_name(stack, "Clicks", "clicks")

    assert stack.resolve(schema.schema_arn)["Fn::Join"][1][-1] == (
        ":personalize:eu-west-1:123456789012:schema/clicks"
    )
    assert Template.from_stack(stack).find_resources("*") == {}
