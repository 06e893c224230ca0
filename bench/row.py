"""A line of the table: what was measured, beside what, and whether it is as good as it should be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Row:
    """One figure.

    Attributes:
        name: What is measured.
        measured: The figure, in `unit`.
        runs: How often it was measured; of the two sides of a ratio, each.
        unit: What it is counted in; `times` for a ratio.
        most: What it must not exceed.
        least: What it must reach.
        values: What it is made of, by name; these depend on the machine.
    """

    name: str
    measured: float
    runs: int
    unit: str = "times"
    most: float | None = None
    least: float | None = None
    values: Mapping[str, float] = field(default_factory=dict)

    @property
    def target(self) -> str:
        """The target in words; empty if there is none."""
        if self.most is not None:
            return f"at most {self.most:g} {self.unit}"
        return f"at least {self.least:,g} {self.unit}" if self.least is not None else ""

    @property
    def missed(self) -> bool:
        """Whether there is a target that is not met."""
        high = self.most is not None and self.measured > self.most
        return high or (self.least is not None and self.measured < self.least)

    @property
    def verdict(self) -> str:
        """Whether the target is met; empty if there is none."""
        return ("missed" if self.missed else "met") if self.target else ""


def figure(value: float) -> str:
    """A figure as people read it."""
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.2f}"  # noqa: PLR2004
