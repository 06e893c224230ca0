"""Statuses that the service tells in place of the true ones."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

RESOURCES = ("solution", "solution_update", "solution_version")
"""What can have its status told otherwise."""

# The members of answers that have a status, and whose it is.
_RESOURCE_OF = {
    "solution": "solution",
    "solutions": "solution",
    "latestSolutionUpdate": "solution_update",
    "latestSolutionVersion": "solution_version",
    "solutionVersion": "solution_version",
    "solutionVersions": "solution_version",
}


@dataclass(frozen=True, slots=True)
class StatusOverride:
    """A word that Describe and List operations tell in place of a true status.

    Only the word differs: the service acts on the true status, and its state shows that. For a solution
    that does stay in CREATE PENDING, set a long `Durations.solution_create`.

    Attributes:
        resource: One of `RESOURCES`.
        name: A shell pattern for the solution's name, for its versions and updates too.
        status: The word, any at all, for example `MIGRATING` or `CREATE_IN_PROGRESS`.
        instead_of: A shell pattern for the true statuses that are replaced. Default: - all of them.
    """

    resource: str
    name: str
    status: str
    instead_of: str = "*"

    def __post_init__(self) -> None:
        if self.resource not in RESOURCES:
            msg = f"unknown resource {self.resource!r}: expected one of {', '.join(RESOURCES)}"
            raise ValueError(msg)

    def matches(self, resource: str, name: str, status: str) -> bool:
        """Whether it replaces the true `status` of a resource of the solution `name`."""
        return (
            resource == self.resource
            and fnmatchcase(name, self.name)
            and fnmatchcase(status, self.instead_of)
        )


class StatusOverrides:
    """The overrides in force. Where several match, the latest counts."""

    def __init__(self) -> None:
        self.active: list[StatusOverride] = []

    def told(self, answer: dict[str, object]) -> dict[str, object]:
        """An operation's answer, with the overrides in place of true statuses."""
        if not self.active:
            return answer
        return {member: self._told(member, value, "") for member, value in answer.items()}

    def _told(self, member: str, value: Any, name: str) -> Any:
        if member not in _RESOURCE_OF:
            return value
        if isinstance(value, list):
            return [self._told(member, item, name) for item in value]
        # An update has no ARN: it is described in its solution.
        arn = value.get("solutionArn") or value.get("solutionVersionArn")
        name = arn.split("/")[1] if arn else name
        inner = {key: self._told(key, item, name) for key, item in value.items()}
        return inner | {"status": self._status(_RESOURCE_OF[member], name, value["status"])}

    def _status(self, resource: str, name: str, status: str) -> str:
        matching = (o.status for o in reversed(self.active) if o.matches(resource, name, status))
        return next(matching, status)
