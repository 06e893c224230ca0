"""`is_complete`, called as the CDK provider framework calls it, and the log of both functions."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from personalize_local.simulator import Durations, Fault
from personalize_provider import framework
from personalize_provider.aws.errors import InvalidPropertiesError, LifecycleError
from personalize_provider.engine.goal import Present
from personalize_provider.engine.request import Request
from support.handler.framework_events import event, on_event
from support.virtual_time.provider_world import CONTEXT, PROPERTIES, SIMS, STACK_ID, World, goal_of


def is_complete(at: World, merged: dict[str, Any]) -> dict[str, Any]:
    """The waiter's last answer, as JSON."""
    for _ in range(100):
        answer: dict[str, Any] = json.loads(json.dumps(framework.is_complete(merged, CONTEXT)))
        if answer["IsComplete"]:
            return answer
        assert answer == {"IsComplete": False}  # Data before the end is an error to the framework
        at.simulator.advance(5)
    raise AssertionError("never complete")


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


STILL_THERE = "what a canceled update began still exists"


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
