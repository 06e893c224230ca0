"""The targets at a glance: what was to be reached, what is, and what it was before the work on it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bench.row import Row, figure

# Of each row that has a target: a short name, and the figure when it was first measured.
KNOWN: dict[str, tuple[str, float | None]] = {
    "cold start, against a bare boto3 handler": ("cold start, against boto3", 1.24),
    "cold start, against a crhelper handler": ("cold start, against crhelper", 0.97),
    "peak memory, against a bare boto3 handler": ("peak memory, against boto3", 1.04),
    "asset, zipped": ("asset, zipped", 0.25),
    "import of `Solution` and `Recipe`, against the imports of the CDK in it": (
        "import, against the CDK's",
        1.09,
    ),
    "synthesis of 450 `Solution`s, against `CustomResource`s on one provider": (
        "synthesis of 450, against `CustomResource`",
        1.40,
    ),
    "synthesis of 1 `Solution`, against `CustomResource` on one provider": (
        "synthesis of 1, against `CustomResource`",
        1.22,
    ),
    "lag from ACTIVE to the answer, ready after 1 to 30 s, median": ("lag of a deploy, median", 1.67),
    "the same, against a provider with the defaults": (
        "lag of a deploy, against the default provider's",
        0.53,
    ),
    "calls to Personalize for one create, ready at once": ("calls for one create", 2),
    "create 100 solutions at 1 request/s, time against the least": (
        "100 solutions created, against the least time",
        1.26,
    ),
    "update 100 solutions at 1 request/s, time against the least": (
        "100 solutions updated, against the least time",
        None,
    ),
    "delete 100 solutions at 1 request/s, time against the least": (
        "100 solutions deleted, against the least time",
        1.27,
    ),
    "requests that failed, of 100 solutions each time": ("requests that failed among these", 0),
    "simulator over HTTP on one core": ("the simulator on one core", 1003),
    "all tests, on all cores": ("all tests", 7.13),
    "the unit part of the tests": ("unit tests", None),
}


@dataclass(frozen=True)
class Line:
    """A target, what was measured of it, and what it was before."""

    name: str
    row: Row
    before: float | None


def lines(rows: Iterable[Row]) -> list[Line]:
    """Those of the rows that have a target."""
    aimed = [row for row in rows if row.target]
    return [
        Line(name, row, before) for row in aimed for name, before in [KNOWN.get(row.name, (row.name, None))]
    ]


def verdict(found: list[Line]) -> str:
    """How many targets are met, and which are not."""
    missed = [line.name for line in found if line.row.missed]
    met = f"{len(found) - len(missed)} of {len(found)} targets are met"
    return f"{met}; missed: {'; '.join(missed)}." if missed else f"{met}."


def text(found: list[Line]) -> str:
    """The table for a terminal."""
    width = max(len(line.name) for line in found)
    shown = [
        f"{line.name:{width}}  {line.row.target:>25}  {before(line):>7}  {figure(line.row.measured):>7}  "
        f"{line.row.verdict}"
        for line in found
    ]
    head = f"{'':{width}}  {'target':>25}  {'before':>7}  {'now':>7}"
    return "\n".join(["", head, *shown, "", verdict(found)])


def before(line: Line) -> str:
    """The figure before; empty if there is none."""
    return "" if line.before is None else figure(line.before)
