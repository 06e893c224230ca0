"""The hidden dataset of event trackers, which a stack deletes before its dataset group."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from personalize_local.simulator import ServiceError
from personalize_provider import framework
from personalize_provider.aws.errors import InvalidPropertiesError, LifecycleError
from support.handler.framework_events import event
from support.virtual_time.provider_world import CONTEXT, GROUP, PROPERTIES, World

DATASET = GROUP.replace(":dataset-group/", ":dataset/") + "/EVENT_INTERACTIONS"
OWN: Mapping[str, Any] = {"ServiceToken": PROPERTIES["ServiceToken"], "datasetGroupArn": GROUP}


def sent(type_: str, physical: str | None = None, **properties: Any) -> dict[str, Any]:
    made = event(type_, physical)
    made |= {
        "ResourceType": "Custom::PersonalizeEventInteractions",
        "ResourceProperties": {**OWN, **properties},
    }
    return {**made, "OldResourceProperties": dict(OWN)} if type_ == "Update" else made


def answered(at: World, first: dict[str, Any], *, tries: int = 30) -> dict[str, Any]:
    """The waiter's whole way; the physical id and the last answer."""
    merged = {**first, **framework.on_event(first, CONTEXT)}
    for _ in range(tries):
        done = framework.is_complete(merged, CONTEXT)
        if done["IsComplete"]:
            return {**merged, **done}
        at.time.sleep(5)
    raise AssertionError("never complete")


def tracker(at: World) -> str:
    """An event tracker, which makes the dataset."""
    made: str = at.call("CreateEventTracker", name="clicks", datasetGroupArn=GROUP)["eventTrackerArn"]
    at.simulator.advance(60)
    at.simulator.clear_calls()
    return made


def is_there(at: World) -> bool:
    try:
        at.call("DescribeDataset", datasetArn=DATASET)
    except ServiceError:
        return False
    return True


@pytest.mark.parametrize("type_", ["Create", "Update"])
def test_create_or_update__with_the_dataset__does_nothing(at: World, type_: str) -> None:
    tracker(at)
    at.stacks.status = f"{type_.upper()}_IN_PROGRESS"
    first = sent(type_, DATASET if type_ == "Update" else None)
    assert answered(at, first)["PhysicalResourceId"] == DATASET
    assert at.calls() == {}
    assert is_there(at)


def test_delete__dataset_that_a_tracker_left__is_deleted_so_that_the_group_can_be(at: World) -> None:
    at.call("DeleteEventTracker", eventTrackerArn=tracker(at))
    at.simulator.advance(60)
    at.stacks.status = "DELETE_IN_PROGRESS"
    answered(at, sent("Delete", DATASET))
    assert not is_there(at)
    at.call("DeleteDatasetGroup", datasetGroupArn=GROUP)


def test_delete__never_made__is_done_when_the_delete_says_so(at: World) -> None:
    at.stacks.status = "DELETE_IN_PROGRESS"
    answered(at, sent("Delete", DATASET))
    assert at.calls() == {"DescribeDataset": 2, "DeleteDataset": 1}


def test_delete__not_described_although_it_is_there__is_deleted(at: World) -> None:
    at.call("DeleteEventTracker", eventTrackerArn=tracker(at))
    at.simulator.advance(60)
    at.fault("DescribeDataset", "ResourceNotFoundException")
    at.stacks.status = "DELETE_IN_PROGRESS"
    answered(at, sent("Delete", DATASET))
    assert not is_there(at)


def test_delete__service_refuses_it_for_now__is_tried_again(at: World) -> None:
    at.call("DeleteEventTracker", eventTrackerArn=tracker(at))
    at.simulator.advance(60)
    at.fault("DeleteDataset", "ResourceInUseException", times=3)
    at.stacks.status = "DELETE_IN_PROGRESS"
    answered(at, sent("Delete", DATASET))
    assert not is_there(at)


def test_delete__never_free__fails_with_what_is_in_the_way(at: World) -> None:
    tracker(at)
    at.fault("DeleteDataset", "ResourceInUseException", times=1000)
    at.stacks.status = "DELETE_IN_PROGRESS"
    with pytest.raises(
        LifecycleError, match=r"dataset films/EVENT_INTERACTIONS: waiting failed: .*the last answer"
    ):
        answered(at, sent("Delete", DATASET))
    assert is_there(at)


def test_delete__another_resource_of_the_stack_has_it__leaves_it(at: World) -> None:
    tracker(at)
    at.stacks.resources = {"Renamed": DATASET}
    at.stacks.status = "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"
    answered(at, sent("Delete", DATASET))
    assert is_there(at)


@pytest.mark.parametrize("physical", ["films-Events-1A2B", GROUP, DATASET.replace("EVENT_", "")])
def test_delete__id_of_another_resource__is_done_without_a_call(at: World, physical: str) -> None:
    tracker(at)
    at.stacks.status = "DELETE_IN_PROGRESS"
    answered(at, sent("Delete", physical))
    assert at.calls() == {}


@pytest.mark.parametrize("handler", ["on_event", "is_complete"])
@pytest.mark.parametrize("group", [None, "films", ["x"], GROUP + "/x"])
def test_properties__no_dataset_group__are_named(at: World, handler: str, group: Any) -> None:
    with pytest.raises(InvalidPropertiesError, match="Invalid value for parameter datasetGroupArn") as raised:
        getattr(framework, handler)(sent("Create", datasetGroupArn=group, other="x"), CONTEXT)
    assert "'other'" in str(raised.value)
    assert at.calls() == {}
