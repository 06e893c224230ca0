"""docs/performance.md and its plots: the figures that were measured last."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import groupby
from pathlib import Path

from bench.markdown import picture, table
from bench.plots import plots
from bench.record import kept, read, read_series
from bench.row import Row, figure
from bench.summary import before, lines, verdict

PAGE = Path(__file__).resolve().parents[1] / "docs" / "performance.md"
FOLDER = PAGE.with_suffix("")

_HEAD = """\
# Performance

How fast the project is, each figure beside that of what one would write without it: a handler on boto3
alone, one on [crhelper](https://github.com/aws-cloudformation/custom-resource-helper), bare
`CustomResource`s on the CDK's `Provider` with its defaults, and `CfnSolution`. Their code is in
`bench/peers/`.

`make bench` measures all of it and writes this page; `make bench PARTS="start imports"` measures parts.
Seconds and memory of processes are hyperfine's, imports are told by `python -X importtime`, calls to the
system by `strace`, and the plots are drawn by matplotlib.

Both sides of a ratio are run in turn on the same machine, A B A B, and the ratio is that of their medians.
A ratio below one means that ours is quicker or smaller. Seconds depend on the machine, ratios less:
with other work on it, some have moved by a tenth from one run to the next.
"""

_SUMMARY = """\
## The targets

"Before" is what was measured before the work on speed began, against the same peers.
"""

_TITLES = {
    "start": "Start of the function",
    "asset": "The asset",
    "imports": "Imports",
    "synthesis": "Synthesis",
    "deploys": "Deploys",
    "first_deploy": "The first deploy",
    "scale": "More than a hundred",
    "costs": "The price of a deploy",
    "simulator": "The simulator",
    "suite": "The tests",
}

_NOTES = {
    "start": """\
A fresh process with the function's imports and its first client, as a cold start has it. `boto3` and
`botocore` have byte code, as in the Lambda runtime. Ours imports Powertools for its structured log, and
botocore without boto3; crhelper makes three more clients. The asset brings byte code for Python 3.14, which
Lambda runs; here it is compiled by the Python that measures, and one line says what it would be without. A
peer has none: what `pip` leaves is checked against the source's date, which the CDK's zip takes away. A
package's share of the imports is that of its own modules, and the telling makes each longer.""",
    "imports": "The other side imports each name of the CDK that the constructs import, and nothing else.",
    "synthesis": """\
A process that imports the CDK, makes the app and writes the template, without the CDK's own validation of
templates. With `Solution`, every argument is checked; `CustomResource` and `CfnSolution` check nothing.""",
    "deploys": """\
In virtual time: the provider, botocore and the code of the CDK's framework are real, Personalize is the
simulator with the service's limit of one request a second for each operation, a call takes 0.04 to 0.4
seconds and each function 0.3 to start. So these figures are the same on every machine. A hundred solutions
need a hundred seconds at least, since `CreateSolution` is let in once a second, and `DeleteSolution`; to be
updated they need two hundred, for two descriptions each.""",
    "first_deploy": """\
From `git clone` to a deployed stack, all downloads and the local AWS included, beside a bare
`python -m venv` and `pip install aws-cdk-lib`. The first run has empty caches of pip, uv, npm and jsii; the
second has what the first left there. It depends on the network and is measured on request alone:
`make bench PARTS=first_deploy`.""",
    "scale": """\
The same, with 450 solutions in a stack, and with a thousand stacks that begin in the same second. Measured on
request alone, `make bench PARTS=scale`. [scale.md](scale.md) says what follows from it.""",
    "costs": """\
What a thousand creates of one solution cost, with the list prices of us-east-1 for Lambda and Step Functions,
without the free tier. A create that is told sooner looks more often, in functions that wait: so for lag one
pays, in hundredths of a cent a deploy. crhelper looks once in two minutes.

First in virtual time, where each function takes 0.3 seconds to start, then on the local AWS, by the lines
`REPORT` that Lambda writes of each invocation and the history of the state machine. There functions start
once and stay, and calls take a hundredth of the time; so a look may fall on the other side of ACTIVE, and one
more pause of the waiter is much of so short a deploy.""",
    "simulator": "The whole local AWS on one core, asked to describe a solution over eight connections.",
}

# Beside which part each plot stands, and what it shows to who can't see it.
_PLOTS = {
    "synthesis": {"synthesis": "seconds to synthesize a stack of 1 to 450 solutions, ours and the others"},
    "deploys": {
        "lag": "share of deploys that are told within so many seconds, ours and the default provider's",
        "scale": "time and calls of many solutions in a stack, beside the least that there can be",
    },
}


def write() -> None:
    """Write the page and its plots from what was measured last."""
    FOLDER.mkdir(exist_ok=True)
    for path, content in files().items():
        path.write_text(content)


def files() -> dict[Path, str]:
    """What the page and its plots are to hold."""
    measured = {part: read(part) for part in kept()}
    rows = {part: found for part, (_, found) in measured.items()}
    series = {name: line for part in measured for name, line in read_series(part).items()}
    drawn = plots(rows, series)
    sections = [_section(part, machine, found, drawn) for part, (machine, found) in measured.items()]
    page = "\n".join([_HEAD, _summary(row for found in rows.values() for row in found), *sections])
    return {PAGE: page} | {FOLDER / f"{name}.svg": plot for name, plot in drawn.items()}


def _summary(rows: Iterable[Row]) -> str:
    found = lines(rows)
    cells = [
        [line.name, line.row.target, before(line), _measured(line.row), _verdict(line.row)] for line in found
    ]
    return "\n".join(
        [
            _SUMMARY,
            table(["", "Target", "Before", "Measured", ""], cells),
            f"{verdict(found)}\n",
            _plot("ratios", "all ratios of this page as bars, with their targets"),
        ]
    )


def _section(part: str, machine: str, rows: list[Row], drawn: Collection[str]) -> str:
    cells = [[row.name, row.target, _measured(row), _verdict(row), str(row.runs)] for row in rows]
    values = _values(rows)
    return "\n".join(
        [
            f"## {_TITLES[part]}\n",
            *([f"{_NOTES[part]}\n"] if part in _NOTES else []),
            table(["", "Target", "Measured", "", "Runs"], cells),
            *(_plot(name, shows) for name, shows in _PLOTS.get(part, {}).items() if name in drawn),
            *(["What that is made of:\n", *values] if values else []),
            *([f"{machine}.\n"] if part != "deploys" else []),
        ]
    )


def _values(rows: list[Row]) -> list[str]:
    """What rows are made of: neighbours made of the same in one table, a row alone from top to bottom."""
    tables = []
    for names, group in groupby((row for row in rows if row.values), key=lambda row: tuple(row.values)):
        first, *more = group
        tables.append(
            table(["", *names], [[row.name, *map(figure, row.values.values())] for row in (first, *more)])
            if more
            else table([first.name, ""], [[name, figure(value)] for name, value in first.values.items()])
        )
    return tables


def _plot(name: str, shows: str) -> str:
    return picture(f"{FOLDER.name}/{name}.svg", shows)


def _measured(row: Row) -> str:
    return f"{figure(row.measured)} {row.unit}"


def _verdict(row: Row) -> str:
    return f"**{row.verdict}**" if row.missed else row.verdict
