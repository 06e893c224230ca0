"""Processes that end at any point of any operation, and events that come twice, late or out of order."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from support.virtual_time.account import Account, account, template
from support.virtual_time.call_faults import CallFault
from support.virtual_time.call_faults import Kind as FaultKind
from support.virtual_time.framework_runtime import FrameworkRuntime
from support.virtual_time.promises import ends_clean
from support.virtual_time.provider_world import SIMS, tag_list
from support.virtual_time.scenarios import CHANGES, LIVES, begin
from support.virtual_time.stack_engine import Stack


@pytest.fixture
def behind_the_framework(runtime: FrameworkRuntime) -> Iterator[Account]:
    with account(runtime, total_timeout=60) as made:
        yield made


def stack_before(at: Account, life: str) -> Stack | None:
    return None if life == "create" else at.deploy("films", template(Movies={}))


@pytest.mark.parametrize("life", LIVES)
@pytest.mark.parametrize("moment", ["killed before", "killed after"])
@pytest.mark.parametrize("call", range(8))
def test_function_killed__around_the_nth_call__leaves_nothing(
    at: Account, life: str, moment: FaultKind, call: int
) -> None:
    before = stack_before(at, life)
    at.inject(CallFault(moment, "*", after=call))
    stack = begin(at, before, life)
    at.time.run()
    ends_clean(at, stack)


@pytest.mark.parametrize("life", LIVES)
@pytest.mark.parametrize("operation", ["CreateSolution", "UpdateSolution", "DeleteSolution", "TagResource"])
def test_function_killed__after_each_such_call_of_an_operation__leaves_nothing(
    at: Account, life: str, operation: str
) -> None:
    before = stack_before(at, life)
    at.inject(CallFault("killed after", operation, times=3))
    stack = begin(at, before, life)
    at.time.run()
    ends_clean(at, stack)


@pytest.mark.parametrize("life", LIVES)
@pytest.mark.parametrize("times", [3, 10, 1000])
def test_function__whose_calls_are_slow__ends_and_leaves_nothing(at: Account, life: str, times: int) -> None:
    before = stack_before(at, life)
    at.inject(CallFault("slow", times=times))
    stack = begin(at, before, life)
    at.time.run()
    assert at.faults.injected["slow"] > 0
    ends_clean(at, stack)


@pytest.mark.parametrize("life", LIVES)
@pytest.mark.parametrize("at_step", range(10))
def test_framework_killed__at_the_nth_step__ends(
    behind_the_framework: Account, life: str, at_step: int
) -> None:
    at = behind_the_framework
    before = stack_before(at, life)
    steps = iter(range(1000))
    at.functions.kill_framework = lambda: next(steps, 1000) == at_step
    stack = begin(at, before, life)
    at.time.run()
    ends_clean(at, stack, started_over=True)


@pytest.mark.parametrize("life", LIVES)
@pytest.mark.parametrize("after", [0.0, 0.3, 1.5, 3.0, 60.0])
def test_event__delivered_twice__has_the_effect_of_one(at: Account, life: str, after: float) -> None:
    before = stack_before(at, life)
    sent = len(at.engine.requests)
    stack = begin(at, before, life)
    at.time.run(0.2)
    at.time.run(after)
    made = at.engine.requests[sent]
    at.engine.deliver_again(made)
    at.time.run()
    expected = {"create": "CREATE", "delete": "DELETE"}.get(life, "UPDATE")
    assert stack.status == f"{expected}_COMPLETE", stack.reasons
    assert len(at.solutions()) == (life != "delete")
    ends_clean(at, stack)


@pytest.mark.parametrize("count", [3, 5])
def test_create__delivered_many_times_at_once__is_one_solution(at: Account, count: int) -> None:
    stack = at.engine.create("films", template(Movies={}))
    at.time.run(0.01)
    for _ in range(count - 1):
        at.engine.deliver_again(at.engine.requests[0])
    at.time.run()
    assert stack.status == "CREATE_COMPLETE"
    assert len(at.solutions()) == 1
    assert [operation for operation, _ in at.effects].count("CreateSolution") == 1
    ends_clean(at, stack)


@pytest.mark.parametrize("after", [0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 4.0])
@pytest.mark.parametrize("name", [None, "movies"])
def test_delete__overtakes_the_create__leaves_nothing(at: Account, after: float, name: str | None) -> None:
    stack = at.engine.create("films", template(Movies={"name": name}))
    at.time.run(after)
    stack.delete()
    at.time.run()
    ends_clean(at, stack)


@pytest.mark.parametrize("late", ["create", "update"])
def test_event__of_an_earlier_operation__changes_nothing_after_the_delete(at: Account, late: str) -> None:
    stack = at.deploy("films", template(Movies={}))
    stack.update(template(Movies=CHANGES["update"]))
    at.time.run()
    stack.delete()
    at.time.run()
    effects = len(at.effects)
    at.engine.deliver_again(at.engine.requests[0 if late == "create" else 1])
    at.time.run()
    assert at.effects[effects:] == []
    assert at.solutions() == {}
    ends_clean(at, stack)


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("number", [0, 1])
def test_event__of_an_earlier_operation__changes_nothing_after_a_later_update(
    at: Account, change: str, number: int
) -> None:
    stack = at.deploy("films", template(Movies={}))
    for properties in ({"tags": tag_list(team="recs")}, CHANGES[change]):
        stack.update(template(Movies=properties))
        at.time.run()
    effects = len(at.effects)
    at.engine.deliver_again(at.engine.requests[number])
    at.time.run()
    assert at.effects[effects:] == []
    ends_clean(at, stack)


@pytest.mark.parametrize("name", [None, "movies"])
@pytest.mark.parametrize("number", [0, 1])
@pytest.mark.parametrize("after", [0.1, 1.0, 3.0, 10.0])
def test_event__of_an_earlier_operation__changes_nothing_in_the_middle_of_a_later_update(
    at: Account, number: int, name: str | None, after: float
) -> None:
    trains = {"performAutoTraining": "true", "name": name}
    stack = at.deploy("films", template(Movies=trains))
    stack.update(template(Movies={**trains, "tags": tag_list(team="recs")}))
    at.time.run()
    at.time.run(10)
    at.simulator.set_durations(solution_create=30)
    stack.update(template(Movies={"name": name}, Shows={}))  # a second resource keeps the update going
    at.time.run(after)
    at.engine.deliver_again(at.engine.requests[number])
    at.time.run()
    assert stack.status == "UPDATE_COMPLETE"
    arn = stack.resources["Movies"].physical_id
    assert at.describe(arn)["performAutoTraining"] is False
    assert "team" not in at.tags(arn)
    ends_clean(at, stack)


@pytest.mark.parametrize("name", [None, "movies"])
@pytest.mark.parametrize("after", [0.1, 1, 2, 3, 4, 5, 6, 8])
def test_delete__of_an_earlier_operation__leaves_what_a_later_update_has_made_anew(
    at: Account, name: str | None, after: float
) -> None:
    stack = at.deploy("films", template(Movies={"name": name}))
    arn = stack.resources["Movies"].physical_id
    stack.update(template(Movies={"name": name and "shows", "recipeArn": SIMS}))
    at.time.run()
    (delete,) = (request for request in at.engine.requests if request.event["RequestType"] == "Delete")
    at.time.run(10)
    stack.update(template(Movies={"name": name}))
    at.time.run(after)
    at.engine.deliver_again(delete)
    at.time.run()
    assert stack.status == "UPDATE_COMPLETE"
    assert stack.resources["Movies"].physical_id == arn
    assert at.describe(arn)["status"] == "ACTIVE"
    ends_clean(at, stack)
