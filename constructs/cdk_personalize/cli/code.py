"""The Python that declares a solution."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from ruff.__main__ import find_ruff_bin

from cdk_personalize.dataset_group.arn import DatasetGroupArn
from cdk_personalize.model import value_types
from cdk_personalize.model.structures import Structure, members
from cdk_personalize.model.value_types import ValueType
from cdk_personalize.recipe.recipe import Recipe, spelling
from cdk_personalize.solution.api_request import ApiRequest
from cdk_personalize.solution.config import AutoTraining
from cdk_personalize.solution.request import RecipeArn, Schedule, SolutionRequest

_MODULES = {"Construct": "constructs", "Stack": "aws_cdk", "Tags": "aws_cdk"}
_OURS = "cdk_personalize"
# What a reader looks for first.
_FIRST = ("solution_name", "adopt_existing", "dataset_group", "recipe")


def declaration(request: ApiRequest) -> str:
    """Return a module with one function, which declares the solution in a scope.

    The text depends on the request only. Neither account nor Region is in it.

    Args:
        request: A request without problems, with a name.
    """
    name = str(request.arguments["solution_name"])
    solution = _solution(name, request.arguments)
    lines = [
        f"def declare_{_snake_case(name)}(scope: Construct) -> Solution:",
        '"""Declare the solution, and take over the one that exists already."""',
    ]
    if request.tags:
        lines += [
            f"solution = {solution}",
            *(f"Tags.of(solution).add({key!r}, {value!r})" for key, value in sorted(request.tags.items())),
            "return solution",
        ]
    else:
        lines += [f"return {solution}"]
    function = "\n    ".join(lines)
    return _formatted(f"{_imports(function)}\n\n\n{function}\n")


def _formatted(code: str) -> str:
    command = [find_ruff_bin(), "format", "--isolated", "--stdin-filename", "declaration.py"]
    ran = subprocess.run(command, input=code.encode(), capture_output=True, check=True)  # noqa: S603 (our own code)
    return ran.stdout.decode()


def _imports(code: str) -> str:
    used = {
        node.id for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name) and node.id[0].isupper()
    }
    by_module: dict[str, list[str]] = {}
    for name in sorted(used, key=str.lower):
        by_module.setdefault(_MODULES.get(name, _OURS), []).append(name)
    return "\n".join(
        f"from {module} import {', '.join(names)}" for module, names in sorted(by_module.items())
    )


def _solution(name: str, arguments: Mapping[str, Any]) -> str:
    known = members(SolutionRequest)
    order = [*_FIRST, *known]
    given = {
        argument: value
        for argument, value in arguments.items()
        if (argument, value) != ("auto_training", AutoTraining.DISABLED)  # the default
    }
    parts = [f"{key}={_code(known[key].type, given[key])}" for key in sorted(given, key=order.index)]
    # The last comma makes it one argument a line.
    return f"Solution({', '.join(['scope', repr(_pascal_case(name)), *parts])},)"


def _code(type_: ValueType, value: Any) -> str:
    match type_:
        case Structure():
            return _structure(value)
        case RecipeArn():
            return _recipe(value)
        case DatasetGroupArn():
            # In the stack's own account and Region, where the solution's dataset group always is.
            name = value.partition("/")[2]
            return (
                "Stack.of(scope).format_arn("
                f"service='personalize', resource='dataset-group', resource_name={name!r},)"
            )
        case Schedule():
            return f"AutoTraining.every(days={value.days})"
        case value_types.Choice():
            return f"{type(value).__name__}.{value.name}"
        case value_types.ListOf(item=item):
            return f"[{', '.join(_code(item, entry) for entry in value)}]"
        case value_types.MapOf(key=key, value=item):
            entries = (f"{_code(key, name)}: {_code(item, value[name])}" for name in sorted(value))
            return f"{{{', '.join(entries)}}}"
        case value_types.ScalarText():
            return _scalar(value)
        case value_types.Number():
            # JSON on the way to the service makes 0 of -0.0, and the sum does too.
            return repr(float(value) + 0.0).replace("e+", "e")
        case _:
            return repr(value)


def _structure(value: Any) -> str:
    structure: type = type(value)
    known = members(structure)
    given = {field.name: getattr(value, field.name) for field in fields(value)}
    parts = (f"{key}={_code(known[key].type, item)}" for key, item in given.items() if item not in (None, ()))
    return f"{structure.__name__}({', '.join(parts)})"


def _recipe(recipe: Recipe) -> str:
    if recipe.facts is not None:
        return spelling(recipe.name)
    return f"Recipe.from_arn({recipe.arn(partition='aws')!r})"


def _scalar(text: str) -> str:
    """Return a number or a boolean if it is sent as exactly this string."""
    if text in ("true", "false"):
        return text.capitalize()
    for number in (int, float):
        if re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{1,15})?", text) and _is_written(text, number):
            return text
    return repr(text)


def _is_written(text: str, number: type[int] | type[float]) -> bool:
    try:
        return repr(number(text)) == text
    except ValueError:
        return False


def _words(name: str) -> list[str]:
    return re.findall(r"[A-Z]*[a-z0-9]+|[A-Z]+", name)


def _snake_case(name: str) -> str:
    return "_".join(_words(name)).lower()


def _pascal_case(name: str) -> str:
    return "".join(word[0].upper() + word[1:] for word in _words(name))
