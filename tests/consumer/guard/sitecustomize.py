"""Goes into a consumer's environment: Python then connects to nothing, and tells what it has done.

At the end of the process the file that `GUARD_REPORT` names holds the commands it has started and where its
modules came from, as JSON.
"""

from __future__ import annotations

import atexit
import json
import os
import sys
from pathlib import Path
from typing import Any

_commands: list[list[str]] = []


def _guard(event: str, arguments: tuple[Any, ...]) -> None:
    match event:
        case "socket.connect" | "socket.getaddrinfo" | "socket.sendto":
            raise PermissionError(f"no network here: {event} {arguments[1:]}")
        case "subprocess.Popen":
            _commands.append([str(part) for part in arguments[1]])
        case "os.exec" | "os.posix_spawn" | "os.system":
            raise PermissionError(f"no other programs here: {event} {arguments}")


def _report() -> None:
    modules = {name: getattr(module, "__file__", None) for name, module in sys.modules.items()}
    Path(os.environ["GUARD_REPORT"]).write_text(json.dumps({"commands": _commands, "modules": modules}))


if "GUARD_REPORT" in os.environ:
    atexit.register(_report)
    sys.addaudithook(_guard)
