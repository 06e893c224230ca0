"""How long an app of so many solutions takes to synthesize, import of the CDK included."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from bench.installed import install
from bench.processes import Command, in_turn
from bench.row import Row
from bench.series import Series

_RUNS = 5
_SOLUTIONS = (1, 10, 50, 100, 200, 450)
_PEERS = Path(__file__).with_name("peers")
_APPS = {
    "ours": Path(__file__).with_name("solution_app.py"),
    "custom resource": _PEERS / "custom_resource_app.py",
    "L1": _PEERS / "cfn_solution_app.py",
}


def rows() -> list[Row | Series]:
    """Measure."""
    with tempfile.TemporaryDirectory() as folder:
        path = install(Path(folder))
        commands = {
            f"{name}, {solutions}": _command(app, solutions, path)
            for solutions in _SOLUTIONS
            for name, app in _APPS.items()
        }
        taken = in_turn(commands, _RUNS)
    seconds = {name: {n: taken[f"{name}, {n}"].seconds for n in _SOLUTIONS} for name in _APPS}
    return [
        *_rows(450, {name: line[450] for name, line in seconds.items()}, most=1.25),
        *_rows(1, {name: line[1] for name, line in seconds.items()}, most=1.10),
        *(Series(f"synthesis, {name}", "s", list(line.items())) for name, line in seconds.items()),
    ]


def _rows(solutions: int, seconds: dict[str, float], most: float) -> list[Row]:
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
