"""What the stack is doing."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import botocore.session
import pytest

from personalize_provider.attempt import Attempt
from personalize_provider.request import RequestType
from personalize_provider.stack import StackState
from provider_world import STACK_ID, Stacks


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
    assert Attempt.from_event(json.loads(json.dumps(attempt.to_event()))) == attempt
