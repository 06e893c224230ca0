"""Where the time of imports goes, package by package, as `python -X importtime` tells it."""

from __future__ import annotations

import re
from dataclasses import replace
from statistics import median

from bench.processes import Command, said
from bench.row import Row

_LINE = re.compile(r"^import time: +(\d+) \| +\d+ \| +(\w+)", re.MULTILINE)
_RUNS = 5
_SHOWN = 10


def dearest(name: str, python: Command) -> Row:
    """All imports of a Python command, in milliseconds, and what the ten dearest packages have of it.

    It is less without the telling, which takes time too.
    """
    program, *arguments = python.arguments
    told = replace(python, arguments=[program, "-X", "importtime", *arguments])
    runs = [by_package(said(told)) for _ in range(_RUNS)]
    packages = {package: median(run.get(package, 0) for run in runs) for package in runs[0]}
    shown = sorted(packages, key=lambda package: (-packages[package], package))[:_SHOWN]
    return Row(
        name,
        median(sum(run.values()) for run in runs),
        _RUNS,
        "ms",
        values={f"`{package}`, ms": packages[package] for package in shown},
    )


def by_package(told: str) -> dict[str, float]:
    """Milliseconds that each package's own modules take, from what Python tells on standard error."""
    taken: dict[str, float] = {}
    for microseconds, package in _LINE.findall(told):
        taken[package] = taken.get(package, 0) + int(microseconds) / 1000
    return taken
