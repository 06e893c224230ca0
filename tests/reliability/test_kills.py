"""Functions that end in the middle, events that come twice or late."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from account import Account, account, template
from chaos import Strike
from event_rules import OneFunction
from framework_runtime import FrameworkRuntime
from promises import World
from provider_world import SIMS, tag_list
from stack_engine import Stack

CHANGES = {
    "in place": {"performAutoTraining": "true", "tags": tag_list(team="search")},
    "replacement": {"recipeArn": SIMS},
}
OPERATIONS = ["CreateSolution", "DescribeSolution", "UpdateSolution", "DeleteSolution", "TagResource"]
OPERATIONS += ["ListTagsForResource", "DescribeStacks"]


@pytest.fixture
def at(transport: FrameworkRuntime | OneFunction) -> Iterator[Account]:
    with account(transport, total_timeout=60) as made:
        yield made


@pytest.fixture
def behind_the_framework(runtime: FrameworkRuntime) -> Iterator[Account]:
    with account(runtime, total_timeout=60) as made:
        yield made


def ends_clean(at: Account, stack: Stack, world: World) -> None:
    """What is deployed is right, and the teardown leaves nothing."""
    assert list(world.broken_when_quiet()) == []
    at.chaos.pending.clear()
    for _ in range(2):
        if stack.status != "DELETE_COMPLETE":
            stack.delete()
            at.time.run()
    assert stack.status == "DELETE_COMPLETE"
    assert at.solutions() == {}
    assert list(world.broken_when_quiet()) == []


@pytest.mark.parametrize("moment", ["killed before", "killed after"])
@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("call", [0, 1])
def test_create__function_killed_around_a_call__leaves_nothing(
    at: Account, moment: str, operation: str, call: int
) -> None:
    at.strike(Strike(moment, operation, after=call))  # type: ignore[arg-type]
    stack = at.deploy("films", template(Movies={}))
    assert stack.status in {"CREATE_COMPLETE", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED"}
    ends_clean(at, stack, World(at, stacks=[stack]))


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("moment", ["killed before", "killed after"])
@pytest.mark.parametrize("operation", OPERATIONS)
def test_update__function_killed_around_a_call__is_taken_back_or_done(
    at: Account, change: str, moment: str, operation: str
) -> None:
    stack = at.deploy("films", template(Movies={}))
    at.strike(Strike(moment, operation))  # type: ignore[arg-type]
    stack.update(template(Movies=CHANGES[change]))
    at.time.run()
    assert stack.status in {"UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"}
    ends_clean(at, stack, World(at, stacks=[stack]))


@pytest.mark.parametrize("moment", ["killed before", "killed after"])
@pytest.mark.parametrize("operation", ["DeleteSolution", "DescribeSolution", "DescribeStacks"])
def test_delete__function_killed_around_a_call__can_be_tried_again(
    at: Account, moment: str, operation: str
) -> None:
    stack = at.deploy("films", template(Movies={}))
    at.strike(Strike(moment, operation))  # type: ignore[arg-type]
    stack.delete()
    at.time.run()
    assert stack.status in {"DELETE_COMPLETE", "DELETE_FAILED"}
    ends_clean(at, stack, World(at, stacks=[stack]))


def test_create__every_call_slow__the_function_ends_before_its_own_limit(at: Account) -> None:
    at.strike(Strike("slow", times=1000))
    stack = at.deploy("films", template(Movies={}))
    assert stack.status == "CREATE_COMPLETE"
    at.chaos.pending.clear()
    ends_clean(at, stack, World(at, stacks=[stack]))


@pytest.mark.parametrize("kills", [1, 2, 3])
def test_create__framework_killed__ends(behind_the_framework: Account, kills: int) -> None:
    at = behind_the_framework
    left = [kills]

    def kill() -> bool:
        left[0] -= 1
        return left[0] >= 0

    at.functions.kill_framework = kill
    stack = at.deploy("films", template(Movies={}))
    assert not stack.busy
    ends_clean(at, stack, World(at, stacks=[stack], started_over=True))


@pytest.mark.parametrize("after", [0.0, 1.0, 3.0, 60.0])
def test_create__event_delivered_twice__is_one_solution(at: Account, after: float) -> None:
    stack = at.engine.create("films", template(Movies={}))
    at.time.run(after)
    if not at.engine.requests:
        at.time.run(0.01)
    at.engine.deliver_again(at.engine.requests[0])
    at.time.run()
    assert stack.status == "CREATE_COMPLETE"
    assert len(at.solutions()) == 1
    ends_clean(at, stack, World(at, stacks=[stack]))


@pytest.mark.parametrize("after", [0.0, 0.5, 1.5, 2.5])
def test_delete__that_overtakes_the_create__leaves_nothing(at: Account, after: float) -> None:
    stack = at.engine.create("films", template(Movies={}))
    at.time.run(after)
    stack.delete()
    at.time.run()
    assert stack.status == "DELETE_COMPLETE"
    assert at.solutions() == {}
