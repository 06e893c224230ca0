"""Figures and their targets, the JSON files of the last measurement, and docs/performance.md from them."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import groupby
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

How fast the project is. Each figure stands beside that of a peer, which is what you would write without the
project: a handler on boto3 alone, one on
[crhelper](https://github.com/aws-cloudformation/custom-resource-helper), bare `CustomResource`s on the
CDK's `Provider` with its defaults, and `CfnSolution`. The code of the peers is in `bench/peers/`.

`make bench` measures everything and writes this page; `make bench PARTS="start imports"` measures parts.
hyperfine measures the time and memory of processes, `python -X importtime` the imports, and `strace` the
system calls.

Both sides of a ratio run in turn on the same machine, A B A B, and the ratio is that of their medians. A
ratio below one means that the project is faster or smaller. Seconds depend on the machine. Ratios depend on
it less: with other work on the machine, some have moved by a tenth from one run to the next.
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
A fresh process with the function's imports and its first client, as in a cold start. `boto3` and `botocore`
have byte code, as in the Lambda runtime. Our function imports Powertools for its structured log, and
botocore without boto3; crhelper makes three more clients. The asset contains byte code for Python 3.14,
which Lambda runs; here the Python that measures compiles it, and one line shows the start without it. A
peer has no usable byte code: Python checks what `pip` leaves against the source's date, and the CDK's zip
removes that date.""",
    "imports": "The peer imports each name of the CDK that the constructs import, and nothing else.",
    "synthesis": """\
A process that imports the CDK, makes the app and writes the template, without the CDK's own validation of
templates. `Solution` checks every argument; `CustomResource` and `CfnSolution` check nothing.""",
    "deploys": """\
In virtual time: the provider, botocore and the code of the CDK's framework are real. Personalize is the
simulator, with the service's limit of one request a second for each operation. A call takes 0.04 to 0.4
seconds, and each function 0.3 seconds to start. So these figures are the same on every machine. A hundred
solutions need at least a hundred seconds to be created or deleted, because the service accepts one
`CreateSolution` or `DeleteSolution` a second. They need at least two hundred to be updated, for two
descriptions each.""",
    "scale": """\
The same for 450 solutions in a stack, and for a thousand stacks that begin in the same second. Measured
only on request: `make bench PARTS=scale`. [scale.md](scale.md) says what follows from it.""",
    "costs": """\
What a thousand creates of one solution cost, with the list prices of us-east-1 for Lambda and Step
Functions and without the free tier. The rows are first in virtual time, where each function takes 0.3
seconds to start, then on the local AWS, from the `REPORT` lines in the logs and the history of the state
machine. A shorter lag costs more invocations: hundredths of a cent a deploy.""",
    "simulator": "The whole local AWS on one core answers DescribeSolution over eight connections.",
    "checkout": """\
The first `make deploy` goes from a clone to a deployed stack, with all downloads and the local AWS. The
peer is `python -m venv` and `pip install aws-cdk-lib`. The first run has empty caches of pip, uv, npm and
jsii; the second has what the first left. Measured only on request, because it needs the network: `make
bench PARTS=checkout`.""",
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
    values = _values(rows)
    return "\n".join(
        [
            f"## {_TITLES[part]}\n",
            f"{_NOTES[part]}\n",
            table(["", "Target", "Measured", "", "Runs"], cells),
            *(["Details:\n", *values] if values else []),
            f"{machine}.\n",
        ]
    )


def _values(rows: list[Row]) -> list[str]:
    """What rows are made of: neighbors with the same names in one table, a single row as a column."""
    tables = []
    for names, group in groupby((row for row in rows if row.values), key=lambda row: tuple(row.values)):
        first, *more = group
        tables.append(
            table(["", *names], [[row.name, *map(figure, row.values.values())] for row in (first, *more)])
            if more
            else table([first.name, ""], [[name, figure(value)] for name, value in first.values.items()])
        )
    return tables


def table(head: Sequence[str], body: Sequence[Sequence[str]]) -> str:
    """A Markdown table with its figures on the right."""
    rule = ["---:" if _is_of_figures(column) else "---" for column in zip(*body, strict=True)]
    lines = [" | ".join(cells) for cells in (head, rule, *body)]
    return "".join(f"| {line} |\n" for line in lines)


def _is_of_figures(column: Sequence[str]) -> bool:
    return all(not cell or cell[0].isdigit() for cell in column)
