"""A Filter in a template: its name, its checks, and filters that exist."""

from __future__ import annotations

import re
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_personalize as personalize
from aws_cdk.assertions import Template

from cdk_personalize import Dataset, DatasetGroup, Field, Filter, InvalidConstructError, Schema

TYPE = "AWS::Personalize::Filter"
ARN = "arn:aws:personalize:eu-west-1:111122223333:filter/unseen"
UNSEEN = 'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("watch")'
CALM = 'EXCLUDE ItemID WHERE Items.GENRE IN ("horror")'


def properties(stack: cdk.Stack) -> dict[str, Any]:
    [found] = Template.from_stack(stack).find_resources(TYPE).values()
    return dict(found["Properties"])


def generated(stack_name: str, id: str, group: str, expression: str) -> str:
    stack = cdk.Stack(cdk.App(), "Stack", stack_name=stack_name)
    return Filter(stack, id, dataset_group=group, filter_expression=expression).filter_name


def test_filter__its_properties__are_those_of_the_newest_l1(stack: cdk.Stack, dataset_group: str) -> None:
    other = cdk.Stack(stack.node.root, "Native")  # type: ignore[arg-type] # an App
    Filter(stack, "Unseen", dataset_group=dataset_group, filter_expression=UNSEEN, filter_name="unseen")
    personalize.CfnFilter(
        other, "Unseen", dataset_group_arn=dataset_group, filter_expression=UNSEEN, name="unseen"
    )
    for tagged in (stack, other):
        cdk.Tags.of(tagged).add("team", "films")

    assert properties(stack) == properties(other)


def test_filter_arn__is_the_attribute_of_the_newest_l1(stack: cdk.Stack, dataset_group: str) -> None:
    ours = Filter(stack, "Unseen", dataset_group=dataset_group, filter_expression=UNSEEN)
    native = personalize.CfnFilter(
        stack, "Native", dataset_group_arn=dataset_group, filter_expression=UNSEEN, name="unseen"
    )

    arns = [stack.resolve(arn)["Fn::GetAtt"][1] for arn in (ours.filter_arn, native.attr_filter_arn)]
    assert arns == ["FilterArn", "FilterArn"]


def test_name__generated__is_readable_and_the_same_in_each_synthesis(dataset_group: str) -> None:
    name = generated("Movies", "Unseen", dataset_group, UNSEEN)

    assert re.fullmatch(r"Movies-Unseen-[0-9A-F]{8}-[0-9a-f]{8}", name)
    assert generated("Movies", "Unseen", dataset_group, UNSEEN) == name


@pytest.mark.parametrize(
    "change",
    [
        {"expression": CALM},
        {"group": "arn:aws:personalize:us-east-1:123456789012:dataset-group/books"},
        {"stack_name": "Movies-Test"},
        {"id": "Watched"},
    ],
    ids=["expression", "dataset group", "stack", "construct"],
)
def test_name__generated_after_a_change__is_another(dataset_group: str, change: dict[str, str]) -> None:
    arguments = {"stack_name": "Movies", "id": "Unseen", "group": dataset_group, "expression": UNSEEN}

    assert generated(**arguments) != generated(**(arguments | change))


def test_name__generated_for_a_long_path__is_at_most_63_characters(dataset_group: str) -> None:
    name = generated("M" * 128, "U" * 100, dataset_group, UNSEEN)

    assert len(name) <= 63
    assert name != generated("M" * 128, "U" * 100, dataset_group, CALM)


def test_expression__with_errors__is_refused_with_each_place(stack: cdk.Stack) -> None:
    wrong: Any = 7
    with pytest.raises(InvalidConstructError) as raised:
        Filter(
            stack,
            "Unseen",
            dataset_group=wrong,
            filter_expression='INCLUDE ItemID WHERE Films.GENRE IN ("a") AND Items.YEAR NOT IN ($YEAR)',
            filter_name="a b",
        )

    assert str(raised.value).splitlines() == [
        "Stack/Unseen cannot be created as written:",
        "  dataset_group must be a dataset group: got 7; pass an aws_personalize.CfnDatasetGroup,"
        " an IDatasetGroup, or an ARN as a string",
        "  filter_expression must be a field of Items or Interactions: got 'Films.GENRE'; write Items.GENRE",
        '    INCLUDE ItemID WHERE Films.GENRE IN ("a") AND Items.YEAR NOT IN ($YEAR)',
        "                         ^^^^^^^^^^^",
        "  filter_expression must not have a parameter with NOT IN: got '$YEAR'; write IN, and swap"
        " INCLUDE and EXCLUDE",
        '    INCLUDE ItemID WHERE Films.GENRE IN ("a") AND Items.YEAR NOT IN ($YEAR)',
        "                                                                     ^^^^^",
        "  filter_name must have only letters, digits, - and _, and begin with a letter or digit: got 'a b';"
        " choose a name like my-movies_2",
    ]


def test_expression__that_may_be_wrong__is_a_warning_with_its_place(
    stack: cdk.Stack, dataset_group: str
) -> None:
    Filter(stack, "Odd", dataset_group=dataset_group, filter_expression="INCLUDE ItemID WHERE Users.AGE > 1")

    [warning] = cdk.assertions.Annotations.from_stack(stack).find_warning(
        "/Stack/Odd", cdk.assertions.Match.any_value()
    )
    assert "\n                         ^^^^^^^^^" in str(warning.entry.data)
    assert "cdk-personalize:filter-dataset" in str(warning.entry.data)


def test_expression__with_a_deploy_time_value__needs_a_name(stack: cdk.Stack, dataset_group: str) -> None:
    genre = cdk.CfnParameter(stack, "Genre").value_as_string
    expression = f'EXCLUDE ItemID WHERE Items.GENRE IN ("{genre}")'

    with pytest.raises(InvalidConstructError, match="filter_name must be given"):
        Filter(stack, "Calm", dataset_group=dataset_group, filter_expression=expression)
    Filter(stack, "Calm", dataset_group=dataset_group, filter_expression=expression, filter_name="calm")

    assert properties(stack)["FilterExpression"]["Fn::Join"][1][1] == {"Ref": "Genre"}


def by_fields(count: int, prefix: str) -> str:
    return "INCLUDE ItemID WHERE " + " OR ".join(f"Items.{prefix}{n} > 1" for n in range(count))


def test_filters__of_one_group_with_more_than_20_fields__are_an_error(
    app: cdk.App, dataset_group: str
) -> None:
    stack = cdk.Stack(app, "Stack")
    for id in ("A", "B"):
        Filter(stack, id, dataset_group=dataset_group, filter_expression=by_fields(10, id))
    Filter(stack, "Again", dataset_group=dataset_group, filter_expression=by_fields(9, "A"))
    Filter(stack, "Other", dataset_group=f"{dataset_group}-2", filter_expression=by_fields(10, "C"))

    with pytest.raises(InvalidConstructError, match="more than 20 different fields: "):
        Filter(cdk.Stack(app, "Two"), "C", dataset_group=dataset_group, filter_expression=by_fields(2, "C"))


def test_from_arn__of_another_region__is_that_filter_there(stack: cdk.Stack) -> None:
    found = Filter.from_filter_arn(stack, "Unseen", ARN)

    assert (found.filter_arn, found.filter_name, found.env.region) == (ARN, "unseen", "eu-west-1")
    assert "Resources" not in Template.from_stack(stack).to_json()


def test_from_arn__a_token__has_its_name_at_deploy_time(stack: cdk.Stack) -> None:
    found = Filter.from_filter_arn(stack, "Unseen", cdk.CfnParameter(stack, "Arn").value_as_string)

    assert "Fn::Select" in stack.resolve(found.filter_name)


def test_from_name__is_in_the_stacks_account_and_region(stack: cdk.Stack) -> None:
    arn = stack.resolve(Filter.from_filter_name(stack, "Unseen", "unseen").filter_arn)

    assert arn["Fn::Join"][1][-1] == ":filter/unseen"


@pytest.mark.parametrize("arn", ["unseen", ARN.replace("filter", "campaign"), None])
def test_from_arn__not_of_a_filter__is_refused(stack: cdk.Stack, arn: Any) -> None:
    with pytest.raises(
        InvalidConstructError, match=r"^Stack/Unseen cannot be created as written:\n  filter_arn"
    ):
        Filter.from_filter_arn(stack, "Unseen", arn)


def test_from_name__not_a_name__is_refused(stack: cdk.Stack) -> None:
    with pytest.raises(InvalidConstructError, match="filter_name must have only letters"):
        Filter.from_filter_name(stack, "Unseen", "a/b")


def items(stack: cdk.Stack, group: DatasetGroup) -> Dataset:
    fields = [Field.string("GENRE", categorical=True), Field.boolean("IN_STOCK")]
    schema = Schema.items(stack, "ItemsSchema", fields=fields)
    return Dataset(stack, "Items", dataset_group=group, schema=schema)


@pytest.mark.parametrize("datasets_first", [True, False])
def test_fields__that_the_schema_lacks_or_that_are_no_fields_to_filter_by__are_errors(
    stack: cdk.Stack, datasets_first: bool
) -> None:
    group = DatasetGroup(stack, "Group")
    if datasets_first:
        items(stack, group)
    expression = 'INCLUDE ItemID WHERE Items.GENRES IN ("a") AND Items.IN_STOCK = 1 IF CurrentUser.AGE > 1'
    Filter(stack, "Calm", dataset_group=group, filter_expression=expression)
    if not datasets_first:
        items(stack, group)

    with pytest.raises(RuntimeError) as raised:
        Template.from_stack(stack)

    for problem in (
        "[Stack/Calm] filter_expression must be a field of the dataset's schema: got 'Items.GENRES'; write"
        " Items.GENRE",
        "[Stack/Calm] filter_expression must not be a boolean field: got 'Items.IN_STOCK'",
        "\n                         ^^^^^^^^^^^^\n",
    ):
        assert problem in str(raised.value)
    assert "CurrentUser" not in str(raised.value).replace(expression, "")


def test_fields__of_the_schema__are_accepted(stack: cdk.Stack) -> None:
    group = DatasetGroup(stack, "Group")
    items(stack, group)
    Filter(stack, "Calm", dataset_group=group, filter_expression=CALM)

    assert properties(stack)["FilterExpression"] == CALM


def test_dependencies__on_datasets_defined_before_and_after__are_there(
    app: cdk.App, stack: cdk.Stack
) -> None:
    group = DatasetGroup(stack, "Group")
    first = items(stack, group)
    Filter(stack, "Calm", dataset_group=group.dataset_group_arn, filter_expression=CALM)
    second = Dataset(
        stack,
        "Users",
        dataset_group=group,
        schema=Schema.users(stack, "UsersSchema", fields=[Field.int("AGE")]),
    )
    other = cdk.Stack(app, "Other")
    third = Dataset(
        other, "Seen", dataset_group=group, schema=Schema.interactions(other, "SeenSchema", event_type=True)
    )

    [found] = Template.from_stack(stack).find_resources(TYPE).values()
    assert [stack.resolve(dataset.dataset_arn)["Fn::GetAtt"][0] for dataset in (first, second)] == sorted(
        found["DependsOn"]
    )
    assert third.stack is other
