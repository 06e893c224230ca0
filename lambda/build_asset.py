"""Build the Lambda asset: the provider, Powertools, crhelper and botocore's models of the services it calls.

    python lambda/build_asset.py        prints the zip that is the asset

It needs no Docker and no compiler: everything in it is Python, so one asset works on every architecture. It
also has byte code for Lambda's Python, if `npm ci` has installed the compiler. The result is kept in
`build/asset/` under a hash of its inputs, so it is built once.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

SOURCE = Path(__file__).resolve().parent
REQUIREMENTS = SOURCE / "requirements.txt"
COMPILER = SOURCE / "byte_code.mjs"
BUILDS = SOURCE.parent / "build" / "asset"

_MODEL = Path("personalize", "2018-05-22", "service-2.json.gz")
_ENDPOINTS = "endpoints.json"
# The services that the provider has clients for.
_SERVICES = ("cloudformation", "events", "personalize")

# Of Powertools only what its Logger imports is shipped: the rest triples the asset and never runs.
_POWERTOOLS_UNUSED = {"event_handler", "middleware_factory"}
_POWERTOOLS_UTILITIES = {"__init__.py", "jmespath_utils", "typing"}

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest date in a zip


def asset() -> Path:
    """The zip with the asset, built first if it isn't there. Its name is a hash of all that goes into it.

    Raises:
        RuntimeError: pip couldn't install the requirements, or the source couldn't be compiled; the message
            holds what they said.
    """
    pyodide = _pyodide()
    target = BUILDS / f"{_key(pyodide)}.zip"
    if not target.is_file():
        BUILDS.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=BUILDS, prefix=".building-") as workplace:
            folder = _build(Path(workplace))
            if pyodide:
                _compile(folder)
            # Whole or not at all, also with two builders at once.
            _zipped(folder).replace(target)
    if not pyodide:
        print(  # noqa: T201 (what a script is for)
            "The Lambda asset has no byte code, so the function takes longer to start: the Python that makes "
            f"it is not in {SOURCE.parent / 'node_modules'}. It comes with Node and `npm ci`.",
            file=sys.stderr,
        )
    return target


def _build(workplace: Path) -> Path:
    installed, built = workplace / "installed", workplace / "asset"
    _pip_install(installed)
    built.mkdir()
    shutil.copytree(SOURCE / "personalize_provider", built / "personalize_provider", ignore=_byte_code)
    shutil.copytree(installed / "crhelper", built / "crhelper", ignore=_not_run)
    shutil.copy(installed / "typing_extensions.py", built)
    shutil.copytree(
        installed / "aws_lambda_powertools", built / "aws_lambda_powertools", ignore=_unused_powertools
    )
    data = installed / "botocore" / "data"
    (built / "models" / _MODEL).parent.mkdir(parents=True)
    shutil.copy(data / _MODEL, built / "models" / _MODEL)
    (built / "models" / _ENDPOINTS).write_text(_endpoints(data / _ENDPOINTS))
    _copy_licenses(installed, built / "licenses")
    return built


def _endpoints(path: Path) -> str:
    """The endpoints of our services alone: to read those of all would be an eighth of a cold start."""
    endpoints = json.loads(path.read_text())
    for partition in endpoints["partitions"]:
        services = partition["services"]
        partition["services"] = {name: services[name] for name in _SERVICES if name in services}
    return json.dumps(endpoints)


def _copy_licenses(installed: Path, into: Path) -> None:
    """Keep the licenses of the packages in the asset, by project."""
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
    _run(command, f"pip could not install {REQUIREMENTS} for the Lambda asset")


def _compile(folder: Path) -> None:
    _run(["node", str(COMPILER), str(folder)], "the Lambda asset could not be compiled")


def _run(command: list[str], failure: str) -> None:
    ran = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 (our own arguments)
    if ran.returncode:
        raise RuntimeError(f"{failure}:\n{ran.stderr}{ran.stdout}")


def _unused_powertools(folder: str, names: list[str]) -> set[str]:
    if Path(folder).name == "utilities":
        return set(names) - _POWERTOOLS_UTILITIES
    return _byte_code(folder, names) | (_POWERTOOLS_UNUSED & set(names))


def _not_run(folder: str, names: list[str]) -> set[str]:
    return _byte_code(folder, names) | {name for name in names if name.endswith(".pyi")}


def _byte_code(_folder: str, names: list[str]) -> set[str]:
    return {name for name in names if name == "__pycache__" or name.endswith(".pyc")}


def _zipped(folder: Path) -> Path:
    """The same bytes for the same files, whoever owns them and whenever they were written."""
    target = folder.with_suffix(".zip")
    with zipfile.ZipFile(target, "w") as archive:
        for path in sorted(folder.rglob("*"), key=lambda path: path.relative_to(folder).as_posix()):
            if path.is_dir():
                continue
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), _EPOCH)
            entry.create_system = 3  # Unix, on every machine: otherwise the permissions are ignored
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, path.read_bytes(), compresslevel=9)
    return target


def _pyodide() -> Path | None:
    """What says which Python compiles; None if there is none."""
    package = SOURCE.parent / "node_modules" / "pyodide" / "package.json"
    return package if package.is_file() and shutil.which("node") else None


def _key(pyodide: Path | None) -> str:
    key = sha256()
    for path in _inputs():
        key.update(f"{path.relative_to(SOURCE).as_posix()}\0".encode())
        key.update(path.read_bytes())
    if pyodide:
        key.update(json.loads(pyodide.read_text())["version"].encode())
    return key.hexdigest()


def _inputs() -> Iterator[Path]:
    yield Path(__file__).resolve()
    yield REQUIREMENTS
    yield COMPILER
    for folder, folders, files in os.walk(SOURCE / "personalize_provider"):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        yield from (Path(folder, name) for name in sorted(files) if not name.endswith(".pyc"))


if __name__ == "__main__":
    print(asset())  # noqa: T201 (what a script is for)
