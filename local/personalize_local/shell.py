"""Text for a shell: the environment variables of the local AWS, and commands to paste."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from personalize_local import address
from personalize_local.background import DEFAULT_STATE_DIR

REFUSED_BY_ENV = "--no-local-aws-runs"
"""The output of `env` if no local AWS runs: an option that env(1) refuses."""

# A host that cannot exist (RFC 6761). It appears in error messages and says what is wrong.
_NOWHERE = "http://no-local-aws-runs.invalid"
_SCRIPT = "personalize-local"


def arguments(inherited: Mapping[str, str], endpoint: str) -> str:
    """Return arguments for env(1), one per line, that set the environment for the server at an endpoint."""
    unset, wanted = _changes(inherited, endpoint)
    return "\n".join(
        [*(f"-u{name}" for name in unset), *(f"{name}={value}" for name, value in wanted.items())]
    )


def exports(inherited: Mapping[str, str], endpoint: str) -> str:
    """Return the same as shell commands."""
    unset, wanted = _changes(inherited, endpoint)
    lines = [f"unset {name}" for name in unset]
    return "\n".join([*lines, *(f"export {name}={shlex.quote(value)}" for name, value in wanted.items())])


def nowhere(inherited: Mapping[str, str]) -> str:
    """Return shell commands after which AWS clients cannot call any account. Their `eval` fails."""
    return f"{exports(inherited, _NOWHERE)}\nfalse"


def command(state_dir: Path, name: str) -> str:
    """Return a command of this program, to paste into a shell in this folder.

    Args:
        state_dir: The folder for the files of the server.
        name: The name of the command, such as `start`.
    """
    words = [program(), name]
    if state_dir != DEFAULT_STATE_DIR:
        words += ["--state-dir", shlex.quote(str(state_dir.resolve()))]
    return " ".join(words)


def program() -> str:
    """Return how to run this program from a shell in this folder."""
    script = Path(sys.argv[0])
    if script.stem == _SCRIPT:
        return _SCRIPT if shutil.which(_SCRIPT) == str(script) else _near(script)
    words = [_near(Path(sys.executable)), "-m", "personalize_local"]
    root = Path(__file__).resolve().parents[1]
    if _given(root, os.environ.get("PYTHONPATH", "").split(os.pathsep)):
        words.insert(0, f"PYTHONPATH={_near(root)}")
    return " ".join(words)


def found(name: str) -> str:
    """Return the name of a program or, if it is in this folder, its relative path.

    make adds such folders to PATH, and other shells don't have them.
    """
    path = shutil.which(name)
    return _near(Path(path)) if path is not None and Path(path).is_relative_to(Path.cwd()) else name


def _changes(inherited: Mapping[str, str], endpoint: str) -> tuple[list[str], dict[str, str]]:
    environment = address.environment(inherited, endpoint)
    wanted = {name: environment[name] for name in address.client_environment(endpoint)}
    return [name for name in inherited if name not in environment], wanted


def _given(root: Path, paths: Iterable[str]) -> bool:
    return any(path and Path(path).resolve() == root for path in paths)


def _near(path: Path) -> str:
    folder = Path.cwd()
    return shlex.quote(str(path.relative_to(folder) if path.is_relative_to(folder) else path))
