"""Readings of CloudFormation that are seconds old, and that go backwards (aws-cdk-cli 1802, 1803, 1848)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from personalize_local.simulator import Durations, Failure
from support.virtual_time.account import Account, account, template
from support.virtual_time.event_rules import OneFunction
from support.virtual_time.framework_runtime import FrameworkRuntime
from support.virtual_time.promises import ends_clean
from support.virtual_time.provider_world import SIMS, tag_list

IN_PLACE = {"performAutoTraining": "true", "tags": tag_list(team="search")}
REPLACEMENT = {"recipeArn": SIMS}
CREATION = pytest.mark.parametrize("on_failure", ["ROLLBACK", "DELETE", "DO_NOTHING"])


@pytest.fixture(params=[0.5, 1.0, 2.0, 6.0])
def lag(request: pytest.FixtureRequest) -> float:
    """Seconds that a replica is late."""
    return float(request.param)


@pytest.fixture(params=["late", "backwards", "at first"])
def at(
    request: pytest.FixtureRequest, lag: float, transport: FrameworkRuntime | OneFunction
) -> Iterator[Account]:
    """An account in which every reading is late, or every other one, beginning with either."""
    with account(transport, durations=Durations(solution_create=3, solution_update=3, delete=1)) as made:
        made.lags = {"late": [lag], "backwards": [lag, 0.0], "at first": [0.0, lag]}[request.param]
        yield made


@pytest.mark.parametrize("review_seconds", [0.0, 3.0])
def test_create__stack_not_known_or_in_review_at_first__succeeds(at: Account, review_seconds: float) -> None:
    stack = at.deploy("films", template(Movies={}), review_seconds=review_seconds)
    assert stack.status == "CREATE_COMPLETE", stack.reasons
    ends_clean(at, stack)


@CREATION
def test_create__fails__the_delete_is_not_superseded(at: Account, on_failure: str) -> None:
    at.simulator.fail_next(Failure("solution", "*", "out of data"))
    stack = at.deploy("films", template(Movies={}), on_failure=on_failure)
    ended = {"ROLLBACK": "ROLLBACK_COMPLETE", "DELETE": "DELETE_COMPLETE", "DO_NOTHING": "CREATE_FAILED"}
    assert stack.status == ended[on_failure], stack.reasons
    ends_clean(at, stack)


@pytest.mark.parametrize("after", [0.5, 2.0, 5.0])
def test_create__given_up_for_the_stacks_deletion__leaves_nothing(at: Account, after: float) -> None:
    stack = at.engine.create("films", template(Movies={}))
    at.time.run(after)
    stack.delete()
    at.time.run()
    assert stack.status == "DELETE_COMPLETE", stack.reasons
    ends_clean(at, stack)


@pytest.mark.parametrize("change", [IN_PLACE, REPLACEMENT])
def test_update__good__succeeds_and_the_clean_up_deletes_the_old_solution(
    at: Account, change: dict[str, str]
) -> None:
    stack = at.deploy("films", template(Movies={}, Shows={}))
    for wanted in (template(Movies=change, Shows={}), template(Movies=change)):
        stack.update(wanted)
        at.time.run()
        assert stack.status == "UPDATE_COMPLETE", stack.reasons
        assert stack.given_up == []
    assert set(at.solutions()) == {stack.resources["Movies"].physical_id}
    ends_clean(at, stack)


@pytest.mark.parametrize("reverses", ["nothing", "new id", "old id"])
@pytest.mark.parametrize("change", [IN_PLACE, REPLACEMENT])
def test_update__another_resource_fails__is_rolled_back(
    at: Account, change: dict[str, str], reverses: str
) -> None:
    stack = at.deploy("films", template(Movies={}, Shows={}), reverses_replaced=reverses)
    before = {key: resource.physical_id for key, resource in stack.resources.items()}
    at.simulator.fail_next(Failure("solution", "*Shows*", "out of data"))
    stack.update(template(Movies=change, Shows=REPLACEMENT))
    at.time.run()
    assert stack.status == "UPDATE_ROLLBACK_COMPLETE", stack.reasons
    assert stack.given_up == []
    assert set(at.solutions()) == set(before.values())
    ends_clean(at, stack)


@pytest.mark.parametrize("change", [IN_PLACE, REPLACEMENT])
@pytest.mark.parametrize("after", [0.3, 1.0, 2.0, 4.0])
@pytest.mark.parametrize("again", [False, True])
def test_update__cancelled__the_old_waiter_changes_nothing(
    at: Account, change: dict[str, str], after: float, again: bool
) -> None:
    stack = at.deploy("films", template(Movies={}))
    old = stack.resources["Movies"].physical_id
    stack.update(template(Movies=change))
    at.time.run(after)
    stack.cancel_update()
    if again:  # as soon as may be, while readings still show the rollback
        while stack.busy:
            at.time.run(1)
        assert stack.status == "UPDATE_ROLLBACK_COMPLETE", stack.reasons
        stack.update(template(Movies={"tags": tag_list(stage="beta")}))
    at.time.run()
    assert stack.status == ("UPDATE_COMPLETE" if again else "UPDATE_ROLLBACK_COMPLETE"), stack.reasons
    assert set(at.solutions()) == {old}
    assert at.describe(old)["performAutoTraining"] is False
    assert "team" not in at.tags(old)
    ends_clean(at, stack)


def test_update__rolled_back_twice_in_a_row__the_first_rollbacks_events_are_not_taken_for_the_seconds(
    at: Account,
) -> None:
    stack = at.deploy("films", template(Movies={}, Shows={}))
    for team in ("search", "films"):
        at.simulator.fail_next(Failure("solution", "*Shows*", "out of data"))
        stack.update(template(Movies={"tags": tag_list(team=team)}, Shows=REPLACEMENT))
        at.time.run()
        assert stack.status == "UPDATE_ROLLBACK_COMPLETE", stack.reasons
    ends_clean(at, stack)


def test_update__exchanges_back_what_a_refactoring_exchanged__rollback_keeps_both(at: Account) -> None:
    """The rollback's Updates need other ids than ordinary ones, which an old reading takes them for."""
    wanted = template(Movies={"name": "movies"}, Shows={})
    stack = at.deploy("films", wanted)
    at.time.run(30)  # until the readings show the end of the creation
    stack.refactor("Movies", "Shows")
    at.time.run(30)
    before = {key: resource.physical_id for key, resource in stack.resources.items()}
    stack.update(wanted)
    at.time.run()
    assert stack.status == "UPDATE_ROLLBACK_COMPLETE", stack.reasons
    assert {key: resource.physical_id for key, resource in stack.resources.items()} == before
    assert set(at.solutions()) == set(before.values())
    ends_clean(at, stack)


def test_delete__right_after_an_update__succeeds(at: Account) -> None:
    stack = at.deploy("films", template(Movies={}))
    stack.update(template(Movies=REPLACEMENT))
    while stack.busy:
        at.time.run(0.1)
    stack.delete()
    at.time.run()
    assert stack.status == "DELETE_COMPLETE", stack.reasons
    ends_clean(at, stack)
