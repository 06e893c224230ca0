"""The Lambda asset of the checkout."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

_BUILDER = Path(__file__).resolve().parents[1] / "lambda" / "build_asset.py"


def asset() -> Path:
    """Its folder, built if need be."""
    built = subprocess.run([sys.executable, str(_BUILDER)], stdout=subprocess.PIPE, text=True, check=True)
    return Path(built.stdout.strip())
