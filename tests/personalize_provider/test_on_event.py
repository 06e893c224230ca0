"""`on_event`, called as the CDK provider framework calls it."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.parsers import ResponseParserError

from cdk_personalize.provider.timing import ON_EVENT_SECONDS
from personalize_provider import framework
from personalize_provider.aws import sdk
from personalize_provider.aws.errors import InvalidPropertiesError, LifecycleError, SupersededError
from support.handler.framework_events import event, on_event
from support.virtual_time.provider_world import CONTEXT, STACK_ID, World

ONE_CALL_SECONDS = 13  # of a service that hangs: see test_sdk.py


def test_on_event__create__answers_with_the_arn_after_one_look(at: World) -> None:
    answer = framework.on_event(event("Create"), CONTEXT)
    assert answer["PhysicalResourceId"].startswith(
        "arn:aws:personalize:us-east-1:123456789012:solution/films-Movies-"
    )
    assert set(answer) == {"PhysicalResourceId", "Attempt"}
    assert answer["Attempt"] == {
        "StartedAt": at.time.now(),
        "Deadline": at.time.now() + 120,
        "Stack": {"status": "CREATE_IN_PROGRESS", "last_updated": ""},
        "Abandoned": "",
        "Predecessor": "",
    }
    assert at.calls() == {"ListTagsForResource": 1}
    assert at.stacks.asked == [STACK_ID]


@pytest.mark.parametrize("type_", ["Update", "Delete"])
def test_on_event__update_and_delete__call_personalize_never(at: World, type_: str) -> None:
    arn = at.created()
    assert on_event(event(type_, arn))["PhysicalResourceId"] == arn
    assert at.calls() == {}


AT_REST = ("CREATE_COMPLETE", "CREATE_FAILED", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE")
GOING = ("DELETE_IN_PROGRESS", "DELETE_COMPLETE", "DELETE_FAILED")


@pytest.mark.parametrize(
    ("type_", "status"),
    [
        *(("Create", status) for status in (*AT_REST, *GOING)),
        *(("Update", status) for status in (*AT_REST, *GOING)),
        ("Create", "ROLLBACK_IN_PROGRESS"),
        ("Create", "UPDATE_ROLLBACK_IN_PROGRESS"),
    ],
)
def test_on_event__request_that_the_stack_cannot_want_any_more__is_superseded(
    at: World, type_: str, status: str
) -> None:
    arn = at.created()
    at.stacks.status = status
    start = at.time.now()
    with pytest.raises(SupersededError) as raised:
        on_event(event(type_, None if type_ == "Create" else arn))
    assert str(raised.value) == (
        f"resource Movies: {type_} failed: the stack is {status} by now, so this request is out of date and "
        "changes nothing more; look at the stack's later events"
    )
    assert at.calls() == {}
    is_final = status in GOING or status == "ROLLBACK_IN_PROGRESS"  # a stack never comes back from these
    assert (at.time.now() == start) is is_final
    assert at.time.now() - start < 17


@pytest.mark.parametrize(
    ("type_", "old"),
    [
        ("Create", "REVIEW_IN_PROGRESS"),
        ("Create", "UPDATE_COMPLETE"),
        ("Create", "UPDATE_ROLLBACK_IN_PROGRESS"),
        ("Update", "CREATE_COMPLETE"),
        ("Update", "UPDATE_ROLLBACK_FAILED"),
        ("Delete", "CREATE_IN_PROGRESS"),
        ("Delete", "UPDATE_IN_PROGRESS"),
        ("Delete", "UPDATE_ROLLBACK_IN_PROGRESS"),
    ],
)
def test_on_event__status_that_did_not_send_it_at_first__is_asked_again(
    at: World, type_: str, old: str
) -> None:
    arn = at.created()
    right = {"Create": "UPDATE", "Update": "UPDATE", "Delete": "UPDATE_COMPLETE_CLEANUP"}[type_]
    at.stacks.status = old
    at.time.meanwhile(6, lambda: setattr(at.stacks, "status", f"{right}_IN_PROGRESS"))
    start = at.time.now()
    answer = on_event(event(type_, None if type_ == "Create" else arn))
    assert answer["Attempt"]["Stack"]["status"] == f"{right}_IN_PROGRESS"
    assert at.time.now() - start < 8


@pytest.mark.parametrize(("type_", "status"), [("Create", "CREATE_COMPLETE"), ("Update", "UPDATE_COMPLETE")])
def test_on_event__request_that_was_sent_long_ago__is_refused_by_the_first_reading(
    at: World, type_: str, status: str
) -> None:
    arn = at.created()
    at.stacks.status = status
    at.stacks.asked.clear()
    sent = event(type_, None if type_ == "Create" else arn)
    sent["ResponseURL"] = "https://responses.s3.amazonaws.com/id?X-Amz-Date=20260301T110000Z"
    with pytest.raises(SupersededError):
        on_event(sent)
    assert at.stacks.asked == [STACK_ID]


@pytest.mark.usefixtures("at")
def test_on_event__stack_not_known_at_first__asks_again(monkeypatch: pytest.MonkeyPatch) -> None:
    stacks = throttled(3, "ValidationError")
    monkeypatch.setattr(sdk, "cloudformation", lambda: stacks)
    assert on_event(event("Create"))["Attempt"]["Stack"]["status"] == "CREATE_IN_PROGRESS"


def test_on_event__stack_never_known__fails_after_a_while(at: World, monkeypatch: pytest.MonkeyPatch) -> None:
    stacks = throttled(1_000, "ValidationError")
    monkeypatch.setattr(sdk, "cloudformation", lambda: stacks)
    start = at.time.now()
    with pytest.raises(LifecycleError, match=r"DescribeStacks failed: Rate exceeded \(ValidationError\)"):
        on_event(event("Create"))
    assert 15 <= at.time.now() - start < 17


@pytest.mark.parametrize(
    ("type_", "status"),
    [
        ("Create", "CREATE_IN_PROGRESS"),
        ("Create", "UPDATE_IN_PROGRESS"),
        ("Update", "UPDATE_IN_PROGRESS"),
        ("Update", "UPDATE_ROLLBACK_IN_PROGRESS"),
        *(("Delete", status) for status in (*AT_REST, *GOING, "ROLLBACK_IN_PROGRESS", "UPDATE_IN_PROGRESS")),
    ],
)
def test_on_event__request_that_the_stack_may_want__is_taken(at: World, type_: str, status: str) -> None:
    arn = at.created()
    at.stacks.status = status
    answer = on_event(event(type_, None if type_ == "Create" else arn))
    assert answer["PhysicalResourceId"] == arn
    assert answer["Attempt"]["Stack"]["status"] == status
    assert at.calls() == ({"ListTagsForResource": 1, "DescribeSolution": 1} if type_ == "Create" else {})


def test_on_event__bad_properties__all_problems_before_any_call(at: World) -> None:
    with pytest.raises(InvalidPropertiesError, match=r"performHPO.*unheardOf|unheardOf.*performHPO"):
        on_event(event("Create", performHPO="yes", unheardOf="x"))
    assert at.stacks.asked == []


def throttled(times: int, code: str = "Throttling", error: Exception | None = None) -> Any:
    """A CloudFormation that refuses at first."""
    left = [times]
    refusal = ClientError({"Error": {"Code": code, "Message": "Rate exceeded"}}, "DescribeStacks")

    def describe_stacks(**request: Any) -> dict[str, Any]:
        if left[0]:
            left[0] -= 1
            raise error or refusal
        return {"Stacks": [{"StackName": request["StackName"], "StackStatus": "CREATE_IN_PROGRESS"}]}

    return SimpleNamespace(describe_stacks=describe_stacks)


@pytest.mark.parametrize("code", ["Throttling", "AccessDenied"])
def test_on_event__stack_not_told_at_first__asks_again(
    at: World, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    stacks = throttled(3, code)
    monkeypatch.setattr(sdk, "cloudformation", lambda: stacks)
    start = at.time.now()
    attempt = on_event(event("Create"))["Attempt"]
    assert attempt["Stack"]["status"] == "CREATE_IN_PROGRESS"
    assert attempt["StartedAt"] == start
    assert 3 * 0.5 <= at.time.now() - start < 3 * 1.5


@pytest.mark.parametrize(("luck", "pause"), [(0.0, 0.5), (0.5, 1.0), (0.99, 1.49)])
def test_on_event__stack_not_told_at_first__pauses_are_spread_by_chance(
    at: World, monkeypatch: pytest.MonkeyPatch, luck: float, pause: float
) -> None:
    monkeypatch.setattr(random, "random", lambda: luck)
    slept: list[float] = []
    monkeypatch.setattr(at.time, "sleep", slept.append)
    stacks = throttled(2)
    monkeypatch.setattr(sdk, "cloudformation", lambda: stacks)
    on_event(event("Create"))
    assert slept == pytest.approx([pause, pause])


@pytest.mark.usefixtures("at")
def test_on_event__answer_of_cloudformation_unreadable_at_first__asks_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stacks = throttled(3, error=ResponseParserError("no XML"))
    monkeypatch.setattr(sdk, "cloudformation", lambda: stacks)
    assert on_event(event("Create"))["Attempt"]["Stack"]["status"] == "CREATE_IN_PROGRESS"


def test_on_event__stack_never_told__fails_within_the_functions_minute(
    at: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    stacks = throttled(1_000)
    monkeypatch.setattr(sdk, "cloudformation", lambda: stacks)
    start = at.time.now()
    with pytest.raises(LifecycleError, match=r"DescribeStacks failed: Rate exceeded \(Throttling\)"):
        on_event(event("Create"))
    waited = at.time.now() - start
    assert waited > 40
    assert waited + ONE_CALL_SECONDS < ON_EVENT_SECONDS


def test_on_event__stack_told_at_the_last_moment__is_taken(
    at: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(random, "random", lambda: 0.5)
    stacks = throttled(40)  # refused for 40 seconds, one second apart
    monkeypatch.setattr(sdk, "cloudformation", lambda: stacks)
    start = at.time.now()
    assert on_event(event("Create"))["Attempt"]["Stack"]["status"] == "CREATE_IN_PROGRESS"
    assert at.time.now() - start == 40


def test_on_event__stack_not_told_in_forty_seconds__fails(at: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(random, "random", lambda: 0.5)
    stacks = throttled(42)  # refused for 41 seconds, one second apart
    monkeypatch.setattr(sdk, "cloudformation", lambda: stacks)
    start = at.time.now()
    with pytest.raises(LifecycleError, match=r"DescribeStacks failed: Rate exceeded \(Throttling\)"):
        on_event(event("Create"))
    assert at.time.now() - start == 41


def test_on_event__denied_for_good__fails_once_the_role_is_no_longer_new(
    at: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    stacks = throttled(1_000, "AccessDenied")
    monkeypatch.setattr(sdk, "cloudformation", lambda: stacks)
    start = at.time.now()
    with pytest.raises(LifecycleError, match=r"DescribeStacks failed: Rate exceeded \(AccessDenied\)"):
        on_event(event("Create"))
    assert 30 <= at.time.now() - start < 33


@pytest.mark.parametrize(
    ("type_", "signed", "is_late"),
    [
        ("Update", "20260301T115955Z", True),
        ("Create", "20260301T115957Z", True),
        ("Update", "20260301T115958Z", False),  # clocks may differ
        ("Update", "20260301T120003Z", False),
        ("Delete", "20260301T110000Z", True),
        ("Delete", "20260301T120003Z", False),
        ("Update", "99999999T999999Z", False),
        ("Update", "", False),
    ],
)
def test_on_event__request_sent_before_the_update_began__is_late(
    at: World, type_: str, signed: str, is_late: bool
) -> None:
    arn = at.created()
    at.stacks.status = "UPDATE_IN_PROGRESS"
    at.stacks.updated = datetime(2026, 3, 1, 12, tzinfo=UTC)
    sent = event(type_, None if type_ == "Create" else arn)
    sent["ResponseURL"] = f"https://responses.s3.amazonaws.com/id?X-Amz-Date={signed}&X-Amz-Expires=7200"
    if is_late:
        with pytest.raises(SupersededError, match="UPDATE_IN_PROGRESS by now"):
            on_event(sent)
    else:
        assert on_event(sent)["PhysicalResourceId"] == arn
    assert at.calls() == {}


@pytest.mark.usefixtures("at")
def test_on_event__request_sent_long_ago_and_no_update_since__is_taken() -> None:
    sent = event("Create")
    sent["ResponseURL"] = "https://responses.s3.amazonaws.com/id?X-Amz-Date=20250101T000000Z"
    assert on_event(sent)["Attempt"]["Stack"]["last_updated"] == ""
