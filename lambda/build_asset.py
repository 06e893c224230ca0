"""Build the Lambda asset: the provider's source, Powertools and the Personalize service model.

    python lambda/build_asset.py        prints the folder that holds the asset

No Docker and no compiler: everything in it is pure Python, so one asset serves every architecture.
The result is kept in `build/asset/` under a key made from all that goes into it, so it is built once.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

SOURCE = Path(__file__).resolve().parent
REQUIREMENTS = SOURCE / "requirements.txt"
STAND_INS = SOURCE / "stand_ins"
BUILDS = SOURCE.parent / "build" / "asset"

_MODEL = Path("personalize", "2018-05-22", "service-2.json.gz")

# Of Powertools only what its Logger imports is shipped: the rest triples the asset and never runs.
_POWERTOOLS_UNUSED = {"event_handler", "middleware_factory"}
_POWERTOOLS_UTILITIES = {"__init__.py", "jmespath_utils", "typing"}


def asset() -> Path:
    """The folder with the asset, built first if it isn't there.

    Raises:
        RuntimeError: pip couldn't install the requirements; the message holds its output.
    """
    target = BUILDS / _key()
    if not target.is_dir():
        BUILDS.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=BUILDS, prefix=".building-") as workplace:
            built = _build(Path(workplace))
            try:
                built.rename(target)  # whole or not at all, also with two builders at once
            except OSError:
                if not target.is_dir():
                    raise
    return target


def _build(workplace: Path) -> Path:
    installed, built = workplace / "installed", workplace / "asset"
    _pip_install(installed)
    built.mkdir()
    shutil.copytree(SOURCE / "personalize_provider", built / "personalize_provider", ignore=_byte_code)
    shutil.copytree(installed / "crhelper", built / "crhelper", ignore=_not_run)
    shutil.copytree(STAND_INS, built, ignore=_byte_code, dirs_exist_ok=True)
    shutil.copytree(
        installed / "aws_lambda_powertools", built / "aws_lambda_powertools", ignore=_unused_powertools
    )
    (built / "models" / _MODEL).parent.mkdir(parents=True)
    shutil.copy(installed / "botocore" / "data" / _MODEL, built / "models" / _MODEL)
    _copy_licenses(installed, built / "licenses")
    return built


def _copy_licenses(installed: Path, into: Path) -> None:
    """Keep the terms of what the asset passes on, by project."""
    for information in sorted(installed.glob("*.dist-info")):
        project = into / information.name.partition("-")[0]
        project.mkdir(parents=True)
        for text in sorted(information.rglob("*")):
            if text.is_file() and text.name.startswith(("LICENSE", "NOTICE")):
                shutil.copy(text, project)


def _pip_install(target: Path) -> None:
    options = ["--quiet", "--no-compile", "--no-deps", "--require-hashes", "--only-binary=:all:"]
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        *options,
        "--target",
        str(target),
        "-r",
        str(REQUIREMENTS),
    ]
    pip = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 (our own arguments)
    if pip.returncode:
        raise RuntimeError(f"pip could not install {REQUIREMENTS} for the Lambda asset:\n{pip.stderr}")


def _unused_powertools(folder: str, names: list[str]) -> set[str]:
    if Path(folder).name == "utilities":
        return set(names) - _POWERTOOLS_UTILITIES
    return _byte_code(folder, names) | (_POWERTOOLS_UNUSED & set(names))


def _not_run(folder: str, names: list[str]) -> set[str]:
    return _byte_code(folder, names) | {name for name in names if name.endswith(".pyi")}


def _byte_code(_folder: str, names: list[str]) -> set[str]:
    return {name for name in names if name == "__pycache__" or name.endswith(".pyc")}


def _key() -> str:
    key = sha256()
    for path in _inputs():
        key.update(f"{path.relative_to(SOURCE).as_posix()}\0".encode())
        key.update(path.read_bytes())
    return key.hexdigest()[:16]


def _inputs() -> Iterator[Path]:
    yield Path(__file__).resolve()
    yield REQUIREMENTS
    for root in (SOURCE / "personalize_provider", STAND_INS):
        for folder, folders, files in os.walk(root):
            folders[:] = sorted(name for name in folders if name != "__pycache__")
            yield from (Path(folder, name) for name in sorted(files) if not name.endswith(".pyc"))


if __name__ == "__main__":
    print(asset())  # noqa: T201 (what a script is for)
