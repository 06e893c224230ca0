"""The loop of one invocation: looks, effects, deadlines, and a waiter that outlived its deploy."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from botocore.exceptions import ReadTimeoutError

from personalize_provider.aws.errors import LifecycleError, SupersededError
from personalize_provider.engine.steps import Fail, Wait
from support.handler.scripted_resource import BEGIN, DONE, Change, Scripted, Ticking, answer, run
from support.virtual_time.provider_world import world

GONE_ON = SupersededError("movies", "waiting in CREATE_IN_PROGRESS", "ROLLBACK_IN_PROGRESS")


def unread() -> Wait | None:
    raise AssertionError("nothing is changed: nobody needs to know what the stack does")


def test_reconcile__done_at_once__looks_once_and_sleeps_never() -> None:
    resource, clock = Scripted([DONE]), Ticking()
    assert run(resource, clock=clock, check=unread) == DONE
    assert (resource.expired, clock.slept) == ([False], [])


def test_reconcile__waiting__looks_every_second_and_hands_back_within_thirty() -> None:
    resource, clock = Scripted([Wait("status CREATE PENDING")]), Ticking()
    assert run(resource, clock=clock, check=unread) == Wait("status CREATE PENDING")
    assert clock.slept == [1.0] * 30
    assert len(resource.expired) == 31


@pytest.mark.parametrize(
    ("age", "first_pause", "looks"), [(30, 1, 22), (60, 2, 13), (120, 4, 7), (149, 149 / 30, 2), (150, 5, 2)]
)
def test_reconcile__waiting_for_long__looks_less_often_and_leaves_more_to_the_waiter(
    age: float, first_pause: float, looks: int
) -> None:
    resource, clock = Scripted([Wait("status CREATE PENDING")]), Ticking(BEGIN + age)
    run(resource, clock=clock, check=unread)
    assert clock.slept[0] == pytest.approx(first_pause)
    assert clock.slept == sorted(clock.slept)
    assert max(clock.slept) <= 5.0
    assert len(resource.expired) == looks


def test_reconcile__waiting_for_ever__looks_twice_within_eight_seconds() -> None:
    """A first step may be taken without a look: what it was refused for is seen in the second."""
    resource, clock = Scripted([Change(), Wait("in use")], [Wait("in use")]), Ticking(BEGIN + 1000)
    assert run(resource, clock=clock) == Wait("in use")
    assert clock.slept == [5.0]
    assert len(resource.expired) == 2


def test_reconcile__effect_after_a_long_wait__is_looked_for_every_second() -> None:
    resource, clock = Scripted([Change(), Wait("soon")]), Ticking(BEGIN + 1000)
    assert run(resource, clock=clock) == Wait("soon")
    assert clock.slept == [1.0] * 30


def test_reconcile__effect__is_carried_out_and_looked_at_again() -> None:
    resource = Scripted([Change(), Wait("soon"), DONE])
    assert run(resource) == DONE
    assert resource.acts == [Change()]


def test_reconcile__effect_refused_for_now__is_the_reason_to_wait() -> None:
    resource = Scripted([Change()], [Wait("in use")] * 40)
    assert run(resource) == Wait("in use")


def test_reconcile__failure__is_raised_after_the_discard() -> None:
    error = LifecycleError("solution movies", "CreateSolution", "no data", "get some")
    resource = Scripted([Fail(error, discard=Change())])
    with pytest.raises(LifecycleError) as raised:
        run(resource)
    assert raised.value is error
    assert resource.acts == [Change()]


@pytest.mark.parametrize(
    "trouble", [answer("AccessDeniedException"), ReadTimeoutError(endpoint_url="x"), Wait("busy")]
)
def test_reconcile__discard_fails__the_first_failure_stays(trouble: Exception | Wait) -> None:
    error = LifecycleError("solution movies", "CreateSolution", "no data", "get some")
    with pytest.raises(LifecycleError) as raised:
        run(Scripted([Fail(error, discard=Change())], [trouble]))
    assert raised.value is error


# Deadline


def test_reconcile__deadline__is_told_to_the_look() -> None:
    resource = Scripted([DONE])
    run(resource, clock=Ticking(BEGIN + 60), deadline=BEGIN + 60)
    assert resource.expired == [True]


def test_reconcile__deadline_not_reached__is_told_too() -> None:
    resource = Scripted([DONE])
    run(resource, clock=Ticking(BEGIN + 59.9), deadline=BEGIN + 60)
    assert resource.expired == [False]


@pytest.mark.parametrize(
    ("resource", "last"),
    [
        (Scripted([Change()], [Wait("used by campaign c")] * 40), "used by campaign c"),
        (Scripted([Change()]), "after Change()"),
        (
            Scripted([answer("LimitExceededException")]),
            r"DescribeSolution: its own words \(LimitExceededException\)",
        ),
        (Scripted([ReadTimeoutError(endpoint_url="x")]), "Read timeout"),
        (Scripted([Change()], [answer("ThrottlingException")] * 9), "ThrottlingException"),
    ],
)
def test_reconcile__deadline_and_no_end__fails_with_what_came_last(resource: Scripted, last: str) -> None:
    with pytest.raises(
        LifecycleError, match=f"waiting failed: not finished by the deadline, last seen: .*{last}"
    ):
        run(resource, clock=Ticking(BEGIN + 60), deadline=BEGIN + 60)


def test_reconcile__deadline_and_a_last_effect__may_still_succeed() -> None:
    assert run(Scripted([Change(), DONE]), clock=Ticking(BEGIN + 60), deadline=BEGIN + 60) == DONE


# A waiter that outlived its deploy


def gone_on() -> Wait | None:
    raise GONE_ON


def test_reconcile__several_effects__stack_is_checked_before_each() -> None:
    checked_at: list[float] = []
    clock = Ticking()
    resource = Scripted([*[Change()] * 3, DONE])
    run(resource, clock=clock, check=lambda: checked_at.append(clock.at))
    assert len(resource.acts) == 3
    assert checked_at == [BEGIN, BEGIN + 1, BEGIN + 2]


def test_reconcile__stack_goes_on_between_two_effects__the_second_is_not_carried_out() -> None:
    resource = Scripted([Change(), Wait("soon"), Wait("soon"), Change()])
    with pytest.raises(SupersededError):
        run(resource, check=lambda: gone_on() if resource.acts else None)
    assert resource.acts == [Change()]


def test_reconcile__next_invocation__checks_the_stack_anew() -> None:
    clock = Ticking()
    checked_at: list[float] = []
    for _ in range(2):
        run(Scripted([Change(), DONE]), clock=clock, check=lambda: checked_at.append(clock.at))
    assert checked_at == [BEGIN, BEGIN + 1]


def test_reconcile__stack_went_on__no_effect() -> None:
    resource = Scripted([Change()])
    with pytest.raises(SupersededError):
        run(resource, check=gone_on)
    assert resource.acts == []


def test_reconcile__stack_not_told_yet__waits_without_effect() -> None:
    answers: list[Wait | None] = [Wait("not yet"), None]
    resource = Scripted([Change(), Change(), DONE])
    assert run(resource, check=lambda: answers.pop(0)) == DONE
    assert resource.acts == [Change()]


def test_reconcile__stack_not_told_until_the_deadline__fails_with_what_it_shows() -> None:
    with pytest.raises(LifecycleError, match="last seen: not yet"):
        run(Scripted([Change()]), deadline=BEGIN, check=lambda: Wait("not yet"))


def test_reconcile__stack_went_on__no_discard_either() -> None:
    error = LifecycleError("solution movies", "CreateSolution", "no data", "get some")
    resource = Scripted([Fail(error, discard=Change())])
    with pytest.raises(LifecycleError, match="no data"):
        run(resource, check=gone_on)
    assert resource.acts == []


def test_reconcile__stack_state_throttled__waits_without_effect() -> None:
    def throttled() -> Wait | None:
        raise answer("Throttling", operation="DescribeStacks")

    resource, clock = Scripted([Change()]), Ticking()
    step = run(resource, clock=clock, check=throttled)
    assert step == Wait("DescribeStacks: its own words (Throttling)", throttled=True)
    assert resource.acts == []
    assert clock.slept == [1.0] * 8


@pytest.mark.parametrize(
    ("later", "looked"),
    [(0, {}), (8, {"ListTagsForResource": 1})],  # it would begin with the create, or with a look
)
def test_reconcile__old_waiter_after_a_cancelled_create__does_not_make_again_what_was_removed(
    later: float, looked: dict[str, int]
) -> None:
    at = world()
    create = at.create()
    create.invoke()
    at.stacks.status = "ROLLBACK_IN_PROGRESS"
    at.delete(create.arn).finish()
    at.simulator.clear_calls()
    at.simulator.advance(later)
    with pytest.raises(SupersededError):
        create.invoke()
    assert at.calls() == looked
    assert at.solutions() == []


def test_reconcile__old_waiter_after_a_cancelled_update__does_not_apply_it_again() -> None:
    at = world()
    arn = at.created()
    at.stacks.status, at.stacks.updated = "UPDATE_IN_PROGRESS", datetime(2026, 3, 1, tzinfo=UTC)
    update = at.update(arn, {}, performAutoTraining="true")
    update.finish()
    at.stacks.status = "UPDATE_ROLLBACK_IN_PROGRESS"
    at.update(arn, {"performAutoTraining": "true"}).finish()
    with pytest.raises(SupersededError):
        update.invoke()
    assert at.solution(arn)["performAutoTraining"] is False


def test_reconcile__next_update_in_the_same_status__is_told_by_its_time() -> None:
    at = world()
    arn = at.created()
    at.stacks.status, at.stacks.updated = "UPDATE_IN_PROGRESS", datetime(2026, 3, 1, tzinfo=UTC)
    stale = at.update(arn, {}, performAutoTraining="true")
    at.stacks.updated = datetime(2026, 3, 2, tzinfo=UTC)
    with pytest.raises(SupersededError):
        stale.invoke()
    assert at.solution(arn)["performAutoTraining"] is False
