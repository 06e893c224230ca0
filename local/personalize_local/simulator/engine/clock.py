"""The simulator's time, which tests can advance or speed up."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

_LONGEST_WAIT = 1.0
# A year of waiting in half a minute. Far more would pass the last date of `datetime` while a server runs.
_FASTEST = 1_000_000
_END = datetime(9000, 1, 1, tzinfo=UTC)


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Clock:
    """Real time, sped up by a scale, plus an offset that only grows.

    Every status is a function of this clock: after `advance` by a day, the state is as after a day of
    waiting.

    Args:
        source: Real time.
        scale: How many seconds pass here in each real second.

    Raises:
        ValueError: The scale is not a positive number, or above a million.
    """

    def __init__(self, source: Callable[[], datetime] = _utc_now, scale: float = 1) -> None:
        self._source = source
        self._moved = threading.Condition()
        moment = source()
        self._scale = _checked(scale)
        # Together, so that `now` needs no lock: a real moment, what it was here, and the scale since then.
        self._since = (moment, moment, self._scale)
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

    @property
    def scale(self) -> float:
        """How many seconds pass here in each real second."""
        return self._scale

    def now(self) -> datetime:
        """Return the current time, in UTC unless the clock was frozen in another zone."""
        real, here, scale = self._since
        return here + (self._source() - real) * scale

    def advance(self, seconds: float) -> datetime:
        """Advance the clock and return the new time.

        Raises:
            ValueError: `seconds` is negative, or the new time would be after the year 8999.
        """
        if not seconds >= 0:  # or not a number
            msg = f"the clock cannot go back: got {seconds} seconds, expected 0 or more"
            raise ValueError(msg)
        if seconds > (_END - self.now()).total_seconds():
            msg = f"the clock ends before the year {_END.year}: got {seconds} seconds"
            raise ValueError(msg)
        with self._moved:
            real, here, scale = self._since
            self._since = (real, here + timedelta(seconds=seconds), scale)
            self._moved.notify_all()
        return self.now()

    def set_scale(self, scale: float) -> None:
        """Change how fast time passes from now on.

        Raises:
            ValueError: The scale is not a positive number, or above a million.
        """
        checked = _checked(scale)
        with self._moved:
            # In this order: real time that passes in between is not lost, only counted at the old scale.
            here, real = self.now(), self._source()
            self._scale = checked
            self._since = (real, here, checked)
            self._moved.notify_all()

    def wait_until(self, moment: datetime, ended: Callable[[], bool]) -> None:
        """Block this thread until `moment`, or until `ended` says so after a `wake`."""
        with self._moved:
            while not ended() and (left := (moment - self.now()).total_seconds()) > 0:
                self._moved.wait(min(left / self._scale, _LONGEST_WAIT))

    def wake(self) -> None:
        """Let every thread that waits look again whether its wait has ended."""
        with self._moved:
            self._moved.notify_all()


def _checked(scale: float) -> float:
    if isinstance(scale, bool) or not isinstance(scale, int | float) or not 0 < scale <= _FASTEST:
        msg = f"the scale of time must be a number above 0, at most {_FASTEST:,}: got {scale!r}"
        raise ValueError(msg)
    return scale
