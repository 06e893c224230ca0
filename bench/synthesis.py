"""How long an app of so many solutions takes to synthesize, import of the CDK included."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from bench.installed import install
from bench.processes import Command, in_turn
from bench.row import Row

_RUNS = 7
_PEERS = Path(__file__).with_name("peers")
_APPS = {
    "ours": Path(__file__).with_name("solution_app.py"),
    "custom resource": _PEERS / "custom_resource_app.py",
    "L1": _PEERS / "cfn_solution_app.py",
}


def rows() -> list[Row]:
    """Measure."""
    return [*_rows(450, most=1.25), *_rows(1, most=1.10)]


def _rows(solutions: int, most: float) -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        path = install(Path(folder))
        taken = in_turn({name: _command(app, solutions, path) for name, app in _APPS.items()}, _RUNS)
    ours, custom, native = (taken[name].seconds for name in _APPS)
    plural = "s" if solutions > 1 else ""
    return [
        Row(
            f"synthesis of {solutions} `Solution`{plural}, against `CustomResource`{plural} on one provider",
            ours / custom,
            _RUNS,
            most=most,
            values={f"{name}, s": run.seconds for name, run in taken.items()},
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
