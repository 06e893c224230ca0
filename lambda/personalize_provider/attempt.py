"""What a request carries from its first event to all later ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from personalize_provider.stack import StackState


@dataclass(frozen=True)
class Attempt:
    """One attempt to meet one request.

    Attributes:
        started_at: When its first event came, seconds since the epoch.
        deadline: When to fail if it is not met, seconds since the epoch. Ours always comes before
            those of the provider framework and of CloudFormation, which can't say what went wrong.
        stack: What the stack was doing then.
        abandoned: Physical id of what an update before this one may have begun and CloudFormation never
            heard of; empty when there is no such thing.
    """

    started_at: float
    deadline: float
    stack: StackState
    abandoned: str = ""

    def to_event(self) -> dict[str, Any]:
        """As it travels in the provider framework's event."""
        return {
            "StartedAt": self.started_at,
            "Deadline": self.deadline,
            "Stack": self.stack.to_event(),
            "Abandoned": self.abandoned,
        }

    @classmethod
    def from_event(cls, value: Mapping[str, Any]) -> Attempt:
        """Read what `to_event` wrote."""
        return cls(value["StartedAt"], value["Deadline"], StackState(**value["Stack"]), value["Abandoned"])
