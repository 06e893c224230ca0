"""Work that is done once for all workers of pytest-xdist, where a session fixture is made once in each."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """A folder that the first worker to ask for it fills while the others wait.

    Args:
        factory: pytest's own fixture.
        name: The folder's name, unique in a test run.
        make: Fills the folder, which exists and is empty.
    """
    base = factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / name
    done = folder.with_name(f"{name}.done")
    with FileLock(folder.with_name(f"{name}.lock")):
        if not done.exists():
            shutil.rmtree(folder, ignore_errors=True)  # what a try that failed has left
            folder.mkdir()
            make(folder)
            done.touch()
    return folder
