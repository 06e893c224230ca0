"""Requests of the single function that take longer than one invocation, and what can befall their rule."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from personalize_local.simulator import Durations, Failure
from personalize_provider.aws.poll_rule import unpack
from support.virtual_time.account import Account, account, template
from support.virtual_time.call_faults import CallFault
from support.virtual_time.call_faults import Kind as FaultKind
from support.virtual_time.event_rules import OneFunction
from support.virtual_time.promises import ends_clean
from support.virtual_time.scenarios import CHANGES, LIVES, begin
from support.virtual_time.stack_engine import Stack

FIVE_SECONDS = OneFunction(125)  # that an invocation works, before the rule takes over
LONG = Durations(solution_create=100, solution_update=100, delete=100)
CALLS = ["PutRule", "PutTargets", "ListTargetsByRule", "RemoveTargets", "DeleteRule", "Answer"]


@pytest.fixture
def at() -> Iterator[Account]:
    with account(FIVE_SECONDS, total_timeout=600, durations=LONG) as made:
        yield made


def before(at: Account, life: str) -> Stack | None:
    if life == "create":
        return None
    at.simulator.set_durations(solution_create=1)
    stack = at.deploy("films", template(Movies={}))
    at.simulator.set_durations(solution_create=100)
    return stack


def done(life: str) -> str:
    return {"create": "CREATE_COMPLETE", "delete": "DELETE_COMPLETE"}.get(life, "UPDATE_COMPLETE")


@pytest.mark.parametrize("life", LIVES)
def test_rule__while_a_request_takes_long__is_there_and_then_gone(at: Account, life: str) -> None:
    stack = begin(at, before(at, life), life)
    at.time.run(30)
    [rule] = at.rules.values()
    [target] = rule.targets.values()
    carried = unpack(json.loads(target["Input"]))
    assert carried["CrHelperData"]["Attempt"]["Stack"]["status"] == stack.status
    assert carried["CrHelperData"]["PhysicalResourceId"].startswith("arn:aws:personalize:")
    at.time.run()
    assert stack.status == done(life), stack.reasons
    assert at.rules == {}
    assert len(at.engine.requests[-1].answers) == 1
    ends_clean(at, stack)


@pytest.mark.parametrize("life", LIVES)
def test_request__that_one_invocation_is_enough_for__makes_no_rule(at: Account, life: str) -> None:
    stack = before(at, life)
    at.simulator.set_durations(solution_create=1, solution_update=1, delete=1)
    stack = begin(at, stack, life)
    while stack.busy:
        at.time.run(0.5)
        assert at.rules == {}
    ends_clean(at, stack)


@pytest.mark.parametrize("life", ["create", "delete"])
@pytest.mark.parametrize("operation", CALLS)
@pytest.mark.parametrize("kind", ["killed before", "killed after", "refused", "lost"])
def test_polling__a_call_of_it_goes_wrong__ends_well_and_leaves_nothing(
    at: Account, life: str, operation: str, kind: FaultKind
) -> None:
    stack = before(at, life)
    at.inject(CallFault(kind, operation, code="ThrottlingException"))
    stack = begin(at, stack, life)
    at.time.run()
    assert stack.status == done(life), stack.reasons
    ends_clean(at, stack)


@pytest.mark.parametrize("operation", ["PutRule", "PutTargets"])
@pytest.mark.parametrize("code", ["ThrottlingException", "AccessDeniedException"])
def test_polling__that_can_not_be_set_up__fails_with_the_solutions_id_and_is_taken_back(
    at: Account, operation: str, code: str
) -> None:
    at.inject(CallFault("refused", operation, code=code, times=4))
    stack = at.deploy("films", template(Movies={}))
    assert f"resource Movies: {operation} failed: injected by a test ({code})" in stack.reasons[0]
    assert at.engine.requests[0].answers[0][1]["PhysicalResourceId"].startswith("arn:aws:personalize:")
    at.faults.pending.clear()
    ends_clean(at, stack)


@pytest.mark.parametrize("life", ["replacement", "delete"])
@pytest.mark.parametrize("operation", ["ListTargetsByRule", "RemoveTargets", "DeleteRule"])
def test_polling__the_rule_can_never_be_removed__is_answered_at_the_deadline_as_it_ended(
    at: Account, life: str, operation: str
) -> None:
    stack = before(at, life)
    at.inject(CallFault("refused", operation, code="ThrottlingException", times=10_000))
    stack = begin(at, stack, life)
    while stack.busy:
        at.time.run(10)
    assert stack.status == done(life), stack.reasons
    at.faults.pending.clear()
    at.time.run()  # its next poll removes it
    assert not [rule for rule in at.rules.values() if rule.targets]
    assert len(at.rules) == (operation == "DeleteRule")


@pytest.mark.parametrize("life", LIVES)
@pytest.mark.parametrize("moment", ["killed before", "killed after"])
@pytest.mark.parametrize("call", [8, 11, 15, 19])
def test_polls__killed_around_the_nth_call__leave_nothing(
    at: Account, life: str, moment: FaultKind, call: int
) -> None:
    stack = before(at, life)
    at.inject(CallFault(moment, "*", after=call))
    stack = begin(at, stack, life)
    at.time.run()
    assert stack.status == done(life), stack.reasons
    ends_clean(at, stack)


@pytest.mark.parametrize("life", LIVES)
@pytest.mark.parametrize("after", [0.5, 70.0, 300.0])
def test_event__delivered_twice__has_the_effect_of_one(at: Account, life: str, after: float) -> None:
    stack = before(at, life)
    sent = len(at.engine.requests)
    stack = begin(at, stack, life)
    at.time.run(0.2)
    at.time.run(after)
    at.engine.deliver_again(at.engine.requests[sent])
    at.time.run()
    assert stack.status == done(life), stack.reasons
    ends_clean(at, stack)


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("after", [3.0, 20.0, 66.0, 90.0])
@pytest.mark.parametrize("again", [False, True])
def test_update__cancelled__its_polls_end_and_stop_no_later_request(
    at: Account, change: str, after: float, again: bool
) -> None:
    stack = before(at, change)
    assert stack is not None
    old = stack.resources["Movies"].physical_id
    stack.update(template(Movies=CHANGES[change]))
    at.time.run(after)
    stack.cancel_update()
    if again:
        while stack.busy:
            at.time.run(1)
        stack.update(template(Movies={"performAutoTraining": "true"}))
    at.time.run()
    assert stack.status == ("UPDATE_COMPLETE" if again else "UPDATE_ROLLBACK_COMPLETE"), stack.reasons
    assert stack.resources["Movies"].physical_id == old
    assert at.describe(old)["performAutoTraining"] is again
    ends_clean(at, stack)


@pytest.mark.parametrize("after", [0.3, 3.0, 20.0, 66.0, 99.0])
def test_delete__overtakes_a_create_that_is_polled_for__removes_its_rule_too(
    at: Account, after: float
) -> None:
    stack = at.engine.create("films", template(Movies={}))
    at.time.run(after)
    stack.delete()
    while stack.busy:
        at.time.run(1)
    assert stack.status == "DELETE_COMPLETE"
    assert at.rules == {}  # at once: the function goes with the stack
    at.time.run()
    assert at.solutions() == {}


def test_poll__that_comes_after_its_request_was_answered__changes_nothing(at: Account) -> None:
    stack = at.engine.create("films", template(Movies={}))
    at.time.run(30)
    [rule] = at.rules.values()
    [target] = rule.targets.values()
    at.time.run()
    stack.update(template(Movies=CHANGES["update"]))
    at.time.run()
    arn, effects = stack.resources["Movies"].physical_id, list(at.effects)
    tags = at.tags(arn)
    at.functions.deliver(json.loads(target["Input"]))
    at.time.run()
    assert (at.effects, at.tags(arn)) == (effects, tags)
    ends_clean(at, stack)


def test_poll__of_an_earlier_request__does_not_stop_the_one_that_waits(at: Account) -> None:
    stack = at.engine.create("films", template(Movies={}))
    at.time.run(30)
    [rule] = at.rules.values()
    [earlier] = rule.targets.values()
    at.time.run()
    stack.update(template(Movies=CHANGES["update"]))
    at.time.run(30)
    at.functions.deliver(json.loads(earlier["Input"]))
    at.time.run()
    assert stack.status == "UPDATE_COMPLETE", stack.reasons
    ends_clean(at, stack)


def test_deadline__passed_between_two_polls__fails_in_our_words(at: Account) -> None:
    at.simulator.set_durations(solution_create=10_000)
    stack = at.engine.create("films", template(Movies={}))
    at.time.run(760)
    assert "not finished by the deadline, last seen: status CREATE" in stack.reasons[0]
    [answer] = at.engine.requests[0].answers
    assert at.engine.requests[0].began_at + 600 <= answer[0] < at.engine.requests[0].began_at + 720


def test_failure__found_by_a_poll__has_the_solutions_own_id_and_all_of_its_reason(at: Account) -> None:
    stack = before(at, "update")
    assert stack is not None
    old = stack.resources["Movies"].physical_id
    at.simulator.fail_next(Failure("solution_update", "*", "out of data, " * 40))
    stack.update(template(Movies={"performAutoTraining": "true"}))
    at.time.run()
    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    assert len(stack.reasons[0]) > 400  # crhelper alone keeps the last 240 characters
    [(_, answer)] = at.engine.requests[1].answers
    assert answer["PhysicalResourceId"] == old
    assert answer["Data"] == {}
    ends_clean(at, stack)


def test_polls__one_minute_apart__do_not_overlap(at: Account) -> None:
    at.deploy("films", template(Movies={}))
    assert at.functions.most_running == 1
