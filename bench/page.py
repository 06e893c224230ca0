"""Figures and their targets, the JSON files of the last measurement, and docs/performance.md from them."""

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


PAGE = Path(__file__).resolve().parents[1] / "docs" / "performance.md"

_HEAD = """\
# Performance

How fast the project is, next to what you would write without it: a handler on boto3 alone, a handler on
[crhelper](https://github.com/aws-cloudformation/custom-resource-helper), `CustomResource`s on the CDK's
`Provider` with its defaults, and `CfnSolution`. The peers are in `bench/peers/`.

`make bench` measures everything and writes this page; `make bench PARTS="start imports"` measures parts.
`bench/results/` has the values behind each figure. hyperfine measures the time and memory of processes,
`python -X importtime` the imports, and `strace` the system calls.

The two sides of a ratio run alternately on the same machine, and the ratio is that of their medians. Below
one, the project is faster or smaller. Other work on the machine has changed some ratios by a tenth.
"""

_TITLES = {
    "start": "The function",
    "imports": "Imports",
    "synthesis": "Synthesis",
    "deploys": "Deploys",
    "costs": "The price of a deploy",
    "simulator": "The simulator",
    "scale": "More than a hundred solutions",
    "checkout": "A checkout",
}

_NOTES = {
    "start": """\
A new process with the function's imports and its first client, as in a cold start. `boto3` and `botocore`
have byte code, as in the Lambda runtime. The asset has byte code for Lambda's Python 3.14; here the measuring
Python compiles it, and one row is without it. A peer has none, because the CDK's zip removes the dates that
`pip`'s byte code is checked against.""",
    "imports": "The peer imports the names of the CDK that the constructs import, and nothing else.",
    "synthesis": """\
A process that imports the CDK, makes the app and writes the template, without the CDK's own validation.
`Solution` checks every argument; `CustomResource` and `CfnSolution` check nothing.""",
    "deploys": """\
In virtual time, so the figures are the same on every machine. The provider, botocore and the CDK's framework
are real; Personalize is the simulator, with one request per second for each operation. A call takes 0.04 to
0.4 seconds, and a function 0.3 seconds to start. The minimum is one second per solution; two for an
update.""",
    "scale": """\
450 solutions in a stack, and a thousand stacks that start in the same second: `make bench PARTS=scale`.
[scale.md](scale.md) has the conclusions.""",
    "costs": """\
A thousand creates of one solution at the list prices of us-east-1 for Lambda and Step Functions, without the
free tier: first in virtual time, then on the local AWS, from the `REPORT` lines and the history of the state
machine.""",
    "simulator": """\
The local AWS on one core answers DescribeSolution: first over eight connections, then over one while it
imports, trains and measures. The peer is its HTTP server,
[hypercorn](https://hypercorn.readthedocs.io), with a handler that always returns the same JSON. Each run has
a longest answer; the figure is their median.""",
    "checkout": """\
How long the tests take, and the first `make deploy` from a clone, with all downloads. Measured only by `make
bench PARTS=checkout`. The peer of the deploy is `python -m venv` and `pip install aws-cdk-lib`. The first run
has empty caches of pip, uv, npm and jsii; the second has filled ones.""",
}


def text() -> str:
    """The page."""
    sections = [_section(part, *read(part)) for part in kept()]
    return "\n".join([_HEAD, f"{verdict()}\n", *sections])


def verdict() -> str:
    """How many targets are met, and which ones are missed."""
    aimed = [row for part in kept() for row in read(part)[1] if row.target]
    missed = [row.name for row in aimed if row.missed]
    met = f"{len(aimed) - len(missed)} of {len(aimed)} targets are met"
    return f"{met}; missed: {'; '.join(missed)}." if missed else f"{met}."


def _section(part: str, machine: str, rows: list[Row]) -> str:
    cells = [
        [row.name, row.target, f"{figure(row.measured)} {row.unit}", row.verdict, str(row.runs)]
        for row in rows
    ]
    return "\n".join(
        [
            f"## {_TITLES[part]}\n",
            f"{_NOTES[part]}\n",
            table(["", "Target", "Measured", "", "Runs"], cells),
            f"{machine}.\n",
        ]
    )


def table(head: Sequence[str], body: Sequence[Sequence[str]]) -> str:
    """A Markdown table with its figures on the right."""
    rule = ["---:" if _is_of_figures(column) else "---" for column in zip(*body, strict=True)]
    lines = [" | ".join(cells) for cells in (head, rule, *body)]
    return "".join(f"| {line} |\n" for line in lines)


def _is_of_figures(column: Sequence[str]) -> bool:
    return all(not cell or cell[0].isdigit() for cell in column)
