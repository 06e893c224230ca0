"""Status as a function of time: what a resource has been, is, and is going to be.

Every state machine of the service is one of these. Nothing runs in the background: an operation
writes down the phases that lie ahead, and whoever reads the status asks for the phase of that moment.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

CREATE_PENDING = "CREATE PENDING"
CREATE_IN_PROGRESS = "CREATE IN_PROGRESS"
CREATE_FAILED = "CREATE FAILED"
CREATE_STOPPING = "CREATE STOPPING"
CREATE_STOPPED = "CREATE STOPPED"
ACTIVE = "ACTIVE"
DELETE_PENDING = "DELETE PENDING"
DELETE_IN_PROGRESS = "DELETE IN_PROGRESS"

# Not a status that anyone reads: a resource in this phase is no more.
_GONE = "GONE"

# The share of some work that is spent waiting for it to start.
_PENDING_SHARE = 0.1


@dataclass(frozen=True, slots=True)
class Phase:
    """A status and the moment it begins.

    Attributes:
        status: In the service's spelling, with a space (rule 46).
        since: The first moment of the phase.
        failure_reason: Why, when the status is CREATE FAILED.
    """

    status: str
    since: datetime
    failure_reason: str | None = None


@dataclass(frozen=True, slots=True)
class Timeline:
    """Phases in the order of their beginnings. The first begins with the resource."""

    phases: tuple[Phase, ...]

    @classmethod
    def standing(cls, now: datetime) -> Timeline:
        """ACTIVE from the start, for what needs no work."""
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
        """From now on DELETE PENDING, DELETE IN_PROGRESS, then gone."""
        return self._turn(
            now,
            Phase(DELETE_PENDING, now),
            Phase(DELETE_IN_PROGRESS, now + timedelta(seconds=seconds * _PENDING_SHARE)),
            Phase(_GONE, now + timedelta(seconds=seconds)),
        )

    def recovering(self, at: datetime) -> Timeline:
        """As it is until `at`, and ACTIVE from then on."""
        return Timeline((*self.phases, Phase(ACTIVE, at)))

    def stopping(self, now: datetime, seconds: float) -> Timeline:
        """A pending training is stopped at once, a running one goes through CREATE STOPPING (rule 82)."""
        if self.status(now) == CREATE_PENDING:
            return self._turn(now, Phase(CREATE_STOPPED, now))
        return self._turn(
            now, Phase(CREATE_STOPPING, now), Phase(CREATE_STOPPED, now + timedelta(seconds=seconds))
        )

    def phase(self, now: datetime) -> Phase:
        """The phase of the moment `now`."""
        return next((phase for phase in reversed(self.phases) if phase.since <= now), self.phases[0])

    def status(self, now: datetime) -> str:
        """The status at `now`."""
        return self.phase(now).status

    def gone(self, now: datetime) -> bool:
        """Whether the resource is deleted at `now`."""
        return self.status(now) == _GONE

    @property
    def active_at(self) -> datetime | None:
        """When the resource is, was or will be ACTIVE for the first time, if ever."""
        return next((phase.since for phase in self.phases if phase.status == ACTIVE), None)

    def _turn(self, now: datetime, *ahead: Phase) -> Timeline:
        past = tuple(phase for phase in self.phases if phase.since <= now)
        return Timeline((*past, *ahead))
