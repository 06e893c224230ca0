"""The imports of an app and its synthesis, against the CDK alone."""

from __future__ import annotations

import ast
import compileall
import os
import shutil
import sys
import tempfile
from pathlib import Path

from bench.page import Row
from bench.processes import Command, dearest, in_turn
from cdk_personalize.provider.asset import handler_asset

_PACKAGE = Path(__file__).resolve().parents[1] / "constructs" / "cdk_personalize"
_RUNS = 15


def rows() -> list[Row]:
    """Measure."""
    statements = {"cdk": _cdk(), "ours": "from cdk_personalize import Recipe, Solution"}
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"PYTHONPATH": install(Path(folder))}
        commands = {
            name: Command([sys.executable, "-c", statement], environment)
            for name, statement in statements.items()
        }
        taken = in_turn(commands, _RUNS)
        packages = dearest("imports for an app", commands["ours"])
    return [
        Row(
            "import of `Solution` and `Recipe`, against the imports of the CDK in it",
            taken["ours"].seconds / taken["cdk"].seconds,
            _RUNS,
            most=1.05,
            values={f"{name}, s": run.seconds for name, run in taken.items()},
        ),
        packages,
    ]


def install(folder: Path) -> str:
    """Install the package into an empty folder as the wheel does; returns the PYTHONPATH for it."""
    target = folder / "cdk_personalize"
    shutil.copytree(_PACKAGE, target, ignore=shutil.ignore_patterns("__pycache__"))
    compileall.compile_dir(target, quiet=2)
    (target / "_lambda").mkdir()
    shutil.copy(handler_asset(), target / "_lambda")
    return str(folder)


def _cdk() -> str:
    """The imports from the CDK in the modules that an app loads."""
    found = {
        ast.unparse(statement)
        for path in _PACKAGE.rglob("*.py")
        if not {"cli", "testing"} & set(path.parts)  # which an app does not load
        for statement in ast.parse(path.read_text()).body
        if isinstance(statement, ast.ImportFrom)
        and (statement.module or "").partition(".")[0] in ("aws_cdk", "constructs")
    }
    return "; ".join(sorted(found))


_SYNTHESIS_RUNS = 5
# Solutions in the app, and how many times as long as the custom resources they may take.
_MOST = {1: 1.10, 100: None, 450: 1.25}
_APPS = ("ours", "custom resource", "L1")
_APP = Path(__file__).with_name("peers") / "app.py"


def synthesis_rows() -> list[Row]:
    """Measure how long apps of so many solutions take to synthesize, with the import of the CDK."""
    with tempfile.TemporaryDirectory() as folder:
        path = install(Path(folder))
        commands = {
            f"{name}, {solutions}": _command(name, solutions, path) for solutions in _MOST for name in _APPS
        }
        taken = in_turn(commands, _SYNTHESIS_RUNS)
    seconds = {name: {n: taken[f"{name}, {n}"].seconds for n in _MOST} for name in _APPS}
    return [
        row
        for solutions, most in _MOST.items()
        for row in _synthesis(solutions, {name: line[solutions] for name, line in seconds.items()}, most)
    ]


def _synthesis(solutions: int, seconds: dict[str, float], most: float | None) -> list[Row]:
    ours, custom, native = (seconds[name] for name in _APPS)
    plural = "s" if solutions > 1 else ""
    return [
        Row(
            f"synthesis of {solutions} `Solution`{plural}, against `CustomResource`{plural} on one provider",
            ours / custom,
            _SYNTHESIS_RUNS,
            most=most,
            values={f"{name}, s": taken for name, taken in seconds.items()},
        ),
        Row(
            f"synthesis of {solutions} `Solution`{plural}, against `CfnSolution`{plural}",
            ours / native,
            _SYNTHESIS_RUNS,
        ),
    ]


def _command(app: str, solutions: int, path: str) -> Command:
    # Without the CDK's own validation of the template, which takes seconds and is the same for all.
    environment = os.environ | {
        "PYTHONPATH": path,
        "CDK_OUTDIR": f"{path}/{app}",
        "CDK_VALIDATION": "false",
    }
    return Command([sys.executable, str(_APP), app, str(solutions)], environment)
