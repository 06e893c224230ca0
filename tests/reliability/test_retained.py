"""A solution that was retained is declared again."""

from __future__ import annotations

from typing import Any

import pytest

from personalize_local.simulator import Failure
from personalize_provider.engine.identity import ADOPTED_TAG
from support.virtual_time.account import Account, template
from support.virtual_time.call_faults import CallFault
from support.virtual_time.promises import assert_kept, ends_clean
from support.virtual_time.provider_world import SIMS
from support.virtual_time.scenarios import (
    NAMES,
    OLD_SECONDS,
    deleted,
    is_untouched,
    operations,
    retained,
    trained,
    updated,
)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("fails", [False, True])
def test_retained__declared_again__is_refused_and_not_deleted(
    at: Account, name: str | None, fails: bool
) -> None:
    stack, arn = retained(at, name)
    more = {"Shows": {}} if fails else {}
    if fails:
        at.simulator.fail_next(Failure("solution", "*Shows*", "out of data"))
    assert updated(at, stack, Other={}, Movies={"name": name}, **more) == "UPDATE_ROLLBACK_COMPLETE"
    assert any("it has existed since" in reason for reason in stack.reasons)
    assert is_untouched(at, arn)
    assert_kept(at, stack)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("fails", [False, True])
def test_retained__declared_again_as_the_message_says__is_taken_over_and_survives_a_rollback(
    at: Account, name: str | None, fails: bool
) -> None:
    stack, arn = retained(at, name)
    adopting = {"name": arn.rpartition("/")[2], "adoptExisting": "true", "performAutoTraining": "true"}
    if fails:
        at.simulator.fail_next(Failure("solution", "*Shows*", "out of data"))
        assert updated(at, stack, Other={}, Movies=adopting, Shows={}) == "UPDATE_ROLLBACK_COMPLETE"
        assert "DeleteSolution" not in operations(at, arn)
    assert updated(at, stack, Other={}, Movies=adopting) == "UPDATE_COMPLETE", stack.reasons
    assert at.describe(arn)["latestSolutionVersion"]["status"] == "ACTIVE"
    assert ADOPTED_TAG in at.tags(arn)
    # The name that was generated is the same without the argument.
    assert updated(at, stack, Other={}, Movies={"name": name}) == "UPDATE_COMPLETE"
    assert stack.resources["Movies"].physical_id == arn
    ends_clean(at, stack)


@pytest.mark.parametrize("fails", [False, True])
def test_retained_by_a_replacement__going_back_to_it__is_refused_and_not_deleted(
    at: Account, fails: bool
) -> None:
    stack, arn = retained(at, None)
    assert updated(at, stack, Other={}, Movies={"recipeArn": SIMS}) == "UPDATE_COMPLETE"
    at.effects.clear()
    more = {"Shows": {}} if fails else {}
    if fails:
        at.simulator.fail_next(Failure("solution", "*Shows*", "out of data"))
    assert updated(at, stack, Other={}, Movies={}, **more) == "UPDATE_ROLLBACK_COMPLETE"
    assert is_untouched(at, arn)
    assert_kept(at, stack)


@pytest.mark.parametrize("after", [0.1, 0.3, 0.6, 1.0, 3.0])
@pytest.mark.parametrize("name", NAMES)
def test_retained__declaring_it_again_is_cancelled__is_not_deleted(
    at: Account, after: float, name: str | None
) -> None:
    """CloudFormation makes an id up for the Create that it gives up."""
    stack = at.deploy("films", template(Movies={"name": name}, Other={}))
    arn = stack.resources["Movies"].physical_id
    at.time.run(OLD_SECONDS)
    stack.let_go("Movies")
    at.effects.clear()
    stack.update(template(Movies={"name": name}, Other={}))
    at.time.run(after)
    if stack.status == "UPDATE_IN_PROGRESS":
        stack.cancel_update()
    at.time.run()
    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    assert operations(at, arn) == []
    assert_kept(at, stack)


@pytest.mark.parametrize("after", [0.1, 0.3, 0.6, 1.0, 3.0])
def test_retained__going_back_to_it_is_cancelled__is_not_deleted(at: Account, after: float) -> None:
    stack, arn = retained(at, None)
    assert updated(at, stack, Other={}, Movies={"recipeArn": SIMS}) == "UPDATE_COMPLETE"
    at.effects.clear()
    at.time.run(5)
    stack.update(template(Other={}, Movies={}))
    at.time.run(after)
    if stack.status == "UPDATE_IN_PROGRESS":
        stack.cancel_update()
    at.time.run()
    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    assert is_untouched(at, arn)
    assert_kept(at, stack)


@pytest.mark.parametrize(
    "kind", ["killed before", "killed after", "lost", "refused", "server error", "empty"]
)
@pytest.mark.parametrize("operation", ["ListTagsForResource", "DescribeSolution", "DescribeStacks"])
@pytest.mark.parametrize("times", [1, 1000])
@pytest.mark.parametrize("name", NAMES)
def test_retained__declared_again_with_a_fault__is_not_deleted(
    at: Account, kind: Any, operation: str, times: int, name: str | None
) -> None:
    stack, arn = retained(at, name)
    at.inject(CallFault(kind, operation, times=times))
    updated(at, stack, Other={}, Movies={"name": name})
    at.faults.pending.clear()
    assert is_untouched(at, arn)
    deleted(at, stack)
    assert "DeleteSolution" not in operations(at, arn)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("after", [0.0, 0.5, 1.0, 3.0, 60.0])
def test_create__delivered_again__is_not_taken_for_what_was_there(
    at: Account, name: str | None, after: float
) -> None:
    stack = at.engine.create("films", template(Movies={"name": name}))
    at.time.run(max(after, 0.01))
    at.engine.deliver_again(at.engine.requests[0])
    at.time.run()
    assert stack.status == "CREATE_COMPLETE", stack.reasons
    ends_clean(at, stack)


def test_rollback__goes_back_to_what_is_old__finds_it(at: Account) -> None:
    """A Create must not find what is older than its request; a rollback must."""
    for reverses in ("nothing", "new id", "old id"):
        stack = at.deploy("films", template(Movies={}), reverses_replaced=reverses)
        arn = stack.resources["Movies"].physical_id
        trained(at, arn)
        at.simulator.fail_next(Failure("solution", "*Shows*", "out of data"))
        assert updated(at, stack, Movies={"recipeArn": SIMS}, Shows={}) == "UPDATE_ROLLBACK_COMPLETE"
        assert stack.resources["Movies"].physical_id == arn
        assert at.describe(arn)["latestSolutionVersion"]["status"] == "ACTIVE"
        ends_clean(at, stack)
