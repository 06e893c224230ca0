"""The Lambda asset of the checkout, as Lambda unpacks it."""

from __future__ import annotations

import zipfile
from pathlib import Path

from cdk_personalize._asset import handler_asset


def unpack(folder: Path) -> None:
    """Put what is in it into a new folder."""
    with zipfile.ZipFile(handler_asset()) as packed:
        packed.extractall(folder)
