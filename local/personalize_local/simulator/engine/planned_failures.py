"""Creations that are told to fail."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase

RESOURCES = (
    "solution",
    "solution_version",
    "solution_update",
    "campaign",
    "campaign_update",
    "dataset_group",
    "dataset",
    "event_tracker",
    "filter",
)
"""What can be told to fail."""


@dataclass(frozen=True, slots=True)
class Failure:
    """The next creation of a kind and name ends in CREATE FAILED.

    Attributes:
        resource: One of `RESOURCES`.
        name: A shell pattern for the resource's name; for versions and updates, their solution's or
            campaign's.
        reason: The failure reason. Solutions (rule 47) and event trackers have no such member, so theirs
            shows in the simulator's state only.
    """

    resource: str
    name: str
    reason: str

    def __post_init__(self) -> None:
        if self.resource not in RESOURCES:
            msg = f"unknown resource {self.resource!r}: expected one of {', '.join(RESOURCES)}"
            raise ValueError(msg)


class Outcomes:
    """The failures still to come, first in, first out."""

    def __init__(self) -> None:
        self.pending: list[Failure] = []

    def failure(self, resource: str, name: str) -> str | None:
        """Use up the first failure meant for this creation and return its reason."""
        for failure in self.pending:
            if failure.resource == resource and fnmatchcase(name, failure.name):
                self.pending.remove(failure)
                return failure.reason
        return None
