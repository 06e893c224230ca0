"""The Lambda asset of the checkout."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

_BUILDER = Path(__file__).resolve().parents[1] / "lambda" / "build_asset.py"


def asset() -> Path:
    """The zip, built if need be."""
    built = subprocess.run([sys.executable, str(_BUILDER)], stdout=subprocess.PIPE, text=True, check=True)
    return Path(built.stdout.strip())


def unpack(folder: Path) -> None:
    """Put what is in it into a new folder, as Lambda does."""
    with zipfile.ZipFile(asset()) as packed:
        packed.extractall(folder)
