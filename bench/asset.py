"""How large the Lambda asset is."""

from __future__ import annotations

from bench.handler import asset
from bench.row import Row


def rows() -> list[Row]:
    """Measure."""
    return [Row("asset, zipped", asset().stat().st_size / 1e6, 1, "MB", most=1.0)]
