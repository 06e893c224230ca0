"""Each next step that a message names is followed in one of the tests beside this one."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import cdk_personalize

# What is only said of a request in the API's names; test_hints follows it.
_OF_REQUESTS = {"api_request.py"}
_SHORTEST = 8  # characters of a text that is looked for


def test_hints__of_the_library__are_all_followed_here() -> None:
    tests = Path(__file__).parent.rglob("test_hints*.py")
    followed = re.sub(r'"\s*f?"|"', "", "".join(test.read_text() for test in tests))

    missing = [
        f"{path.name}: {text}"
        for path in Path(cdk_personalize.__file__).parent.rglob("*.py")
        if path.name not in _OF_REQUESTS
        for text in next_steps(ast.parse(path.read_text()))
        if text not in followed
    ]

    assert missing == []


def next_steps(tree: ast.AST) -> Iterator[str]:
    """The fixed parts of all texts that a module gives to `fix` or `hint`."""
    for node in ast.walk(tree):
        match node:
            case ast.keyword(arg="fix" | "hint", value=value):
                yield from texts(value)
            case ast.Assign(targets=[ast.Name(id="fix" | "hint")], value=value):
                yield from texts(value)
            case ast.AugAssign(target=ast.Name(id="fix"), value=value):
                yield from texts(value)


def texts(value: ast.expr) -> Iterator[str]:
    for node in ast.walk(value):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value.replace('"', "").strip(" .:,;'")
            if len(text) >= _SHORTEST:
                yield text
