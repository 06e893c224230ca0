"""What an operation can see: the caller's account, the time, and the settings in force."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from personalize_local.simulator.engine.account import Account
from personalize_local.simulator.engine.objects import ReadObjects, WriteObject
from personalize_local.simulator.engine.resource import Resource
from personalize_local.simulator.engine.scope import Scope
from personalize_local.simulator.engine.timeline import Timeline
from personalize_local.simulator.engine.work import Work

_S = TypeVar("_S")


@dataclass(frozen=True, slots=True)
class Context:
    """The surroundings of one call.

    Attributes:
        account: The resources in the caller's account and Region.
        scope: The account and Region.
        now: The time of the call. Operations use no other clock.
        settings: The durations and the quotas in force. Read them with `setting`.
        planned_failure: Returns the reason if the creation of a resource, by kind and name, is planned to
            fail.
        items: The items that campaigns recommend, best first.
        new_id: Returns the next identifier, 8 hexadecimal digits (rule 92).
        new_uuid: Returns the next UUID.
        read_objects: Returns the objects at a location in S3.
        executor: Where work is done that takes long. None: where its result is needed first.
        write_object: Writes an object in S3.
    """

    account: Account
    scope: Scope
    now: datetime
    settings: tuple[object, ...]
    planned_failure: Callable[[str, str], str | None]
    items: tuple[str, ...]
    new_id: Callable[[], str]
    new_uuid: Callable[[], str]
    read_objects: ReadObjects
    executor: Executor | None
    write_object: WriteObject

    def setting(self, group: type[_S]) -> _S:
        """Return the settings of one kind, for example `setting(CampaignDurations).campaign`.

        Raises:
            LookupError: Neither `Durations` nor `Limits` inherits from `group`.
        """
        for settings in self.settings:
            if isinstance(settings, group):
                return settings
        raise LookupError(f"neither Durations nor Limits inherits from {group.__name__}")

    def creation(self, resource: str, name: str, seconds: float, since: datetime | None = None) -> Timeline:
        """Return the statuses of something that is created now, or the failure that a test planned for it.

        Args:
            resource: The name that `Failure` uses for the resource, for example `campaign_update`.
            name: The name of the resource.
            seconds: The time until it is ACTIVE.
            since: When the creation begins. Default: - now.
        """
        return Timeline.creating(since or self.now, seconds, self.planned_failure(resource, name))

    def begin(self, resource: Resource, work: Work[Any]) -> None:
        """Make a resource ACTIVE or CREATE FAILED by the outcome of work, when its time has come."""
        resource.work = work
        self.account.working.append(resource)
