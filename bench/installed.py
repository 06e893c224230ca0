"""Our package as the wheel installs it: with the asset inside, and byte code beside the source."""

from __future__ import annotations

import compileall
import shutil
from pathlib import Path

from cdk_personalize._asset import handler_asset

_PACKAGE = Path(__file__).resolve().parents[1] / "constructs" / "cdk_personalize"


def install(folder: Path) -> str:
    """Put it into an empty folder; what PYTHONPATH is then to be."""
    target = folder / "cdk_personalize"
    shutil.copytree(_PACKAGE, target, ignore=shutil.ignore_patterns("__pycache__"))
    compileall.compile_dir(target, quiet=2)
    (target / "_lambda").mkdir()
    shutil.copy(handler_asset(), target / "_lambda")
    return str(folder)
