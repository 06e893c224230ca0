"""A resource changes its logical id or its stack, and keeps its physical id."""

from __future__ import annotations

from typing import Any

import pytest

from personalize_local.simulator import Failure
from personalize_provider.engine.identity import LOGICAL_ID_TAG, STACK_ID_TAG
from support.virtual_time.account import Account, template
from support.virtual_time.call_faults import CallFault
from support.virtual_time.promises import assert_kept, ends_clean
from support.virtual_time.provider_world import GROUP, SIMS, tag_list
from support.virtual_time.scenarios import (
    NAMES,
    deleted,
    operations,
    renamed,
    trained,
    updated,
)
from support.virtual_time.stack_engine import Stack


@pytest.mark.parametrize("name", NAMES)
def test_renamed__stack_deleted__nothing_is_left(at: Account, name: str | None) -> None:
    stack, _ = renamed(at, name)
    ends_clean(at, stack)


@pytest.mark.parametrize("name", NAMES)
def test_renamed__removed_from_the_template__is_deleted(at: Account, name: str | None) -> None:
    stack, arn = renamed(at, name)
    assert updated(at, stack, Other={}) == "UPDATE_COMPLETE"
    assert arn not in at.solutions()
    ends_clean(at, stack)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("change", [{}, {"performAutoTraining": "true"}, {"tags": tag_list(team="search")}])
def test_renamed__updated_in_place__stays_and_is_retagged(
    at: Account, name: str | None, change: dict[str, Any]
) -> None:
    stack, arn = renamed(at, name)
    films = {"name": name, "performHPO": "false", **change}
    assert updated(at, stack, Films=films, Other={}) == "UPDATE_COMPLETE"
    assert stack.resources["Films"].physical_id == arn
    assert at.tags(arn)[LOGICAL_ID_TAG] == "Films"
    assert at.describe(arn)["latestSolutionVersion"]["status"] == "ACTIVE"
    assert "DeleteSolution" not in operations(at, arn)
    assert len(at.solutions()) == 2
    # And back again.
    stack.refactor("Films", "Movies")
    assert updated(at, stack, Movies={"name": name}, Other={}) == "UPDATE_COMPLETE"
    assert stack.resources["Movies"].physical_id == arn
    ends_clean(at, stack)


@pytest.mark.parametrize("name", NAMES)
def test_renamed__update_in_place_fails_elsewhere__rolls_back_and_stays(
    at: Account, name: str | None
) -> None:
    stack, arn = renamed(at, name)
    at.simulator.fail_next(Failure("solution", "*Shows*", "out of data"))
    films = {"name": name, "performAutoTraining": "true"}
    assert updated(at, stack, Films=films, Other={}, Shows={}) == "UPDATE_ROLLBACK_COMPLETE"
    assert stack.resources["Films"].physical_id == arn
    assert at.describe(arn)["performAutoTraining"] is False
    assert len(at.solutions()) == 2
    ends_clean(at, stack)


def test_renamed__replaced__the_old_one_goes(at: Account) -> None:
    stack, arn = renamed(at, None)
    assert updated(at, stack, Films={"recipeArn": SIMS}, Other={}) == "UPDATE_COMPLETE"
    assert arn not in at.solutions()
    assert len(at.solutions()) == 2
    ends_clean(at, stack)


@pytest.mark.parametrize("reverses", ["nothing", "new id", "old id"])
@pytest.mark.parametrize("forgets", [False, True])
@pytest.mark.parametrize("fails", ["Films", "Shows"])
def test_renamed__replacement_rolled_back__the_old_one_is_found_again(
    at: Account, reverses: str, forgets: bool, fails: str
) -> None:
    """Its name was generated for the logical id that it had before."""
    stack, arn = renamed(at, None, reverses_replaced=reverses, forgets_failed_replacement=forgets)
    at.simulator.fail_next(Failure("solution", f"*{fails}*", "out of data"))
    films = {"recipeArn": SIMS}
    assert updated(at, stack, Films=films, Other={}, Shows={}) == "UPDATE_ROLLBACK_COMPLETE"
    assert stack.resources["Films"].physical_id == arn
    assert at.describe(arn)["latestSolutionVersion"]["status"] == "ACTIVE"
    assert len(at.solutions()) == 2
    ends_clean(at, stack)


@pytest.mark.parametrize("after", [0.3, 0.6, 1.0, 2.0, 4.0])
def test_renamed__replacement_cancelled__the_old_one_stays_and_the_new_one_goes(
    at: Account, after: float
) -> None:
    stack, arn = renamed(at, None)
    at.time.run(5)
    stack.update(template(Films={"recipeArn": SIMS}, Other={}))
    at.time.run(after)
    if stack.status == "UPDATE_IN_PROGRESS":
        stack.cancel_update()
    at.time.run()
    if stack.status == "UPDATE_ROLLBACK_COMPLETE":
        assert stack.resources["Films"].physical_id == arn
    ends_clean(at, stack)


@pytest.mark.parametrize("after", [0.5, 1.2, 1.9])
def test_renamed__without_its_tags__replacement_cancelled__the_new_one_goes(
    at: Account, after: float
) -> None:
    """The rollback answers with a third id, for nothing says that the old one is the stack's."""
    stack, arn = renamed(at, None)
    at.call("UntagResource", resourceArn=arn, tagKeys=list(at.tags(arn)))
    at.time.run(5)
    stack.update(template(Films={"name": "films", "recipeArn": SIMS}, Other={}))
    at.time.run(after)
    stack.cancel_update()
    at.time.run()
    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    assert "films" not in {solution["name"] for solution in map(at.describe, at.solutions())}


def test_two_that_changed_places__each_stays(at: Account) -> None:
    stack = at.deploy("films", template(Movies={}, Films={}))
    movies, films = (stack.resources[key].physical_id for key in ("Movies", "Films"))
    trained(at, movies)
    stack.refactor("Movies", "Films")
    training = {"performAutoTraining": "true"}
    assert updated(at, stack, Movies=training, Films=training) == "UPDATE_COMPLETE"
    assert (stack.resources["Movies"].physical_id, stack.resources["Films"].physical_id) == (films, movies)
    assert updated(at, stack, Films=training) == "UPDATE_COMPLETE"
    assert set(at.solutions()) == {movies}
    ends_clean(at, stack)


def test_two_that_changed_places__one_without_its_tags__a_rollback_never_takes_the_other(at: Account) -> None:
    stack = at.deploy("films", template(Movies={}, Films={}))
    movies, films = (stack.resources[key].physical_id for key in ("Movies", "Films"))
    stack.refactor("Movies", "Films")
    at.call("UntagResource", resourceArn=films, tagKeys=list(at.tags(films)))
    at.call("CreateSolution", name="taken", datasetGroupArn=GROUP, recipeArn=SIMS)
    assert updated(at, stack, Movies={"name": "taken"}, Films={}) == "UPDATE_ROLLBACK_COMPLETE"
    assert (stack.resources["Movies"].physical_id, stack.resources["Films"].physical_id) == (films, movies)
    assert "TagResource" not in operations(at, movies)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("retagged", [False, True])
def test_renamed__another_resource_takes_the_old_logical_id__never_shares_the_solution(
    at: Account, name: str | None, retagged: bool
) -> None:
    stack, arn = renamed(at, name)
    films = {"name": name}
    if retagged:
        films["performAutoTraining"] = "true"
        assert updated(at, stack, Films=films, Other={}) == "UPDATE_COMPLETE"
    assert updated(at, stack, Films=films, Other={}, Movies={"name": name}) == "UPDATE_ROLLBACK_COMPLETE"
    assert "of this stack" in stack.reasons[-1]
    assert arn in at.solutions()
    assert "DeleteSolution" not in operations(at, arn)
    assert_kept(at, stack)
    movies = {"name": "films" if name is None else None}
    assert updated(at, stack, Films=films, Other={}, Movies=movies) == "UPDATE_COMPLETE"
    ends_clean(at, stack)


@pytest.mark.parametrize("operation", ["ListTagsForResource", "ListStackResources", "TagResource"])
@pytest.mark.parametrize("kind", ["killed before", "killed after", "lost", "refused", "empty"])
def test_renamed__with_a_fault__nothing_is_lost_or_left(at: Account, operation: str, kind: Any) -> None:
    stack, _ = renamed(at, "movies")
    at.inject(CallFault(kind, operation))
    updated(at, stack, Films={"name": "movies", "performAutoTraining": "true"}, Other={})
    at.faults.pending.clear()
    if stack.status == "UPDATE_ROLLBACK_FAILED":
        stack.continue_rollback()
        at.time.run()
    at.inject(CallFault(kind, operation))
    ends_clean(at, stack)


@pytest.mark.parametrize("name", NAMES)
def test_moved_to_another_stack__delete_and_update_say_so__and_work_once_it_is_told(
    at: Account, name: str | None
) -> None:
    first, arn = renamed(at, name)
    second = at.deploy("shows", template(Shows={}))
    first.refactor("Films", "Films", second)
    before = at.describe(arn), at.tags(arn)
    films = {"name": name, "performAutoTraining": "true"}
    assert updated(at, second, Shows={}, Films=films) == "UPDATE_ROLLBACK_COMPLETE"
    told = second.reasons[-1]
    assert f"--tags tagKey={STACK_ID_TAG},tagValue={second.stack_id}" in told
    assert (at.describe(arn), at.tags(arn)) == before
    assert deleted(at, second) == "DELETE_FAILED"
    assert f"--tags tagKey={STACK_ID_TAG},tagValue={second.stack_id}" in second.reasons[-1]
    assert (at.describe(arn), at.tags(arn)) == before
    tag = {"tagKey": STACK_ID_TAG, "tagValue": second.stack_id}
    at.call("TagResource", resourceArn=arn, tags=[tag])
    ends_clean_both(at, second, first)


def test_moved_to_another_stack__replacement_fails__the_rollback_keeps_it(at: Account) -> None:
    first, arn = renamed(at, None)
    second = at.deploy("shows", template(Shows={"name": "taken"}))
    first.refactor("Films", "Films", second)
    taken = {"Shows": {"name": "taken"}, "Films": {"name": "taken"}}
    assert updated(at, second, **taken) == "UPDATE_ROLLBACK_COMPLETE"
    assert second.resources["Films"].physical_id == arn
    assert at.describe(arn)["latestSolutionVersion"]["status"] == "ACTIVE"
    at.call("TagResource", resourceArn=arn, tags=tag_list(**{STACK_ID_TAG: second.stack_id}))
    ends_clean_both(at, second, first)


@pytest.mark.parametrize("name", NAMES)
def test_moved_to_another_stack__told_at_once__is_updated_in_place(at: Account, name: str | None) -> None:
    first, arn = renamed(at, name)
    second = at.deploy("shows", template(Shows={}))
    first.refactor("Films", "Films", second)
    at.call("TagResource", resourceArn=arn, tags=tag_list(**{STACK_ID_TAG: second.stack_id}))
    films = {"name": name, "performAutoTraining": "true"}
    assert updated(at, second, Shows={}, Films=films) == "UPDATE_COMPLETE", second.reasons
    assert second.resources["Films"].physical_id == arn
    assert at.tags(arn)[LOGICAL_ID_TAG] == "Films"
    ends_clean_both(at, second, first)


def ends_clean_both(at: Account, *stacks: Stack) -> None:
    for stack in stacks:
        assert deleted(at, stack) == "DELETE_COMPLETE"
    assert at.solutions() == {}
    assert_kept(at, *stacks)
