"""What the stack is doing."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import botocore.session
import pytest

from personalize_provider.engine.first_event import ATTEMPT, Attempt
from personalize_provider.engine.request import Request, RequestType
from personalize_provider.engine.stack import StackState, rollback_updates
from support.virtual_time.provider_world import STACK_ID, V2, Stacks


def test_read__never_updated__has_no_time() -> None:
    stacks = Stacks("CREATE_IN_PROGRESS")
    assert StackState.read(stacks, STACK_ID) == StackState("CREATE_IN_PROGRESS")
    assert stacks.asked == [STACK_ID]


def test_read__updated__has_its_time() -> None:
    stacks = Stacks("UPDATE_IN_PROGRESS", datetime(2026, 3, 1, tzinfo=UTC))
    assert StackState.read(stacks, STACK_ID) == StackState("UPDATE_IN_PROGRESS", "2026-03-01T00:00:00+00:00")


# Whether a request can be the stack's: Create, Update, Delete
MAY_ASK = {
    "CREATE_IN_PROGRESS": (True, True, True),
    "UPDATE_IN_PROGRESS": (True, True, True),
    "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS": (True, True, True),
    "REVIEW_IN_PROGRESS": (True, True, True),
    "IMPORT_IN_PROGRESS": (True, True, True),
    "ROLLBACK_IN_PROGRESS": (False, True, True),
    "UPDATE_ROLLBACK_IN_PROGRESS": (False, True, True),
    "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS": (False, True, True),
    "IMPORT_ROLLBACK_IN_PROGRESS": (False, True, True),
    "DELETE_IN_PROGRESS": (False, False, True),
    "DELETE_COMPLETE": (False, False, True),
    "DELETE_FAILED": (False, False, True),
    "CREATE_COMPLETE": (False, False, True),
    "CREATE_FAILED": (False, False, True),
    "ROLLBACK_COMPLETE": (False, False, True),
    "ROLLBACK_FAILED": (False, False, True),
    "UPDATE_COMPLETE": (False, False, True),
    "UPDATE_FAILED": (False, False, True),
    "UPDATE_ROLLBACK_COMPLETE": (False, False, True),
    "UPDATE_ROLLBACK_FAILED": (False, False, True),
    "IMPORT_COMPLETE": (False, False, True),
    "IMPORT_ROLLBACK_COMPLETE": (False, False, True),
    "IMPORT_ROLLBACK_FAILED": (False, False, True),
}


def test_may_ask_for_table__every_status_of_a_stack__is_in_it() -> None:
    model = botocore.session.Session().get_service_model("cloudformation")
    assert set(MAY_ASK) == set(model.shape_for("StackStatus").enum)


@pytest.mark.parametrize("updated", ["", "2026-03-01T00:00:00+00:00"])
@pytest.mark.parametrize(("status", "expected"), MAY_ASK.items())
def test_may_ask_for__status__tells_what_comes_late(
    status: str, expected: tuple[bool, bool, bool], updated: str
) -> None:
    state = StackState(status, updated)
    types: tuple[RequestType, ...] = ("Create", "Update", "Delete")
    assert tuple(state.may_ask_for(type_) for type_ in types) == expected


@pytest.mark.parametrize("status", MAY_ASK)
def test_is_rolling_back__status__says_so(status: str) -> None:
    assert StackState(status).is_rolling_back is ("ROLLBACK" in status.split("_"))


@pytest.mark.parametrize(
    "state", [StackState("CREATE_IN_PROGRESS"), StackState("UPDATE_IN_PROGRESS", "2026")]
)
def test_attempt__through_an_event__is_the_same(state: StackState) -> None:
    attempt = Attempt(1772366400.25, 1772368200.25, state)
    event = {ATTEMPT: attempt.to_event()}
    assert Attempt.from_event(json.loads(json.dumps(event))) == attempt


OLD = {"recipeArn": V2, "performAutoTraining": "false"}
NEW = {"recipeArn": V2, "performAutoTraining": "true"}


def told(*events: tuple[str, ...]) -> Stacks:
    """A CloudFormation with these events, the newest first: what they are about, and its status."""
    stacks = Stacks()
    names = ("LogicalResourceId", "ResourceStatus", "ResourceProperties")
    stacks.events = [
        {
            **dict(zip(names, event, strict=False)),
            "PhysicalResourceId": STACK_ID if event[0] == "films" else "id",
        }
        for event in events
    ]
    return stacks


ROLLBACK = ("films", "UPDATE_ROLLBACK_IN_PROGRESS")
REVERSE = ("Movies", "UPDATE_IN_PROGRESS", json.dumps({**OLD, "performAutoTraining": False}))
STALE = ("Movies", "UPDATE_IN_PROGRESS", json.dumps(NEW))


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([REVERSE, ROLLBACK, STALE], [{**OLD, "performAutoTraining": False}]),
        ([REVERSE, ("Shows", "UPDATE_IN_PROGRESS", "{}"), ROLLBACK], [{**OLD, "performAutoTraining": False}]),
        ([ROLLBACK, STALE], []),
        ([("Shows", "UPDATE_IN_PROGRESS", "{}"), ROLLBACK, STALE], []),
        ([("Movies", "UPDATE_COMPLETE", json.dumps(OLD)), ROLLBACK, STALE], []),
        # A nested stack of ours rolls back too, which says nothing of this stack.
        ([("Nested", "UPDATE_ROLLBACK_IN_PROGRESS"), STALE], None),
        ([STALE], None),
        ([], None),
        ([("Movies", "UPDATE_IN_PROGRESS"), ROLLBACK], [{}]),
        ([("Movies", "UPDATE_IN_PROGRESS", ""), ROLLBACK], [{}]),
        ([("Movies", "UPDATE_IN_PROGRESS", "[]"), ROLLBACK], [{}]),
        ([("Movies", "UPDATE_IN_PROGRESS", '{"recipeArn": "arn:aws:per'), ROLLBACK], [{}]),  # cut
        # The rollback of an update before this one, where this one's doesn't show yet.
        ([STALE, ("films", "UPDATE_IN_PROGRESS"), REVERSE, ROLLBACK], None),
        # A rollback that was continued asks for the same again.
        ([REVERSE, ROLLBACK, ("films", "UPDATE_ROLLBACK_FAILED"), STALE, ROLLBACK], [json.loads(REVERSE[2])]),
    ],
)
def test_rollback_updates__events__are_what_this_rollback_asked_for(
    events: list[Any], expected: list[dict[str, Any]] | None
) -> None:
    stacks = told(*events)
    read = lambda page: stacks.describe_stack_events(**page)  # noqa: E731
    assert rollback_updates(read, STACK_ID, "Movies") == expected


@pytest.mark.parametrize(("seconds", "expected"), [(0.4, None), (20.0, [])])
def test_rollback_updates__a_later_update_has_begun__the_rollback_is_over(
    seconds: float, expected: list[Any] | None
) -> None:
    stacks = told(("films", "UPDATE_IN_PROGRESS"), REVERSE, ROLLBACK)
    stacks.events[0] = {**stacks.events[0], "Timestamp": datetime.fromtimestamp(1000 + seconds, UTC)}
    read = lambda page: stacks.describe_stack_events(**page)  # noqa: E731
    assert rollback_updates(read, STACK_ID, "Movies", 1000.0) == expected


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (OLD, True),
        ({**OLD, "performAutoTraining": False}, True),
        ({**OLD, "ServiceToken": "another", "ServiceTimeout": 60}, True),
        (NEW, False),
        ({**NEW, "performAutoTraining": True}, False),
        ({}, False),
        ({"recipeArn": V2}, False),
        ({**OLD, "solutionConfig": {}}, False),
    ],
)
def test_is_undone_by__properties_of_an_event__says_whether_they_are_the_old_ones(
    asked: dict[str, Any], expected: bool
) -> None:
    assert update_of(NEW, OLD).is_undone_by(asked) is expected


@pytest.mark.parametrize(
    ("asked", "sent"),
    [
        (1, "1"),
        (0.5, "0.5"),
        (True, "true"),
        ([1, {"a": 2}], ["1", {"a": "2"}]),
        ({"a": [False]}, {"a": ["false"]}),
    ],
)
def test_is_undone_by__scalars_of_any_type__are_compared_as_they_are_sent(asked: Any, sent: Any) -> None:
    request = update_of({"x": "new"}, {"x": sent})
    assert request.is_undone_by({"x": asked})
    assert not request.is_undone_by({"x": [asked]})
    assert not request.is_undone_by({"x": {"x": asked}})


def test_is_undone_by__nothing_changes__is_not() -> None:  # the rollback's own Update may be the same
    assert not update_of(OLD, OLD).is_undone_by(OLD)


def update_of(properties: dict[str, Any], old: dict[str, Any]) -> Request:
    return Request("Update", "Custom::PersonalizeSolution", STACK_ID, "Movies", "id", "arn", properties, old)
