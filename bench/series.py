"""Figures in a row, for a plot: one for each of many values of something else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Series:
    """A line of a plot.

    Attributes:
        name: What is measured.
        unit: What it is counted in: that of each point's second number.
        points: What it depends on, and the figure.
    """

    name: str
    unit: str
    points: Sequence[tuple[float, float]]
