"""How long an app of so many solutions takes to synthesize, import of the CDK included."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from bench.figures import Row
from bench.imports import install
from bench.processes import Command, in_turn

_RUNS = 5
# Solutions in the app, and how many times as long as the custom resources they may take.
_MOST = {1: 1.10, 100: None, 450: 1.25}
_PEERS = Path(__file__).with_name("peers")
_APPS = {
    "ours": _PEERS / "solution_app.py",
    "custom resource": _PEERS / "custom_resource_app.py",
    "L1": _PEERS / "cfn_solution_app.py",
}


def rows() -> list[Row]:
    """Measure."""
    with tempfile.TemporaryDirectory() as folder:
        path = install(Path(folder))
        commands = {
            f"{name}, {solutions}": _command(app, solutions, path)
            for solutions in _MOST
            for name, app in _APPS.items()
        }
        taken = in_turn(commands, _RUNS)
    seconds = {name: {n: taken[f"{name}, {n}"].seconds for n in _MOST} for name in _APPS}
    return [
        row
        for solutions, most in _MOST.items()
        for row in _rows(solutions, {name: line[solutions] for name, line in seconds.items()}, most)
    ]


def _rows(solutions: int, seconds: dict[str, float], most: float | None) -> list[Row]:
    ours, custom, native = (seconds[name] for name in _APPS)
    plural = "s" if solutions > 1 else ""
    return [
        Row(
            f"synthesis of {solutions} `Solution`{plural}, against `CustomResource`{plural} on one provider",
            ours / custom,
            _RUNS,
            most=most,
            values={f"{name}, s": taken for name, taken in seconds.items()},
        ),
        Row(
            f"synthesis of {solutions} `Solution`{plural}, against `CfnSolution`{plural}",
            ours / native,
            _RUNS,
        ),
    ]


def _command(app: Path, solutions: int, path: str) -> Command:
    # Without the CDK's own validation of the template, which takes seconds and is the same for all.
    environment = os.environ | {
        "PYTHONPATH": path,
        "CDK_OUTDIR": f"{path}/{app.stem}",
        "CDK_VALIDATION": "false",
    }
    return Command([sys.executable, str(app), str(solutions)], environment)
