"""Known gaps of the CDK's provider framework, by the numbers of their issues (aws/aws-cdk)."""

from __future__ import annotations

import pytest

from personalize_local.simulator import Durations, Failure
from support.virtual_time.account import Account, account, template
from support.virtual_time.event_rules import OneFunction
from support.virtual_time.framework_runtime import FrameworkRuntime
from support.virtual_time.promises import assert_kept, ends_clean
from support.virtual_time.provider_world import SIMS, tag_list

IN_PLACE = {"performAutoTraining": "true", "tags": tag_list(team="search")}
REPLACEMENT = {"recipeArn": SIMS}


@pytest.mark.parametrize("change", [IN_PLACE, REPLACEMENT])
@pytest.mark.parametrize("forgets", [False, True])
def test_17040__update_fails__the_answer_has_an_id_that_the_rollback_does_no_harm_by(
    at: Account, change: dict[str, str], forgets: bool
) -> None:
    stack = at.deploy("films", template(Movies={}), forgets_failed_replacement=forgets)
    old = stack.resources["Movies"].physical_id
    kind = "solution" if change is REPLACEMENT else "solution_update"
    at.simulator.fail_next(Failure(kind, "*", "out of data"))
    stack.update(template(Movies=change))
    at.time.run()
    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    assert stack.resources["Movies"].physical_id == old
    assert set(at.solutions()) == {old}
    assert at.describe(old)["performAutoTraining"] is False
    assert "team" not in at.tags(old)
    ends_clean(at, stack)


@pytest.mark.parametrize("on_failure", ["ROLLBACK", "DELETE", "DO_NOTHING"])
def test_28996__create_fails__the_delete_finds_what_was_made(at: Account, on_failure: str) -> None:
    at.simulator.fail_next(Failure("solution", "*", "out of data"))
    stack = at.deploy("films", template(Movies={}), on_failure=on_failure)
    expected = {"ROLLBACK": "ROLLBACK_COMPLETE", "DELETE": "DELETE_COMPLETE", "DO_NOTHING": "CREATE_FAILED"}
    assert stack.status == expected[on_failure]
    assert "CreateSolution failed" in stack.reasons[0]
    ends_clean(at, stack)


@pytest.mark.parametrize("change", [IN_PLACE, REPLACEMENT])
def test_16764__update_takes_too_long__fails_with_our_words_before_the_waiter_gives_up(
    at: Account, change: dict[str, str]
) -> None:
    stack = at.deploy("films", template(Movies={}))
    old = stack.resources["Movies"].physical_id
    at.simulator.set_durations(solution_create=300, solution_update=300)
    stack.update(template(Movies=change))
    at.time.run(100)
    assert "not finished by the deadline, last seen: " in stack.reasons[0]
    at.time.run()
    at.time.run(600)
    while stack.status == "UPDATE_ROLLBACK_FAILED":
        stack.continue_rollback()
        at.time.run()
    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    assert stack.resources["Movies"].physical_id == old
    ends_clean(at, stack)


@pytest.mark.parametrize("change", [IN_PLACE, REPLACEMENT])
@pytest.mark.parametrize("after", [1.0, 2.0, 4.0, 9.0, 14.0])
@pytest.mark.parametrize("again", [False, True])
def test_31541__update_cancelled__the_old_waiter_changes_nothing(
    transport: FrameworkRuntime | OneFunction, change: dict[str, str], after: float, again: bool
) -> None:
    with account(transport, durations=Durations(solution_create=15, solution_update=15)) as at:
        stack = at.deploy("films", template(Movies={}))
        old = stack.resources["Movies"].physical_id
        stack.update(template(Movies=change))
        at.time.run(after)
        stack.cancel_update()
        if again:  # as soon as may be, while the old waiter may still poll
            while stack.busy:
                at.time.run(1)
            assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
            stack.update(template(Movies={"tags": tag_list(stage="beta")}))
        at.time.run()
        assert stack.status == ("UPDATE_COMPLETE" if again else "UPDATE_ROLLBACK_COMPLETE")
        assert stack.resources["Movies"].physical_id == old
        assert set(at.solutions()) == {old}
        assert at.describe(old)["performAutoTraining"] is False
        assert "team" not in at.tags(old)
        ends_clean(at, stack)


@pytest.mark.parametrize("events_lag", [0.0, 4.0])
@pytest.mark.parametrize("tenths", range(12))
def test_31541__update_cancelled_at_its_very_beginning__changes_nothing(
    runtime: FrameworkRuntime, tenths: int, events_lag: float
) -> None:
    with account(runtime, durations=Durations(solution_update=15), seed=tenths) as at:
        was = {"tags": tag_list(team="search")}
        stack = at.deploy("films", template(Movies=was), events_lag=events_lag)
        arn = stack.resources["Movies"].physical_id
        before = at.describe(arn)["performAutoTraining"], at.tags(arn)
        stack.update(template(Movies={"performAutoTraining": "true", "tags": tag_list(team="films")}))
        at.time.run(tenths / 10)
        stack.cancel_update()
        at.time.run()
        assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
        assert (at.describe(arn)["performAutoTraining"], at.tags(arn)) == before
        assert_kept(at, stack)


@pytest.mark.parametrize("events_lag", [0.0, 1.0, 14.0, 10_000.0])
def test_31541__events_shown_late_or_never__the_rollbacks_own_update_is_done(
    runtime: FrameworkRuntime, events_lag: float
) -> None:
    with account(runtime) as at:
        stack = at.deploy("films", template(Movies={}, Shows={}), events_lag=events_lag)
        arn = stack.resources["Movies"].physical_id
        at.simulator.fail_next(Failure("solution", "*Shows*", "out of data"))
        stack.update(template(Movies={"performAutoTraining": "true"}, Shows={"recipeArn": SIMS}))
        at.time.run()
        assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
        assert at.describe(arn)["performAutoTraining"] is False
        assert_kept(at, stack)


@pytest.mark.parametrize("reverses", ["nothing", "new id", "old id"])
@pytest.mark.parametrize("waits", [False, True])
@pytest.mark.parametrize("change", [IN_PLACE, REPLACEMENT])
def test_reverse_update__by_either_id__returns_to_the_old_solution(
    at: Account, reverses: str, waits: bool, change: dict[str, str]
) -> None:
    settings = {"reverses_replaced": reverses, "waits_for_others": waits}
    stack = at.deploy("films", template(Movies={}, Shows={}), **settings)
    before = {key: resource.physical_id for key, resource in stack.resources.items()}
    at.simulator.fail_next(Failure("solution", "*Shows*", "out of data"))
    stack.update(template(Movies=change, Shows=REPLACEMENT))
    at.time.run()
    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    assert {key: resource.physical_id for key, resource in stack.resources.items()} == before
    assert set(at.solutions()) == set(before.values())
    ends_clean(at, stack)


def test_ten_executions__four_solutions_at_once__live_without_a_failure(runtime: FrameworkRuntime) -> None:
    with account(runtime, concurrency=10) as at:
        names = [f"Movies{number}" for number in range(4)]
        stack = at.deploy("films", template(**{name: {} for name in names}))
        assert stack.status == "CREATE_COMPLETE", stack.reasons
        for change in (IN_PLACE, REPLACEMENT):
            stack.update(template(**dict.fromkeys(names, change)))
            at.time.run()
            assert stack.status == "UPDATE_COMPLETE", stack.reasons
        assert at.functions.most_running <= 10
        ends_clean(at, stack)


def test_ten_executions__ten_solutions_at_once__some_fail_and_nothing_leaks(
    runtime: FrameworkRuntime,
) -> None:
    with account(runtime, concurrency=10) as at:
        stack = at.deploy("films", template(**{f"Movies{number}": {} for number in range(10)}))
        assert stack.status.startswith("ROLLBACK_")
        assert any("Rate Exceeded" in reason for reason in stack.reasons)
        at.functions.concurrency = None
        ends_clean(at, stack)
