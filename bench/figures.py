"""Figures: what was measured, against which target, and the JSON files that keep the last measurement."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

RESULTS = Path(__file__).with_name("results")
PARTS = ("start", "imports", "synthesis", "deploys", "costs", "simulator")
ON_REQUEST = ("scale", "checkout")  # each takes as long as all the others together


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


def write(part: str, measured: Sequence[Row]) -> None:
    """Keep what a part has measured."""
    machine = f"CPython {platform.python_version()}, {os.cpu_count()} cores"
    content = {"machine": machine, "rows": [asdict(row) for row in measured]}
    _file(part).write_text(json.dumps(content, indent=2) + "\n")


def kept() -> list[str]:
    """The parts that have been measured at least once."""
    return [part for part in (*PARTS, *ON_REQUEST) if _file(part).exists()]


def read(part: str) -> tuple[str, list[Row]]:
    """The machine of a part's last measurement, and its rows."""
    content = json.loads(_file(part).read_text())
    return content["machine"], [Row(**row) for row in content["rows"]]


def figure(value: float) -> str:
    """A figure as people read it."""
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.2f}"  # noqa: PLR2004


def _file(part: str) -> Path:
    return RESULTS / f"{part}.json"
