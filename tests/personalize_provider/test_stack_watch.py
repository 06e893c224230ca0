"""Whether a stack waits for a request, by readings that may be old."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from personalize_local.simulator import Clock
from personalize_provider.aws.errors import SupersededError
from personalize_provider.engine.request import Request, RequestType
from personalize_provider.engine.stack import StackState
from personalize_provider.engine.stack_watch import StackWatch, Standing, standing
from support.virtual_time.provider_world import STACK_ID, START, SimulatedTime, Stacks

T1 = "2026-03-01T12:00:00+00:00"
T2 = "2026-03-01T12:00:08+00:00"
OLD, NEW = {"performAutoTraining": "false"}, {"performAutoTraining": "true"}
NOW = START.timestamp()

WANTED, SUPERSEDED, UNKNOWN, IN_ROLLBACK = Standing


def request(type_: RequestType, sent_at: float | None = NOW, **members: Any) -> Request:
    return Request(type_, "Custom::PersonalizeSolution", STACK_ID, "Movies", "id", sent_at=sent_at, **members)


@pytest.mark.parametrize(
    ("type_", "was", "now", "expected"),
    [
        ("Create", ("CREATE_IN_PROGRESS",), ("CREATE_IN_PROGRESS",), WANTED),
        ("Create", ("CREATE_IN_PROGRESS",), ("REVIEW_IN_PROGRESS",), UNKNOWN),
        ("Create", ("CREATE_IN_PROGRESS",), ("ROLLBACK_IN_PROGRESS",), SUPERSEDED),
        ("Create", ("CREATE_IN_PROGRESS",), ("DELETE_IN_PROGRESS",), SUPERSEDED),
        ("Create", ("UPDATE_IN_PROGRESS", T1), ("CREATE_COMPLETE",), UNKNOWN),
        ("Create", ("UPDATE_IN_PROGRESS", T1), ("UPDATE_ROLLBACK_IN_PROGRESS", T1), SUPERSEDED),
        ("Update", ("UPDATE_IN_PROGRESS", T1), ("UPDATE_IN_PROGRESS", T1), WANTED),
        ("Update", ("UPDATE_IN_PROGRESS", T1), ("CREATE_COMPLETE",), UNKNOWN),
        ("Update", ("UPDATE_IN_PROGRESS", T1), ("UPDATE_IN_PROGRESS", T2), SUPERSEDED),
        ("Update", ("UPDATE_IN_PROGRESS", T1), ("UPDATE_ROLLBACK_IN_PROGRESS", T1), IN_ROLLBACK),
        ("Update", ("UPDATE_IN_PROGRESS", T1), ("UPDATE_ROLLBACK_IN_PROGRESS", T2), SUPERSEDED),
        ("Update", ("UPDATE_ROLLBACK_IN_PROGRESS", T1), ("UPDATE_ROLLBACK_IN_PROGRESS", T1), IN_ROLLBACK),
        ("Update", ("UPDATE_ROLLBACK_IN_PROGRESS", T1), ("UPDATE_IN_PROGRESS", T1), UNKNOWN),
        ("Update", ("UPDATE_ROLLBACK_IN_PROGRESS", T1), ("DELETE_IN_PROGRESS", T1), SUPERSEDED),
        ("Delete", ("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", T1), ("UPDATE_IN_PROGRESS", T1), UNKNOWN),
        ("Delete", ("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", T1), ("UPDATE_IN_PROGRESS", T2), SUPERSEDED),
        ("Delete", ("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", T1), ("DELETE_IN_PROGRESS", T1), WANTED),
        ("Delete", ("ROLLBACK_IN_PROGRESS",), ("CREATE_IN_PROGRESS",), UNKNOWN),
        ("Delete", ("ROLLBACK_IN_PROGRESS",), ("DELETE_IN_PROGRESS",), WANTED),
    ],
)
def test_standing__reading__says_what_it_can(
    type_: RequestType, was: tuple[str, ...], now: tuple[str, ...], expected: Standing
) -> None:
    states = StackState(*was), StackState(*now)
    assert standing(request(type_), *states, may_be_old=True) is expected
    later = SUPERSEDED if expected is UNKNOWN else expected
    assert standing(request(type_), *states, may_be_old=False) is later


@pytest.mark.parametrize(
    ("sent_at", "expected"),
    [(NOW + 8, WANTED), (NOW + 7.5, WANTED), (NOW + 7, SUPERSEDED), (NOW, SUPERSEDED), (None, SUPERSEDED)],
)
def test_standing__later_update__is_the_requests_own_if_it_began_before_the_request(
    sent_at: float | None, expected: Standing
) -> None:
    was, now = StackState("UPDATE_IN_PROGRESS", T1), StackState("UPDATE_IN_PROGRESS", T2)
    assert standing(request("Update", sent_at), was, now, may_be_old=True) is expected


@pytest.mark.parametrize(("sent_at", "until"), [(None, 15), (NOW + 300, 15), (NOW - 4, 14), (NOW - 60, -42)])
def test_stale_until__time_of_sending__bounds_how_old_a_reading_may_be(
    sent_at: float | None, until: float
) -> None:
    assert request("Delete", sent_at).stale_until(NOW) == NOW + until


class Scripted:
    """A CloudFormation that answers with these in turn, and then repeats the last."""

    def __init__(self, *states: StackState | Exception, events: Stacks | None = None) -> None:
        self.states = list(states)
        self.events = events or Stacks()
        self.asked = 0

    def describe_stacks(self, **_request: str) -> Mapping[str, Any]:
        self.asked += 1
        state = self.states.pop(0) if len(self.states) > 1 else self.states[0]
        if isinstance(state, Exception):
            raise state
        updated = (
            {"LastUpdatedTime": datetime.fromisoformat(state.last_updated)} if state.last_updated else {}
        )
        return {"Stacks": [{"StackStatus": state.status, **updated}]}

    def describe_stack_events(self, **request: str) -> Mapping[str, Any]:
        return self.events.describe_stack_events(**request)


@pytest.fixture
def time() -> SimulatedTime:
    return SimulatedTime(Clock.frozen(START))


def check(client: Any, time: SimulatedTime, of: Request, was: StackState) -> Any:
    return StackWatch(of, client, time, NOW).check(was, "solution movies")


CLEANUP = StackState("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", T1)
UPDATING = StackState("UPDATE_IN_PROGRESS", T1)
ROLLING_BACK = StackState("UPDATE_ROLLBACK_IN_PROGRESS", T1)
MISSING = ClientError({"Error": {"Code": "ValidationError", "Message": "does not exist"}}, "DescribeStacks")
THROTTLED = ClientError({"Error": {"Code": "Throttling", "Message": "slower"}}, "DescribeStackEvents")


def test_check__as_noted__asks_once(time: SimulatedTime) -> None:
    client = Scripted(CLEANUP)
    assert check(client, time, request("Delete"), CLEANUP) is None
    assert client.asked == 1
    assert time.now() == NOW


@pytest.mark.parametrize("old", [UPDATING, StackState("CREATE_COMPLETE"), MISSING])
def test_check__reading_from_before__is_asked_again(time: SimulatedTime, old: StackState | Exception) -> None:
    client = Scripted(old, old, CLEANUP)
    assert check(client, time, request("Delete"), CLEANUP) is None
    assert client.asked == 3


def test_check__reading_from_before_that_stays__is_final_after_a_while(time: SimulatedTime) -> None:
    client = Scripted(UPDATING)
    waits = check(client, time, request("Delete"), CLEANUP)
    assert waits.reason == f"CloudFormation shows {UPDATING}, which may be from before this request"
    assert time.now() - NOW < 12
    with pytest.raises(SupersededError, match="waiting in UPDATE_COMPLETE_CLEANUP"):
        check(client, time, request("Delete"), CLEANUP)
    assert 15 <= time.now() - NOW < 17


def test_check__stack_went_on__is_final_at_once(time: SimulatedTime) -> None:
    client = Scripted(StackState("ROLLBACK_IN_PROGRESS"))
    words = r"solution movies: waiting in CREATE_IN_PROGRESS failed: the stack is ROLLBACK_IN_PROGRESS by now"
    with pytest.raises(SupersededError, match=words):
        check(client, time, request("Create"), StackState("CREATE_IN_PROGRESS"))
    assert client.asked == 1


def rolled_back(*updates: Mapping[str, Any]) -> Stacks:
    stacks = Stacks()
    stacks.roll_back(*updates)
    return stacks


STALE = request("Update", properties=NEW, old_properties=OLD)
OWN = request("Update", properties=OLD, old_properties=NEW)


@pytest.mark.parametrize("was", [UPDATING, ROLLING_BACK])
def test_check__rollbacks_own_update__is_wanted_at_once_and_stays_so(
    time: SimulatedTime, was: StackState
) -> None:
    client = Scripted(ROLLING_BACK, events=rolled_back(OLD))
    watch = StackWatch(OWN, client, time, NOW)
    assert watch.check(was, "solution movies") is None
    assert time.now() == NOW
    client.events = Stacks()  # nobody asks again
    assert watch.check(was, "solution movies") is None


@pytest.mark.parametrize("was", [UPDATING, ROLLING_BACK])
@pytest.mark.parametrize("shown", [rolled_back(OLD), rolled_back(), Stacks()])
def test_check__update_that_the_rollback_took_back__is_superseded_once_readings_are_new(
    time: SimulatedTime, was: StackState, shown: Stacks
) -> None:
    client = Scripted(ROLLING_BACK, events=shown)
    assert check(client, time, STALE, was) is not None
    time.sleep(15)
    if shown.events or was == UPDATING:
        with pytest.raises(SupersededError):
            check(client, time, STALE, was)
    else:  # CloudFormation never shows the rollback: it was there before the request
        assert check(client, time, STALE, was) is None


def test_check__events_show_the_update_only_later__waits_for_them(time: SimulatedTime) -> None:
    client = Scripted(ROLLING_BACK, events=rolled_back())
    time.meanwhile(4, lambda: client.events.roll_back(OLD))
    assert check(client, time, OWN, ROLLING_BACK) is None
    assert 4 <= time.now() - NOW < 6


def test_check__page_throttled__is_read_again_and_not_the_first_one(time: SimulatedTime) -> None:
    tokens: list[str] = []
    refusals = [THROTTLED] * 3
    began = {"PhysicalResourceId": STACK_ID, "ResourceStatus": "UPDATE_ROLLBACK_IN_PROGRESS"}
    update = {"LogicalResourceId": "Movies", "ResourceStatus": "UPDATE_IN_PROGRESS"}
    pages: dict[str, dict[str, Any]] = {
        "": {"StackEvents": [{**update, "ResourceProperties": json.dumps(OLD)}], "NextToken": "2"},
        "2": {"StackEvents": [began], "NextToken": "3"},
    }

    def describe_stack_events(*, StackName: str, NextToken: str = "") -> dict[str, Any]:  # noqa: N803
        assert StackName == STACK_ID
        tokens.append(NextToken)
        if NextToken and refusals:
            raise refusals.pop()
        return pages[NextToken]  # the third is never requested

    client = SimpleNamespace(
        describe_stacks=Scripted(ROLLING_BACK).describe_stacks, describe_stack_events=describe_stack_events
    )
    assert check(client, time, OWN, ROLLING_BACK) is None
    assert tokens == ["", "2", "2", "2", "2"]


@pytest.mark.parametrize(("type_", "least", "most"), [("Create", 0, 0), ("Delete", 0, 0), ("Update", 10, 12)])
def test_check__throttled_for_long__leaves_it_to_the_loop(
    time: SimulatedTime, type_: RequestType, least: float, most: float
) -> None:
    with pytest.raises(ClientError, match="slower"):
        check(Scripted(THROTTLED), time, request(type_), StackState("UPDATE_IN_PROGRESS"))
    assert least <= time.now() - NOW <= most


@pytest.mark.parametrize(
    ("state", "other", "expected"),
    [
        (StackState("UPDATE_IN_PROGRESS", T2), StackState("DELETE_IN_PROGRESS", T1), True),
        (StackState("UPDATE_IN_PROGRESS", T1), StackState("CREATE_IN_PROGRESS"), True),
        (StackState("CREATE_IN_PROGRESS"), StackState("UPDATE_IN_PROGRESS", T1), False),
        (StackState("UPDATE_ROLLBACK_IN_PROGRESS", T1), StackState("UPDATE_IN_PROGRESS", T1), True),
        (StackState("UPDATE_ROLLBACK_FAILED", T1), StackState("UPDATE_ROLLBACK_IN_PROGRESS", T1), False),
        (StackState("DELETE_IN_PROGRESS", T1), StackState("UPDATE_ROLLBACK_FAILED", T1), True),
        (StackState("UPDATE_COMPLETE", T1), StackState("UPDATE_IN_PROGRESS", T1), False),
    ],
)
def test_is_after__two_states__is_true_where_it_can_be_told(
    state: StackState, other: StackState, *, expected: bool
) -> None:
    assert state.is_after(other) is expected


def test_is_after__times_without_a_fraction__are_compared_as_times() -> None:
    earlier = StackState("UPDATE_IN_PROGRESS", datetime(2026, 3, 1, 12, tzinfo=UTC).isoformat())
    later = StackState("UPDATE_IN_PROGRESS", datetime(2026, 3, 1, 12, 0, 0, 5, UTC).isoformat())
    assert later.is_after(earlier)
    assert not earlier.is_after(later)
