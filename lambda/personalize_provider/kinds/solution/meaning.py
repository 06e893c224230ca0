"""One form for every spelling of the same configuration. Pure.

A generated name is a hash of what can't be changed about a solution. If two spellings of one
configuration had two hashes, a reordered list would replace a solution and lose its trainings. What no
source documents as the same stays apart: the change must not be dropped.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

_OFF_UNLESS_SAID = ("performHPO", "performAutoML")  # rules 19 and 23

# Maps of a name to a number, a boolean or a word, each written as a string (rules 8 and 10).
_PARAMETERS = frozenset({"algorithmHyperParameters", "featureTransformationParameters", "hpoResourceConfig"})
_COLUMNS = frozenset({"excludedDatasetColumns", "includedDatasetColumns"})

_DECIMAL = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")


def canonical(request: Mapping[str, Any]) -> dict[str, Any]:
    """A CreateSolution request, or a described solution, in one spelling.

    The spelling is the usual one, so that a request which was written in it has the hash that it always had.
    """
    solution = dict(request)
    config = canonical_config(solution.get("solutionConfig") or {})
    for name in _OFF_UNLESS_SAID:
        if not solution.get(name):
            solution.pop(name, None)
    if not solution.get("eventType"):
        solution.pop("eventType", None)
    if solution.get("performAutoML"):
        # HPO is always on, and of the configuration nothing else is heeded (rules 20 and 21).
        solution.pop("performHPO", None)
        config = {key: value for key, value in config.items() if key == "autoMLConfig"}
    return {**solution, "solutionConfig": config}


def canonical_config(config: Mapping[str, Any]) -> dict[str, Any]:
    """A `solutionConfig` in one spelling; what is empty says nothing and is left out."""
    return _without_nothing({name: _member(name, value) for name, value in config.items()})


def scalar_text(value: Any) -> str:
    """A number or a boolean in one spelling: `0.50` is `0.5`, `1e-2` is `0.01`, and `True` is `true`.

    Any other text stays as it is.
    """
    text = str(value)
    if _DECIMAL.fullmatch(text):
        return _decimal_text(text)
    return text.lower() if text.lower() in {"true", "false"} else text


def _decimal_text(text: str) -> str:
    plain = f"{Decimal(text):f}"
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    digits = plain.lstrip("+-")
    whole, point, part = digits.partition(".")
    digits = (whole.lstrip("0") or "0") + point + part
    return f"-{digits}" if plain.startswith("-") and digits != "0" else digits


def _member(name: str, value: Any) -> Any:
    if name in _COLUMNS and isinstance(value, Mapping):
        return _columns(value, keeps_empty=name == "includedDatasetColumns")
    if name in _PARAMETERS and isinstance(value, Mapping):
        return {key: scalar_text(item) for key, item in value.items()}
    match name, value:
        case "eventValueThreshold", _:
            return scalar_text(value)
        case "values", list():  # of a categorical range
            return sorted(map(scalar_text, value))
        case "recipeList", list():  # of AutoML: which to try
            return sorted(set(map(str, value)))
        case _, float():
            return value + 0.0  # minus zero is zero
        case _, Mapping():
            return canonical_config(value)
        case _, [Mapping(), *_]:  # ranges of hyperparameters
            return sorted((canonical_config(item) for item in value), key=_sort_key)
    return value


def _columns(columns: Mapping[str, Iterable[str]], *, keeps_empty: bool) -> dict[str, list[str]]:
    """Columns by dataset, whose name is of any case (rule 15); their order means nothing.

    Which columns an empty list includes is not documented, so it is not the same as no list.
    """
    merged: dict[str, set[str]] = {}
    for dataset, names in columns.items():
        if names or keeps_empty:
            merged.setdefault(dataset.capitalize(), set()).update(names)
    return {dataset: sorted(names) for dataset, names in merged.items()}


def _without_nothing(members: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None and value not in ("", [], {})}


def _sort_key(value: Any) -> str:
    return json.dumps(value, sort_keys=True)
