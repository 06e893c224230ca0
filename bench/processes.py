"""Run commands in turn with hyperfine, and see what each takes.

hyperfine makes all runs of a command before it turns to the next (its issue 21), and so does pyperf. A
machine that slows down meanwhile would then favour the first. So hyperfine makes a single run at a time here,
and the turns are ours. The memory is what `/usr/bin/time -v` tells too.
"""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

_HYPERFINE = Path(sys.executable).with_name("hyperfine")
# No shell between, one run, and what the command says is shown.
_OPTIONS = ("--shell=none", "--runs=1", "--style=none", "--output=inherit")


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
