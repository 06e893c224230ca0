"""JSONPath: a path that finds nothing fails the execution, and filters, slices and descents work.

In ministack the value of such a path is null, and the state goes on.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import jsonpath_ng.exceptions
import jsonpath_ng.ext
from ministack.services import stepfunctions

_SEVERAL = re.compile(r"\.\.|[?*:,]")


def register() -> None:
    """Let a path that leads nowhere fail with States.Runtime."""
    resolve, evaluate = stepfunctions._resolve_path, stepfunctions._evaluate_rule

    def resolve_path(path: str, data: Any) -> Any:
        if path and path.startswith("$") and stepfunctions._parse_jsonpath_tokens(path) is None:
            return followed(path, data)
        if path and path.startswith("$") and not exists(path, data):
            raise _not_found(path, data)
        return resolve(path, data)

    def evaluate_rule(rule: Mapping[str, Any], data: Any, context: Mapping[str, Any] | None = None) -> bool:
        variable = rule.get("Variable", "")
        if not variable:
            return bool(evaluate(rule, data, context))
        source, path = (context or {}, variable[1:]) if variable.startswith("$$.") else (data, variable)
        found = exists(path, source)
        if "IsPresent" in rule:
            # A member whose value is null is there.
            return found is bool(rule["IsPresent"])
        if not found:
            raise stepfunctions._ExecutionError(
                "States.Runtime",
                f"Invalid path '{variable}': The choice state's condition path references an invalid value.",
            )
        return bool(evaluate(rule, data, context))

    stepfunctions._resolve_path = resolve_path
    stepfunctions._evaluate_rule = evaluate_rule


_parsed = lru_cache(jsonpath_ng.ext.parse)  # each takes 20 ms, and a state may run again and again


def followed(path: str, data: Any) -> Any:
    """The value of a path that ministack can't follow: a list, unless it leads to one place at most."""
    try:
        found = [match.value for match in _parsed(path).find(data)]
    except jsonpath_ng.exceptions.JSONPathError as error:
        raise stepfunctions._ExecutionError(
            "States.Runtime", f"The local AWS can't follow the JSONPath '{path}': {error}"
        ) from error
    if _SEVERAL.search(path):
        return found
    if not found:
        raise _not_found(path, data)
    return found[0]


def _not_found(path: str, data: Any) -> Exception:
    error: Exception = stepfunctions._ExecutionError(
        "States.Runtime",
        f"The JSONPath '{path}' could not be found in the input '{json.dumps(data, default=str)}'",
    )
    return error


def exists(path: str, data: Any) -> bool:
    """Whether a path leads to a value. One with a wildcard always does: to a list, which may be empty."""
    tokens = stepfunctions._parse_jsonpath_tokens(path)
    if tokens is None:
        return False
    for kind, key in tokens:
        if kind == "wildcard":
            return True
        held = isinstance(data, Mapping) and key in data
        if kind == "index":
            held = isinstance(data, list) and key < len(data)
        if not held:
            return False
        data = data[key]
    return True
