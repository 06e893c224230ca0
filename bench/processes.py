"""Run commands in turn, and see what each takes.

By the system's own account of a process (`wait4`): hyperfine is no package that `make setup` could install,
and measures no memory.
"""

from __future__ import annotations

import os
import resource
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryFile
from time import perf_counter


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
        megabytes: Its peak of resident memory, without that of its children.
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


def _run(command: Command) -> Taken:
    with TemporaryFile() as output:
        began = perf_counter()
        process = subprocess.Popen(
            command.arguments,
            env=command.environment,
            cwd=command.folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
        _, status, used = os.wait4(process.pid, 0)
        seconds = perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            output.seek(0)
            raise RuntimeError(f"{' '.join(command.arguments)} failed:\n{output.read().decode()}")
    # Linux counts what this process held at the fork as the child's.
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    if used.ru_maxrss <= own:
        raise RuntimeError(f"the measuring process is too large, {own} KiB, to see the peak of a smaller one")
    return Taken(seconds, used.ru_maxrss / 1024)
