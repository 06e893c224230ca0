"""The Python that declares a solution."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any

from cdk_personalize.cli.layout import WIDTH, Brackets, Code, Text, call, laid_out, names, string
from cdk_personalize.model import value_types as kinds
from cdk_personalize.model.structures import Structure, api_name, members
from cdk_personalize.model.value_types import Kind
from cdk_personalize.recipe.recipe import Recipe, spelling
from cdk_personalize.solution.api_request import ApiRequest
from cdk_personalize.solution.auto_training import AutoTraining
from cdk_personalize.solution.request import DatasetGroupArn, RecipeArn, Schedule, SolutionRequest

_MODULES = {"Construct": "constructs", "Stack": "aws_cdk", "Tags": "aws_cdk"}
_OURS = "cdk_personalize"
# What a reader looks for first, in the API's names.
_FIRST = ("name", "adoptExisting", "datasetGroupArn", "recipeArn")


def declaration(request: ApiRequest) -> str:
    """A module with one function, which declares the solution in a scope that it is given.

    The text depends on the request alone, and neither account nor Region is in it.

    Args:
        request: A request that has no problems, with a name.
    """
    name = str(request.arguments["solution_name"])
    solution = _solution(name, request.arguments)
    tags = [
        Brackets("Tags.of(solution).add(", (("", string(key)), ("", string(value))), ")", "Tags")
        for key, value in sorted(request.tags.items())
    ]
    signature = Brackets(
        f"def declare_{_snake_case(name)}(",
        (("scope: ", Text("Construct", "Construct")),),
        ") -> Solution:",
        "Solution",
    )
    body = ['"""Declare the solution, and take over the one that exists already."""']
    if tags:
        body += [f"solution = {_in_function(solution)}", *map(_in_function, tags), "return solution"]
    else:
        body += [f"return {_in_function(solution)}"]
    lines = [*_imports([signature, solution, *tags]), "", "", laid_out(signature)]
    return "\n".join([*lines, *(f"    {statement}" for statement in body)]) + "\n"


def _in_function(code: Code) -> str:
    return laid_out(code, indent=4, before=4)


def _solution(name: str, arguments: Mapping[str, Any]) -> Brackets:
    known = members(SolutionRequest)
    given = {argument: _code(known[argument], value) for argument, value in arguments.items()}
    if arguments.get("auto_training") == AutoTraining.DISABLED:
        del given["auto_training"]  # the default
    items: list[tuple[str, Code]] = [("", Text("scope")), ("", string(_pascal_case(name)))]
    items += [(f"{argument}=", given[argument]) for argument in sorted(given, key=_position)]
    return Brackets("Solution(", tuple(items), ")", "Solution", always_open=True)


def _position(argument: str) -> int:
    order = (*_FIRST, *map(api_name, members(SolutionRequest)))
    return order.index(api_name(argument))


def _code(kind: Kind, value: Any) -> Code:  # noqa: C901 (a case for each kind)
    match kind:
        case Structure():
            return _structure(value)
        case RecipeArn():
            return _recipe(value)
        case DatasetGroupArn():
            return _in_the_stack("dataset-group", value.partition("/")[2])
        case Schedule():
            return Text(f"AutoTraining.every(days={value.days})", "AutoTraining")
        case kinds.Choice():
            return Text(f"{type(value).__name__}.{value.name}", type(value).__name__)
        case kinds.ListOf(item=item):
            return Brackets("[", tuple(("", _code(item, entry)) for entry in value), "]")
        case kinds.MapOf(key=key, value=item):
            entries = ((f"{_plain(key, name)}: ", _code(item, value[name])) for name in sorted(value))
            return Brackets("{", tuple(entries), "}")
        case kinds.ScalarText():
            return _scalar(value)
        case kinds.Number():
            # JSON on the way to the service makes 0 of -0.0, and the sum does too.
            return Text(repr(float(value) + 0.0).replace("e+", "e"))
        case kinds.Text():
            return string(value)
        case _:
            return Text(repr(value))


def _plain(kind: Kind, value: Any) -> str:
    return laid_out(_code(kind, value))


def _structure(value: Any) -> Code:
    given = {field.name: getattr(value, field.name) for field in fields(value)}
    structure: type = type(value)
    known = members(structure)
    return call(
        structure.__name__,
        [(name, _code(known[name], item)) for name, item in given.items() if item not in (None, ())],
    )


def _recipe(recipe: Recipe) -> Code:
    name, arn = recipe.name, recipe.arn(partition="aws")
    if recipe.facts is not None:
        return Text(spelling(name), "Recipe")
    return Brackets("Recipe.from_arn(", (("", string(arn)),), ")", "Recipe")


def _in_the_stack(resource: str, name: str) -> Code:
    """An ARN in the stack's own account and Region, where the solution's dataset group always is."""
    arguments = {"service": "personalize", "resource": resource, "resource_name": name}
    return call(
        "Stack.of(scope).format_arn", [(key, string(text)) for key, text in arguments.items()], uses="Stack"
    )


def _scalar(text: str) -> Code:
    """A number or a boolean where it is sent as this very string."""
    if text in ("true", "false"):
        return Text(text.capitalize())
    for number in (int, float):
        if re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{1,15})?", text) and _is_written(text, number):
            return Text(text)
    return string(text)


def _is_written(text: str, number: type[int] | type[float]) -> bool:
    try:
        return repr(number(text)) == text
    except ValueError:
        return False


def _imports(code: Iterable[Code]) -> list[str]:
    used = sorted({name for part in code for name in names(part)}, key=str.lower)
    modules = sorted({_MODULES.get(name, _OURS) for name in used})
    return [
        laid_out(_import(module, [name for name in used if _MODULES.get(name, _OURS) == module]))
        for module in modules
    ]


def _import(module: str, imported: list[str]) -> Code:
    on_one_line = Text(f"from {module} import {', '.join(imported)}")
    if len(on_one_line.text) <= WIDTH:
        return on_one_line
    return Brackets(f"from {module} import (", tuple((name, Text("")) for name in imported), ")", "", True)


def _words(name: str) -> list[str]:
    return re.findall(r"[A-Z]*[a-z0-9]+|[A-Z]+", name)


def _snake_case(name: str) -> str:
    return "_".join(_words(name)).lower()


def _pascal_case(name: str) -> str:
    return "".join(word[0].upper() + word[1:] for word in _words(name))
