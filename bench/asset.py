"""How large the Lambda asset is."""

from __future__ import annotations

from bench.row import Row
from cdk_personalize._asset import handler_asset


def rows() -> list[Row]:
    """Measure."""
    return [Row("asset, zipped", handler_asset().stat().st_size / 1e6, 1, "MB", most=1.0)]
