"""Servers that run in the background. A file records them for the next commands."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from personalize_local.address import HOST

DEFAULT_STATE_DIR = Path(".local-aws")
START_SECONDS = 30.0
STOP_SECONDS = 10.0
_CONTROL_SECONDS = 5.0

Mode = Literal["foreground", "background"]


class StartError(Exception):
    """The background server did not start. The text contains the end of its log."""


class StopError(Exception):
    """The background server did not end."""


@dataclass(frozen=True, slots=True)
class Record:
    """A running server.

    Attributes:
        pid: The process id.
        port: The port on 127.0.0.1.
        mode: `background`: `stop` ends it. `foreground`: Ctrl-C ends it.
        run: The id in its health check. It is unique, in contrast to a process id or a port that another
            process can get later.
        started: The start time in ISO 8601.
    """

    pid: int
    port: int
    mode: Mode
    run: str
    started: str

    @classmethod
    def of_this_process(cls, port: int, mode: Mode, run: str) -> Record:
        """Return the record of the server in this process."""
        return cls(os.getpid(), port, mode, run, datetime.now(UTC).isoformat(timespec="seconds"))

    @property
    def endpoint(self) -> str:
        """The endpoint URL for AWS clients."""
        return f"http://{HOST}:{self.port}"

    def answers(self, timeout: float = 5.0) -> bool:
        """Return whether this server answers.

        Args:
            timeout: The maximum time to wait, in seconds.
        """
        try:
            os.kill(self.pid, 0)
            with _urlopen(f"{self.endpoint}/_personalize/health", timeout) as body:
                return bool(json.loads(body).get("run") == self.run)
        except (OSError, ValueError):
            return False


class StateDir:
    """The folder for the files of one server: `server.json` and, if in the background, `server.log`."""

    def __init__(self, path: Path = DEFAULT_STATE_DIR) -> None:
        self.path = path
        self._file = path / "server.json"
        self.log = path / "server.log"

    def live(self) -> Record | None:
        """Return the recorded server, if it runs. A stale record is removed."""
        record = self._read()
        if record is None or record.answers():
            return record
        self.forget(record)
        return None

    def write(self, record: Record) -> None:
        """Record a server."""
        self.path.mkdir(parents=True, exist_ok=True)
        draft = self._file.with_suffix(f".{record.pid}")
        draft.write_text(json.dumps(asdict(record), indent=2) + "\n")
        draft.replace(self._file)

    def forget(self, record: Record) -> None:
        """Remove the record if it is that of this server."""
        if self._read() == record:
            self._file.unlink(missing_ok=True)

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """Prevent two starts in one folder at the same time."""
        self.path.mkdir(parents=True, exist_ok=True)
        with (self.path / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _read(self) -> Record | None:
        try:
            return Record(**json.loads(self._file.read_text()))
        except (OSError, ValueError, TypeError):
            return None


def start(state: StateDir, port: int, arguments: tuple[str, ...] = ()) -> Record:
    """Start a server that outlives this process, and wait until it answers.

    Args:
        state: The folder for its files.
        port: The port. 0: a free one.
        arguments: More arguments of `serve`.

    Raises:
        StartError: It ended, or did not answer in time.
    """
    command = [sys.executable, "-m", "personalize_local", "serve", "--mode", "background"]
    command += ["--port", str(port), "--state-dir", str(state.path), *arguments]
    root = str(Path(__file__).resolve().parent.parent)
    path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
    with state.log.open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 (our own command)
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            env=os.environ | {"PYTHONPATH": path},
        )
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        status = process.poll()
        if status is not None:
            raise StartError(f"the local AWS ended with status {status} while it started\n{_tail(state.log)}")
        record = state.live()
        if record is not None and record.pid == process.pid:
            return record
        time.sleep(0.05)
    process.kill()
    process.wait()
    raise StartError(f"the local AWS did not answer within {START_SECONDS:.0f} s\n{_tail(state.log)}")


def set_time_scale(record: Record, scale: float) -> None:
    """Change how many seconds pass in each real second on a server that answers."""
    body = json.dumps({"scale": scale}).encode()
    with _urlopen(f"{record.endpoint}/_personalize/clock", _CONTROL_SECONDS, body):
        pass


def stop(record: Record) -> None:
    """End a server that answers, and wait until it is gone.

    Raises:
        StopError: It still runs.
    """
    os.kill(record.pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    while _exists(record.pid):
        if time.monotonic() > deadline:
            raise StopError(f"process {record.pid} did not end within {STOP_SECONDS:.0f} s of SIGTERM")
        time.sleep(0.05)


def _exists(pid: int) -> bool:
    with contextlib.suppress(ChildProcessError):
        # Ours if `start` ran in this very process; otherwise its parent is the system.
        os.waitpid(pid, os.WNOHANG)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def get(record: Record, path: str) -> object:
    """Return the JSON at a path under `/_personalize/`."""
    with _urlopen(f"{record.endpoint}/_personalize/{path}", 10.0) as body:
        return json.loads(body)


@contextlib.contextmanager
def _urlopen(url: str, timeout: float, body: bytes | None = None) -> Iterator[bytes]:
    # Past any proxy that the environment names.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    request = urllib.request.Request(url, body, {"Accept": "application/json"})  # noqa: S310 (http by construction)
    with opener.open(request, timeout=timeout) as response:
        yield response.read()


def _tail(log: Path, lines: int = 20) -> str:
    text = "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
    return f"the end of {log}:\n{text}" if text else f"{log} is empty"
