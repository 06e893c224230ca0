"""Statuses that the service reports instead of the true ones."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from personalize_local.simulator.kinds import KINDS


def resources() -> tuple[str, ...]:
    """Return the names of what can have its status replaced."""
    return tuple(dict.fromkeys(name for kind in KINDS.values() for name in kind.statuses.values()))


@dataclass(frozen=True, slots=True)
class StatusOverride:
    """A status that Describe and List operations report instead of the true one.

    Only the reported text differs: the service acts on the true status, and its state shows the true status.
    If a solution has to stay in CREATE PENDING, set a long `Durations.solution_create`.

    Attributes:
        resource: `solution`, `solution_update` or `solution_version`.
        name: A shell pattern for the name of the solution, for its versions and updates too.
        status: The reported status, any text, for example `MIGRATING` or `CREATE_IN_PROGRESS`.
        instead_of: A shell pattern for the true statuses to replace. Default: - all of them.
    """

    resource: str
    name: str
    status: str
    instead_of: str = "*"

    def __post_init__(self) -> None:
        if self.resource not in resources():
            msg = f"unknown resource {self.resource!r}: expected one of {', '.join(resources())}"
            raise ValueError(msg)

    def matches(self, resource: str, name: str, status: str) -> bool:
        """Whether it replaces the true `status` of a resource with this name."""
        return (
            resource == self.resource
            and fnmatchcase(name, self.name)
            and fnmatchcase(status, self.instead_of)
        )


class StatusOverrides:
    """The overrides in force. If several match, the latest wins."""

    def __init__(self) -> None:
        self.active: list[StatusOverride] = []

    def applied(self, answer: dict[str, object]) -> dict[str, object]:
        """Return the answer of an operation with the overrides in place of true statuses."""
        if not self.active:
            return answer
        members = {
            member: (resource, kind.arn_member)
            for kind in KINDS.values()
            for member, resource in kind.statuses.items()
        }
        return {member: self._applied(members, member, value, "") for member, value in answer.items()}

    def _applied(self, members: dict[str, tuple[str, str]], member: str, value: Any, name: str) -> Any:
        if member not in members:
            return value
        if isinstance(value, list):
            return [self._applied(members, member, item, name) for item in value]
        resource, arn_member = members[member]
        # An update has no ARN: it is described in its resource.
        arn = value.get(arn_member)
        name = arn.split("/")[1] if arn else name
        inner = {key: self._applied(members, key, item, name) for key, item in value.items()}
        return inner | {"status": self._status(resource, name, value["status"])}

    def _status(self, resource: str, name: str, status: str) -> str:
        matching = (o.status for o in reversed(self.active) if o.matches(resource, name, status))
        return next(matching, status)
