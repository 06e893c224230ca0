"""The loop around observe, decide and act: its time, its patience, and when it must change nothing."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError, ResponseStreamingError
from botocore.parsers import ResponseParserError

from personalize_provider.aws.errors import LifecycleError, SupersededError
from personalize_provider.engine.first_event import Attempt
from personalize_provider.engine.reconciler import reconcile
from personalize_provider.engine.stack import StackState
from personalize_provider.engine.steps import Done, Effect, Fail, Step, Wait
from personalize_provider.framework import WORK_SECONDS
from support.virtual_time.provider_world import world

BEGIN = 1_000.0
STATE = StackState("CREATE_IN_PROGRESS")
GONE_ON = SupersededError("movies", "waiting in CREATE_IN_PROGRESS", "ROLLBACK_IN_PROGRESS")
DONE = Done({"name": "movies"})


class Change(Effect):
    """An effect."""


class Ticking:
    """A clock that moves only by sleeping."""

    def __init__(self, at: float = BEGIN) -> None:
        self.at = at
        self.slept: list[float] = []

    def now(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += seconds


class Scripted:
    """A resource that leads to one step after the other; the last one stays."""

    label = "solution movies"

    def __init__(self, steps: Iterable[Step | Exception], refusals: Iterable[Wait | Exception] = ()) -> None:
        self.steps = list(steps)
        self.refusals = list(refusals)
        self.expired: list[bool] = []
        self.acts: list[Effect] = []

    def look(self, *, expired: bool) -> Step:
        self.expired.append(expired)
        step = self.steps.pop(0) if len(self.steps) > 1 else self.steps[0]
        if isinstance(step, Exception):
            raise step
        return step

    def act(self, effect: Effect) -> Wait | None:
        self.acts.append(effect)
        refusal = self.refusals.pop(0) if self.refusals else None
        if isinstance(refusal, Exception):
            raise refusal
        return refusal


def answer(code: str, status: int = 400, operation: str = "DescribeSolution") -> ClientError:
    metadata = {
        "HTTPStatusCode": status,
        "RequestId": "",
        "HostId": "",
        "HTTPHeaders": {},
        "RetryAttempts": 0,
    }
    return ClientError(
        {"Error": {"Code": code, "Message": "its own words"}, "ResponseMetadata": metadata},
        operation,
    )


def run(
    resource: Scripted,
    *,
    clock: Ticking | None = None,
    deadline: float = BEGIN + 1800,
    check: Callable[[], Wait | None] = lambda: None,
    chance: Callable[[], float] = lambda: 0.75,  # pauses as they are, and no handing back
) -> Done | Wait:
    clock = clock or Ticking()
    return reconcile(resource, Attempt(BEGIN, deadline, STATE), clock, check, clock.at + WORK_SECONDS, chance)


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


# Errors of the service


@pytest.mark.parametrize(
    "error",
    [
        answer("LimitExceededException"),
        answer("ThrottlingException"),
        answer("Whatever", status=503),
        answer("ResourceInUseException"),
        ReadTimeoutError(endpoint_url="https://personalize"),
        ResponseStreamingError(error="the answer to DescribeSolution is cut short"),
        ResponseParserError("no XML"),
    ],
)
def test_reconcile__error_that_may_pass__goes_on(error: Exception) -> None:
    assert run(Scripted([error, error, DONE])) == DONE


@pytest.mark.parametrize(
    "code", ["InvalidInputException", "ResourceNotFoundException", "ValidationException"]
)
def test_reconcile__error_that_stays__fails_with_operation_words_and_code(code: str) -> None:
    with pytest.raises(
        LifecycleError, match=rf"movies: DescribeSolution failed: its own words \({code}\); .+"
    ):
        run(Scripted([answer(code)]))


@pytest.mark.parametrize("code", ["AccessDeniedException", "AccessDenied"])
def test_reconcile__denied_while_the_role_is_new__goes_on(code: str) -> None:
    assert run(Scripted([answer(code), DONE]), clock=Ticking(BEGIN + 25)) == DONE


def test_reconcile__denied_later__fails() -> None:
    with pytest.raises(LifecycleError, match="AccessDeniedException"):
        run(Scripted([answer("AccessDeniedException")]), clock=Ticking(BEGIN + 30))


def test_reconcile__error_of_no_service__names_the_operation_that_it_is_about() -> None:
    error = ResponseStreamingError(error="cut short")
    error.operation_name = "DescribeSolution"  # as the clients do
    step = run(Scripted([error]))
    assert step == Wait(
        "DescribeSolution: An error occurred while reading from response stream: cut short "
        "(ResponseStreamingError)"
    )


# Throttles

THROTTLE = answer("LimitExceededException")
THROTTLED = Wait("DescribeSolution: its own words (LimitExceededException)", throttled=True)
FAULT = answer("InternalFailure", status=500)


def test_reconcile__throttled_for_ever__asks_every_second_and_hands_back_within_eight() -> None:
    resource, clock = Scripted([THROTTLE]), Ticking()
    assert run(resource, clock=clock) == THROTTLED
    assert clock.slept == [1.0] * 8


@pytest.mark.parametrize(("chance", "pause"), [(0.25, 0.5), (0.5, 0.75), (1.0, 1.25)])
def test_reconcile__throttled__pauses_are_spread_by_chance(chance: float, pause: float) -> None:
    clock = Ticking()
    assert run(Scripted([THROTTLE, THROTTLE, DONE]), clock=clock, chance=lambda: chance) == DONE
    assert clock.slept == [pause, pause]


def test_reconcile__not_throttled_any_more__pauses_are_a_second_again() -> None:
    """After an effect that is how long it takes to show, and a look before that is one that others need."""
    clock = Ticking()
    steps = [Wait("soon"), Wait("soon"), THROTTLE, Wait("soon"), Wait("soon"), DONE]
    assert run(Scripted(steps), clock=clock, chance=lambda: 0.25) == DONE
    assert clock.slept == [1.0, 1.0, 0.5, 1.0, 1.0]


def test_reconcile__throttled_once__hands_back_within_eight_seconds_from_then_on() -> None:
    clock = Ticking()
    steps = [Wait("soon"), THROTTLE, Wait("soon")]
    assert run(Scripted(steps), clock=clock) == Wait("soon")
    assert clock.slept == [1.0] * 8


def test_reconcile__never_throttled__chance_has_no_say() -> None:
    def no_chance() -> float:
        raise AssertionError("nothing is left to chance")

    clock = Ticking()
    assert run(Scripted([FAULT, Change(), Wait("soon"), DONE]), clock=clock, chance=no_chance) == DONE
    assert clock.slept == [1.0] * 3


@pytest.mark.parametrize(("chance", "looks"), [(0.0, 1), (0.249, 1), (0.25, 17)])
def test_reconcile__throttled_with_nothing_changed_yet__hands_back_by_chance(
    chance: float, looks: int
) -> None:
    resource, clock = Scripted([THROTTLE]), Ticking()
    assert run(resource, clock=clock, chance=lambda: chance) == THROTTLED
    assert len(resource.expired) == looks
    assert sum(clock.slept) == (looks - 1) * 0.5


def test_reconcile__many_that_are_throttled__a_quarter_hands_back_at_each_throttle() -> None:
    lucky = random.Random(7).random
    looks = []
    for _ in range(4_000):
        resource = Scripted([THROTTLE])
        run(resource, chance=lucky)
        looks.append(len(resource.expired))
    at_once = sum(seen == 1 for seen in looks)
    assert at_once == pytest.approx(1_000, rel=0.1)
    assert sum(seen == 2 for seen in looks) == pytest.approx((4_000 - at_once) / 4, rel=0.1)


@pytest.mark.parametrize("refusal", [THROTTLE, Wait("in use"), FAULT])
def test_reconcile__effect_that_was_not_taken__does_not_make_it_stay(refusal: Wait | Exception) -> None:
    resource, clock = Scripted([Change(), THROTTLE], [refusal]), Ticking()
    assert run(resource, clock=clock, chance=lambda: 0.0) == THROTTLED
    assert resource.acts == [Change()]
    assert len(resource.expired) == (1 if refusal is THROTTLE else 2)


def test_reconcile__throttled_after_an_effect__stays_for_thirty_seconds() -> None:
    resource, clock = Scripted([Change(), THROTTLE]), Ticking()
    assert run(resource, clock=clock) == THROTTLED
    assert clock.slept == [1.0] * 30


def test_reconcile__throttled_after_an_effect__is_never_handed_back_by_chance() -> None:
    resource, clock = Scripted([Change(), *[THROTTLE] * 100, DONE]), Ticking()
    assert run(resource, clock=clock, chance=lambda: 0.0) == DONE
    assert sum(clock.slept) == 1.0 + 100 * 0.25


def test_reconcile__throttled_before_an_effect__stays_as_well() -> None:
    resource, clock = Scripted([THROTTLE, Change(), Wait("soon")]), Ticking()
    assert run(resource, clock=clock) == Wait("soon")
    assert 8 < sum(clock.slept) <= 30


def test_reconcile__throttled_for_long__pauses_do_not_grow_with_age() -> None:
    clock = Ticking(BEGIN + 1000)
    assert run(Scripted([THROTTLE]), clock=clock) == THROTTLED
    assert clock.slept == [1.0] * 8


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
