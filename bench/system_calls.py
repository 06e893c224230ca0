"""What processes ask of the system, as `strace -c` counts it: each run gives the same but for one or two."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping

from bench.processes import Command, said

_LINE = re.compile(r"^ *[\d.]+ +[\d.]+ +\d* +(\d+) +(?:\d+ +)?(\w+)$", re.MULTILINE)


def system_calls(commands: Mapping[str, Command]) -> dict[str, dict[str, int]]:
    """How often each command made each call, and the `total`; empty on a machine that has no strace."""
    strace = shutil.which("strace")
    if strace is None:
        return {}
    return {name: counts(said(command, strace, "-f", "-c")) for name, command in commands.items()}


def counts(summary: str) -> dict[str, int]:
    """The calls in a summary of strace, by name."""
    return {call: int(times) for times, call in _LINE.findall(summary)}
