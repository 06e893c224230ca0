"""How large the function is, and how long a fresh process takes for its imports and first client.

As in Lambda, the runtime's own packages have byte code, and what is deployed has what it brings.
The asset brings that of the Python that Lambda runs. Here it gets that of the Python that measures.
"""

from __future__ import annotations

import compileall
import os
import shutil
import sys
import tempfile
import zipfile
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from py_compile import PycInvalidationMode

from bench.page import Row
from bench.processes import Command, dearest, in_turn, system_calls
from cdk_personalize.provider.asset import handler_asset

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
            *_asked(commands),
            dearest("imports of a cold start", commands["ours"]),
        ]
    seconds = {f"{name}, s": run.seconds for name, run in taken.items()}
    megabytes = {f"{name}, MB": run.megabytes for name, run in taken.items()}
    ours, boto3, crhelper = (taken[name] for name in ("ours", "boto3", "crhelper"))

    return [
        Row("asset, zipped", handler_asset().stat().st_size / 1e6, 1, "MB", most=1.0),
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
            "cold start without byte code, against a bare boto3 handler",
            taken["source"].seconds / boto3.seconds,
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
        *more,
    ]


def _asked(commands: Mapping[str, Command]) -> list[Row]:
    calls = system_calls({name: commands[name] for name in ("boto3", "ours", "crhelper")})
    if not calls:
        return []
    return [
        Row(
            "system calls of a cold start, against a bare boto3 handler",
            calls["ours"]["total"] / calls["boto3"]["total"],
            1,
            values={f"{name}, {what}": calls[name][call] for what, call in _CALLS.items() for name in calls},
        )
    ]


def _commands(folder: Path) -> dict[str, Command]:
    sources = shutil.ignore_patterns("__pycache__")
    shutil.copytree(_PEERS / "boto3_handler", folder / "boto3", ignore=sources)
    shutil.copytree(_PEERS / "crhelper_handler", folder / "crhelper", ignore=sources)
    shutil.copytree(_installed("crhelper"), folder / "crhelper" / "crhelper", ignore=sources)
    for name in ("ours", "source"):
        with zipfile.ZipFile(handler_asset()) as packed:
            packed.extractall(folder / name)
    compileall.compile_dir(folder / "ours", quiet=2, invalidation_mode=PycInvalidationMode.UNCHECKED_HASH)
    for cache in (folder / "source").rglob("__pycache__"):
        shutil.rmtree(cache)
    runtime = folder / "runtime"
    runtime.mkdir()
    for package in _RUNTIME:
        source = _installed(package)
        (runtime / source.name).symlink_to(source)
    compileall.compile_dir(runtime, maxlevels=0, quiet=2)  # of those that are one file

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
        # What Python clears up at its end is no part of a start.
        script = f"{script}; import os; os._exit(0)"
        return Command([sys.executable, "-S", "-P", "-c", script], environment, folder)

    modules = "from personalize_provider import framework; from personalize_provider.aws import sdk"
    ours = f"{modules}; sdk.personalize()"
    return {
        "boto3": command("boto3", "import index"),
        "ours": command("ours", ours),
        "crhelper": command("crhelper", "import index"),
        "both": command("ours", f"{ours}; sdk.cloudformation()"),
        "source": command("source", ours),
    }


def _installed(package: str) -> Path:
    found = find_spec(package)
    if found is None or found.origin is None:
        raise RuntimeError(f"{package} is not installed: run make setup")
    origin = Path(found.origin)
    return origin.parent if origin.name == "__init__.py" else origin
