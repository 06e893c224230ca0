"""What a request wants of a resource: that it exists, or that it is gone. Each kind can add to these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

from personalize_provider.engine.identity import CONFIG_HASH_TAG, Owner

GIVEN_UP_SECONDS = 30.0
"""How long to look for a resource whose id CloudFormation made up.

CloudFormation makes up an id for a create that it gave up. That create may still run: it checks that the
stack still waits for it, with a reading that can be 15 seconds old, and then makes one call of at most 13
seconds.
"""

SETTLES_SECONDS = 5.0
"""How long a new resource may be missing from the service's answers. A failed deploy deletes it at once."""


@dataclass(frozen=True)
class Goal:
    """A resource that must exist, or must be gone.

    Attributes:
        arn: The ARN of the resource.
        owner: The logical resource that it belongs to.
        name_proves_owner: The name was generated for this owner, so any resource with that name is the
            owner's.
        since: When the request began, in seconds since the epoch.
    """

    arn: str
    owner: Owner
    name_proves_owner: bool
    since: float

    @property
    def label(self) -> str:
        """The resource in messages, for example `solution movies-1a2b`."""
        return self.arn.rpartition(":")[2].replace("/", " ", 1)

    @property
    def noun(self) -> str:
        """The type of the resource in its ARN, for example `solution`."""
        return self.arn.rpartition(":")[2].partition("/")[0]

    def operation(self, verb: str) -> str:
        """The operation of the API that does this to the resource, for example `CreateSolution`."""
        return f"{verb}{self.noun.capitalize()}"

    @property
    def name(self) -> str:
        """The name of the resource."""
        return self.arn.rpartition("/")[2]

    def owns(self, tags: Mapping[str, str]) -> bool:
        """Whether a resource of that name with these tags is the owner's."""
        if self.owner.owns(tags):
            return True
        return self.name_proves_owner and not self.owner.is_denied_by(tags)

    @property
    def is_known(self) -> bool:
        """Whether CloudFormation has this resource under the owner's logical id, which may have changed."""
        raise NotImplementedError

    def may_have_moved(self, tags: Mapping[str, str]) -> bool:
        """Whether a resource with these tags is the owner's if no other resource of the stack has it."""
        return self.is_known and self.owner.shares_stack_with(tags) and not self.owns(tags)


@dataclass(frozen=True)
class Present(Goal):
    """The resource must exist as `request` describes it.

    Attributes:
        request: The Create request, with the name and the ownership tags.
        dropped_tags: Keys of tags that the old properties have and the new ones don't. Tags that others put
            on the resource stay.
        starts_anew: It most likely does not exist yet: a create, or the new resource of a replacement.
        adopts: An existing resource of that name without an owner is adopted.
        restores: The stack rolls back, and this is the state to restore.
        was_known: CloudFormation had it under this logical id before the request.
        is_stack_known: CloudFormation has said what the stack is doing; otherwise `restores` is a guess.
        is_undone: The request reverts a failed update.
        is_unchanged: The old properties mean the same in everything that can't be changed.
        asked_at: When CloudFormation sent the request, in seconds since the epoch.
        before: What the old properties wanted of the same resource; None if they made none, or another one.
        settled_at: Until when a canceled update may still change the resource, in seconds since the epoch:
            its waiter may read that the stack still waits for it.
    """

    request: Mapping[str, Any]
    dropped_tags: frozenset[str] = frozenset()
    starts_anew: bool = False
    adopts: bool = False
    restores: bool = False
    was_known: bool = False
    is_stack_known: bool = True
    is_undone: bool = False
    is_unchanged: bool = False
    asked_at: float = 0.0
    before: Present | None = None
    settled_at: float = 0.0

    @property
    def is_known(self) -> bool:
        """Whether CloudFormation had it under this logical id before the request."""
        return self.was_known

    @property
    def tags(self) -> dict[str, str]:
        """The tags that it must have."""
        return {tag["tagKey"]: tag["tagValue"] for tag in self.request["tags"]}

    @property
    def config_hash(self) -> str:
        """Hash of everything that can't be changed about the resource."""
        return self.tags[CONFIG_HASH_TAG]


@dataclass(frozen=True)
class Absent(Goal):
    """No resource may have that ARN.

    Attributes:
        quiet_seconds: How long after the request began to look for the resource before "not found" means that
            it is gone.
        is_id_made_up: CloudFormation never learned the id: the create that it gave up may still make the
            resource, even after a delete.
        keeps_adopted: An adopted resource is released and stays.
        is_undone: The stack undoes what it has just made.
        operation_began: When the stack's last update began, in seconds since the epoch; None before the
            first.
        leaves_older: A resource that is older than that update was not made by the request that is given up,
            and stays.
        is_raced: Something else may create the resource while it is deleted, so it is looked for until the
            quiet time is over.
    """

    quiet_seconds: float = 0.0
    is_id_made_up: bool = False
    keeps_adopted: bool = False
    is_undone: bool = False
    operation_began: float | None = None
    leaves_older: bool = False
    is_raced: bool = False

    @property
    def is_known(self) -> bool:
        """Whether CloudFormation knows the id."""
        return not self.is_id_made_up

    def of_canceled_update(self) -> Self:
        """The same for what a canceled update may have begun: CloudFormation never learned its id."""
        return replace(
            self, quiet_seconds=GIVEN_UP_SECONDS, is_id_made_up=True, is_undone=True, leaves_older=True
        )
