"""What a request carries from its first event to all later ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from personalize_provider.engine.request import malformed
from personalize_provider.engine.stack import StackState

ATTEMPT = "Attempt"
"""The member of a later event that holds what the first one noted."""

_END_OF_TIME = 1e11  # seconds since the epoch; NaN and infinity are beyond it


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
        predecessor: Name of what the request replaces, where the properties before don't lead to it.
    """

    started_at: float
    deadline: float
    stack: StackState
    abandoned: str = ""
    predecessor: str = ""

    def to_event(self) -> dict[str, Any]:
        """As it travels in the provider framework's event."""
        return {
            "StartedAt": self.started_at,
            "Deadline": self.deadline,
            "Stack": self.stack.to_event(),
            "Abandoned": self.abandoned,
            "Predecessor": self.predecessor,
        }

    @classmethod
    def from_event(cls, event: Mapping[str, Any]) -> Attempt:
        """What a later event carries of the first one. It comes back from outside, so it is checked.

        Raises:
            LifecycleError: it is not what `to_event` gave.
        """
        try:
            value = event[ATTEMPT]
            attempt = cls(
                value["StartedAt"],
                value["Deadline"],
                StackState(**value["Stack"]),
                value["Abandoned"],
                value.get("Predecessor", ""),  # what an older version of this code noted has none
            )
        except (AttributeError, KeyError, TypeError):
            raise malformed(
                event, [f"{ATTEMPT} is missing, or not what the first event was answered with"]
            ) from None
        times = (attempt.started_at, attempt.deadline)
        texts = (attempt.stack.status, attempt.stack.last_updated, attempt.abandoned, attempt.predecessor)
        if not all(isinstance(time, int | float) and 0 <= time < _END_OF_TIME for time in times):
            raise malformed(event, [f"{ATTEMPT} holds a time that is none"])
        if not all(isinstance(text, str) for text in texts):
            raise malformed(event, [f"{ATTEMPT} holds a text that is none"])
        return attempt
