"""No module of a package imports itself through others, not even for type checking."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def _modules(source_root: Path, package: str) -> dict[str, Path]:
    return {
        ".".join(path.relative_to(source_root).with_suffix("").parts).removesuffix(".__init__"): path
        for path in (source_root / package).rglob("*.py")
    }


def _imported(path: Path, modules: dict[str, Path]) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                submodule = f"{node.module}.{alias.name}"
                yield submodule if submodule in modules else node.module


def _cycle(graph: dict[str, set[str]]) -> list[str]:
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


@pytest.mark.parametrize(
    ("source_root", "package"),
    [("constructs", "cdk_personalize"), ("lambda", "personalize_provider"), ("local", "personalize_local")],
)
def test_modules__of_a_package__import_each_other_in_one_direction(source_root: str, package: str) -> None:
    modules = _modules(ROOT / source_root, package)
    graph = {name: set(_imported(path, modules)) & modules.keys() for name, path in modules.items()}

    assert sum(map(len, graph.values())) > len(modules)
    assert _cycle(graph) == []


def test_cycle__of_three_modules__is_found() -> None:
    assert set(_cycle({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}})) == {"a", "b", "c"}
