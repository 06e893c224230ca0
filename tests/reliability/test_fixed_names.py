"""Solutions with an explicit name, and what the messages about it advise."""

from __future__ import annotations

import pytest

from personalize_provider.engine.identity import LOGICAL_ID_TAG, STACK_ID_TAG
from support.virtual_time.account import Account, template
from support.virtual_time.promises import ends_clean
from support.virtual_time.provider_world import GROUP, SIMS, V2
from support.virtual_time.scenarios import (
    OLD_SECONDS,
    is_untouched,
    retained,
    trained,
    updated,
)


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
