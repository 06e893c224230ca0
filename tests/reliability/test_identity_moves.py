"""A logical id or a stack changes while the physical id stays, and what was retained is declared again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from personalize_local.simulator import Failure
from personalize_provider.engine.identity import ADOPTED_TAG, LOGICAL_ID_TAG, STACK_ID_TAG
from support.virtual_time.account import Account, account, template
from support.virtual_time.call_faults import CallFault
from support.virtual_time.event_rules import OneFunction
from support.virtual_time.framework_runtime import FrameworkRuntime
from support.virtual_time.promises import assert_kept, ends_clean
from support.virtual_time.provider_world import GROUP, SIMS, V2, tag_list
from support.virtual_time.stack_engine import Stack

NAMES = [None, "movies"]
OLD_SECONDS = 400.0
TRAINING_SECONDS = 3000.0


@pytest.fixture
def at(transport: FrameworkRuntime | OneFunction) -> Iterator[Account]:
    with account(transport, total_timeout=60) as made:
        yield made


def trained(at: Account, arn: str) -> str:
    """A version, which a replacement would lose."""
    version: str = at.call("CreateSolutionVersion", solutionArn=arn)["solutionVersionArn"]
    at.time.run(TRAINING_SECONDS)
    return version


def updated(at: Account, stack: Stack, **resources: Any) -> str:
    at.time.run(5)
    stack.update(template(**resources))
    at.time.run()
    return stack.status


def deleted(at: Account, stack: Stack) -> str:
    at.time.run(5)
    stack.delete()
    at.time.run()
    return stack.status


def renamed(at: Account, name: str | None, **settings: Any) -> tuple[Stack, str]:
    """A stack whose resource was `Movies` and is `Films` now, with its trained solution."""
    stack = at.deploy("films", template(Movies={"name": name}, Other={}), **settings)
    arn = stack.resources["Movies"].physical_id
    trained(at, arn)
    stack.refactor("Movies", "Films")
    return stack, arn


def operations(at: Account, arn: str) -> list[str]:
    return [operation for operation, touched in at.effects if touched == arn]


# Another logical id


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


# Another stack


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


# Retained, and declared again


def retained(at: Account, name: str | None) -> tuple[Stack, str]:
    """A stack that had `Movies`, whose solution it left when it let go of it."""
    stack = at.deploy("films", template(Movies={"name": name}, Other={}))
    arn = stack.resources["Movies"].physical_id
    trained(at, arn)
    stack.let_go("Movies")
    at.effects.clear()
    return stack, arn


def is_untouched(at: Account, arn: str) -> bool:
    described = at.describe(arn)
    return operations(at, arn) == [] and described["latestSolutionVersion"]["status"] == "ACTIVE"


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
    assert any("it has been there since" in reason for reason in stack.reasons)
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


# Under a fixed name


def test_fixed_name__change_that_needs_another_solution__works_as_the_message_says(at: Account) -> None:
    stack = at.deploy("films", template(Movies={"name": "movies"}))
    for advised in ({"name": "shows", "recipeArn": SIMS}, {}):
        name = stack.resources["Movies"].properties.get("name")
        other = SIMS if stack.resources["Movies"].properties["recipeArn"] != SIMS else None
        if name and other:
            assert updated(at, stack, Movies={"name": name, "recipeArn": other}) == "UPDATE_ROLLBACK_COMPLETE"
            assert "change solution_name as well, or leave it out" in stack.reasons[-1]
        assert updated(at, stack, Movies=advised) == "UPDATE_COMPLETE", stack.reasons
    assert len(at.solutions()) == 1
    ends_clean(at, stack)


def test_fixed_name__declared_under_another_logical_id__works_as_the_message_says(at: Account) -> None:
    stack = at.deploy("films", template(Movies={"name": "movies"}))
    arn = stack.resources["Movies"].physical_id
    trained(at, arn)
    assert updated(at, stack, Films={"name": "movies"}) == "UPDATE_ROLLBACK_COMPLETE"
    assert 'solution.node.default_child.override_logical_id("Movies")' in stack.reasons[-1]
    assert arn in at.solutions()
    # With that, the construct has another id and the resource has not.
    changed = {"name": "movies", "performAutoTraining": "true"}
    assert updated(at, stack, Movies=changed) == "UPDATE_COMPLETE", stack.reasons
    assert at.describe(arn)["latestSolutionVersion"]["status"] == "ACTIVE"
    ends_clean(at, stack)


def test_fixed_name__retained_and_declared_under_another_logical_id__works_as_the_message_says(
    at: Account,
) -> None:
    stack, arn = retained(at, "movies")
    assert updated(at, stack, Other={}, Films={"name": "movies"}) == "UPDATE_ROLLBACK_COMPLETE"
    assert 'declare it with solution_name="movies" and adopt_existing=True' in stack.reasons[-1]
    assert is_untouched(at, arn)
    films = {"name": "movies", "adoptExisting": "true"}
    assert updated(at, stack, Other={}, Films=films) == "UPDATE_COMPLETE", stack.reasons
    assert at.tags(arn)[LOGICAL_ID_TAG] == "Films"
    assert updated(at, stack, Other={}, Films={"name": "movies"}) == "UPDATE_COMPLETE"
    ends_clean(at, stack)


@pytest.mark.parametrize("adopts", [False, True])
def test_fixed_name__two_resources_ask_for_it_at_once__one_is_refused_and_nothing_is_shared(
    at: Account, adopts: bool
) -> None:
    if adopts:
        at.call(
            "CreateSolution", name="movies", datasetGroupArn=GROUP, recipeArn=V2, performAutoTraining=False
        )
        at.time.run(OLD_SECONDS)
    both = {"name": "movies"} | ({"adoptExisting": "true"} if adopts else {})
    stack = at.deploy("films", template(Movies=both, Films=both))
    assert stack.status == "ROLLBACK_COMPLETE"
    assert any("of this stack" in reason for reason in stack.reasons)
    assert len(at.solutions()) == int(adopts)


def test_tags_removed_by_hand__a_refused_update_rolls_back(at: Account) -> None:
    stack = at.deploy("films", template(Movies={"name": "movies"}))
    arn = stack.resources["Movies"].physical_id
    at.call("UntagResource", resourceArn=arn, tagKeys=[STACK_ID_TAG, LOGICAL_ID_TAG])
    changed = {"name": "movies", "performAutoTraining": "true"}
    assert updated(at, stack, Movies=changed) == "UPDATE_ROLLBACK_COMPLETE"
    assert "adopt_existing takes the solution over" in stack.reasons[-1]
    assert updated(at, stack, Movies={**changed, "adoptExisting": "true"}) == "UPDATE_COMPLETE"
