"""Run commands in turn with hyperfine, and ask Python and strace what they do.

hyperfine makes all runs of a command before it turns to the next (its issue 21), and so does pyperf. A
machine that slows down meanwhile would then favour the first. So hyperfine makes a single run at a time here,
and the turns are ours. The memory is what `/usr/bin/time -v` tells too.
"""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from bench.page import Row

_HYPERFINE = Path(sys.executable).with_name("hyperfine")
# No shell between, one run, and what the command says is shown.
_OPTIONS = ("--shell=none", "--runs=1", "--style=none", "--output=inherit")
_IMPORT = re.compile(r"^import time: +(\d+) \| +\d+ \| +(\w+)", re.MULTILINE)
_SYSTEM_CALL = re.compile(r"^ *[\d.]+ +[\d.]+ +\d* +(\d+) +(?:\d+ +)?(\w+)$", re.MULTILINE)
_IMPORT_RUNS = 5
_PACKAGES_SHOWN = 10


@dataclass(frozen=True)
class Command:
    """A command with the whole of its environment, and where it is run."""

    arguments: Sequence[str]
    environment: Mapping[str, str]
    folder: Path | None = None


@dataclass(frozen=True)
class Taken:
    """What the runs of a command took, as medians.

    Attributes:
        seconds: From its start to its end.
        megabytes: Of 2**20 bytes, its peak of resident memory or, if that is larger, that of a child.
    """

    seconds: float
    megabytes: float


def in_turn(commands: Mapping[str, Command], runs: int) -> dict[str, Taken]:
    """Run commands A B A B ..., after one round that warms the disk and doesn't count.

    Raises:
        RuntimeError: A command failed; the message has what it said.
    """
    for command in commands.values():
        _run(command)
    taken: dict[str, list[Taken]] = {name: [] for name in commands}
    for _ in range(runs):
        for name, command in commands.items():
            taken[name].append(_run(command))
    return {
        name: Taken(median(run.seconds for run in all_), median(run.megabytes for run in all_))
        for name, all_ in taken.items()
    }


def said(command: Command, *around: str) -> str:
    """Run a command once, perhaps with another around it, for what it says on standard error.

    Raises:
        RuntimeError: It failed; the message has what it said.
    """
    ran = subprocess.run(
        [*around, *command.arguments],
        env=command.environment,
        cwd=command.folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode:
        raise RuntimeError(f"{' '.join(command.arguments)} failed:\n{ran.stdout}{ran.stderr}")
    return ran.stderr


def dearest(name: str, python: Command) -> Row:
    """All imports of a Python command, in milliseconds, and what the ten dearest packages have of it.

    It is less without the telling, which takes time too.
    """
    program, *arguments = python.arguments
    told = replace(python, arguments=[program, "-X", "importtime", *arguments])
    runs = [by_package(said(told)) for _ in range(_IMPORT_RUNS)]
    packages = {package: median(run.get(package, 0) for run in runs) for package in runs[0]}
    shown = sorted(packages, key=lambda package: (-packages[package], package))[:_PACKAGES_SHOWN]
    return Row(
        name,
        median(sum(run.values()) for run in runs),
        _IMPORT_RUNS,
        "ms",
        values={f"`{package}`, ms": packages[package] for package in shown},
    )


def by_package(told: str) -> dict[str, float]:
    """Milliseconds that each package's own modules take, from what Python tells on standard error."""
    taken: dict[str, float] = {}
    for microseconds, package in _IMPORT.findall(told):
        taken[package] = taken.get(package, 0) + int(microseconds) / 1000
    return taken


def system_calls(commands: Mapping[str, Command]) -> dict[str, dict[str, int]]:
    """How often each command made each call, and the `total`; empty on a machine that has no strace."""
    strace = shutil.which("strace")
    if strace is None:
        return {}
    return {name: counts(said(command, strace, "-f", "-c")) for name, command in commands.items()}


def counts(summary: str) -> dict[str, int]:
    """The calls in a summary of strace, by name."""
    return {call: int(times) for times, call in _SYSTEM_CALL.findall(summary)}


def _run(command: Command) -> Taken:
    with TemporaryDirectory() as folder:
        result = Path(folder) / "result.json"
        around = [str(_HYPERFINE), *_OPTIONS, f"--export-json={result}", "--"]
        one = Command([shlex.join(command.arguments)], command.environment, command.folder)
        said(one, *around)
        (measured,) = json.loads(result.read_text())["results"][0]["measurements"]
    return Taken(
        measured["time_wall_clock"]["value"],
        measured["memory_peak_resident"]["value"] / 2**20,
    )
