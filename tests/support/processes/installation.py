"""A consumer's environment, where the library is installed and an app is synthesized."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from support.processes.distributions import Distributions, once

# The wheel with the newest dependencies, and with the lowest.
INSTALLATIONS = ("wheel", "wheel-lowest")

_CONSUMER = Path(__file__).resolve().parents[2] / "consumer"
_GUARD = _CONSUMER / "guard"
# Programs that a synth must not run. Each is a program here that leaves a note and fails.
_FORBIDDEN = ("docker", "finch", "podman", "pip", "pip3", "uv", "npm", "npx", "git", "curl")


@dataclass(frozen=True)
class Environment:
    """A virtual environment without pip."""

    folder: Path

    @classmethod
    def create(cls, folder: Path, *requirements: str) -> Environment:
        """Make one with the packages that the requirements name, in pip's words."""
        _uv("venv", "--python", sys.executable, str(folder))
        environment = cls(folder)
        _uv("pip", "install", "--python", str(environment.python), *requirements)
        return environment

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.folder / "bin" / "python"

    @cached_property
    def packages(self) -> Path:
        """Its site-packages."""
        (folder,) = self.folder.glob("lib/python*/site-packages")
        return folder

    def run(
        self, program: str, *arguments: str, cwd: Path, **variables: str
    ) -> subprocess.CompletedProcess[str]:
        """Run one of its programs with nothing else of this process's environment than PATH."""
        command = [str(self.folder / "bin" / program), *arguments]
        variables = {"PATH": os.environ["PATH"], "HOME": str(cwd)} | variables
        return subprocess.run(
            command, cwd=cwd, env=variables, capture_output=True, text=True, timeout=300, check=False
        )

    def versions(self) -> dict[str, str]:
        """What is installed, by the packages' names."""
        listed = json.loads(_uv("pip", "list", "--python", str(self.python), "--format", "json"))
        return {package["name"]: package["version"] for package in listed}


@pytest.fixture(scope="session")
def with_extras(distributions: Distributions, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """An installation with every extra at once: none asks for what another can't live with."""

    def make(folder: Path) -> None:
        Environment.create(folder, f"{distributions.wheel}[local,testing,cli]")

    return Environment(once(tmp_path_factory, "with-extras", make))


@dataclass(frozen=True)
class Synthesis:
    """What came of `python src/main.py` in a consumer's project, under guard.

    Attributes:
        project: The project; its `cdk.out` holds the assembly.
        environment: Where the library is installed.
        status: The exit status.
        output: All that was printed.
        changed: The files that were written outside `cdk.out` and CDK's cache of hashes, in the project, the
            environment, the home and the folder for temporary files.
        ran: The forbidden programs that something has called.
        commands: The commands that Python has started.
        modules: The files of the modules that Python has imported, by name.
    """

    project: Path
    environment: Environment
    status: int
    output: str
    changed: list[str]
    ran: list[str]
    commands: list[list[str]]
    modules: dict[str, str | None]

    @classmethod
    def run(cls, environment: Environment, folder: Path, cache: Path, *, validate: bool = False) -> Synthesis:
        """Synthesize the storefront and keep what came of it in the folder.

        Args:
            environment: Where the library is installed.
            folder: A folder for the project and all around it.
            cache: What jsii and Python themselves may fill: unpacked packages and byte code.
            validate: Whether CDK validates the templates, as it does by default; seconds each time.
        """
        project = folder / "project"
        shutil.copytree(_CONSUMER / "storefront", project, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(_GUARD / "sitecustomize.py", environment.packages)
        for name in ("home", "tmp", "notes"):
            (folder / name).mkdir()
        watched = [project, folder / "home", folder / "tmp", environment.folder]
        before = _tree(watched)
        report = folder / "report.json"
        process = environment.run(
            "python",
            "src/main.py",
            cwd=project,
            **_variables(folder, cache, report),
            CDK_VALIDATION="true" if validate else "false",
        )
        after = _tree(watched)
        # The second is CDK's own, for any app with assets: what their files were hashed to.
        allowed = (project / "cdk.out", folder / "home" / ".cdk" / "cache" / "fingerprints")
        synthesis = {
            "status": process.returncode,
            "output": process.stdout + process.stderr,
            "changed": sorted(
                path
                for path in before.keys() | after.keys()
                if before.get(path) != after.get(path)
                if not any(
                    place.is_relative_to(path) or Path(path).is_relative_to(place) for place in allowed
                )
            ),
            "ran": sorted(path.name for path in (folder / "notes").iterdir()),
            **(json.loads(report.read_text()) if report.exists() else {"commands": [], "modules": {}}),
        }
        (folder / "synthesis.json").write_text(json.dumps(synthesis))
        return cls.load(environment, folder)

    @classmethod
    def load(cls, environment: Environment, folder: Path) -> Synthesis:
        """What `run` has kept in the folder."""
        kept: Mapping[str, Any] = json.loads((folder / "synthesis.json").read_text())
        return cls(project=folder / "project", environment=environment, **kept)

    def handler_asset(self) -> tuple[str, Path]:
        """The hash and the zip of the Lambda asset with our handler."""
        assembly = self.project / "cdk.out"
        assets = json.loads((assembly / "Storefront.assets.json").read_text())["files"]
        ((key, asset),) = (
            (key, assembly / file["source"]["path"])
            for key, file in assets.items()
            if file["source"]["path"].endswith(".zip")
        )
        return key, asset

    def template(self) -> dict[str, Any]:
        """The storefront's template."""
        text = (self.project / "cdk.out" / "Storefront.template.json").read_text()
        template: dict[str, Any] = json.loads(text)
        return template


def guarded(
    environment: Environment, folder: Path, command: Sequence[str]
) -> subprocess.CompletedProcess[str]:
    """Run a command under the guard of a synth, to see that the guard is there."""
    (folder / "notes").mkdir()
    return environment.run(
        command[0], *command[1:], cwd=folder, **_variables(folder, folder / "cache", folder / "report.json")
    )


def _variables(folder: Path, cache: Path, report: Path) -> dict[str, str]:
    return {
        "PATH": str(_programs(folder)),
        "HOME": str(folder / "home"),
        "TMPDIR": str(folder / "tmp"),
        "CDK_OUTDIR": "cdk.out",
        "GUARD_REPORT": str(report),
        "NODE_OPTIONS": f"--require {_GUARD / 'guard.cjs'}",
        # Their own caches, which they fill whatever the app is.
        "JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(cache / "jsii"),
        "PYTHONPYCACHEPREFIX": str(cache / "python"),
        "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "20",
    }


def _programs(folder: Path) -> Path:
    """A folder for PATH with Node, and with programs that fail and leave a note."""
    programs = folder / "bin"
    programs.mkdir()
    node = shutil.which("node")
    assert node, "Node is needed"
    (programs / "node").symlink_to(Path(node).resolve())
    for name in _FORBIDDEN:
        program = programs / name
        program.write_text(f"#!/bin/sh\n: > '{folder}/notes/{name}'\nexit 1\n")
        program.chmod(0o755)
    return programs


def _tree(folders: Sequence[Path]) -> dict[str, str]:
    """Every file and folder, with what tells that a file has changed: its size, inode and time."""
    seen: dict[str, str] = {}
    for folder in folders:
        for parent, names, files in os.walk(folder):
            seen |= {f"{parent}/{name}": "folder" for name in names}
            for name in files:
                path = Path(parent, name)
                status = path.lstat()
                seen[str(path)] = f"{status.st_size} {status.st_mtime_ns} {status.st_ino}"
    return seen


def _uv(*arguments: str) -> str:
    process = subprocess.run(["uv", "--quiet", *arguments], capture_output=True, text=True, check=False)
    assert process.returncode == 0, process.stderr
    return process.stdout
