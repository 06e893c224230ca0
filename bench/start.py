"""How long a function takes to start: a fresh process with its imports and its first client.

As in Lambda, the runtime's own packages have byte code, and what is deployed has none and can't keep any.
"""

from __future__ import annotations

import compileall
import os
import shutil
import sys
import tempfile
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

from bench.handler import asset
from bench.import_times import dearest
from bench.processes import Command, in_turn
from bench.row import Row
from bench.system_calls import system_calls

_PEERS = Path(__file__).with_name("peers")
_RUNS = 25
# By strace's names.
_CALLS = {"all": "total", "files opened or looked for": "openat"}
# What the Lambda runtime for Python brings.
_RUNTIME = ("boto3", "botocore", "s3transfer", "jmespath", "urllib3", "dateutil", "six")


def rows() -> list[Row]:
    """Measure."""
    with tempfile.TemporaryDirectory() as folder:
        commands = _commands(Path(folder))
        taken = in_turn(commands, _RUNS)
        more = [
            *_asked({name: commands[name] for name in ("boto3", "ours", "crhelper")}),
            _imported(commands),
        ]
    seconds = {f"{name}, s": run.seconds for name, run in taken.items()}
    megabytes = {f"{name}, MB": run.megabytes for name, run in taken.items()}
    ours, boto3, crhelper, compiled = (taken[name] for name in ("ours", "boto3", "crhelper", "compiled"))
    return [
        Row(
            "cold start, against a bare boto3 handler",
            ours.seconds / boto3.seconds,
            _RUNS,
            most=0.9,
            values=seconds,
        ),
        Row("cold start, against a crhelper handler", ours.seconds / crhelper.seconds, _RUNS, most=0.75),
        Row(
            "cold start with both clients, against a bare boto3 handler",
            taken["both"].seconds / boto3.seconds,
            _RUNS,
        ),
        Row(
            "cold start if all had byte code, against a bare boto3 handler",
            compiled.seconds / boto3.seconds,
            _RUNS,
        ),
        Row(
            "peak memory, against a bare boto3 handler",
            ours.megabytes / boto3.megabytes,
            _RUNS,
            most=1.0,
            values=megabytes,
        ),
        Row("peak memory, against a crhelper handler", ours.megabytes / crhelper.megabytes, _RUNS),
        Row(
            "peak memory if all had byte code, against a bare boto3 handler",
            compiled.megabytes / boto3.megabytes,
            _RUNS,
        ),
        *more,
    ]


def _asked(commands: Mapping[str, Command]) -> list[Row]:
    calls = system_calls(commands)
    return (
        [
            Row(
                "system calls of a cold start, against a bare boto3 handler",
                calls["ours"]["total"] / calls["boto3"]["total"],
                1,
                values={
                    f"{name}, {what}": calls[name][call] for what, call in _CALLS.items() for name in calls
                },
            )
        ]
        if calls
        else []
    )


def _imported(commands: Mapping[str, Command]) -> Row:
    return dearest("imports of a cold start, and the dearest packages among them", commands["ours"])


def _commands(folder: Path) -> dict[str, Command]:
    sources = shutil.ignore_patterns("__pycache__")
    for name, source in {
        "ours": asset(),
        "compiled": asset(),
        "boto3": _PEERS / "boto3_handler",
        "crhelper": _PEERS / "crhelper_handler",
    }.items():
        shutil.copytree(source, folder / name, ignore=sources)
    shutil.copytree(_installed("crhelper"), folder / "crhelper" / "crhelper", ignore=sources)
    compileall.compile_dir(folder / "compiled", quiet=2)
    runtime = folder / "runtime"
    runtime.mkdir()
    for package in _RUNTIME:
        (runtime / _installed(package).name).symlink_to(_installed(package))

    def command(deployed: str, script: str) -> Command:
        environment = {
            "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "POWERTOOLS_SERVICE_NAME": "cdk-personalize",
            "PYTHONPATH": os.pathsep.join([str(folder / deployed), str(runtime)]),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        return Command([sys.executable, "-S", "-P", "-c", script], environment, folder)

    ours = "from personalize_provider import framework, sdk; sdk.personalize()"
    return {
        "boto3": command("boto3", "import index"),
        "ours": command("ours", ours),
        "crhelper": command("crhelper", "import index"),
        "both": command("ours", f"{ours}; sdk.cloudformation()"),
        "compiled": command("compiled", ours),
    }


def _installed(package: str) -> Path:
    found = find_spec(package)
    if found is None or found.origin is None:
        raise RuntimeError(f"{package} is not installed: run make setup")
    origin = Path(found.origin)
    return origin.parent if origin.name == "__init__.py" else origin
