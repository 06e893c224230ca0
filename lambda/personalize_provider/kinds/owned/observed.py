"""A resource as the service describes it, and what the engine's decisions need to know of it. Pure."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from personalize_provider.aws.reading import CREATING, canonical_status
from personalize_provider.engine.goal import Goal, Present
from personalize_provider.engine.identity import ADOPTED_TAG, CONFIG_HASH_TAG

P = TypeVar("P", bound=Present)
"""What a request wants of a resource of the kind that must exist."""

# By how much the service's clocks can differ from the one that dates its answers.
_SKEW_SECONDS = 5.0

# AWS refuses requests whose clock differs by more (Signature Version 4). A training takes longer (rule 59).
_CLOCKS_DIFFER_SECONDS = 300.0


@dataclass(frozen=True)
class Observed(ABC, Generic[P]):
    """The current state of a resource. Each kind has a subclass.

    Attributes:
        described: The resource in the answer of its Describe operation; empty if only the tags are known.
        tags: Its tags.
        lead: By how many seconds the service's clock is ahead of the function's; negative if it is behind.
        is_claimed: Another resource of the stack has it; read only if its tags leave that open.
    """

    MEMBER: ClassVar[str]
    """The member of the Describe answer that describes it."""
    LATEST_UPDATE: ClassVar[str]
    """The member that describes its latest update, which has a status of its own (rules 70 and 154)."""
    CHECK: ClassVar[str]
    """The next step after a create that failed without a reason."""

    described: Mapping[str, Any]
    tags: Mapping[str, str]
    lead: float = 0.0
    is_claimed: bool = False

    @property
    def status(self) -> str:
        """The resource's status, in one spelling."""
        return canonical_status(self.described.get("status", ""))

    @property
    def is_adopted(self) -> bool:
        """Whether it existed before its owner."""
        return ADOPTED_TAG in self.tags

    @property
    def update(self) -> Mapping[str, Any]:
        """The latest update; empty before the first."""
        update: Mapping[str, Any] = self.described.get(self.LATEST_UPDATE, {})
        return update

    @property
    def update_status(self) -> str:
        """The status of the latest update, in one spelling."""
        return canonical_status(self.update.get("status", ""))

    @property
    def is_updating(self) -> bool:
        """Whether an update is in progress."""
        return self.update_status in CREATING

    def is_made_from(self, goal: P) -> bool:
        """Whether everything that can't be changed about it is as declared."""
        return self.tags.get(CONFIG_HASH_TAG) == goal.config_hash

    @property
    @abstractmethod
    def settings(self) -> Mapping[str, Any]:
        """What an update can change."""

    @abstractmethod
    def changes(self, goal: P) -> dict[str, Any]:
        """The members of an update that makes it as declared; empty if none is needed."""

    @abstractmethod
    def carries(self, changes: Mapping[str, Any]) -> bool:
        """Whether the latest update was sent with these changes."""

    @abstractmethod
    def differences(self, goal: P) -> list[str]:
        """What can't be changed about it and differs from the declared one, one line each."""

    @property
    @abstractmethod
    def failed(self) -> Mapping[str, Any]:
        """What has the reason why its creation failed."""

    @property
    def was_used(self) -> bool:
        """Whether it may have been in use before it failed."""
        return False

    @abstractmethod
    def attributes(self, goal: P) -> dict[str, str]:
        """Values for Fn::GetAtt: all attributes, because GetAtt fails on a missing one."""


def is_ours(goal: Goal, observed: Observed[Any]) -> bool:
    """Whether a resource is the owner's, even if its tags have an earlier logical id."""
    return not observed.is_claimed and (goal.owns(observed.tags) or goal.may_have_moved(observed.tags))


def is_older(observed: Observed[Any], moment: float | None) -> bool:
    """Whether a resource existed before a moment, by long enough for a version to have been trained."""
    created = observed.described.get("creationDateTime")
    if created is None or moment is None:
        return False
    return bool(created.timestamp() < moment - _CLOCKS_DIFFER_SECONDS)


def is_since(goal: Goal, observed: Observed[Any], described: Mapping[str, Any]) -> bool:
    """Whether something was created since the request began, by the service's own clock."""
    created = described.get("creationDateTime")
    return created is not None and created.timestamp() >= goal.since + observed.lead - _SKEW_SECONDS
