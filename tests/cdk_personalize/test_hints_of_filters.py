"""Next steps of messages about filters and event trackers are followed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_personalize as personalize
from aws_cdk.assertions import Annotations, Match, Template

from cdk_personalize import (
    Dataset,
    DatasetGroup,
    EventTracker,
    Field,
    Filter,
    InvalidConstructError,
    Schema,
)
from cdk_personalize.filter.rules import find_problems

GROUP = "arn:aws:personalize:us-east-1:123456789012:dataset-group/movies"


@pytest.mark.parametrize(
    ("wrong", "fix", "right"),
    [
        ("SHOW ItemID WHERE Items.A > 1", "write one of them", "INCLUDE ItemID WHERE Items.A > 1"),
        ("INCLUDE Item WHERE Items.A > 1", "write ItemID", "INCLUDE ItemID WHERE Items.A > 1"),
        ("INCLUDE ItemID Items.A > 1", "write WHERE", "INCLUDE ItemID WHERE Items.A > 1"),
        (
            "INCLUDE ItemID WHERE A > 1",
            "write the dataset and the field, as in Items.GENRE",
            "INCLUDE ItemID WHERE Items.A > 1",
        ),
        ("INCLUDE ItemID WHERE Item.A > 1", "write Items.A", "INCLUDE ItemID WHERE Items.A > 1"),
        (
            'INCLUDE ActionID WHERE Action.LEVEL IN ("a")',
            "write Actions.LEVEL",
            'INCLUDE ActionID WHERE Actions.LEVEL IN ("a")',
        ),
        (
            "INCLUDE ItemID WHERE Items.A IN (a)",
            'write strings in double quotes, as in "a"',
            'INCLUDE ItemID WHERE Items.A IN ("a")',
        ),
        (
            "INCLUDE ItemID WHERE Items.A IN ('a')",
            'write strings in straight double quotes, as in "a"',
            'INCLUDE ItemID WHERE Items.A IN ("a")',
        ),
        (
            "INCLUDE ItemID WHERE Items.A IN ()",
            "give a string in double quotes, a number, or a parameter such as $GENRE",
            "INCLUDE ItemID WHERE Items.A IN ($GENRE)",
        ),
        (
            'INCLUDE ItemID WHERE Items.A IN "a',
            'close the string with "',
            'INCLUDE ItemID WHERE Items.A IN "a"',
        ),
        (
            "INCLUDE ItemID WHERE Items.A NOT IN ($A)",
            "write IN, and swap INCLUDE and EXCLUDE",
            "EXCLUDE ItemID WHERE Items.A IN ($A)",
        ),
        (
            "INCLUDE ItemID WHERE Items.A > 1 AND CurrentUser.B > 2",
            "move it to the end of the expression, as in IF CurrentUser.AGE > 18",
            "INCLUDE ItemID WHERE Items.A > 1 IF CurrentUser.B > 2",
        ),
        (
            "INCLUDE ItemID WHERE Items.A > 1 IF Items.B > 2",
            "move it in front of IF, joined with AND",
            "INCLUDE ItemID WHERE Items.A > 1 AND Items.B > 2",
        ),
        (
            "INCLUDE ItemID WHERE Items.A > 1 AND Interactions.EVENT_TYPE IN (*)",
            "chain a second expression with | for the other dataset",
            "INCLUDE ItemID WHERE Items.A > 1 | INCLUDE ItemID WHERE Interactions.EVENT_TYPE IN (*)",
        ),
        (
            'INCLUDE ItemID WHERE Interactions.DEVICE IN ("tv")',
            "use Interactions.EVENT_TYPE, or a field of another dataset",
            'INCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("tv")',
        ),
        (
            "INCLUDE ItemID WHERE Items.A IN (*)",
            "list the values, or use it with Interactions.EVENT_TYPE IN",
            "INCLUDE ItemID WHERE Interactions.EVENT_TYPE IN (*)",
        ),
        (
            "INCLUDE ActionID WHERE Actions.VALUE > 1 AND Actions.REPEAT_FREQUENCY > 1",
            "remove the condition",
            "INCLUDE ActionID WHERE Actions.VALUE > 1",
        ),
        (
            "INCLUDE ItemID WHERE (Items.A > 1)",
            "remove it: conditions have no parentheses around them",
            "INCLUDE ItemID WHERE Items.A > 1",
        ),
        (
            "INCLUDE ItemID WHERE Items.A > (1, 2)",
            "keep one value after >, or use IN",
            "INCLUDE ItemID WHERE Items.A IN (1, 2)",
        ),
        (
            'INCLUDE ItemID WHERE Items.A LIKE "a"',
            "list the exact values with IN: the service compares whole strings",
            'INCLUDE ItemID WHERE Items.A IN ("a")',
        ),
        (
            "INCLUDE ItemID WHERE " + " OR ".join(f"Items.F{n} > 1" for n in range(11)),
            "use 1 fewer",
            "INCLUDE ItemID WHERE " + " OR ".join(f"Items.F{n} > 1" for n in range(10)),
        ),
    ],
)
def test_hint__of_an_expression__is_followed_and_accepted(wrong: str, fix: str, right: str) -> None:
    assert find_problems(wrong)[0].fix == fix
    assert find_problems(right) == []


def tracked(stack: cdk.Stack, id: str, group: Any = GROUP) -> EventTracker:
    return EventTracker(stack, id, dataset_group=group)


def filtered(stack: cdk.Stack, expression: str, id: str = "Filter", **more: Any) -> Filter:
    return Filter(stack, id, dataset_group=GROUP, filter_expression=expression, **more)


def by_fields(count: int, prefix: str) -> str:
    return "INCLUDE ItemID WHERE " + " OR ".join(f"Items.{prefix}{n} > 1" for n in range(count))


@pytest.mark.parametrize(
    ("says", "wrong", "right"),
    [
        (
            "use that one in place of this one",
            lambda stack: (tracked(stack, "One"), tracked(stack, "Two")),
            lambda stack: tracked(stack, "One"),
        ),
        (
            "use 1 fewer fields that no other filter uses",
            lambda stack: [filtered(stack, by_fields(7, id), id) for id in "ABC"],
            lambda stack: [filtered(stack, by_fields(6 + (id < "C"), id), id) for id in "ABC"],
        ),
        (
            "pass filter_name, and change it whenever the expression changes",
            lambda stack: filtered(stack, cdk.CfnParameter(stack, "Text").value_as_string),
            lambda stack: filtered(
                stack, cdk.CfnParameter(stack, "Text").value_as_string, filter_name="calm"
            ),
        ),
        (
            "an ARN is like arn:aws:personalize:us-east-1:123456789012:filter/unseen; for a name use "
            "Filter.from_filter_name",
            lambda stack: Filter.from_filter_arn(stack, "Filter", "unseen"),
            lambda stack: Filter.from_filter_name(stack, "Filter", "unseen"),
        ),
        (
            "an ARN is like arn:aws:personalize:us-east-1:123456789012:event-tracker/0a1b2c3d",
            lambda stack: EventTracker.from_event_tracker_attributes(
                stack, "Events", event_tracker_arn="events", tracking_id="1"
            ),
            lambda stack: EventTracker.from_event_tracker_attributes(
                stack,
                "Events",
                event_tracker_arn="arn:aws:personalize:us-east-1:123456789012:event-tracker/0a1b2c3d",
                tracking_id="1",
            ),
        ),
    ],
)
def test_hint__of_an_argument__is_followed_and_accepted(
    says: str, wrong: Callable[[cdk.Stack], object], right: Callable[[cdk.Stack], object]
) -> None:
    with pytest.raises(InvalidConstructError) as raised:
        wrong(cdk.Stack(cdk.App(), "Stack"))
    assert [problem.fix for problem in raised.value.problems] == [says]

    right(cdk.Stack(cdk.App(), "Stack"))


@pytest.mark.parametrize(
    ("condition", "fix", "right"),
    [
        ("Items.GENRES IN (1)", "write Items.GENRE", "Items.GENRE IN (1)"),
        ("Items.QQQQ IN (1)", "use one of ITEM_ID, GENRE, PLOT, SOLD", "Items.GENRE IN (1)"),
        ("Items.PLOT IN (1)", "use a categorical field: text can't be filtered by", "Items.GENRE IN (1)"),
        (
            "Items.SOLD = 1",
            'use a field of the type string with the values "True" and "False", or int with 1 and 0',
            'Items.GENRE IN ("True")',
        ),
    ],
)
def test_hint__of_a_field__is_followed_and_synthesizes(condition: str, fix: str, right: str) -> None:
    def synthesize(where: str) -> None:
        stack = cdk.Stack(cdk.App(), "Stack")
        group = DatasetGroup(stack, "Group")
        fields = [
            Field.string("GENRE", categorical=True),
            Field.string("PLOT", textual=True),
            Field.boolean("SOLD"),
        ]
        Dataset(stack, "Items", dataset_group=group, schema=Schema.items(stack, "Schema", fields=fields))
        Filter(stack, "Filter", dataset_group=group, filter_expression=f"INCLUDE ItemID WHERE {where}")
        Template.from_stack(stack)

    with pytest.raises(RuntimeError) as raised:
        synthesize(condition)
    assert fix in str(raised.value).replace("\\", "")
    synthesize(right)


def warnings(stack: cdk.Stack) -> list[str]:
    return [
        str(found.entry.data) for found in Annotations.from_stack(stack).find_warning("*", Match.any_value())
    ]


def test_hint__of_a_native_group__is_followed_and_no_longer_warned_of() -> None:
    fix = "use DatasetGroup, or call DeleteDataset for EVENT_INTERACTIONS before you delete the stack"
    stack = cdk.Stack(cdk.App(), "Stack")
    tracked(stack, "Events", personalize.CfnDatasetGroup(stack, "Group", name="movies"))
    assert fix in warnings(stack)[0]

    stack = cdk.Stack(cdk.App(), "Stack", env=cdk.Environment(region="us-east-1"))
    tracked(stack, "Events", DatasetGroup(stack, "Group"))
    assert warnings(stack) == []


def test_hint__of_an_unusual_dataset__is_followed_and_no_longer_warned_of() -> None:
    fix = "check that the service accepts it, and acknowledge this warning if it does"
    stack = cdk.Stack(cdk.App(), "Stack")
    odd = filtered(stack, "INCLUDE ItemID WHERE Users.AGE > 18")
    assert fix in warnings(stack)[0]

    stack = cdk.Stack(cdk.App(), "Stack")
    odd = filtered(stack, "INCLUDE ItemID WHERE Users.AGE > 18")
    cdk.Annotations.of(odd).acknowledge_warning("cdk-personalize:filter-dataset")
    assert warnings(stack) == []
