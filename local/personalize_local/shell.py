"""What a shell is given to read: the variables of the local AWS, and commands to paste."""

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
"""What `env $(... env) COMMAND` gets when no local AWS answers: an option that env(1) refuses."""

# A host that by definition doesn't exist (RFC 6761). An error that names it says what is wrong.
_NOWHERE = "http://no-local-aws-runs.invalid"
_SCRIPT = "personalize-local"


def arguments(inherited: Mapping[str, str], endpoint: str) -> str:
    """Arguments for env(1), one a line, that lead from an environment to the server at an endpoint URL."""
    unset, wanted = _changes(inherited, endpoint)
    return "\n".join(
        [*(f"-u{name}" for name in unset), *(f"{name}={value}" for name, value in wanted.items())]
    )


def exports(inherited: Mapping[str, str], endpoint: str) -> str:
    """The same as commands of a shell."""
    unset, wanted = _changes(inherited, endpoint)
    lines = [f"unset {name}" for name in unset]
    return "\n".join([*lines, *(f"export {name}={shlex.quote(value)}" for name, value in wanted.items())])


def nowhere(inherited: Mapping[str, str]) -> str:
    """Commands of a shell after which AWS clients reach no account; `eval` of them fails."""
    return f"{exports(inherited, _NOWHERE)}\nfalse"


def command(state_dir: Path, name: str) -> str:
    """A command of this program, to paste into a shell in this folder.

    Args:
        state_dir: Where the server is remembered.
        name: The command's name, such as `start`.
    """
    words = [program(), name]
    if state_dir != DEFAULT_STATE_DIR:
        words += ["--state-dir", shlex.quote(str(state_dir.resolve()))]
    return " ".join(words)


def program() -> str:
    """How this program is run from a shell in this folder."""
    script = Path(sys.argv[0])
    if script.stem == _SCRIPT:
        return _SCRIPT if shutil.which(_SCRIPT) == str(script) else _near(script)
    words = [_near(Path(sys.executable)), "-m", "personalize_local"]
    root = Path(__file__).resolve().parents[1]
    if _given(root, os.environ.get("PYTHONPATH", "").split(os.pathsep)):
        words.insert(0, f"PYTHONPATH={_near(root)}")
    return " ".join(words)


def found(name: str) -> str:
    """Another program, by its name or, where it is in this folder, by its path from here.

    make puts such folders into PATH, and other shells don't have them there.
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
