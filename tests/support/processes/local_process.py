"""What the system knows about a process: its descendants and what it listens on (Linux's /proc)."""

from __future__ import annotations

import os
import socket
import struct
import subprocess
import sys
from pathlib import Path

from personalize_local.background import Record, StateDir

_LISTEN = "0A"


def alive(pid: int) -> bool:
    """Whether a process runs; one that only waits to be collected does not."""
    try:
        return _stat(pid)[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def descendants(pid: int) -> set[int]:
    """The processes that a process has started, and those that they have started."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int(_stat(int(entry.name))[1])
            except (FileNotFoundError, ProcessLookupError):
                continue
    found = {pid}
    while True:
        more = {child for child, parent in parents.items() if parent in found} - found
        if not more:
            return found - {pid}
        found |= more


def listening(pid: int) -> set[tuple[str, str, int]]:
    """What a process listens on: protocol, address and port; for UDP, every socket that is bound."""
    inodes = set()
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        try:
            target = str(descriptor.readlink())
        except FileNotFoundError:
            continue
        if target.startswith("socket:["):
            inodes.add(target[len("socket:[") : -1])
    found = set()
    for protocol in ("tcp", "tcp6", "udp", "udp6"):
        for line in Path(f"/proc/{pid}/net/{protocol}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[9] in inodes and (fields[3] == _LISTEN or protocol.startswith("udp")):
                address, port = fields[1].split(":")
                found.add((protocol, _address(address), int(port, 16)))
    return found


def _address(text: str) -> str:
    words = struct.pack(f"={len(text) // 8}I", *(int(text[i : i + 8], 16) for i in range(0, len(text), 8)))
    return socket.inet_ntop(socket.AF_INET if len(words) == 4 else socket.AF_INET6, words)


def _stat(pid: int) -> list[str]:
    # The name, in brackets, may have spaces and brackets in it.
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


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
