from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from personalize_local.simulator import Clock

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


def test_frozen__without_time_zone__is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        Clock.frozen(datetime(2026, 1, 1))
