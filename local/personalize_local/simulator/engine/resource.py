"""What all resources have in common, and the shelves that an account keeps them on."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Generic, TypeVar

from personalize_local.simulator.engine.errors import already_exists, in_use, not_found
from personalize_local.simulator.engine.timeline import (
    ACTIVE,
    CREATE_FAILED,
    CREATE_IN_PROGRESS,
    CREATE_PENDING,
    Timeline,
)
from personalize_local.simulator.engine.work import Work


@dataclass(kw_only=True)
class Resource(ABC):
    """Something with an ARN.

    Attributes:
        arn: The ARN.
        name: The name, empty if it has none.
        created: The time of the Create request.
        timeline: The status over time.
        tags: The tags, key to value.
        visible_from: When calls first find the resource. Default: - at once.
        work: What must be done before it is ACTIVE. Default: - nothing.
        deletable_when: The statuses in which it can be deleted.
    """

    deletable_when: ClassVar[tuple[str, ...]] = (ACTIVE, CREATE_FAILED)

    arn: str
    name: str
    created: datetime
    timeline: Timeline
    tags: dict[str, str]
    visible_from: datetime | None = None
    work: Work[Any] | None = None

    @abstractmethod
    def summary(self, now: datetime) -> dict[str, object]:
        """The entry in a List answer."""

    @abstractmethod
    def describe(self, now: datetime) -> dict[str, object]:
        """The answer of Describe."""

    def state(self, now: datetime) -> dict[str, object]:
        """The description, with what no operation returns: tags, and what a kind adds."""
        return self.describe(now) | {"tags": self.tags}

    def belongs_to(self, arn: str, now: datetime) -> bool:  # noqa: ARG002 (subclasses use them)
        """Whether a list that is narrowed to an owner contains this resource."""
        return False

    def busy(self, now: datetime) -> str | None:  # noqa: ARG002
        """Why this resource cannot be deleted at `now`, apart from its status."""
        return None

    def blocks(self, other: Resource, now: datetime) -> str | None:  # noqa: ARG002
        """Why `other` cannot be deleted while this resource exists."""
        return None

    @property
    def key(self) -> str:
        """The sort key in lists: oldest first."""
        return f"{self.created.timestamp():020.6f} {self.arn}"

    def status(self, now: datetime) -> str:
        """The status at `now`."""
        return self.timeline.status(now)

    def visible(self, now: datetime) -> bool:
        """Whether calls find the resource at `now`."""
        return self.visible_from is None or self.visible_from <= now

    def dates(self, now: datetime) -> dict[str, object]:
        """The status and the dates, which every resource with a status is described with."""
        phase = self.timeline.phase(now)
        return {
            "status": phase.status,
            "creationDateTime": self.created,
            "lastUpdatedDateTime": phase.since,
        }

    def work_due(self, now: datetime) -> Work[Any] | None:
        """The work that should be done at `now`."""
        return due_work(self.timeline, self.work, now)

    def settle(self, now: datetime) -> bool:
        """Let the status follow from the work, once its time has come. Return whether it did."""
        self.timeline, settled = after_work(self.timeline, self.work, now)
        return settled

    def failure(self, now: datetime) -> str | None:
        """Why the resource is CREATE FAILED, if it is."""
        return self.timeline.phase(now).failure_reason

    def delete(self, now: datetime, seconds: float) -> None:
        """Begin the deletion.

        Raises:
            ServiceError: The status is not one of `deletable_when` (`ResourceInUseException`).
        """
        status = self.status(now)
        if status not in self.deletable_when:
            expected = " or ".join(self.deletable_when)
            raise in_use(f"{self.arn} is {status}: it can be deleted when its status is {expected}")
        self.timeline = self.timeline.deleting(now, seconds)


def after_work(timeline: Timeline, work: Work[Any] | None, now: datetime) -> tuple[Timeline, bool]:
    """Return a timeline as the work makes it, and whether that is settled.

    Work that is not done in time keeps the timeline in progress. Failed work makes it CREATE FAILED.
    """
    if work is None or timeline.active_at is None:
        return timeline, True
    if due_work(timeline, work, now) is None:
        return timeline, False
    if not work.ready():
        return timeline.postponed(now), False
    reason = work.problem()
    return (timeline if reason is None else timeline.failing(reason)), True


def due_work(timeline: Timeline, work: Work[Any] | None, now: datetime) -> Work[Any] | None:
    """Return the work from the moment when the timeline says ACTIVE. None before, and without work."""
    return work if timeline.active_at is not None and timeline.active_at <= now else None


@dataclass(frozen=True, slots=True)
class Update:
    """An update of a resource, which takes effect when its timeline says ACTIVE (rules 70 and 107)."""

    created: datetime
    timeline: Timeline

    def dates(self, now: datetime) -> dict[str, object]:
        """The status and the dates, as in `latestSolutionUpdate`."""
        phase = self.timeline.phase(now)
        return members(
            status=phase.status,
            failureReason=phase.failure_reason,
            creationDateTime=self.created,
            lastUpdatedDateTime=phase.since,
        )

    def running(self, now: datetime) -> bool:
        """Whether the old configuration is still in force and the update has not failed."""
        return self.timeline.status(now) in {CREATE_PENDING, CREATE_IN_PROGRESS}


@dataclass(kw_only=True)
class Updatable(Resource):
    """A resource that serves its old configuration until an update is ACTIVE (rules 107, 153 and 190).

    Attributes:
        update: The latest update, if there is one.
        updated: When an update before `update` came into force, if there was one.
    """

    update: Update | None = None
    updated: datetime | None = None

    @property
    def settled_at(self) -> datetime | None:
        """When the creation and the latest update have ended, past or future. None if it is never ACTIVE."""
        return self.update.timeline.phases[-1].since if self.update else self.timeline.active_at

    def busy(self, now: datetime) -> str | None:
        """While an update runs it can be neither updated nor deleted."""
        if self.update and self.update.running(now):
            return f"{self.arn} has an update in progress: wait until it ends"
        return None

    def begin(self, update: Update) -> None:
        """Begin an update. Subclasses keep the configuration that is in force at its start."""
        if self.update and self.update.timeline.active_at:
            self.updated = self.update.timeline.active_at
        self.update = update

    def dates(self, now: datetime) -> dict[str, object]:
        """The status and the dates. An update in force counts as a change."""
        moments = [self.timeline.phase(now).since, self.updated]
        if self.update:
            moments.append(self.update.timeline.active_at)
        past = [moment for moment in moments if moment and moment <= now]
        return super().dates(now) | {"lastUpdatedDateTime": max(past)}


_R = TypeVar("_R", bound=Resource)


class Shelf(Generic[_R]):
    """The resources of one kind in one account and Region."""

    def __init__(self) -> None:
        self._by_arn: dict[str, _R] = {}

    def find(self, arn: str, now: datetime) -> _R | None:
        """The resource with this ARN, if calls find one at `now`."""
        resource = self._existing(arn, now)
        return resource if resource is not None and resource.visible(now) else None

    def get(self, arn: str, now: datetime) -> _R:
        """The resource with this ARN.

        Raises:
            ServiceError: There is none (`ResourceNotFoundException`).
        """
        resource = self.find(arn, now)
        if resource is None:
            raise not_found(arn)
        return resource

    def require_free(self, arn: str, now: datetime) -> None:
        """Refuse an ARN that is taken, also by a resource that is being deleted or not visible yet.

        Raises:
            ServiceError: It is taken (`ResourceAlreadyExistsException`).
        """
        if self._existing(arn, now) is not None:
            raise already_exists(arn)

    def add(self, resource: _R) -> None:
        """Add a resource. It replaces a deleted one with the same ARN."""
        self._by_arn[resource.arn] = resource

    def live(self, now: datetime) -> Iterator[_R]:
        """The resources that exist at `now`, whether or not calls find them."""
        return (resource for resource in self._by_arn.values() if not resource.timeline.gone(now))

    def visible(self, now: datetime) -> Iterator[_R]:
        """The resources that lists contain at `now`."""
        return (resource for resource in self.live(now) if resource.visible(now))

    def _existing(self, arn: str, now: datetime) -> _R | None:
        resource = self._by_arn.get(arn)
        return None if resource is None or resource.timeline.gone(now) else resource


def members(**values: object) -> dict[str, object]:
    """Return the members of an answer without those that have no value, as the service does."""
    return {name: value for name, value in values.items() if value is not None}
