from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest

from personalize_local.simulator import Clock, Personalize

AT = datetime(2026, 1, 1, tzinfo=UTC)


def test_now__of_a_new_clock__is_real_time() -> None:
    before = datetime.now(UTC)
    assert before <= Clock().now() <= datetime.now(UTC)


def test_advance__twice__adds_up_on_running_time() -> None:
    clock = Clock()
    clock.advance(60)
    clock.advance(0.5)
    assert timedelta(seconds=60.5) <= clock.now() - datetime.now(UTC) + timedelta(seconds=1)


def test_frozen__without_advance__stands_still() -> None:
    clock = Clock.frozen(AT)
    assert clock.now() == clock.now() == AT
    assert clock.advance(90) == AT + timedelta(seconds=90) == clock.now()


def test_advance__backwards__is_refused() -> None:
    with pytest.raises(ValueError, match="cannot go back: got -1"):
        Clock().advance(-1)


@pytest.mark.parametrize(
    ("seconds", "problem"), [(float("nan"), "cannot go back"), (1e15, "ends before the year 9000")]
)
def test_advance__by_no_time_that_there_is__is_refused_and_changes_nothing(
    seconds: float, problem: str
) -> None:
    clock = Clock.frozen(AT)
    with pytest.raises(ValueError, match=problem):
        clock.advance(seconds)
    assert clock.now() == AT


def test_frozen__without_time_zone__is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        Clock.frozen(datetime(2026, 1, 1))


def test_scale__of_a_running_clock__multiplies_the_time_that_passes_from_then_on() -> None:
    moments = [AT]
    clock = Clock(lambda: moments[0])
    moments[0] += timedelta(seconds=10)
    clock.set_scale(1200)
    moments[0] += timedelta(seconds=1)
    assert clock.now() == AT + timedelta(seconds=10 + 1200)
    clock.advance(5)
    assert clock.now() == AT + timedelta(seconds=10 + 1200 + 5)


@pytest.mark.parametrize("scale", [0, -1, 1e12, float("inf"), float("nan"), True])
def test_scale__that_is_not_a_positive_number__is_refused(scale: float) -> None:
    with pytest.raises(ValueError, match="the scale of time must be a number above 0"):
        Clock(scale=scale)


def test_wait_until__clock_is_pushed__ends_the_wait() -> None:
    clock = Clock.frozen(AT)
    threading.Timer(0.05, lambda: clock.advance(3600)).start()
    clock.wait_until(AT + timedelta(hours=1), lambda: False)
    assert clock.now() == AT + timedelta(hours=1)


def test_wait_until__its_end_comes_first__returns_before_the_moment() -> None:
    clock, ended = Clock.frozen(AT), threading.Event()

    def end() -> None:
        ended.set()
        clock.wake()

    threading.Timer(0.05, end).start()
    clock.wait_until(AT + timedelta(hours=1), ended.is_set)
    assert clock.now() == AT


def test_reset__of_the_service__time_passes_as_fast_as_at_first() -> None:
    service = Personalize(Clock(scale=60))
    service.clock.set_scale(2)
    service.reset()
    assert service.clock.scale == 60
