"""docs/performance.md: the figures that were measured last."""

from __future__ import annotations

from pathlib import Path

from bench.record import PARTS, read
from bench.row import Row

PAGE = Path(__file__).resolve().parents[1] / "docs" / "performance.md"

_HEAD = """\
# Performance

How fast the project is, each figure beside that of what one would write without it: a handler on boto3
alone, one on [crhelper](https://github.com/aws-cloudformation/custom-resource-helper), bare
`CustomResource`s on the CDK's `Provider` with its defaults, and `CfnSolution`. Their code is in
`bench/peers/`.

`make bench` measures all of it and writes this page; `make bench PARTS="start imports"` measures parts.
Both sides of a ratio are run in turn on the same machine, A B A B, and the ratio is that of their medians.
A ratio below one means that ours is quicker or smaller. Seconds depend on the machine, ratios less:
with other work on it, some have moved by a tenth from one run to the next.
"""

_TITLES = {
    "start": "Start of the function",
    "asset": "The asset",
    "imports": "Imports",
    "synthesis": "Synthesis",
    "deploys": "Deploys",
    "simulator": "The simulator",
}

_NOTES = {
    "start": """\
A fresh process with the function's imports and its first client, as a cold start has it. `boto3` and
`botocore` have byte code, as in the Lambda runtime. Ours imports Powertools for its structured log, and
botocore without boto3; crhelper makes three more clients. The asset brings byte code for Python 3.14, which
Lambda runs; here it is compiled by the Python that measures, and one line says what it would be without. A
peer has none: what `pip` leaves is checked against the source's date, which the CDK's zip takes away.""",
    "imports": "The other side imports each name of the CDK that the constructs import, and nothing else.",
    "synthesis": """\
A process that imports the CDK, makes the app and writes the template, without the CDK's own validation of
templates. With `Solution`, every argument is checked; `CustomResource` and `CfnSolution` check nothing.""",
    "deploys": """\
In virtual time: the provider, botocore and the code of the CDK's framework are real, Personalize is the
simulator with the service's limit of one request a second for each operation, a call takes 0.04 to 0.4
seconds and each function 0.3 to start. So these figures are the same on every machine. A hundred solutions
need a hundred seconds at least, since `CreateSolution` is let in once a second.""",
    "simulator": "The whole local AWS on one core, asked to describe a solution over eight connections.",
}


def page() -> str:
    """The whole page."""
    parts = [_HEAD]
    for part in PARTS:
        machine, rows = read(part)
        parts.append(f"## {_TITLES[part]}\n")
        if part in _NOTES:
            parts.append(_NOTES[part] + "\n")
        parts.append(_table(rows))
        parts += [values] if (values := _values(rows)) else []
        if part != "deploys":
            parts.append(f"{machine}.\n")
    return "\n".join(parts)


def _table(rows: list[Row]) -> str:
    lines = ["| | Target | Measured | | Runs |", "|---|---|---|---|---|"]
    lines += [
        f"| {row.name} | {row.target} | {_figure(row.measured)} {row.unit} | {row.verdict} | {row.runs} |"
        for row in rows
    ]
    return "\n".join(lines) + "\n"


def _values(rows: list[Row]) -> str:
    lines = [
        f"- {row.name}: {', '.join(f'{name} {_figure(value)}' for name, value in row.values.items())}"
        for row in rows
        if row.values
    ]
    return "What that is made of:\n\n" + "\n".join(lines) + "\n" if lines else ""


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.2f}"  # noqa: PLR2004
