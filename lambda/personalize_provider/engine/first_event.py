"""What the first event of a request passes on to later events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from personalize_provider.engine.request import malformed
from personalize_provider.engine.stack import StackState

ATTEMPT = "Attempt"
"""The member of later events that holds this value."""

_END_OF_TIME = 1e11  # seconds since the epoch; NaN and infinity are beyond it


@dataclass(frozen=True)
class Attempt:
    """One attempt to meet one request.

    Attributes:
        started_at: When the first event came, in seconds since the epoch.
        deadline: When the request fails if it isn't met, in seconds since the epoch. It always comes before
            the deadlines of the provider framework and CloudFormation, which can't say what went wrong.
        stack: What the stack was doing when the first event came.
        abandoned: Physical id of what a canceled update may have begun without CloudFormation's knowledge;
            empty if there is none.
        predecessor: Name of what the request replaces, if the old properties don't lead to it.
    """

    started_at: float
    deadline: float
    stack: StackState
    abandoned: str = ""
    predecessor: str = ""

    def to_event(self) -> dict[str, Any]:
        """The value in the provider framework's event."""
        return {
            "StartedAt": self.started_at,
            "Deadline": self.deadline,
            "Stack": self.stack.to_event(),
            "Abandoned": self.abandoned,
            "Predecessor": self.predecessor,
        }

    @classmethod
    def from_event(cls, event: Mapping[str, Any]) -> Attempt:
        """Read it from a later event. It comes back from outside, so it is validated.

        Raises:
            LifecycleError: it is not what `to_event` returned.
        """
        try:
            value = event[ATTEMPT]
            attempt = cls(
                value["StartedAt"],
                value["Deadline"],
                StackState(**value["Stack"]),
                value["Abandoned"],
                value.get("Predecessor", ""),  # older versions of this code don't write it
            )
        except (AttributeError, KeyError, TypeError):
            raise malformed(event, [f"{ATTEMPT} is missing, or not what the first event returned"]) from None
        times = (attempt.started_at, attempt.deadline)
        texts = (attempt.stack.status, attempt.stack.last_updated, attempt.abandoned, attempt.predecessor)
        if not all(isinstance(time, int | float) and 0 <= time < _END_OF_TIME for time in times):
            raise malformed(event, [f"{ATTEMPT} has a time that is not valid"])
        if not all(isinstance(text, str) for text in texts):
            raise malformed(event, [f"{ATTEMPT} has a value that must be a string"])
        return attempt
