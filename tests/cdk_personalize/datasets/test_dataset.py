"""A Dataset in a template, and its checks against its schema and its dataset group."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_personalize as personalize
from aws_cdk.assertions import Annotations, Match, Template

from cdk_personalize import Dataset, DatasetGroup, DatasetType, Domain, Field, InvalidConstructError, Schema
from cdk_personalize.dataset.construct import _NATIVE_TYPES
from cdk_personalize.dataset_group.members import MEMBERS
from support.requests.native_schema import pointed_at, resource_schema

TYPE = "AWS::Personalize::Dataset"
ARN = "arn:aws:personalize:us-east-1:123456789012:dataset/movies/INTERACTIONS"
SCHEMA_ARN = "arn:aws:personalize:us-east-1:123456789012:schema/clicks"


@pytest.fixture
def group(stack: cdk.Stack) -> DatasetGroup:
    return DatasetGroup(stack, "Movies")


@pytest.fixture
def clicks(stack: cdk.Stack) -> Schema:
    return Schema.interactions(stack, "Clicks")


def resource(stack: cdk.Stack) -> dict[str, Any]:
    [found] = Template.from_stack(stack).find_resources(TYPE).values()
    return dict(found)


def problems(raised: pytest.ExceptionInfo[InvalidConstructError]) -> list[tuple[str, str]]:
    return [(problem.argument, problem.fix) for problem in raised.value.problems]


def test_dataset__its_properties__are_those_of_the_newest_l1(stack: cdk.Stack, dataset_group: str) -> None:
    other = cdk.Stack(stack.node.root, "Native")  # type: ignore[arg-type] # an App
    schema = Schema.from_schema_arn(stack, "Clicks", SCHEMA_ARN)
    dataset = Dataset(
        stack, "Data", dataset_group=dataset_group, schema=schema, dataset_type=DatasetType.ITEMS,
        dataset_name="clicks",
    )  # fmt: skip
    native = personalize.CfnDataset(
        other,
        "Data",
        name="clicks",
        dataset_group_arn=dataset_group,
        schema_arn=SCHEMA_ARN,
        dataset_type="Items",
    )
    for tagged in (stack, other):
        cdk.Tags.of(tagged).add("team", "films")

    assert resource(stack)["Properties"] == resource(other)["Properties"]
    assert (
        stack.resolve(dataset.dataset_arn)["Fn::GetAtt"][1]
        == other.resolve(native.attr_dataset_arn)["Fn::GetAtt"][1]
    )


@pytest.mark.parametrize("type_", ["Schema", "DatasetGroup", "Dataset"])
def test_resource__of_each_type__is_what_cloudformation_publishes(
    stack: cdk.Stack, group: DatasetGroup, clicks: Schema, type_: str
) -> None:
    Dataset(stack, "Data", dataset_group=group, schema=clicks)
    published = resource_schema(f"AWS::Personalize::{type_}")

    [found] = Template.from_stack(stack).find_resources(f"AWS::Personalize::{type_}").values()

    assert set(published["required"]) <= found["Properties"].keys() <= set(published["properties"])
    assert pointed_at(published, "readOnlyProperties") == {f"{type_}Arn"}
    # What the constructs' documentation says of changes: nothing is updated in place.
    own = found["Properties"].keys() | {"Tags"}
    assert own <= pointed_at(published, "createOnlyProperties")


def test_types__that_cloudformation_takes__are_those_that_a_dataset_can_have() -> None:
    published = resource_schema(TYPE)

    assert list(_NATIVE_TYPES.values()) == published["properties"]["DatasetType"]["enum"]
    assert published["replacementStrategy"] == "delete_then_create"


def test_dataset__in_the_stack_of_its_group__is_deleted_before_group_and_schema(
    stack: cdk.Stack, group: DatasetGroup, clicks: Schema
) -> None:
    dataset = Dataset(
        stack, "Data", dataset_group=group, schema=clicks, removal_policy=cdk.RemovalPolicy.RETAIN
    )

    found = resource(stack)

    assert found["Properties"]["DatasetGroupArn"] == stack.resolve(group.dataset_group_arn)
    assert found["Properties"]["SchemaArn"] == stack.resolve(clicks.schema_arn)
    assert found["DeletionPolicy"] == "Retain"
    assert MEMBERS.of(stack, group, "dataset") == [dataset]


def test_type__unknown_and_not_given__is_an_error(stack: cdk.Stack, group: DatasetGroup) -> None:
    with pytest.raises(InvalidConstructError) as raised:
        Dataset(stack, "Data", dataset_group=group, schema=Schema.from_schema_arn(stack, "S", SCHEMA_ARN))

    assert problems(raised) == [("dataset_type", "pass a member of DatasetType")]


def test_type__other_than_the_schema_s__is_an_error(
    stack: cdk.Stack, group: DatasetGroup, clicks: Schema
) -> None:
    with pytest.raises(InvalidConstructError) as raised:
        Dataset(stack, "Data", dataset_group=group, schema=clicks, dataset_type=DatasetType.USERS)

    assert problems(raised) == [("dataset_type", "leave it out, or pass another schema")]


def test_type__that_cloudformation_does_not_take__is_an_error(stack: cdk.Stack, group: DatasetGroup) -> None:
    with pytest.raises(InvalidConstructError, match="call CreateDataset with the schema's ARN in a script"):
        Dataset(stack, "Data", dataset_group=group, schema=Schema.action_interactions(stack, "Taken"))


def test_second__of_a_type_in_a_group__is_an_error_that_names_the_first(
    stack: cdk.Stack, group: DatasetGroup, clicks: Schema
) -> None:
    Dataset(stack, "Data", dataset_group=group, schema=clicks)
    users = Schema.users(stack, "People", fields=[Field.int("AGE")])
    Dataset(stack, "Users", dataset_group=group, schema=users)

    with pytest.raises(InvalidConstructError) as raised:
        Dataset(stack, "Again", dataset_group=group.dataset_group_arn, schema=clicks)

    [problem] = raised.value.problems
    assert (problem.argument, problem.value) == ("dataset_group", "Stack/Data")


def test_schema__without_the_domain_of_the_group__is_an_error(stack: cdk.Stack, clicks: Schema) -> None:
    group = DatasetGroup(stack, "Films", domain=Domain.VIDEO_ON_DEMAND)

    with pytest.raises(InvalidConstructError) as raised:
        Dataset(stack, "Data", dataset_group=group, schema=clicks)

    assert problems(raised) == [("schema", "pass domain=Domain.VIDEO_ON_DEMAND to the schema")]


def test_schema__of_a_domain_in_a_custom_group__must_have_what_that_needs(
    stack: cdk.Stack, group: DatasetGroup
) -> None:
    fits = Schema.interactions(stack, "Clicks", domain=Domain.ECOMMERCE)
    model = Field.string("SUBSCRIPTION_MODEL", categorical=True)
    people = Schema.users(stack, "People", domain=Domain.VIDEO_ON_DEMAND, fields=[model])

    for name, schema in (("Data", fits), ("Users", people)):
        Dataset(stack, name, dataset_group=group, schema=schema)

    assert len(MEMBERS.of(stack, group, "dataset")) == 2


def test_schema__that_is_none__is_an_error(stack: cdk.Stack, group: DatasetGroup) -> None:
    with pytest.raises(InvalidConstructError) as raised:
        Dataset(stack, "Data", dataset_group=group, schema=SCHEMA_ARN)  # type: ignore[arg-type]

    assert ("schema", "pass a Schema, or a Schema.from_schema_arn(...)") in problems(raised)


def test_tags__on_a_dataset__warn_that_a_change_deletes_data(
    stack: cdk.Stack, group: DatasetGroup, clicks: Schema
) -> None:
    Dataset(stack, "Data", dataset_group=group, schema=clicks)
    cdk.Tags.of(stack).add("team", "films")

    warnings = Annotations.from_stack(stack).find_warning("/Stack/Data", Match.any_value())

    assert ["cdk-personalize:dataset-tags" in str(warning.entry.data) for warning in warnings] == [True]
    assert resource(stack)["Properties"]["Tags"] == [{"Key": "team", "Value": "films"}]


def test_tags__kept_away_from_datasets__are_neither_there_nor_warned_of(
    stack: cdk.Stack, group: DatasetGroup, clicks: Schema
) -> None:
    Dataset(stack, "Data", dataset_group=group, schema=clicks)
    cdk.Tags.of(stack).add("team", "films", exclude_resource_types=[TYPE])

    assert Annotations.from_stack(stack).find_warning("/Stack/Data", Match.any_value()) == []
    assert "Tags" not in resource(stack)["Properties"]


def test_import__by_arn__adds_nothing(stack: cdk.Stack) -> None:
    assert Dataset.from_dataset_arn(stack, "Data", ARN).dataset_arn == ARN
    assert Template.from_stack(stack).find_resources("*") == {}
    with pytest.raises(InvalidConstructError, match="must be the ARN of a dataset"):
        Dataset.from_dataset_arn(stack, "Other", SCHEMA_ARN)
