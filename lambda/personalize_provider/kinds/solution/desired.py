"""What a request wants of a solution. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Self

from personalize_provider.aws.errors import InvalidPropertiesError
from personalize_provider.aws.restore_types import boolean, restore
from personalize_provider.aws.sdk import input_shape
from personalize_provider.engine.goal import GIVEN_UP_SECONDS, SETTLES_SECONDS, Absent, Present
from personalize_provider.engine.identity import CONFIG_HASH_TAG, REPLACES_TAG, Owner, arns_of
from personalize_provider.engine.kind import Desired
from personalize_provider.engine.request import NOT_CREATED, Request
from personalize_provider.kinds.solution import rules
from personalize_provider.kinds.solution.config import immutable_hash

SOLUTION_ARN = arns_of("solution")
"""Matches the ARN of a solution in full."""

WAIT_FOR_TRAINING = "waitForTrainingOnDelete"
ADOPT = "adoptExisting"
_OWN_PROPERTIES = frozenset({WAIT_FOR_TRAINING, ADOPT})

_UNNAMED = "unnamed"  # stands in for a generated name, which depends on the rest of the request


@dataclass(frozen=True)
class Wanted:
    """Properties that were read and validated.

    Attributes:
        body: The CreateSolution request.
        config_hash: Hash of everything that can't be changed.
        is_named: The name is explicit. A generated name is not in `body` yet.
        adopts: An existing solution of that name may be adopted.
    """

    body: Mapping[str, Any]
    config_hash: str
    is_named: bool
    adopts: bool


@dataclass(frozen=True)
class AbsentSolution(Absent):
    """No solution may have that ARN.

    Attributes:
        wait_for_training: Versions in training may finish, rather than being stopped.
        takes_precautions: Automatic training and trainings are ended before the solution is deleted.
    """

    wait_for_training: bool = False
    takes_precautions: bool = True

    def of_canceled_update(self) -> Self:
        """The same for what a canceled update may have begun: nothing needs its trainings.

        It is deleted at once, because a precaution could take the last look before the deadline. If the
        service refuses the delete, the precautions follow.
        """
        return replace(super().of_canceled_update(), wait_for_training=False, takes_precautions=False)


@dataclass(frozen=True)
class DesiredSolution(Desired):
    """What a request wants of a solution.

    Attributes:
        new: The properties; None in a Delete if they never made anything.
        old: The old properties of an Update; None if they never made anything.
    """

    new: Wanted | None = None
    old: Wanted | None = None

    @classmethod
    def read(cls, request: Request) -> Self:
        """Read and validate the properties of a request.

        A Delete whose properties are not valid doesn't fail: a failure would only keep the whole stack.

        Raises:
            InvalidPropertiesError: the properties make no CreateSolution request; the message names each
                problem.
        """
        old = _valid_or_none(request, request.old_properties) if request.type == "Update" else None
        if request.type == "Delete":
            return cls(request, _valid_or_none(request, request.properties))
        return cls(request, validated(request, request.properties), old)

    def goal(
        self,
        since: float,
        *,
        is_rolling_back: bool = False,
        identity: str = "",
        predecessor: str = "",
        operation_began: float | None = None,
    ) -> Present | AbsentSolution | None:
        """What the request wants, or None if it is about no solution at all (rule 84).

        Args:
            since: When the request began, in seconds since the epoch.
            is_rolling_back: The stack undoes what it has just done.
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
        # In most cases, what a rollback wants already exists, and so does a solution to adopt.
        is_undone = is_rolling_back and request.type == "Update"
        was_known = is_undone or keeps_name or is_in_place
        return replace(
            present,
            starts_anew=not (is_rolling_back or was_known or present.adopts),
            restores=is_rolling_back,
            was_known=was_known,
            is_undone=is_undone,
            is_unchanged=before is not None and present.config_hash == before.config_hash,
            asked_at=since if request.sent_at is None else request.sent_at,
            before=before if is_in_place else None,
            settled_at=request.stale_until(since),
        )

    @property
    def keeps_name(self) -> bool:
        """Whether an Update keeps the solution with its generated name, whatever the logical id was before.

        The properties decide. The name that they lead to is another one after the logical id has changed.
        """
        new, old = self.new, self.old
        if new is None or old is None or new.is_named or old.is_named:
            return False
        return (
            SOLUTION_ARN.fullmatch(self.request.physical_id) is not None
            and old.config_hash == new.config_hash
        )

    @property
    def old_arn(self) -> str:
        """ARN of the solution that the old properties of an Update made, or empty."""
        return self._present(self.old, 0).arn if self.old is not None else ""

    def abandoned(self, identity: str) -> str:
        """ARN of a replacement that was canceled before CloudFormation learned its id, or empty.

        The reverse Update of a canceled deploy has the old id, and the replacement's properties as the old
        ones. Only the provider can tell that these may have made something.
        """
        request = self.request
        if request.type != "Update" or identity != request.physical_id:
            return ""
        return "" if self.old_arn == request.physical_id or self.keeps_name else self.old_arn

    def predecessor(self, identity: str) -> str:
        """Name of the solution that the request replaces, if the old properties don't lead to it."""
        request = self.request
        is_replaced = request.type == "Update" and identity != request.physical_id
        is_known = SOLUTION_ARN.fullmatch(request.physical_id) is not None
        is_elsewhere = is_replaced and is_known and request.physical_id != self.old_arn
        return request.physical_id.rpartition("/")[2] if is_elsewhere else ""

    def delete_of(self, physical_id: str) -> Self:
        """The Delete of the solution that the old properties made."""
        return replace(self, request=self.request.delete_of(physical_id), new=self.old, old=None)

    def essentials(self) -> Iterator[dict[str, object]]:
        """Shorter versions of the old properties for an event with too little room, the shortest last.

        The first also has the keys of the tags, so that dropped ones can be removed. Without the last, what a
        canceled update adopted would be deleted.
        """
        old = self.request.old_properties
        own: dict[str, object] = {
            name: "true" for name in sorted(_OWN_PROPERTIES) if boolean(old.get(name)) is True
        }
        yield {**own, "tags": [{"tagKey": key} for key in rules.tag_keys(old)]}
        yield own

    def _present(
        self,
        wanted: Wanted,
        since: float,
        identity: str = "",
        predecessor: str = "",
        drops: Mapping[str, Any] = MappingProxyType({}),
    ) -> Present:
        """The goal of one of the two sets of properties; `drops` is the other one, whose tags go."""
        owner = Owner(self.request.stack_id, self.request.logical_id)
        own_name = str(wanted.body["name"]) if wanted.is_named else owner.name(wanted.config_hash)
        name = own_name
        if not wanted.is_named and SOLUTION_ARN.fullmatch(identity):
            name = identity.rpartition("/")[2]
        tags = {tag["tagKey"]: tag["tagValue"] for tag in wanted.body.get("tags", [])}
        tags |= {**owner.tags, CONFIG_HASH_TAG: wanted.config_hash}
        tags |= {REPLACES_TAG: predecessor} if predecessor else {}
        listed = [{"tagKey": key, "tagValue": value} for key, value in tags.items()]
        return Present(
            arn=owner.arn(f"solution/{name}"),
            owner=owner,
            name_proves_owner=not wanted.is_named and name == own_name,
            since=since,
            request={**wanted.body, "name": name, "tags": listed},
            dropped_tags=frozenset(rules.tag_keys(drops)) - tags.keys(),
            adopts=wanted.adopts,
        )

    def _absent(
        self, since: float, is_rolling_back: bool, operation_began: float | None
    ) -> AbsentSolution | None:
        """What a Delete wants.

        An id that isn't a solution's ARN is never looked up: a marker of the framework, an id that
        CloudFormation made up, a version, a campaign, a name with a path in it. The properties lead to the
        name that the solution would have had, and only that is looked for (rule 84).
        """
        request = self.request
        made = None if self.new is None else self._present(self.new, since)
        is_known = SOLUTION_ARN.fullmatch(request.physical_id) is not None
        if not is_known and made is None:
            return None
        arn = request.physical_id if is_known or made is None else made.arn
        return AbsentSolution(
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
            wait_for_training=boolean(request.properties.get(WAIT_FOR_TRAINING)) is True,
        )


def _valid_or_none(request: Request, properties: Mapping[str, Any]) -> Wanted | None:
    """Valid properties. Others never made anything, although an older version's may have."""
    try:
        return validated(request, properties)
    except InvalidPropertiesError:
        return None


def validated(request: Request, properties: Mapping[str, Any]) -> Wanted:
    """Restore the types of a request's properties, and validate them.

    Raises:
        InvalidPropertiesError: they make no CreateSolution request; the message names each problem.
    """
    members = {key: value for key, value in properties.items() if key not in _OWN_PROPERTIES}
    # Off by default, and always sent: the service's default is on, and costs money (rule 33).
    members = {"name": _UNNAMED, "performAutoTraining": "false", **members}
    body, problems = restore(members, input_shape("CreateSolution"))
    problems += rules.broken_by_name_and_tags(body)
    problems += _broken_by_own_properties(properties)
    problems = problems or list(rules.broken(body))  # these rules need values of the right types
    if problems:
        raise InvalidPropertiesError(f"resource {request.logical_id}", problems)
    adopts = boolean(properties.get(ADOPT)) is True
    return Wanted(body, immutable_hash(body), "name" in properties, adopts)


def _broken_by_own_properties(properties: Mapping[str, Any]) -> Iterator[str]:
    for name in sorted(_OWN_PROPERTIES):
        if boolean(properties.get(name, "false")) is None:
            yield f"Invalid type for parameter {name}, valid values: true, false"
    if boolean(properties.get(ADOPT)) and "name" not in properties:
        yield f"Missing parameter name: {ADOPT} needs the name of the solution"
