"""The kinds of resources that a run creates, in the order in which they can be deleted (rule 80)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of resource.

    Attributes:
        noun: The API's name, as in `CreateSolution`.
        listed_as: The member of the answer of List. Default: the plural of the noun.
    """

    noun: str
    listed_as: str = ""

    @property
    def member(self) -> str:
        """The noun as a member, `solution`."""
        return self.noun[0].lower() + self.noun[1:]

    @property
    def arn_member(self) -> str:
        """The member with the ARN, `solutionArn`."""
        return f"{self.member}Arn"

    @property
    def list_member(self) -> str:
        """The member of the answer of List."""
        return self.listed_as or f"{self.member}s"


KINDS = {
    kind.noun: kind
    for kind in (
        # No question creates a campaign. If the service accepts what it should refuse, it is deleted first.
        Kind("Campaign"),
        Kind("Solution"),
        Kind("EventTracker"),
        Kind("Filter", "Filters"),
        Kind("Dataset"),
        Kind("DatasetGroup"),
        Kind("Schema"),
    )
}
