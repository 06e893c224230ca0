"""The registry of kinds, and what the rest of the provider may know about them."""

from __future__ import annotations

import ast
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

import personalize_provider
from personalize_provider import framework
from personalize_provider.engine.request import Request
from personalize_provider.kinds import KINDS
from personalize_provider.kinds.owned.desired import Wanted
from personalize_provider.kinds.solution.desired import DesiredSolution
from support.virtual_time.provider_world import CONTEXT, PROPERTIES, STACK_ID, World

PACKAGE = Path(personalize_provider.__file__).parent
ENGINE = sorted(PACKAGE.glob("engine/*.py"))
ENTRY_POINTS = [PACKAGE / "framework.py", PACKAGE / "single_function.py"]


def event(type_: str, resource_type: str, physical: str, **properties: str) -> dict[str, Any]:
    return {
        "RequestType": type_,
        "StackId": STACK_ID,
        "RequestId": "4d6a7c1e-0000-4000-8000-000000000000",
        "LogicalResourceId": "Movies",
        "ResourceType": resource_type,
        "PhysicalResourceId": physical,
        "ResourceProperties": {**PROPERTIES, **properties},
        "OldResourceProperties": PROPERTIES if type_ == "Update" else {},
    }


def test_kinds__each__is_found_by_its_own_type() -> None:
    assert all(kind.resource_type == name for name, kind in KINDS.items())


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            yield node.module or ""
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


@pytest.mark.parametrize("path", [*ENGINE, *PACKAGE.glob("aws/*.py")], ids=lambda path: path.stem)
def test_engine__imports__no_kind(path: Path) -> None:
    assert [name for name in _imported(path) if name.startswith("personalize_provider.kinds")] == []


@pytest.mark.parametrize("path", ENTRY_POINTS, ids=lambda path: path.stem)
def test_entry_point__imports__only_the_registry(path: Path) -> None:
    names = {name for name in _imported(path) if name.startswith("personalize_provider.kinds")}
    assert names == {"personalize_provider.kinds"}


def _words(path: Path) -> Iterator[str]:
    """The names and strings of a module's code, without its docstrings and comments."""
    nodes = list(ast.walk(ast.parse(path.read_text())))
    docstrings = [node.value for node in nodes if isinstance(node, ast.Expr)]
    for node in nodes:
        match node:
            case ast.Name(id=word) | ast.Attribute(attr=word) | ast.alias(name=word):
                yield word
            case ast.Constant(value=str() as word) if node not in docstrings:
                yield word


@pytest.mark.parametrize(
    "path", [*ENGINE, *ENTRY_POINTS, PACKAGE / "aws" / "errors.py"], ids=lambda path: path.stem
)
def test_engine__code__knows_no_solution(path: Path) -> None:
    assert [word for word in _words(path) if "solution" in word.lower()] == []


def test_update__each_invocation__validates_new_and_old_properties_once(
    at: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    arn = at.created()
    at.stacks.status = "UPDATE_IN_PROGRESS"
    validated: list[Mapping[str, Any]] = []
    original = DesiredSolution.validated

    def counted(request: Request, properties: Mapping[str, Any]) -> Wanted:
        validated.append(properties)
        return original(request, properties)

    monkeypatch.setattr(DesiredSolution, "validated", counted)
    sent = event("Update", "Custom::PersonalizeSolution", arn, performAutoTraining="true")
    merged = json.loads(json.dumps({**sent, **framework.on_event(sent, CONTEXT)}))
    assert Counter(each["performAutoTraining"] for each in validated) == {"true": 1, "false": 1}

    validated.clear()
    assert framework.is_complete(merged, CONTEXT)["IsComplete"]
    assert Counter(each["performAutoTraining"] for each in validated) == {"true": 1, "false": 1}


@pytest.mark.parametrize("physical", ["bear", "arn:aws:personalize:us-east-1:123456789012:toy/bear"])
def test_delete__type_and_id_of_no_kind__is_done_without_a_call(at: World, physical: str) -> None:
    at.stacks.status = "DELETE_IN_PROGRESS"
    sent = event("Delete", "Custom::PersonalizeToy", physical)
    answer = framework.on_event(sent, CONTEXT)
    assert answer["PhysicalResourceId"] == physical
    assert framework.is_complete({**sent, **answer}, CONTEXT) == {"IsComplete": True}
    assert at.calls() == {}
