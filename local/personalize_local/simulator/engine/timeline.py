"""Status as a function of time: the past, present and future statuses of a resource.

Nothing runs in the background: an operation records the phases to come, and each read of the status looks up
the phase at that time.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

CREATE_PENDING = "CREATE PENDING"
CREATE_IN_PROGRESS = "CREATE IN_PROGRESS"
CREATE_FAILED = "CREATE FAILED"
CREATE_STOPPING = "CREATE STOPPING"
CREATE_STOPPED = "CREATE STOPPED"
ACTIVE = "ACTIVE"
STOP_PENDING = "STOP PENDING"
STOP_IN_PROGRESS = "STOP IN_PROGRESS"
INACTIVE = "INACTIVE"
START_PENDING = "START PENDING"
START_IN_PROGRESS = "START IN_PROGRESS"
DELETE_PENDING = "DELETE PENDING"
DELETE_IN_PROGRESS = "DELETE IN_PROGRESS"

# Never reported: a resource in this phase no longer exists.
_GONE = "GONE"

# The part of a duration during which the status is PENDING.
_PENDING_SHARE = 0.1
_A_MOMENT = timedelta(milliseconds=100)


@dataclass(frozen=True, slots=True)
class Phase:
    """A status and the time when it begins.

    Attributes:
        status: In the service's spelling, with a space (rule 46).
        since: When the phase begins.
        failure_reason: The reason, if the status is CREATE FAILED.
    """

    status: str
    since: datetime
    failure_reason: str | None = None


@dataclass(frozen=True, slots=True)
class Timeline:
    """Phases in order of time. The first begins when the resource is created."""

    phases: tuple[Phase, ...]

    @classmethod
    def standing(cls, now: datetime) -> Timeline:
        """Return a timeline that is ACTIVE from the start."""
        return cls((Phase(ACTIVE, now),))

    @classmethod
    def creating(cls, now: datetime, seconds: float, failure: str | None = None) -> Timeline:
        """CREATE PENDING, CREATE IN_PROGRESS, then ACTIVE, or CREATE FAILED when a `failure` is given."""
        end = ACTIVE if failure is None else CREATE_FAILED
        return cls(
            (
                Phase(CREATE_PENDING, now),
                Phase(CREATE_IN_PROGRESS, now + timedelta(seconds=seconds * _PENDING_SHARE)),
                Phase(end, now + timedelta(seconds=seconds), failure),
            )
        )

    def deleting(self, now: datetime, seconds: float) -> Timeline:
        """Return this timeline with DELETE PENDING, DELETE IN_PROGRESS and the end from now on."""
        return self._passing(now, seconds, DELETE_PENDING, DELETE_IN_PROGRESS, _GONE)

    def pausing(self, now: datetime, seconds: float) -> Timeline:
        """Return this timeline with STOP PENDING, STOP IN_PROGRESS and INACTIVE from now on (rule 188)."""
        return self._passing(now, seconds, STOP_PENDING, STOP_IN_PROGRESS, INACTIVE)

    def starting(self, now: datetime, seconds: float) -> Timeline:
        """Return this timeline with START PENDING, START IN_PROGRESS and ACTIVE from now on (rule 188)."""
        return self._passing(now, seconds, START_PENDING, START_IN_PROGRESS, ACTIVE)

    def recovering(self, at: datetime) -> Timeline:
        """Return this timeline with ACTIVE from `at` on."""
        return Timeline((*self.phases, Phase(ACTIVE, at)))

    def failing(self, reason: str) -> Timeline:
        """Return this timeline with CREATE FAILED in place of ACTIVE."""
        return Timeline(
            tuple(
                replace(phase, status=CREATE_FAILED, failure_reason=reason)
                if phase.status == ACTIVE
                else phase
                for phase in self.phases
            )
        )

    def postponed(self, now: datetime) -> Timeline:
        """Return this timeline with ACTIVE a moment after `now`."""
        return Timeline(
            tuple(
                replace(phase, since=now + _A_MOMENT) if phase.status == ACTIVE else phase
                for phase in self.phases
            )
        )

    def stopping(self, now: datetime, seconds: float) -> Timeline:
        """Return this timeline, stopped: at once if pending, otherwise through CREATE STOPPING (rule 82)."""
        if self.status(now) == CREATE_PENDING:
            return self._turn(now, Phase(CREATE_STOPPED, now))
        return self._turn(
            now, Phase(CREATE_STOPPING, now), Phase(CREATE_STOPPED, now + timedelta(seconds=seconds))
        )

    def phase(self, now: datetime) -> Phase:
        """Return the phase at `now`."""
        return next((phase for phase in reversed(self.phases) if phase.since <= now), self.phases[0])

    def status(self, now: datetime) -> str:
        """Return the status at `now`."""
        return self.phase(now).status

    def gone(self, now: datetime) -> bool:
        """Whether the resource is deleted at `now`."""
        return self.status(now) == _GONE

    @property
    def active_at(self) -> datetime | None:
        """When the resource is ACTIVE for the first time, past or future. None if never."""
        return next((phase.since for phase in self.phases if phase.status == ACTIVE), None)

    def _passing(self, now: datetime, seconds: float, pending: str, in_progress: str, end: str) -> Timeline:
        return self._turn(
            now,
            Phase(pending, now),
            Phase(in_progress, now + timedelta(seconds=seconds * _PENDING_SHARE)),
            Phase(end, now + timedelta(seconds=seconds)),
        )

    def _turn(self, now: datetime, *ahead: Phase) -> Timeline:
        past = tuple(phase for phase in self.phases if phase.since <= now)
        return Timeline((*past, *ahead))
