"""The loop of one invocation when the service refuses calls or throttles them."""

from __future__ import annotations

import random

import pytest
from botocore.exceptions import ReadTimeoutError, ResponseStreamingError
from botocore.parsers import ResponseParserError

from personalize_provider.aws.errors import LifecycleError
from personalize_provider.engine.steps import Wait
from support.handler.scripted_resource import BEGIN, DONE, Change, Scripted, Ticking, answer, run

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
