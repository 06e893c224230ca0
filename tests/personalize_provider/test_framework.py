"""The two Lambda functions, called as the CDK provider framework calls them."""

from __future__ import annotations

import io
import json
import random
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.parsers import ResponseParserError

from cdk_personalize.provider.timing import ON_EVENT_SECONDS
from personalize_local.simulator import Durations, Fault
from personalize_provider import framework
from personalize_provider.aws import sdk
from personalize_provider.aws.errors import InvalidPropertiesError, LifecycleError, SupersededError
from personalize_provider.engine.request import Request
from personalize_provider.kinds.solution.desired import Present, goal_of
from support.virtual_time.provider_world import CONTEXT, PROPERTIES, SIMS, STACK_ID, World

RESPONSE_URL = "https://cloudformation-custom-resource-response.s3.amazonaws.com/?X-Amz-Signature=secret"

ONE_CALL_SECONDS = 13  # of a service that hangs: see test_sdk.py


def event(type_: str, physical: str | None = None, **properties: Any) -> dict[str, Any]:
    """An event as CloudFormation sends it."""
    made: dict[str, Any] = {
        "RequestType": type_,
        "ResponseURL": RESPONSE_URL,
        "StackId": STACK_ID,
        "RequestId": "4d6a7c1e-0000-4000-8000-000000000000",
        "LogicalResourceId": "Movies",
        "ResourceType": "Custom::PersonalizeSolution",
        "ServiceToken": PROPERTIES["ServiceToken"],
        "ResourceProperties": {**PROPERTIES, **properties},
    }
    if physical is not None:
        made["PhysicalResourceId"] = physical
    if type_ == "Update":
        made["OldResourceProperties"] = PROPERTIES
    return json.loads(json.dumps(made))  # type: ignore[no-any-return]


def on_event(sent: dict[str, Any]) -> dict[str, Any]:
    """What the framework hands to the waiter: the event, overlaid with our answer, as JSON."""
    answer = framework.on_event(sent, CONTEXT)
    return json.loads(json.dumps({**sent, **answer}))  # type: ignore[no-any-return]


def is_complete(at: World, merged: dict[str, Any]) -> dict[str, Any]:
    """The waiter's last answer, as JSON."""
    for _ in range(100):
        answer: dict[str, Any] = json.loads(json.dumps(framework.is_complete(merged, CONTEXT)))
        if answer["IsComplete"]:
            return answer
        assert answer == {"IsComplete": False}  # Data before the end is an error to the framework
        at.simulator.advance(5)
    raise AssertionError("never complete")


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


def test_is_complete__create__has_every_attribute_and_only_strings(at: World) -> None:
    merged = on_event(event("Create", tags=[{"tagKey": "team", "tagValue": "search"}]))
    answer = is_complete(at, merged)
    assert set(answer["Data"]) == {
        "solutionArn",
        "name",
        "status",
        "datasetGroupArn",
        "recipeArn",
        "eventType",
        "creationDateTime",
    }
    assert all(isinstance(value, str) for value in answer["Data"].values())
    assert answer["Data"]["solutionArn"] == merged["PhysicalResourceId"]


def test_is_complete__life_of_a_resource__through_merged_events(at: World) -> None:
    first = on_event(event("Create"))["PhysicalResourceId"]
    is_complete(at, on_event(event("Create")))
    at.stacks.status = "UPDATE_IN_PROGRESS"
    update = on_event(event("Update", first, eventType="watch"))
    second = update["PhysicalResourceId"]
    assert second != first
    assert is_complete(at, update)["Data"]["eventType"] == "watch"
    at.stacks.status = "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"
    assert is_complete(at, on_event(event("Delete", first))) == {"IsComplete": True, "Data": {}}
    assert at.solutions() == [second]
    at.stacks.status = "DELETE_IN_PROGRESS"
    is_complete(at, on_event(event("Delete", second, eventType="watch")))
    assert at.solutions() == []


def test_is_complete__delete_of_what_never_was__is_complete(at: World) -> None:
    merged = on_event(event("Delete", "films-Movies-1B2C3D", performHPO="yes"))
    assert framework.is_complete(merged, CONTEXT) == {"IsComplete": True}
    assert at.calls() == {}


def test_is_complete__failure__is_raised_for_the_framework(at: World) -> None:
    at.simulator.set_durations(solution_create=10_000)
    merged = on_event(event("Create"))
    with pytest.raises(LifecycleError, match="not finished by the deadline"):
        is_complete(at, merged)


def test_is_complete__slow_create__keeps_to_the_first_events_deadline(at: World) -> None:
    at.simulator.set_durations(solution_create=Durations().solution_create + 60)
    merged = on_event(event("Create"))
    start = at.time.now()
    is_complete(at, merged)
    assert 60 < at.time.now() - start < 80


# The log


def test_log__all_events__every_line_names_the_request_and_no_credential(at: World, log: io.StringIO) -> None:
    at.fault("CreateSolution", "LimitExceededException")
    merged = on_event(event("Create"))
    is_complete(at, merged)
    with pytest.raises(InvalidPropertiesError):
        on_event(event("Create", performHPO="yes"))
    written = log.getvalue()
    assert "X-Amz-Signature" not in written
    assert "ResponseURL" not in written
    lines = [json.loads(line) for line in written.splitlines()]
    assert {line["message"] for line in lines} >= {"identity", "step", "call refused for now"}
    for line in lines:
        assert line["request_id"] == merged["RequestId"]
        assert line["request_type"] == "Create"
        assert line["stack_id"] == STACK_ID
        assert line["logical_id"] == "Movies"
        assert line["physical_id"] == merged["PhysicalResourceId"]
        assert line["function_request_id"] == "lambda-request"


@pytest.mark.usefixtures("at")
def test_log__next_event__has_nothing_of_the_one_before(log: io.StringIO) -> None:
    on_event(event("Create"))
    other = {**event("Create"), "LogicalResourceId": "Shows", "RequestId": "other"}
    on_event(other)
    last = json.loads(log.getvalue().splitlines()[-1])
    assert (last["logical_id"], last["request_id"]) == ("Shows", "other")


@pytest.mark.usefixtures("at")
def test_error__on_its_way_to_the_framework__has_no_credential() -> None:
    with pytest.raises(InvalidPropertiesError) as raised:
        on_event(event("Create", performHPO="yes"))
    chain: BaseException | None = raised.value
    while chain is not None:
        assert "X-Amz-Signature" not in repr(chain)
        chain = chain.__cause__ or chain.__context__


@pytest.mark.parametrize("appears", ["before the rollback", "during the rollback", "never"])
def test_update__rollback_of_a_cancelled_replacement__ends_what_it_began(at: World, appears: str) -> None:
    old = at.created()
    replacement = on_event(event("Update", old, recipeArn=SIMS))  # cancelled: never answered
    at.stacks.roll_back(PROPERTIES)
    reverse = {**event("Update", old), "OldResourceProperties": {**PROPERTIES, "recipeArn": SIMS}}
    made = goal_of(Request.from_event(replacement), since=0)
    assert isinstance(made, Present)
    if appears == "before the rollback":
        at.client.create_solution(**made.request)

    merged = on_event(reverse)
    if appears == "during the rollback":
        at.time.meanwhile(8, lambda: at.client.create_solution(**made.request))
    answer = is_complete(at, merged)

    assert answer["Data"]["solutionArn"] == old
    assert at.calls()["CreateSolution"] == (0 if appears == "never" else 1)
    assert at.solutions() == [old]


def abandon(at: World) -> tuple[str, str, dict[str, Any]]:
    """Cancel a replacement that has made its solution: the old ARN, the new one, and the reverse Update."""
    old = at.created()
    at.stacks.status = "UPDATE_IN_PROGRESS"
    replacement = on_event(event("Update", old, recipeArn=SIMS))
    made = goal_of(Request.from_event(replacement), since=0)
    assert isinstance(made, Present)
    at.client.create_solution(**made.request)
    at.simulator.advance(60)
    at.stacks.roll_back(PROPERTIES)
    at.simulator.clear_calls()
    reverse = {**event("Update", old), "OldResourceProperties": {**PROPERTIES, "recipeArn": SIMS}}
    return old, made.arn, on_event(reverse)


STILL_THERE = "what a cancelled update began is still there"


def test_update__abandoned_replacement_that_cannot_be_ended__is_given_up_at_the_deadline(
    at: World, log: io.StringIO
) -> None:
    old, new, reverse = abandon(at)
    at.simulator.inject(Fault("DeleteSolution", "InvalidInputException", times=None))
    start = at.time.now()

    answer = is_complete(at, reverse)

    assert answer["Data"]["solutionArn"] == old  # the rollback does not fail by it
    assert 120 <= at.time.now() - start < 140
    assert STILL_THERE in log.getvalue()
    assert sorted(at.solutions()) == sorted([old, new])


def test_update__abandoned_replacement_that_cannot_be_ended_at_first__is_tried_again(
    at: World, log: io.StringIO
) -> None:
    old, _, reverse = abandon(at)
    at.simulator.inject(Fault("DeleteSolution", "InvalidInputException", times=3))
    answer = is_complete(at, reverse)
    assert answer["Data"]["solutionArn"] == old
    assert at.calls()["DeleteSolution"] == 4  # refused thrice, and taken
    assert log.getvalue().count(STILL_THERE) == 3
    assert at.solutions() == [old]


def test_update__abandoned_replacement_and_the_stack_went_on__is_given_up_at_once(
    at: World, log: io.StringIO
) -> None:
    old, new, reverse = abandon(at)
    at.stacks.status = "UPDATE_ROLLBACK_COMPLETE"
    answer = framework.is_complete(reverse, CONTEXT)
    assert (answer["IsComplete"], answer["Data"]["solutionArn"]) == (True, old)
    assert "DeleteSolution" not in at.calls()
    assert "the stack is UPDATE_ROLLBACK_COMPLETE by now" in log.getvalue()
    assert STILL_THERE in log.getvalue()
    assert sorted(at.solutions()) == sorted([old, new])


def test_update__rollback_of_a_replacement_that_was_answered__looks_and_changes_nothing(at: World) -> None:
    old = at.created()
    at.stacks.status = "UPDATE_IN_PROGRESS"
    replacement = on_event(event("Update", old, recipeArn=SIMS))
    is_complete(at, replacement)
    new = replacement["PhysicalResourceId"]
    at.stacks.roll_back(PROPERTIES)
    at.calls()

    reverse = {**event("Update", new), "OldResourceProperties": {**PROPERTIES, "recipeArn": SIMS}}
    answer = is_complete(at, on_event(reverse))

    assert answer["Data"]["solutionArn"] == old
    assert at.calls() == {"ListTagsForResource": 3, "DescribeSolution": 2}
    at.stacks.status = "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS"
    is_complete(at, on_event(event("Delete", new, recipeArn=SIMS)))
    assert at.solutions() == [old]
