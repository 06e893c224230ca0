"""The rules of the house that a tool could break without anything else failing."""

from __future__ import annotations

import ast
import importlib.metadata
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCE_ROOTS = ("constructs", "lambda", "local")
PACKAGES = {
    "cdk_personalize": ROOT / "constructs" / "cdk_personalize",
    "personalize_provider": ROOT / "lambda" / "personalize_provider",
    "personalize_local": ROOT / "local" / "personalize_local",
}


@pytest.mark.parametrize("name", [*SOURCE_ROOTS, "tests"])
def test_source_root__is_no_package(name: str) -> None:
    """`constructs/__init__.py` would hide a PyPI package, and `lambda` can't be the name of one."""
    assert not (ROOT / name / "__init__.py").exists()


def test_import_constructs__beside_the_folder__finds_the_installed_package() -> None:
    script = "import constructs; print(constructs.__file__)"
    found = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.strip()

    assert Path(found) == Path(
        str(importlib.metadata.distribution("constructs").locate_file("constructs/__init__.py"))
    )


@pytest.mark.parametrize("name", PACKAGES)
def test_package__imports_neither_of_the_others(name: str) -> None:
    others = PACKAGES.keys() - {name}
    for path in PACKAGES[name].rglob("*.py"):
        imported = {module.partition(".")[0] for module in _imports(path)}
        assert not imported & others, path


@pytest.mark.parametrize("name", PACKAGES)
def test_unit_tests__that_start_processes__are_not_for_make_unit(name: str) -> None:
    paths = list((ROOT / "tests" / name).rglob("test_*.py"))
    starting = [path for path in paths if "subprocess" in _imports(path)]
    assert paths
    assert not [path for path in starting if "pytest.mark.process" not in path.read_text()]


def _imports(path: Path) -> set[str]:
    modules: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            modules.add(node.module)
    return modules


@pytest.mark.parametrize("name", PACKAGES)
def test_package__is_typed(name: str) -> None:
    assert (PACKAGES[name] / "py.typed").is_file()
