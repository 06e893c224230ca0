"""How large the Lambda asset is."""

from __future__ import annotations

import tempfile
from pathlib import Path
from shutil import make_archive

from bench.row import Row
from cdk_personalize._asset import handler_folder


def rows() -> list[Row]:
    """Measure."""
    with tempfile.TemporaryDirectory() as folder:
        size = Path(make_archive(f"{folder}/asset", "zip", handler_folder())).stat().st_size
    return [Row("asset, zipped", size / 1e6, 1, "MB", most=1.0)]
