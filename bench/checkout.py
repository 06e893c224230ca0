"""What the first `make deploy` of a fresh clone takes, the next one, and the tests."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from bench.page import Row

_ROOT = Path(__file__).resolve().parents[1]
_PEER_REQUIREMENT = next(
    line for line in (_ROOT / "requirements.txt").read_text().splitlines() if line.startswith("aws-cdk-lib==")
)

# What a stack needs to be deployed at all: one resource.
_EMPTY_APP = """\
import aws_cdk as cdk

app = cdk.App()
cdk.CfnWaitConditionHandle(cdk.Stack(app, "Empty"), "Handle")
app.synth()
"""


def rows() -> list[Row]:
    """Measure: first without any cache, then with what that run has cached."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        environment = _environment(folder / "caches")
        measured = []
        for caches in ("cold", "warm"):
            ours, clone = _first_deploy(stack, folder / caches, environment)
            peer = _bare_install(folder / caches / "peer", environment)
            measured.append(
                Row(
                    f"first `make deploy`, {caches} caches, against a bare `pip install` of the CDK",
                    ours / peer,
                    1,
                    most=1.5,
                    values={"make deploy, s": ours, "pip install aws-cdk-lib, s": peer},
                )
            )
        return [
            *measured,
            _redeploy(clone, environment),
            Row("all tests", _seconds(["make", "test"], clone, environment) / 60, 1, "minutes", most=10),
            Row(
                "the unit part of the tests", _seconds(["make", "unit"], clone, environment), 1, "s", most=30
            ),
        ]


def _environment(caches: Path) -> dict[str, str]:
    """With caches of its own for each tool, empty at first."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    places = {
        "PIP_CACHE_DIR": "pip",
        "UV_CACHE_DIR": "uv",
        "npm_config_cache": "npm",
        "JSII_RUNTIME_PACKAGE_CACHE_ROOT": "jsii",
    }
    # The virtual environment that measures must not be the one that is used.
    path = os.pathsep.join(
        entry for entry in os.environ["PATH"].split(os.pathsep) if not Path(entry).is_relative_to(_ROOT)
    )
    return kept | {"PATH": path} | {name: str(caches / tool) for name, tool in places.items()}


def _first_deploy(stack: ExitStack, folder: Path, environment: Mapping[str, str]) -> tuple[float, Path]:
    """Seconds from nothing to a deployed stack, and the clone; its local AWS is stopped at the end."""
    clone = folder / "clone"
    subprocess.run(["git", "clone", "--quiet", str(_ROOT), str(clone)], check=True)  # noqa: S607
    stack.callback(_seconds, ["make", "destroy"], clone, environment)
    return _seconds(["make", "deploy"], clone, environment), clone


def _bare_install(folder: Path, environment: Mapping[str, str]) -> float:
    folder.mkdir()
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", _PEER_REQUIREMENT]
    made = _seconds(["python3", "-m", "venv", str(folder)], folder, environment)
    return made + _seconds(pip, folder, environment)


def _redeploy(clone: Path, environment: Mapping[str, str]) -> Row:
    """A deploy that changes nothing, beside that of a stack with next to nothing in it."""
    (clone / "empty.py").write_text(_EMPTY_APP)
    tools = (str(clone / ".venv" / "bin"), str(clone / "node_modules" / ".bin"))
    alone = {
        **environment,
        "PATH": os.pathsep.join([*tools, environment["PATH"]]),
        "PYTHONPATH": str(clone / "local"),
    }
    cdk = [
        "cdk",
        "deploy",
        "--app",
        "python empty.py",
        "--output",
        "empty.out",
        "--require-approval",
        "never",
    ]
    empty = ["python", "-m", "personalize_local", "exec", "--", *cdk]
    _seconds(empty, clone, alone)
    ours, peer = [], []
    for _ in range(3):
        ours.append(_seconds(["make", "deploy"], clone, environment))
        peer.append(_seconds(empty, clone, alone))
    return Row(
        "`make deploy` without a change, against `cdk deploy` of a stack of one resource",
        min(ours) / min(peer),
        len(ours),
        most=1.5,
        values={"make deploy, s": min(ours), "cdk deploy, s": min(peer)},
    )


def _seconds(command: list[str], folder: Path, environment: Mapping[str, str]) -> float:
    """What a command takes; an error ends the measurement."""
    began = perf_counter()
    subprocess.run(command, cwd=folder, env=environment, check=True, stdout=subprocess.DEVNULL)
    return perf_counter() - began
