"""Puts the built Lambda asset into the wheel, so that an importer's synth needs no pip and no network."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class LambdaAssetHook(BuildHookInterface):  # type: ignore[misc] # hatchling is not installed where mypy runs
    """Runs `lambda/build_asset.py` and includes what it made."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build before the wheel is packed; an editable install takes the asset from the checkout."""
        if version == "editable":
            return
        builder = Path(self.root, "lambda", "build_asset.py")
        command = [sys.executable, str(builder)]
        # What goes wrong is told on standard error, which whoever builds sees.
        asset = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.strip()  # noqa: S603
        build_data["force_include"][asset] = "cdk_personalize/_lambda"
