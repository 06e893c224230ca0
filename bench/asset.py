"""How large the Lambda asset is."""

from __future__ import annotations

import tempfile
from pathlib import Path
from shutil import make_archive

from bench.handler import asset
from bench.row import Row


def rows() -> list[Row]:
    """Measure."""
    with tempfile.TemporaryDirectory() as folder:
        size = Path(make_archive(f"{folder}/asset", "zip", asset())).stat().st_size
    return [Row("asset, zipped", size / 1e6, 1, "MB", most=1.0)]
