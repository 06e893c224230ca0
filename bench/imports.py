"""How long the import of what an app uses takes, against the same of the CDK alone."""

from __future__ import annotations

import ast
import compileall
import os
import shutil
import sys
import tempfile
from pathlib import Path

from bench.figures import Row
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
    """All that the constructs import of the CDK when they are loaded."""
    found = {
        ast.unparse(statement)
        for path in _PACKAGE.glob("*.py")
        for statement in ast.parse(path.read_text()).body
        if isinstance(statement, ast.ImportFrom)
        and (statement.module or "").partition(".")[0] in ("aws_cdk", "constructs")
    }
    return "; ".join(sorted(found))
