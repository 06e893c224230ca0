"""All resources of one account in one Region."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Any, TypeVar

from personalize_local.simulator.engine.resource import Resource, Shelf

_R = TypeVar("_R", bound=Resource)


class Account:
    """One shelf for each class of resource: `account[Campaign]` holds the campaigns."""

    def __init__(self) -> None:
        self._shelves: dict[type[Resource], Shelf[Any]] = defaultdict(Shelf)
        self.working: list[Resource] = []
        """The resources whose status depends on work that was not done when it was last looked at."""

    def __getitem__(self, kind: type[_R]) -> Shelf[_R]:
        return self._shelves[kind]

    def settle(self, now: datetime) -> None:
        """Let statuses follow from the work that is due."""
        if self.working:
            self.working = [resource for resource in self.working if not resource.settle(now)]

    def live(self, now: datetime) -> Iterator[Resource]:
        """The resources of all kinds that exist at `now`."""
        for shelf in self._shelves.values():
            yield from shelf.live(now)
