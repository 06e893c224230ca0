"""What a request wants of a resource with a name and tags of ownership. Pure."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, ClassVar, Generic, Self, TypeVar

from personalize_provider.aws.errors import InvalidPropertiesError
from personalize_provider.aws.restore_types import boolean
from personalize_provider.engine.goal import GIVEN_UP_SECONDS, SETTLES_SECONDS, Absent, Present
from personalize_provider.engine.identity import CONFIG_HASH_TAG, REPLACES_TAG, Owner
from personalize_provider.engine.kind import Desired
from personalize_provider.engine.request import NOT_CREATED, Request
from personalize_provider.kinds.owned.observed import P
from personalize_provider.kinds.owned.properties import ADOPT, tag_keys

A = TypeVar("A", bound=Absent)
"""What a request wants of a resource of the kind that must be gone."""


@dataclass(frozen=True)
class Wanted:
    """Properties that were read and validated.

    Attributes:
        body: The Create request.
        config_hash: Hash of everything that can't be changed.
        is_named: The name is explicit. A generated name is not in `body` yet.
        adopts: An existing resource of that name may be adopted.
    """

    body: Mapping[str, Any]
    config_hash: str
    is_named: bool
    adopts: bool


W = TypeVar("W", bound=Wanted)


@dataclass(frozen=True)
class DesiredOwned(Desired, Generic[W, P, A]):
    """What a request wants of a resource. Each kind has a subclass.

    Attributes:
        new: The properties; None in a Delete if they never made anything.
        old: The old properties of an Update; None if they never made anything.
    """

    ARN: ClassVar[re.Pattern[str]]
    """Matches the ARN of a resource of the kind in full."""
    NOUN: ClassVar[str]
    """The type of the resource in its ARN."""
    FLAGS: ClassVar[frozenset[str]]
    """The properties for the provider that are true or false."""

    new: W | None = None
    old: W | None = None

    @staticmethod
    @abstractmethod
    def validated(request: Request, properties: Mapping[str, Any]) -> W:
        """Restore the types of a request's properties, and validate them.

        Raises:
            InvalidPropertiesError: they make no Create request; the message names each problem.
        """

    @abstractmethod
    def present(self, wanted: W, common: Present) -> P:
        """The kind's own goal for a resource that must exist.

        Args:
            wanted: The properties.
            common: What every kind's goal has.
        """

    @abstractmethod
    def absent(self, common: Absent) -> A:
        """The kind's own goal for a resource that must be gone.

        Args:
            common: What every kind's goal has.
        """

    @classmethod
    def read(cls, request: Request) -> Self:
        """Read and validate the properties of a request.

        A Delete whose properties are not valid doesn't fail: a failure would only keep the whole stack.

        Raises:
            InvalidPropertiesError: the properties make no Create request; the message names each problem.
        """
        old = cls._valid_or_none(request, request.old_properties) if request.type == "Update" else None
        if request.type == "Delete":
            return cls(request, cls._valid_or_none(request, request.properties))
        return cls(request, cls.validated(request, request.properties), old)

    @classmethod
    def _valid_or_none(cls, request: Request, properties: Mapping[str, Any]) -> W | None:
        """Valid properties. Others never made anything, although an older version's may have."""
        try:
            return cls.validated(request, properties)
        except InvalidPropertiesError:
            return None

    def goal(
        self,
        since: float,
        *,
        is_rolling_back: bool = False,
        is_stack_known: bool = True,
        identity: str = "",
        predecessor: str = "",
        operation_began: float | None = None,
    ) -> P | A | None:
        """What the request wants, or None if it is about no resource at all (rule 84).

        Args:
            since: When the request began, in seconds since the epoch.
            is_rolling_back: The stack undoes what it has just done, or may do so.
            is_stack_known: CloudFormation has said whether it does.
            identity: The id that was answered for the request; empty before that.
            predecessor: The result of `predecessor`.
            operation_began: When the stack's last update began; None before the first.
        """
        request = self.request
        if self.new is None or request.type == "Delete":
            return self._absent(since, is_rolling_back, operation_began)
        keeps_name = self.keeps_name
        kept = request.physical_id if keeps_name else ""
        present = self._present(self.new, since, identity or kept, predecessor, request.old_properties)
        old = self.old
        before = None if old is None else self._present(old, 0, kept, drops=request.properties)
        is_in_place = before is not None and before.arn == present.arn
        # In most cases, what a rollback wants already exists, and so does a resource to adopt.
        is_undone = is_rolling_back and request.type == "Update"
        was_known = is_undone or keeps_name or is_in_place
        return replace(
            present,
            starts_anew=not (is_rolling_back or was_known or present.adopts),
            restores=is_rolling_back,
            is_stack_known=is_stack_known,
            was_known=was_known,
            is_undone=is_undone,
            is_unchanged=before is not None and present.config_hash == before.config_hash,
            asked_at=since if request.sent_at is None else request.sent_at,
            before=before if is_in_place else None,
            settled_at=request.stale_until(since),
        )

    @property
    def keeps_name(self) -> bool:
        """Whether an Update keeps the resource with its generated name, whatever the logical id was before.

        The properties decide. The name that they lead to is another one after the logical id has changed.
        """
        new, old = self.new, self.old
        if new is None or old is None or new.is_named or old.is_named:
            return False
        return self.ARN.fullmatch(self.request.physical_id) is not None and old.config_hash == new.config_hash

    @property
    def old_arn(self) -> str:
        """ARN of the resource that the old properties of an Update made, or empty."""
        return self._present(self.old, 0).arn if self.old is not None else ""

    def abandoned(self, identity: str) -> str:
        """ARN of a replacement that was canceled before CloudFormation learned its id, or empty.

        The reverse Update of a canceled deploy has the old id, and the replacement's properties as the old
        ones. Only the provider can tell that these may have made something.
        """
        request = self.request
        is_known = self.old_arn in (request.physical_id, identity)
        return "" if request.type != "Update" or is_known or self.keeps_name else self.old_arn

    def predecessor(self, identity: str) -> str:
        """Name of the resource that the request replaces, if the old properties don't lead to it."""
        request = self.request
        is_replaced = request.type == "Update" and identity != request.physical_id
        is_known = self.ARN.fullmatch(request.physical_id) is not None
        is_elsewhere = is_replaced and is_known and request.physical_id != self.old_arn
        return request.physical_id.rpartition("/")[2] if is_elsewhere else ""

    def delete_of(self, physical_id: str) -> Self:
        """The Delete of the resource that the old properties made."""
        return replace(self, request=self.request.delete_of(physical_id), new=self.old, old=None)

    def essentials(self) -> Iterator[dict[str, object]]:
        """Shorter versions of the old properties for an event with too little room, the shortest last.

        The first also has the keys of the tags, so that dropped ones can be removed. Without the last, what a
        canceled update adopted would be deleted.
        """
        old = self.request.old_properties
        own: dict[str, object] = {
            name: "true" for name in sorted(self.FLAGS) if boolean(old.get(name)) is True
        }
        yield {**own, "tags": [{"tagKey": key} for key in tag_keys(old)]}
        yield own

    def _present(
        self,
        wanted: W,
        since: float,
        identity: str = "",
        predecessor: str = "",
        drops: Mapping[str, Any] = MappingProxyType({}),
    ) -> P:
        """The goal of one of the two sets of properties; `drops` is the other one, whose tags go."""
        owner = Owner(self.request.stack_id, self.request.logical_id)
        own_name = str(wanted.body["name"]) if wanted.is_named else owner.name(wanted.config_hash)
        name = own_name
        if not wanted.is_named and self.ARN.fullmatch(identity):
            name = identity.rpartition("/")[2]
        tags = {tag["tagKey"]: tag["tagValue"] for tag in wanted.body.get("tags", [])}
        tags |= {**owner.tags, CONFIG_HASH_TAG: wanted.config_hash}
        tags |= {REPLACES_TAG: predecessor} if predecessor else {}
        listed = [{"tagKey": key, "tagValue": value} for key, value in tags.items()]
        common = Present(
            arn=owner.arn(f"{self.NOUN}/{name}"),
            owner=owner,
            name_proves_owner=not wanted.is_named and name == own_name,
            since=since,
            request={**wanted.body, "name": name, "tags": listed},
            dropped_tags=frozenset(tag_keys(drops)) - tags.keys(),
            adopts=wanted.adopts,
        )
        return self.present(wanted, common)

    def _absent(self, since: float, is_rolling_back: bool, operation_began: float | None) -> A | None:
        """What a Delete wants.

        An id that isn't an ARN of the kind is never looked up: a marker of the framework, an id that
        CloudFormation made up, a version, another kind of resource, a name with a path in it. The properties
        lead to the name that the resource would have had, and only that is looked for (rule 84).
        """
        request = self.request
        made = None if self.new is None else self._present(self.new, since)
        is_known = self.ARN.fullmatch(request.physical_id) is not None
        if not is_known and made is None:
            return None
        arn = request.physical_id if is_known or made is None else made.arn
        common = Absent(
            arn=arn,
            owner=Owner(request.stack_id, request.logical_id),
            name_proves_owner=made is not None and made.name_proves_owner and made.arn == arn,
            since=since,
            quiet_seconds=SETTLES_SECONDS if is_known else GIVEN_UP_SECONDS,
            is_id_made_up=not is_known,
            keeps_adopted=boolean(request.properties.get(ADOPT)) is True,
            is_undone=is_rolling_back,
            operation_began=operation_began,
            leaves_older=request.physical_id == NOT_CREATED,
        )
        return self.absent(common)
