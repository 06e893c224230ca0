"""The sdist and the wheel, as `make dist` builds them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesParser
from pathlib import Path
from zipfile import ZipFile

import pytest
from filelock import FileLock

ROOT = Path(__file__).resolve().parents[3]

# What make and the tools leave in a checkout, and is in no commit.
_LEFT_BEHIND = (".git", ".venv", "node_modules", "build", "dist", "cdk.out", ".*_cache", "__pycache__")


@dataclass(frozen=True)
class Distributions:
    """A folder that `make dist` has filled."""

    folder: Path

    @property
    def sdist(self) -> Path:
        """The one source distribution."""
        return self._only("*.tar.gz")

    @property
    def wheel(self) -> Path:
        """The one wheel."""
        return self._only("*.whl")

    def wheel_files(self) -> dict[str, bytes]:
        """The content of the wheel's files, by path."""
        with ZipFile(self.wheel) as archive:
            return {name: archive.read(name) for name in archive.namelist()}

    def metadata(self) -> Message:
        """The wheel's METADATA."""
        (name,) = (name for name in self.wheel_files() if name.endswith(".dist-info/METADATA"))
        return BytesParser().parsebytes(self.wheel_files()[name])

    def _only(self, pattern: str) -> Path:
        (path,) = self.folder.glob(pattern)
        return path


def build(source: Path, into: Path, umask: int = 0o022) -> Distributions:
    """Build the sdist, and the wheel from it.

    Args:
        source: A checkout, or a copy of one.
        into: Where the two go.
        umask: The umask of the build process.
    """
    environment = {name: value for name, value in os.environ.items() if name != "SOURCE_DATE_EPOCH"}
    command = ["uv", "build", "--quiet", "--python", sys.executable, "--out-dir", str(into), str(source)]
    subprocess.run(command, check=True, env=environment, umask=umask)
    return Distributions(into)


def copy_of_the_checkout(target: Path) -> Path:
    """A copy in another folder, readable only by the owner, with nothing built.

    The packages of npm are there.
    """
    shutil.copytree(ROOT, target, ignore=shutil.ignore_patterns(*_LEFT_BEHIND))
    for path in target.rglob("*"):
        path.chmod(path.stat().st_mode & 0o700)
    (target / "node_modules").symlink_to(ROOT / "node_modules")
    return target


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


@pytest.fixture(scope="session")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> Distributions:
    """What `make dist` builds from this checkout."""

    def make(folder: Path) -> None:
        build(ROOT, folder)

    return Distributions(once(tmp_path_factory, "dist", make))
