"""Creations that are planned to fail."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase

from personalize_local.simulator.kinds import KINDS


def resources() -> tuple[str, ...]:
    """Return the names of what can fail."""
    return tuple(name for kind in KINDS.values() for name in kind.failures)


@dataclass(frozen=True, slots=True)
class Failure:
    """Makes the next creation of a resource end in CREATE FAILED.

    Attributes:
        resource: One of `resources()`, for example `solution_version`.
        name: A shell pattern for the name of the resource. For versions and updates: the name of their
            solution or campaign.
        reason: The failure reason. Descriptions of solutions (rule 47) and event trackers have no such
            member: their reasons are only in the simulator's state.
    """

    resource: str
    name: str
    reason: str

    def __post_init__(self) -> None:
        if self.resource not in resources():
            msg = f"unknown resource {self.resource!r}: expected one of {', '.join(resources())}"
            raise ValueError(msg)


class Outcomes:
    """The planned failures, first in, first out."""

    def __init__(self) -> None:
        self.pending: list[Failure] = []

    def failure(self, resource: str, name: str) -> str | None:
        """Use the first failure planned for this creation and return its reason."""
        for failure in self.pending:
            if failure.resource == resource and fnmatchcase(name, failure.name):
                self.pending.remove(failure)
                return failure.reason
        return None
