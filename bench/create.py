"""What a create of one solution takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from statistics import mean

from prices import dollars


@dataclass(frozen=True)
class Create:
    """One create, or the mean of some.

    Attributes:
        lag: Seconds from ACTIVE to the answer.
        calls: To Personalize.
        invocations: Of Lambda functions.
        gigabyte_seconds: Of Lambda functions.
        transitions: Of Step Functions.
    """

    lag: float
    calls: float
    invocations: float
    gigabyte_seconds: float
    transitions: float

    @classmethod
    def mean_of(cls, creates: Sequence[Create]) -> Create:
        """Their mean."""
        return cls(*(mean(column) for column in zip(*map(astuple, creates), strict=True)))

    @property
    def dollars(self) -> float:
        """What a thousand of them cost."""
        return 1000 * dollars(
            gigabyte_seconds=self.gigabyte_seconds,
            invocations=self.invocations,
            transitions=self.transitions,
        )

    def values(self) -> Mapping[str, float]:
        """All of it by name, as a table shows it."""
        return {
            "lag, s": self.lag,
            "calls": self.calls,
            "invocations": self.invocations,
            "GB-s": self.gigabyte_seconds,
            "transitions": self.transitions,
        }
