"""What the engine needs to know about a kind of resource. `kinds.KINDS` lists the kinds."""

# ruff: noqa: ARG002 (the base class ignores arguments that kinds need)

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Protocol, Self, TypeVar

from personalize_provider.engine.first_event import Attempt
from personalize_provider.engine.request import Request
from personalize_provider.engine.steps import Effect, Step, Wait

_Answer = TypeVar("_Answer")

Claim = Callable[[str, Mapping[str, str]], bool]
"""Whether another resource of the stack has the physical id, given the id and the tags of what has it."""


class Ask(Protocol):
    """Makes a call that only reads, and repeats it while its error may pass."""

    def __call__(self, call: Callable[[], _Answer]) -> _Answer:
        """Make the call.

        Raises:
            LifecycleError: the call failed for good.
        """
        ...


class Resource(Protocol):
    """One resource, and what one request wants of it."""

    @property
    def label(self) -> str:
        """The resource in messages, for example `solution movies-1a2b`."""
        ...

    def look(self, *, expired: bool) -> Step:
        """Observe the resource and decide on the next step; changes nothing.

        Args:
            expired: The request has reached its deadline, so a Wait becomes a failure.
        """
        ...

    def act(self, effect: Effect) -> Wait | None:
        """Apply an effect. A Wait means that the service refuses it for now, and says why."""
        ...


@dataclass(frozen=True)
class Desired:
    """What one request wants. A kind reads the properties once, when it creates this value.

    This base class wants nothing. It stands for the Delete of a resource whose type no kind has.

    Attributes:
        request: The request.
    """

    request: Request

    def identify(
        self,
        ask: Ask,
        is_claimed: Claim,
        *,
        is_rolling_back: bool,
    ) -> str:
        """The physical id to answer with; changes nothing.

        Args:
            ask: Makes the calls.
            is_claimed: Whether another resource of the stack has an id.
            is_rolling_back: The stack undoes what it has just done.

        Raises:
            LifecycleError: what the request creates already exists.
        """
        return self.request.physical_id

    def abandoned(self, identity: str) -> str:
        """Physical id of what a canceled update may have begun without CloudFormation's knowledge, or empty.

        Args:
            identity: The id that `identify` gave.
        """
        return ""

    def predecessor(self, identity: str) -> str:
        """Name of what the request replaces, if the old properties don't lead to it; empty otherwise.

        Args:
            identity: The id that `identify` gave.
        """
        return ""

    def resource(
        self,
        attempt: Attempt,
        now: Callable[[], float],
        is_claimed: Claim,
    ) -> Resource | None:
        """The resource to reconcile; None if the request needs no work.

        Args:
            attempt: What the first event noted.
            now: Returns the time, in seconds since the epoch.
            is_claimed: Whether another resource of the stack has an id.
        """
        return None

    def cleanup(
        self,
        attempt: Attempt,
        now: Callable[[], float],
        is_claimed: Claim,
    ) -> Resource | None:
        """The resource `attempt.abandoned`, to be deleted; None if there is nothing to delete."""
        return None

    def essentials(self) -> Iterator[dict[str, object]]:
        """Shorter versions of the old properties for an event with too little room, the shortest last."""
        yield {}

    def answered(self, identity: str) -> Self:
        """The same, as later events have it: with the id that was answered."""
        return replace(self, request=replace(self.request, physical_id=identity))


@dataclass(frozen=True)
class Kind:
    """A kind of resource.

    Attributes:
        resource_type: CloudFormation's name for it, for example `Custom::PersonalizeSolution`.
        ids: Matches the physical ids of the kind in full.
        read: Reads and validates the properties of a request. Raises InvalidPropertiesError.
    """

    resource_type: str
    ids: re.Pattern[str]
    read: Callable[[Request], Desired]
