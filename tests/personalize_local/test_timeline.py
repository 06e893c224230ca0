from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from personalize_local.simulator.engine.timeline import Timeline

START = datetime(2026, 1, 1, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def test_creating__as_time_passes__is_pending_then_in_progress_then_active() -> None:
    timeline = Timeline.creating(START, 100)
    seen = [timeline.status(at(s)) for s in (0, 9, 10, 99, 100, 10_000)]
    assert seen == [
        "CREATE PENDING",
        "CREATE PENDING",
        "CREATE IN_PROGRESS",
        "CREATE IN_PROGRESS",
        "ACTIVE",
        "ACTIVE",
    ]
    assert timeline.active_at == at(100)


def test_creating__with_a_failure__ends_failed_and_says_why() -> None:
    timeline = Timeline.creating(START, 10, "no data")
    assert timeline.phase(at(9)).failure_reason is None
    assert (timeline.status(at(10)), timeline.phase(at(10)).failure_reason) == ("CREATE FAILED", "no data")
    assert timeline.active_at is None


def test_creating__in_no_time__is_active_at_once() -> None:
    assert Timeline.creating(START, 0).status(START) == "ACTIVE"


def test_deleting__as_time_passes__ends_gone() -> None:
    timeline = Timeline.creating(START, 10).deleting(at(20), 10)
    assert [timeline.status(at(s)) for s in (15, 20, 21)] == [
        "ACTIVE",
        "DELETE PENDING",
        "DELETE IN_PROGRESS",
    ]
    assert not timeline.gone(at(29))
    assert timeline.gone(at(30))


def test_deleting__before_creation_ended__forgets_what_lay_ahead() -> None:
    timeline = Timeline.creating(START, 100).deleting(at(5), 1000)
    assert timeline.status(at(100)) == "DELETE PENDING"
    assert timeline.active_at is None


def test_stopping__a_pending_training__stops_at_once() -> None:
    assert Timeline.creating(START, 100).stopping(at(5), 50).status(at(5)) == "CREATE STOPPED"


def test_stopping__a_running_training__goes_through_stopping() -> None:
    timeline = Timeline.creating(START, 100).stopping(at(50), 10)
    seen = [timeline.status(at(s)) for s in (50, 59, 60, 100)]
    assert seen == ["CREATE STOPPING", "CREATE STOPPING", "CREATE STOPPED", "CREATE STOPPED"]


@given(st.floats(0, 1e6), st.lists(st.floats(0, 2e6), min_size=2))
def test_phase__read_in_the_order_of_time__never_goes_back(seconds: float, moments: list[float]) -> None:
    timeline = Timeline.creating(START, seconds)
    places = [timeline.phases.index(timeline.phase(at(moment))) for moment in sorted(moments)]
    assert places == sorted(places)
