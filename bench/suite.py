"""How long the tests take, all of them and the unit part. Only on request: `make bench PARTS=suite`."""

from __future__ import annotations

import subprocess
from pathlib import Path
from time import perf_counter

from bench.row import Row

_ROOT = Path(__file__).resolve().parents[1]


def rows() -> list[Row]:
    """Measure."""
    return [
        Row("all tests, on all cores", _seconds("test") / 60, 1, "minutes", most=10),
        Row("the unit part of the tests", _seconds("unit"), 1, "s", most=30),
    ]


def _seconds(target: str) -> float:
    """What a target of the Makefile takes; an error ends the measurement."""
    began = perf_counter()
    subprocess.run(["make", target], cwd=_ROOT, check=True)  # noqa: S607
    return perf_counter() - began
