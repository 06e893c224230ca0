"""Next steps of messages about dataset groups, schemas and datasets are followed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk.assertions import Annotations, Match, Template

from cdk_personalize import Dataset, DatasetGroup, DatasetType, Domain, Field, InvalidConstructError, Schema
from cdk_personalize.schema.rules import find_problems

GROUP = "arn:aws:personalize:us-east-1:123456789012:dataset-group/movies"
SCHEMA = "arn:aws:personalize:us-east-1:123456789012:schema/clicks"
KEY = "arn:aws:kms:us-east-1:123456789012:key/0a"
ROLE = "arn:aws:iam::123456789012:role/key"
DEVICE = Field.string("DEVICE", categorical=True)
KEYS: list[Any] = [
    {"name": "USER_ID", "type": "string"},
    {"name": "ITEM_ID", "type": "string"},
    {"name": "TIMESTAMP", "type": "long"},
]
ITEM: list[Any] = [{"name": "ITEM_ID", "type": "string"}]
KIND: list[Any] = [{"name": "KIND", "type": "string", "categorical": True}]

Act = Callable[[cdk.Stack], Any]


def data(stack: cdk.Stack, schema: Any = None, group: Any = GROUP, **arguments: Any) -> Dataset:
    schema = schema or Schema.interactions(stack, "Clicks")
    return Dataset(stack, "Data", dataset_group=group, schema=schema, **arguments)


def imported(stack: cdk.Stack) -> Any:
    return Schema.from_schema_arn(stack, "Clicks", SCHEMA)


def in_films(stack: cdk.Stack, domain: Domain | None) -> Dataset:
    group = DatasetGroup(stack, "Films", domain=Domain.VIDEO_ON_DEMAND)
    return data(stack, Schema.interactions(stack, "Clicks", domain=domain), group)


def a_file(content: str) -> Act:
    def act(stack: cdk.Stack) -> Schema:
        file = Path(cdk.FileSystem.mkdtemp("schema")) / "clicks.avsc"
        file.write_text(content)
        return Schema.from_avro(stack, "Clicks", file)

    return act


def role(stack: cdk.Stack) -> iam.IRole:
    return iam.Role.from_role_arn(stack, "Role", ROLE)


def columns(stack: cdk.Stack, count: int, name: str) -> Schema:
    fields = [Field.int(f"{name}{number}") for number in range(count)]
    return Schema.items(stack, "Items", fields=fields)


@pytest.mark.parametrize(
    ("says", "wrong", "right"),
    [
        (
            "pass kms_key too, or leave role out",
            lambda stack: DatasetGroup(stack, "Movies", role=role(stack)),
            lambda stack: DatasetGroup(stack, "Movies", role=role(stack), kms_key=kms.Key(stack, "Key")),
        ),
        (
            "pass an aws_kms.Key, or a Key.from_key_arn(...)",
            lambda stack: DatasetGroup(stack, "Movies", kms_key=KEY),  # type: ignore[arg-type]
            lambda stack: DatasetGroup(stack, "Movies", kms_key=kms.Key.from_key_arn(stack, "Key", KEY)),
        ),
        (
            "pass an aws_iam.Role, or a Role.from_role_arn(...)",
            lambda stack: DatasetGroup(stack, "Movies", role=ROLE, kms_key=kms.Key(stack, "Key")),  # type: ignore[arg-type]
            lambda stack: DatasetGroup(stack, "Movies", role=role(stack), kms_key=kms.Key(stack, "Key")),
        ),
        (
            "pass an aws_s3.Bucket, or a Bucket.from_bucket_name(...)",
            lambda stack: data(stack).grant_import("films"),  # type: ignore[arg-type]
            lambda stack: data(stack).grant_import(s3.Bucket.from_bucket_name(stack, "Bucket", "films")),
        ),
        (
            'write the folder only, as in "interactions/"',
            lambda stack: data(stack).grant_import(s3.Bucket(stack, "Bucket"), "s3://films/interactions/"),
            lambda stack: data(stack).grant_import(s3.Bucket(stack, "Bucket"), "interactions/"),
        ),
        (
            "put it into brackets, as in [...], or leave fields out",
            lambda stack: Schema.interactions(stack, "Clicks", fields=DEVICE, event_type=True),  # type: ignore[arg-type]
            lambda stack: Schema.interactions(stack, "Clicks", fields=[DEVICE], event_type=True),
        ),
        (
            "replace sets, dates and the like with strings, numbers, lists and dicts",
            lambda stack: Schema.from_avro(stack, "Clicks", record(*KEYS, doc={"a", "b"})),
            lambda stack: Schema.from_avro(stack, "Clicks", record(*KEYS, doc=["a", "b"])),
        ),
        (
            "replace sets, dates and the like with strings, numbers, lists and dicts",
            lambda stack: Schema.from_avro(stack, "Clicks", record(*KEYS, version=float("nan"))),
            lambda stack: Schema.from_avro(stack, "Clicks", record(*KEYS, version=1.0)),
        ),
        (
            'pass {"type": "record", "name": ...}',
            lambda stack: Schema.from_avro(stack, "Clicks", None),  # type: ignore[arg-type]
            lambda stack: Schema.from_avro(stack, "Clicks", record(*KEYS)),
        ),
        (
            "an ARN is like arn:aws:personalize:us-east-1:123456789012:dataset-group/movies; "
            "for a name use DatasetGroup.from_dataset_group_name",
            lambda stack: DatasetGroup.from_dataset_group_arn(stack, "Movies", "movies"),
            lambda stack: DatasetGroup.from_dataset_group_name(stack, "Movies", "movies"),
        ),
        (
            "an ARN is like arn:aws:personalize:us-east-1:123456789012:schema/clicks; "
            "for a name use Schema.from_schema_name",
            lambda stack: Schema.from_schema_arn(stack, "Clicks", "clicks"),
            lambda stack: Schema.from_schema_name(stack, "Clicks", "clicks"),
        ),
        (
            "an ARN is like arn:aws:personalize:us-east-1:123456789012:dataset/movies/INTERACTIONS",
            lambda stack: Dataset.from_dataset_arn(stack, "Data", GROUP),
            lambda stack: Dataset.from_dataset_arn(
                stack, "Data", "arn:aws:personalize:us-east-1:123456789012:dataset/movies/INTERACTIONS"
            ),
        ),
        (
            "choose a name like my-movies_2",
            lambda stack: DatasetGroup(stack, "Movies", dataset_group_name="my movies"),
            lambda stack: DatasetGroup(stack, "Movies", dataset_group_name="my-movies_2"),
        ),
        (
            'use Field.string("DEVICE") or one of its siblings',
            lambda stack: Schema.interactions(stack, "Clicks", fields=["DEVICE"]),  # type: ignore[list-item]
            lambda stack: Schema.interactions(stack, "Clicks", fields=[Field.string("DEVICE")]),
        ),
        (
            "correct the JSON, or pass the schema as a dict",
            a_file("{"),
            a_file('{"type": "record", "name": "Users", "fields": [{"name": "USER_ID", "type": "string"},'
                   ' {"name": "AGE", "type": "int"}]}'),
        ),
        (
            "shorten the names of fields, or remove some",
            lambda stack: columns(stack, 90, "X" * 120),
            lambda stack: columns(stack, 90, "X"),
        ),
        (
            "pass a Schema, or a Schema.from_schema_arn(...)",
            lambda stack: data(stack, SCHEMA, dataset_type=DatasetType.ITEMS),
            lambda stack: data(stack, imported(stack), dataset_type=DatasetType.ITEMS),
        ),
        (
            "pass a member of DatasetType",
            lambda stack: data(stack, imported(stack)),
            lambda stack: data(stack, imported(stack), dataset_type=DatasetType.ITEMS),
        ),
        (
            "leave it out, or pass another schema",
            lambda stack: data(stack, dataset_type=DatasetType.ITEMS),
            lambda stack: data(stack, dataset_type=None),
        ),
        (
            "call CreateDataset with the schema's ARN in a script",
            lambda stack: data(stack, Schema.action_interactions(stack, "Taken")),
            lambda stack: cdk.CfnOutput(
                stack, "SchemaArn", value=Schema.action_interactions(stack, "Taken").schema_arn
            ),
        ),
        (
            "use that one in place of this one",
            lambda stack: Dataset(stack, "Again", dataset_group=GROUP, schema=data(stack).schema),
            lambda stack: data(stack).dataset_arn,
        ),
        (
            "pass domain=Domain.VIDEO_ON_DEMAND to the schema",
            lambda stack: in_films(stack, None),
            lambda stack: in_films(stack, Domain.VIDEO_ON_DEMAND),
        ),
        (
            "use a dataset group without a domain",
            lambda stack: Schema.from_avro(
                stack, "Taken", Schema.action_interactions(stack, "Other").document, domain=Domain.ECOMMERCE
            ),
            lambda stack: Schema.from_avro(
                stack, "Taken", Schema.action_interactions(stack, "Other").document
            ),
        ),
    ],
    ids=lambda value: value[:50] if isinstance(value, str) else "",
)  # fmt: skip
def test_hint__of_a_construct__is_followed_and_all_is_well(says: str, wrong: Act, right: Act) -> None:
    rejected, accepted = (cdk.Stack(cdk.App(), "Stack") for _ in range(2))

    with pytest.raises(InvalidConstructError) as raised:
        wrong(rejected)
    right(accepted)
    Template.from_stack(accepted)

    assert says in str(raised.value)


def record(*fields: Any, name: str = "Interactions", **more: Any) -> dict[str, Any]:
    return {"type": "record", "name": name, "fields": list(fields), **more}


NOTE = {"name": "NOTE", "type": "string"}


@pytest.mark.parametrize(
    ("says", "wrong", "right"),
    [
        (
            'pass {"type": "record", "name": ...}',
            KEYS,
            {"type": "record", "name": "Items", "fields": ITEM + KIND},
        ),
        ('write "type": "record"', record(*KEYS, type="struct"), record(*KEYS)),
        ('write "name": "Interactions"', record(*KEYS, name="Interaction"), record(*KEYS)),
        ("use one of those", record(*KEYS, name="Clicks"), record(*KEYS)),
        ("add the columns", {"type": "record", "name": "Interactions"}, record(*KEYS)),
        (
            'write {"name": "DEVICE", "type": "string"}',
            record(*KEYS, {"name": "2ND", "type": "string"}),
            record(*KEYS, {"name": "DEVICE", "type": "string"}),
        ),
        (
            'write "string" or ["null", "string"]',
            record(*KEYS, {"name": "SHOP", "type": {"type": "array"}}),
            record(*KEYS, {"name": "SHOP", "type": ["null", "string"]}),
        ),
        (
            'write "categorical": true',
            record(*KEYS, {**NOTE, "categorical": "yes"}),
            record(*KEYS, {**NOTE, "categorical": True}),
        ),
        (
            "rename or remove one of the two",
            record(*KEYS, {"name": "userid", "type": "string"}),
            record(*KEYS, {"name": "guest", "type": "string"}),
        ),
        ('add {"name": "TIMESTAMP", "type": "long"}', record(*KEYS[:2]), record(*KEYS)),
        (
            'write {"name": "TIMESTAMP", "type": "long"}',
            record(*KEYS[:2], {"name": "TIMESTAMP", "type": "string"}),
            record(*KEYS),
        ),
        (
            "remove textual",
            record(*ITEM, *KIND, {"name": "YEAR", "type": "int", "textual": True}, name="Items"),
            record(*ITEM, *KIND, {"name": "YEAR", "type": "int"}, name="Items"),
        ),
        (
            "remove one of the two",
            record(*ITEM, {**NOTE, "categorical": True, "textual": True}, name="Items"),
            record(*ITEM, {**NOTE, "textual": True}, name="Items"),
        ),
        (
            'write "categorical": true, or remove it',
            record(*KEYS, {**NOTE, "textual": True}),
            record(*KEYS, {**NOTE, "categorical": True}),
        ),
        (
            'remove "textual"',
            record(
                *ITEM,
                {**NOTE, "textual": True},
                {"name": "PLOT", "type": "string", "textual": True},
                name="Items",
            ),
            record(*ITEM, {**NOTE, "textual": True}, {"name": "PLOT", "type": "string"}, name="Items"),
        ),
        (
            'add one, such as {"name": "GROUP", "type": "string", "categorical": true}',
            record({"name": "USER_ID", "type": "string"}, name="Users"),
            record(
                {"name": "USER_ID", "type": "string"},
                {"name": "GROUP", "type": "string", "categorical": True},
                name="Users",
            ),
        ),
        (
            "remove 1",
            record(*KEYS, *({"name": f"X{number}", "type": "int"} for number in range(6))),
            record(*KEYS, *({"name": f"X{number}", "type": "int"} for number in range(5))),
        ),
        (
            'write "type": "string", "categorical": true, or remove it',
            record(*KEYS, NOTE),
            record(*KEYS, {"name": "NOTE", "type": "string", "categorical": True}),
        ),
    ],
    ids=lambda value: value[:50] if isinstance(value, str) else "",
)
def test_hint__of_a_schema__is_followed_and_all_is_well(says: str, wrong: Any, right: Any) -> None:
    assert says in "".join(map(str, find_problems(wrong)))
    assert says not in "".join(map(str, find_problems(right)))


def test_hint__on_tags_of_a_dataset__is_followed_and_ends_the_warning() -> None:
    def tagged(**options: Any) -> list[str]:
        stack = cdk.Stack(cdk.App(), "Stack")
        cdk.Tags.of(data(stack)).add("team", "films", **options)
        found = Annotations.from_stack(stack).find_warning("/Stack/Data", Match.any_value())
        return [str(warning.entry.data) for warning in found]

    says = (
        "keep changing tags away with Tags.of(scope).add(...,"
        " exclude_resource_types=['AWS::Personalize::Dataset']), then acknowledge this warning"
    )

    [warning] = tagged()
    assert says in warning
    assert tagged(exclude_resource_types=["AWS::Personalize::Dataset"]) == []


def test_hint__on_a_policy_of_an_imported_key__can_be_added_and_acknowledged() -> None:
    # datasets/test_import_permissions.py reads the statements back.
    stack = cdk.Stack(cdk.App(), "Stack")
    key = kms.Key.from_key_arn(stack, "Key", "arn:aws:kms:us-east-1:123456789012:key/0a")
    group = DatasetGroup(stack, "Movies", kms_key=key)
    says = "add this to its policy yourself, then acknowledge the warning"

    [warning] = Annotations.from_stack(stack).find_warning("/Stack/Movies", Match.any_value())
    assert says in str(warning.entry.data)

    cdk.Annotations.of(group).acknowledge_warning("cdk-personalize:service-policy")
    assert Annotations.from_stack(stack).find_warning("/Stack/Movies", Match.any_value()) == []
