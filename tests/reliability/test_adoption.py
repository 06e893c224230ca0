"""Solutions that were there before their stack: whatever goes wrong, none of them is ever lost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import seed
from hypothesis.stateful import run_state_machine_as_test

from personalize_local.simulator import Durations, Failure
from personalize_provider.engine.identity import ADOPTED_TAG, STACK_ID_TAG, TAG_PREFIX
from support.virtual_time.account import Account, account, template
from support.virtual_time.adopting_machine import RandomAdoptingStacks
from support.virtual_time.call_faults import CallFault
from support.virtual_time.call_faults import Kind as FaultKind
from support.virtual_time.framework_runtime import FrameworkRuntime
from support.virtual_time.machine import lives
from support.virtual_time.provider_world import GROUP, SIMS, V2, tag_list
from support.virtual_time.scenarios import ended

ADOPT = {"name": "movies", "adoptExisting": "true", "performAutoTraining": "true"}


@pytest.fixture
def at(runtime: FrameworkRuntime) -> Iterator[Account]:
    with account(runtime, total_timeout=60) as made:
        yield made


def by_hand(at: Account, name: str = "movies", **more: Any) -> str:
    """A solution that somebody made before, with a version."""
    members = {"datasetGroupArn": GROUP, "recipeArn": V2, "performAutoTraining": False, **more}
    arn: str = at.call("CreateSolution", name=name, tags=tag_list(team="recs"), **members)["solutionArn"]
    at.simulator.advance(60)
    at.call("CreateSolutionVersion", solutionArn=arn)
    at.simulator.advance(3000)
    return arn


def is_there_and_free(at: Account, arn: str) -> None:
    """It was never deleted, has its version, and has no ownership tags."""
    assert ("DeleteSolution", arn) not in at.effects
    assert at.describe(arn)["latestSolutionVersion"]["status"] == "ACTIVE"
    assert at.tags(arn) == {"team": "recs"}


def test_adopted__managed_in_place__and_let_go_with_the_stack(at: Account) -> None:
    arn = by_hand(at)
    stack = at.deploy("films", template(Movies=ADOPT))
    assert stack.status == "CREATE_COMPLETE", stack.reasons
    assert stack.resources["Movies"].physical_id == arn
    assert at.describe(arn)["performAutoTraining"] is True
    assert at.tags(arn)[STACK_ID_TAG] == stack.stack_id
    assert at.tags(arn)["team"] == "recs"
    stack.update(template(Movies={**ADOPT, "performAutoTraining": "false"}))
    at.time.run()
    assert stack.status == "UPDATE_COMPLETE", stack.reasons
    assert at.describe(arn)["performAutoTraining"] is False
    ended(at, stack)
    is_there_and_free(at, arn)


def test_adopted__the_argument_left_out_later__is_deleted_like_any_other(at: Account) -> None:
    arn = by_hand(at)
    stack = at.deploy("films", template(Movies=ADOPT))
    stack.update(template(Movies={**ADOPT, "adoptExisting": None}))
    at.time.run()
    assert stack.status == "UPDATE_COMPLETE", stack.reasons
    assert stack.resources["Movies"].physical_id == arn
    ended(at, stack)
    assert at.solutions() == {}


def test_adopted__leaving_the_argument_out_rolls_back__is_kept_again(at: Account) -> None:
    arn = by_hand(at)
    stack = at.deploy("films", template(Movies=ADOPT))
    at.simulator.fail_next(Failure("solution", "*Shows*", "out of data"))
    stack.update(template(Movies={**ADOPT, "adoptExisting": None}, Shows={}))
    at.time.run()
    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    ended(at, stack)
    is_there_and_free(at, arn)


def test_nothing_of_that_name__is_made_and_deleted_by_the_stack(at: Account) -> None:
    stack = at.deploy("films", template(Movies=ADOPT))
    arn = stack.resources["Movies"].physical_id
    assert ADOPTED_TAG not in at.tags(arn)
    ended(at, stack)
    assert at.solutions() == {}


@pytest.mark.parametrize("on_failure", ["ROLLBACK", "DELETE", "DO_NOTHING"])
def test_stack_creation_fails_elsewhere__what_was_adopted_stays(at: Account, on_failure: str) -> None:
    arn = by_hand(at)
    at.simulator.fail_next(Failure("solution", "*Shows*", "out of data"))
    stack = at.deploy("films", template(Movies=ADOPT, Shows={}), on_failure=on_failure)
    assert stack.status in {"ROLLBACK_COMPLETE", "DELETE_COMPLETE", "CREATE_FAILED"}
    ended(at, stack)
    is_there_and_free(at, arn)


@pytest.mark.parametrize("before", [{}, {"name": "shows", "recipeArn": SIMS}])
@pytest.mark.parametrize("reverses", ["nothing", "new id", "old id"])
@pytest.mark.parametrize("forgets", [False, True])
def test_update_fails_elsewhere__what_it_adopted_stays(
    at: Account, before: dict[str, str], reverses: str, forgets: bool
) -> None:
    arn = by_hand(at)
    settings = {"reverses_replaced": reverses, "forgets_failed_replacement": forgets}
    stack = at.deploy("films", template(Movies=before), **settings)
    old = stack.resources["Movies"].physical_id
    at.simulator.fail_next(Failure("solution", "*Shows*", "out of data"))
    stack.update(template(Movies=ADOPT, New={}, Shows={}))
    at.time.run()
    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    assert stack.resources["Movies"].physical_id == old
    assert set(at.solutions()) == {old, arn}
    ended(at, stack)
    is_there_and_free(at, arn)


@pytest.mark.parametrize("after", [0.5, 1.0, 2.0, 12.0])
@pytest.mark.parametrize("adds", [False, True])
def test_update_cancelled__what_it_adopted_stays(runtime: FrameworkRuntime, after: float, adds: bool) -> None:
    with account(runtime, total_timeout=60, durations=Durations(solution_update=15)) as at:
        arn = by_hand(at)
        stack = at.deploy("films", template(Movies={}))
        stack.update(template(Movies={}, More=ADOPT) if adds else template(Movies=ADOPT))
        at.time.run(after)
        stack.cancel_update()
        at.time.run()
        assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
        is_there_and_free(at, arn)
        ended(at, stack)
        is_there_and_free(at, arn)


@pytest.mark.parametrize("after", [0.0, 0.5, 1.0, 1.5, 2.5, 6.0, 20.0])
def test_stack_deleted_while_it_adopts__it_stays(runtime: FrameworkRuntime, after: float) -> None:
    with account(runtime, total_timeout=60, durations=Durations(solution_update=15)) as at:
        arn = by_hand(at)
        stack = at.engine.create("films", template(Movies=ADOPT))
        at.time.run(after)
        stack.delete()
        at.time.run()
        ended(at, stack)
        is_there_and_free(at, arn)


CALLS = ["ListTagsForResource", "DescribeSolution", "TagResource", "UpdateSolution", "DescribeStacks"]


@pytest.mark.parametrize("moment", ["killed before", "killed after", "lost"])
@pytest.mark.parametrize("operation", CALLS)
@pytest.mark.parametrize("call", [0, 1])
def test_adoption__with_a_fault_around_a_call__it_stays(
    at: Account, moment: FaultKind, operation: str, call: int
) -> None:
    arn = by_hand(at)
    at.inject(CallFault(moment, operation, after=call))
    stack = at.deploy("films", template(Movies=ADOPT))
    assert stack.status in {"CREATE_COMPLETE", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED"}
    ended(at, stack)
    is_there_and_free(at, arn)


@pytest.mark.parametrize("moment", ["killed before", "killed after", "lost"])
@pytest.mark.parametrize("operation", ["ListTagsForResource", "DescribeSolution", "UntagResource"])
def test_letting_go__with_a_fault_around_a_call__can_be_tried_again(
    at: Account, moment: FaultKind, operation: str
) -> None:
    arn = by_hand(at)
    stack = at.deploy("films", template(Movies=ADOPT))
    at.inject(CallFault(moment, operation))
    stack.delete()
    at.time.run()
    ended(at, stack)
    is_there_and_free(at, arn)


@pytest.mark.parametrize("after", [0.0, 1.0, 3.0, 60.0])
@pytest.mark.parametrize("fails", [False, True])
def test_adoption__event_delivered_twice__it_stays(at: Account, after: float, fails: bool) -> None:
    arn = by_hand(at)
    if fails:
        at.simulator.fail_next(Failure("solution", "*Shows*", "out of data"))
    stack = at.engine.create("films", template(Movies=ADOPT, Shows={}))
    at.time.run(max(after, 0.01))
    at.engine.deliver_again(at.engine.requests[0])
    at.time.run()
    assert stack.status == ("ROLLBACK_COMPLETE" if fails else "CREATE_COMPLETE")
    ended(at, stack)
    is_there_and_free(at, arn)


def test_another_one_of_that_name__is_left_alone_and_the_differences_are_told(at: Account) -> None:
    arn = by_hand(at, recipeArn=SIMS, eventType="watch")
    before = at.describe(arn)
    stack = at.deploy("films", template(Movies=ADOPT))
    assert stack.status == "ROLLBACK_COMPLETE"
    told = stack.reasons[0].splitlines()
    assert f"  recipeArn is {SIMS}, declared is {V2}" in told
    assert "  eventType is watch, declared is nothing" in told
    assert at.describe(arn) == before
    assert at.effects == []


def test_two_stacks__the_second_is_told_who_has_it(at: Account) -> None:
    arn = by_hand(at)
    first = at.deploy("films", template(Movies=ADOPT))
    second = at.deploy("shows", template(Movies=ADOPT))
    assert second.status == "ROLLBACK_COMPLETE"
    assert f"it belongs to the resource Movies of the stack {first.stack_id}" in second.reasons[0]
    assert at.tags(arn)[STACK_ID_TAG] == first.stack_id
    ended(at, first)
    is_there_and_free(at, arn)
    third = at.deploy("shows", template(Movies=ADOPT))
    assert third.status == "CREATE_COMPLETE", third.reasons


def test_moved_within_the_stack__is_not_taken_from_the_old_resource(at: Account) -> None:
    arn = by_hand(at)
    stack = at.deploy("films", template(Movies=ADOPT))
    stack.update(template(Films=ADOPT))
    at.time.run()
    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    assert at.tags(arn)[f"{TAG_PREFIX}logical-id"] == "Movies"


@pytest.fixture
def _adopting_lives(runtime: FrameworkRuntime) -> Iterator[None]:
    RandomAdoptingStacks.runtime = runtime
    yield
    RandomAdoptingStacks.tally.clear()


@pytest.mark.usefixtures("_adopting_lives")
@pytest.mark.parametrize("number", [1])
def test_lives__random_with_adoption__lose_nothing_that_was_there_before(number: int) -> None:
    run_state_machine_as_test(seed(number)(RandomAdoptingStacks), settings=lives(75))

    assert RandomAdoptingStacks.tally["adoptions"] > 0
