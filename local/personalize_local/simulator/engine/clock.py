"""The simulator's time, which tests can advance."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Clock:
    """Real time plus an offset that only grows.

    Every status is a function of this clock: after `advance` by a day, the state is as after a day of
    waiting.
    """

    def __init__(self, source: Callable[[], datetime] = _utc_now) -> None:
        self._source = source
        self._offset = timedelta()
        self.stands = False
        """Whether only `advance` moves it."""

    @classmethod
    def frozen(cls, at: datetime) -> Clock:
        """Return a clock that stands still at `at` (with a time zone). Only `advance` moves it."""
        if at.tzinfo is None:
            msg = f"a frozen clock needs a time zone: got {at.isoformat()}; add tzinfo=UTC"
            raise ValueError(msg)
        clock = cls(lambda: at)
        clock.stands = True
        return clock

    def now(self) -> datetime:
        """Return the current time, in UTC unless the clock was frozen in another zone."""
        return self._source() + self._offset

    def advance(self, seconds: float) -> datetime:
        """Advance the clock and return the new time.

        Raises:
            ValueError: `seconds` is negative.
        """
        if seconds < 0:
            msg = f"the clock cannot go back: got {seconds} seconds, expected 0 or more"
            raise ValueError(msg)
        self._offset += timedelta(seconds=seconds)
        return self.now()
