"""`python -m personalize_local` in a folder of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from personalize_local.background import Record, StateDir

ROOT = Path(__file__).parents[3] / "local"


class Shell:
    """A folder where commands are run, with no port 4566 to count on."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.state = StateDir(folder / ".local-aws")

    def run(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "personalize_local", *arguments],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(ROOT), **variables},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def open(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "personalize_local", *arguments],
            cwd=self.folder,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def record(self) -> Record:
        record = self.state.live()
        assert record is not None
        return record
