"""Puts the built Lambda asset into the sdist and the wheel: a synth needs no pip and no network."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# Where an unpacked sdist has the asset. A checkout has no such folder.
_SHIPPED = Path("lambda", "built")


class LambdaAssetHook(BuildHookInterface):  # type: ignore[misc] # hatchling is not installed where mypy runs
    """Includes what `lambda/build_asset.py` makes: in the sdist too, for a wheel from there is the same."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build before the files are packed; an editable install takes the asset from the checkout."""
        if version == "editable":
            return
        folders = {"sdist": _SHIPPED.as_posix(), "wheel": "cdk_personalize/_lambda"}
        asset = self._asset()
        build_data["force_include"][str(asset)] = f"{folders[self.target_name]}/{asset.name}"

    def _asset(self) -> Path:
        if shipped := sorted(Path(self.root, _SHIPPED).glob("*.zip")):
            return shipped[0]
        command = [sys.executable, str(Path(self.root, "lambda", "build_asset.py"))]
        # What goes wrong is told on standard error, which whoever builds sees.
        built = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)  # noqa: S603
        return Path(built.stdout.strip())
