"""The provider framework's known holes (numbers of aws/aws-cdk issues), with its own JavaScript."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from account import Account, account, template
from event_rules import OneFunction
from framework_runtime import FrameworkRuntime
from personalize_local.simulator import Durations, Failure
from promises import World
from provider_world import SIMS
from stack_engine import Stack


@pytest.fixture
def at(transport: FrameworkRuntime | OneFunction) -> Iterator[Account]:
    with account(transport, total_timeout=60) as made:
        yield made


def kept(at: Account, *stacks: Stack) -> None:
    assert list(World(at, stacks=list(stacks)).broken_when_quiet()) == []


def test_17040__replacement_fails__the_old_solution_is_as_it_was(at: Account) -> None:
    stack = at.deploy("films", template(Movies={}))
    old = stack.resources["Movies"].physical_id
    before = at.describe(old), at.tags(old)
    at.simulator.fail_next(Failure("solution", "*", "out of data"))
    stack.update(template(Movies={"recipeArn": SIMS}))
    at.time.run()
    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    assert stack.resources["Movies"].physical_id == old
    assert (at.describe(old), at.tags(old)) == before
    assert set(at.solutions()) == {old}
    kept(at, stack)


def test_28996__create_fails_half_made__is_deleted_by_the_id_in_the_answer(at: Account) -> None:
    at.simulator.fail_next(Failure("solution", "*", "out of data"))
    stack = at.deploy("films", template(Movies={}))
    assert stack.status == "ROLLBACK_COMPLETE"
    assert "CreateSolution failed" in stack.reasons[0]
    assert at.solutions() == {}
    kept(at, stack)


def test_16764__replacement_takes_too_long__our_deadline_names_the_status_and_cleans_up(at: Account) -> None:
    stack = at.deploy("films", template(Movies={}))
    old = stack.resources["Movies"].physical_id
    at.simulator.set_durations(solution_create=10_000)
    stack.update(template(Movies={"recipeArn": SIMS}))
    at.time.run(120)
    assert stack.status.startswith("UPDATE_ROLLBACK_")
    assert "not finished by the deadline, last seen: status CREATE" in stack.reasons[0]
    at.time.run(12_000)
    at.time.run()
    assert stack.resources["Movies"].physical_id == old


@pytest.mark.parametrize("change", [{"recipeArn": SIMS}, {"performAutoTraining": "true"}])
@pytest.mark.parametrize("after", [0.5, 2.0, 5.0, 12.0])
def test_31541__update_cancelled_while_its_waiter_polls__the_old_waiter_changes_nothing(
    transport: FrameworkRuntime | OneFunction, change: dict[str, str], after: float
) -> None:
    durations = Durations(solution_create=15, solution_update=15)
    with account(transport, durations=durations) as at:
        stack = at.deploy("films", template(Movies={}))
        before = stack.resources["Movies"]
        stack.update(template(Movies=change))
        at.time.run(after)
        stack.cancel_update()
        at.time.run()
        assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
        assert stack.resources["Movies"].physical_id == before.physical_id
        assert set(at.solutions()) == {before.physical_id}
        kept(at, stack)


@pytest.mark.parametrize("reverses", ["nothing", "new id", "old id"])
@pytest.mark.parametrize("forgets", [False, True])
def test_rollback__by_either_physical_id__returns_to_the_old_properties(
    at: Account, reverses: str, forgets: bool
) -> None:
    settings = {"reverses_replaced": reverses, "forgets_failed_replacement": forgets}
    stack = at.deploy("films", template(Movies={}, Shows={}), **settings)
    before = {key: resource.physical_id for key, resource in stack.resources.items()}
    at.simulator.fail_next(Failure("solution", "*Shows*", "out of data"))
    stack.update(template(Movies={"recipeArn": SIMS}, Shows={"recipeArn": SIMS}))
    at.time.run()
    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    assert {key: resource.physical_id for key, resource in stack.resources.items()} == before
    assert set(at.solutions()) == set(before.values())
    kept(at, stack)


def test_concurrency__ten_executions_and_ten_solutions__fails_by_the_framework_and_leaks_nothing(
    runtime: FrameworkRuntime,
) -> None:
    with account(runtime, concurrency=10) as at:
        stack = at.deploy("films", template(**{f"Movies{n}": {} for n in range(10)}))
        assert any("Rate Exceeded" in reason for reason in stack.reasons)
        at.functions.concurrency = None
        for _ in range(2):
            if stack.status != "DELETE_COMPLETE":
                stack.delete()
                at.time.run()
        assert stack.status == "DELETE_COMPLETE"
        assert at.solutions() == {}
