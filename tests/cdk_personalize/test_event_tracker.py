"""An EventTracker in a template, and what keeps it the only one of its dataset group."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_personalize as personalize
from aws_cdk.assertions import Template
from constructs import Construct

from cdk_personalize import DatasetGroup, EventTracker, InvalidConstructError

TYPE = "AWS::Personalize::EventTracker"
ARN = "arn:aws:personalize:eu-west-1:111122223333:event-tracker/0a1b"


def resource(stack: cdk.Stack) -> tuple[str, dict[str, Any]]:
    """Its logical id and its properties."""
    [(logical_id, found)] = Template.from_stack(stack).find_resources(TYPE).items()
    return logical_id, found["Properties"]


def test_event_tracker__its_properties__are_those_of_the_newest_l1(
    stack: cdk.Stack, dataset_group: str
) -> None:
    other = cdk.Stack(stack.node.root, "Native")  # type: ignore[arg-type] # an App
    EventTracker(stack, "Events", dataset_group=dataset_group)
    personalize.CfnEventTracker(other, "Events", dataset_group_arn=dataset_group, name="events")
    for tagged in (stack, other):
        cdk.Tags.of(tagged).add("team", "films")
        cdk.Tags.of(tagged).add("stage", "test")

    assert resource(stack)[1] == resource(other)[1]


def test_event_tracker__its_attributes__are_those_of_the_newest_l1(
    stack: cdk.Stack, dataset_group: str
) -> None:
    tracker = EventTracker(stack, "Events", dataset_group=dataset_group)
    native = personalize.CfnEventTracker(stack, "Native", dataset_group_arn=dataset_group, name="events")

    def attributes(*values: str) -> list[str]:
        return [stack.resolve(value)["Fn::GetAtt"][1] for value in values]

    assert attributes(tracker.event_tracker_arn, tracker.tracking_id) == attributes(
        native.attr_event_tracker_arn, native.attr_tracking_id
    )


def test_logical_id__after_the_construct_is_renamed_or_moved__is_the_same(dataset_group: str) -> None:
    def logical_id(scope: Callable[[cdk.Stack], Construct], id: str, group: str) -> str:
        stack = cdk.Stack(cdk.App(), "Stack")
        EventTracker(scope(stack), id, dataset_group=group)
        return resource(stack)[0]

    first = logical_id(lambda stack: stack, "Events", dataset_group)

    assert logical_id(lambda stack: stack, "Clicks", dataset_group) == first
    assert logical_id(lambda stack: Construct(stack, "Part"), "Events", dataset_group) == first
    assert logical_id(lambda stack: stack, "Events", f"{dataset_group}-2") != first


def by_object(group: personalize.CfnDatasetGroup) -> Any:
    return group


def by_arn(group: personalize.CfnDatasetGroup) -> Any:
    return group.attr_dataset_group_arn


@pytest.mark.parametrize("first", [by_object, by_arn])
@pytest.mark.parametrize("second", [by_object, by_arn])
@pytest.mark.parametrize("elsewhere", [False, True])
def test_second__for_the_same_group__is_an_error_that_names_the_first(
    app: cdk.App, stack: cdk.Stack, first: Any, second: Any, elsewhere: bool
) -> None:
    group = personalize.CfnDatasetGroup(stack, "Group", name="movies")
    EventTracker(stack, "Events", dataset_group=first(group))

    with pytest.raises(InvalidConstructError) as raised:
        EventTracker(cdk.Stack(app, "Other") if elsewhere else stack, "Again", dataset_group=second(group))

    [problem] = raised.value.problems
    assert (problem.argument, problem.value) == ("dataset_group", "Stack/Events")


def test_second__for_the_same_arn_in_another_stack__is_an_error(
    app: cdk.App, stack: cdk.Stack, dataset_group: str
) -> None:
    EventTracker(stack, "Events", dataset_group=dataset_group)

    with pytest.raises(InvalidConstructError, match="got 'Stack/Events'"):
        EventTracker(cdk.Stack(app, "Other"), "Events", dataset_group=dataset_group)


def test_others__of_other_groups_or_of_parameters_of_other_stacks__are_accepted(
    app: cdk.App, stack: cdk.Stack, dataset_group: str
) -> None:
    EventTracker(stack, "One", dataset_group=dataset_group)
    EventTracker(stack, "Two", dataset_group=f"{dataset_group}-2")
    for place in (stack, cdk.Stack(app, "Other")):
        parameter = cdk.CfnParameter(place, "Group")
        EventTracker(place, "Three", dataset_group=parameter.value_as_string)

    assert len(Template.from_stack(stack).find_resources(TYPE)) == 3


@pytest.mark.parametrize("group_of", [lambda group: group, lambda group: group.dataset_group_arn])
@pytest.mark.parametrize("elsewhere", [False, True], ids=["same stack", "other stack"])
def test_dependencies__on_what_deletes_the_dataset_of_events__are_there(
    app: cdk.App, stack: cdk.Stack, group_of: Any, elsewhere: bool
) -> None:
    group = DatasetGroup(stack, "Group")
    place = cdk.Stack(app, "Other") if elsewhere else stack
    tracker = EventTracker(place, "Events", dataset_group=group_of(group))

    [found] = Template.from_stack(place).find_resources(TYPE).values()
    guard = group.event_interactions.node.default_child
    assert isinstance(guard, cdk.CfnResource)
    if elsewhere:
        assert stack in place.dependencies
    else:
        assert found["DependsOn"] == [stack.get_logical_id(guard)]
    assert not [entry for entry in tracker.node.metadata if entry.type == "aws:cdk:warning"]


def test_native_group__is_a_warning(stack: cdk.Stack) -> None:
    group = personalize.CfnDatasetGroup(stack, "Group", name="movies")
    tracker = EventTracker(stack, "Events", dataset_group=group)

    [warning] = [entry.data for entry in tracker.node.metadata if entry.type == "aws:cdk:warning"]
    assert "use DatasetGroup" in warning
    assert "cdk-personalize:event-interactions" in warning


def test_second__in_another_app__is_accepted(dataset_group: str) -> None:
    for _ in range(2):
        EventTracker(cdk.Stack(cdk.App(), "Stack"), "Events", dataset_group=dataset_group)


def test_arguments__wrong__are_listed_together(stack: cdk.Stack) -> None:
    wrong: Any = 7
    with pytest.raises(InvalidConstructError) as raised:
        EventTracker(stack, "Events", dataset_group=wrong, event_tracker_name="a b")

    assert [problem.argument for problem in raised.value.problems] == ["dataset_group", "event_tracker_name"]
    assert raised.value.path == "Stack/Events"


def test_tags__more_than_a_resource_has__are_an_error(stack: cdk.Stack, dataset_group: str) -> None:
    tracker = EventTracker(stack, "Events", dataset_group=dataset_group)
    for number in range(51):
        cdk.Tags.of(tracker).add(f"key{number}", "")

    with pytest.raises(RuntimeError, match=r"tags must be at most 50: got '51 tags'; remove some"):
        Template.from_stack(stack)


def test_grant_put_events__is_on_everything(stack: cdk.Stack) -> None:
    role = iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    tracker = EventTracker.from_event_tracker_attributes(
        stack, "Events", event_tracker_arn=ARN, tracking_id="1a-2b"
    )

    assert tracker.grant_put_events(role).success
    [policy] = Template.from_stack(stack).find_resources("AWS::IAM::Policy").values()
    assert policy["Properties"]["PolicyDocument"]["Statement"] == [
        {"Action": "personalize:PutEvents", "Effect": "Allow", "Resource": "*"}
    ]


def test_existing__is_that_event_tracker_there(stack: cdk.Stack) -> None:
    tracker = EventTracker.from_event_tracker_attributes(
        stack, "Events", event_tracker_arn=ARN, tracking_id="1a-2b"
    )

    assert (tracker.event_tracker_arn, tracker.tracking_id) == (ARN, "1a-2b")
    assert (tracker.env.account, tracker.env.region) == ("111122223333", "eu-west-1")
    assert "Resources" not in Template.from_stack(stack).to_json()


def test_existing__of_wrong_arguments__lists_them(stack: cdk.Stack) -> None:
    with pytest.raises(InvalidConstructError) as raised:
        EventTracker.from_event_tracker_attributes(
            stack, "Events", event_tracker_arn=ARN.replace("event-tracker", "filter"), tracking_id=""
        )

    assert [problem.argument for problem in raised.value.problems] == ["event_tracker_arn", "tracking_id"]
