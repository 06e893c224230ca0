"""The simulator's time, which tests may push forward."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Clock:
    """Real time plus an offset that only grows.

    Every status is a function of this clock, so pushing it by a day shows at once what a day of
    waiting would.
    """

    def __init__(self, source: Callable[[], datetime] = _utc_now) -> None:
        self._source = source
        self._offset = timedelta()

    @classmethod
    def frozen(cls, at: datetime) -> Clock:
        """A clock that stands still at `at` (time zone aware) and moves by `advance` alone."""
        if at.tzinfo is None:
            msg = f"a frozen clock needs a time zone: got {at.isoformat()}; add tzinfo=UTC"
            raise ValueError(msg)
        return cls(lambda: at)

    def now(self) -> datetime:
        """The current moment, UTC unless the clock was frozen in another zone."""
        return self._source() + self._offset

    def advance(self, seconds: float) -> datetime:
        """Push the clock forward and return the new moment.

        Raises:
            ValueError: `seconds` is negative: statuses never go back.
        """
        if seconds < 0:
            msg = f"the clock only goes forward: got {seconds} seconds"
            raise ValueError(msg)
        self._offset += timedelta(seconds=seconds)
        return self.now()
