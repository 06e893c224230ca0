"""A solution's properties in a template in one spelling, part by part, as the provider understands them.

A generated name is a hash of what can't be changed, so that decides whether a solution is replaced. The
provider has the same knowledge in `personalize_provider.kinds.solution`; a test holds the two together.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from cdk_personalize.cli.expressions import is_known
from cdk_personalize.model import value_types
from cdk_personalize.model.structures import Structure, members
from cdk_personalize.model.value_types import ValueType
from cdk_personalize.solution.config import SolutionConfig
from cdk_personalize.solution.request import SolutionRequest

UPDATABLE = frozenset(
    {"performAutoTraining", "performIncrementalUpdate", "waitForTrainingOnDelete", "adoptExisting", "tags"}
)
"""Properties that are changed in place (rule 65), and those that are the provider's own."""

UPDATABLE_CONFIG = ("autoTrainingConfig", "eventsConfig")
"""Members of solutionConfig that are changed in place (rule 65)."""

_OFF_UNLESS_SAID = ("performHPO", "performAutoML")  # rules 19 and 23
_TYPES: Mapping[str, ValueType] = {
    member.api_name: member.type for member in members(SolutionRequest).values()
}
_CONFIG_TYPES: Mapping[str, ValueType] = {
    member.api_name: member.type for member in members(SolutionConfig).values()
}
_DECIMAL = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
_DAYS = re.compile(r"rate\((\d+) days?\)")
_DEFAULT_SCHEDULE = "rate(7 days)"  # rule 33

Parts = dict[str, Any]


def immutable(properties: Mapping[str, Any]) -> Parts:
    """What can't be changed in a solution, except its name, by the member's path, without absent members.

    Args:
        properties: As a template has them, with expressions in place of what is not known.
    """
    config = properties.get("solutionConfig") or {}
    if not is_known(config) or not isinstance(config, Mapping):
        config = {"": config}
    parts: Parts = {
        name: _one(_TYPES.get(name), value)
        for name, value in properties.items()
        if name not in UPDATABLE | {"name", "solutionConfig"} and not name.startswith("Service")
    }
    parts = {name: value for name, value in parts.items() if value is not None and value != ""}
    for name in _OFF_UNLESS_SAID:
        if parts.get(name) == "false":
            del parts[name]
    of_config = {
        name: _one(_CONFIG_TYPES.get(name), value)
        for name, value in config.items()
        if name not in UPDATABLE_CONFIG
    }
    if parts.get("performAutoML") == "true":  # everything else is ignored (rules 20 and 21)
        parts.pop("performHPO", None)
        of_config = {name: value for name, value in of_config.items() if name == "autoMLConfig"}
    return parts | {
        f"solutionConfig.{name}".rstrip("."): value
        for name, value in of_config.items()
        if not _is_nothing(value)
    }


def updatable(properties: Mapping[str, Any]) -> Parts:
    """What is changed in place, by the member's path, with every default filled in."""
    config = properties.get("solutionConfig") or {}
    config = config if is_known(config) and isinstance(config, Mapping) else {}
    trains = _flag(properties.get("performAutoTraining", False))
    parts: Parts = {
        "performAutoTraining": trains,
        "performIncrementalUpdate": _flag(properties.get("performIncrementalUpdate", False)),
        "waitForTrainingOnDelete": _flag(properties.get("waitForTrainingOnDelete", False)),
        "adoptExisting": _flag(properties.get("adoptExisting", False)),
        "tags": _tags(properties.get("tags")),
        "solutionConfig.eventsConfig": _events(config.get("eventsConfig")),
    }
    if trains != "false":  # there is no schedule while it is off (rule 69)
        parts["solutionConfig.autoTrainingConfig"] = _schedule(config.get("autoTrainingConfig"))
    return parts


def _one(type_: ValueType | None, value: Any) -> Any:
    """A value in one spelling; an expression, and what is of no known type, as it is."""
    if not is_known(value):
        return value
    match type_, value:
        case Structure(), Mapping():
            known = {member.api_name: member.type for member in members(type_.type).values()}
            return _without_nothing({name: _one(known.get(name), item) for name, item in value.items()})
        case value_types.MapOf(value=value_types.ListOf()), Mapping():
            return _columns(value)
        case value_types.MapOf(value=inner), Mapping():
            return {name: _one(inner, item) for name, item in value.items()}
        case value_types.ListOf(item=inner), list():
            return _unordered([_one(inner, item) for item in value], inner)
        case value_types.Flag(), _:
            return _flag(value)
        case ((value_types.ScalarText() | value_types.Number() | value_types.Integer()), _):
            return _scalar(value)
        case _:
            return value if isinstance(value, Mapping | list) else str(value)


def _unordered(items: list[Any], type_: ValueType) -> list[Any]:
    """Ranges, words and candidates: their order means nothing."""
    if isinstance(type_, Structure):
        return sorted(items, key=_key)
    return sorted(({_key(_scalar(item)): _scalar(item) for item in items}).values(), key=_key)


def _columns(columns: Mapping[str, Any]) -> Parts:
    """Columns by dataset, whose name is of any case (rule 15); their order means nothing."""
    merged: dict[str, Any] = {}
    for dataset, names in columns.items():
        if not is_known(names) or not isinstance(names, list):
            merged[dataset.capitalize()] = names
        else:
            merged[dataset.capitalize()] = sorted({*map(str, names), *merged.get(dataset.capitalize(), ())})
    return merged


def _events(config: Any) -> Any:
    if not is_known(config) or not isinstance(config, Mapping):
        return config or []
    listed = config.get("eventParametersList", [])
    if not isinstance(listed, list) or not is_known(listed):
        return listed
    return sorted(
        ({name: _scalar(item) if name != "eventType" else item for name, item in event.items()}
         if isinstance(event, Mapping) and is_known(event) else event for event in listed),
        key=_key,
    )  # fmt: skip


def _schedule(config: Any) -> Any:
    if config is not None and not (isinstance(config, Mapping) and is_known(config)):
        return config
    expression = (config or {}).get("schedulingExpression", _DEFAULT_SCHEDULE)
    match = _DAYS.fullmatch(expression) if isinstance(expression, str) else None
    return f"every {int(match[1])} days" if match else expression


def _tags(tags: Any) -> Any:
    if not isinstance(tags, list):
        return tags or []
    return sorted(tags, key=_key)


def _flag(value: Any) -> Any:
    return str(value).lower() if is_known(value) else value


def _scalar(value: Any) -> Any:
    """A number or a boolean in one spelling: `0.50` is `0.5`; any other text stays as it is."""
    if not is_known(value):
        return value
    text = str(value)
    if not _DECIMAL.fullmatch(text):
        return text.lower() if text.lower() in {"true", "false"} else text
    number = Decimal(text)
    return "0" if number == 0 else f"{number.normalize():f}"


def _without_nothing(parts: Parts) -> Parts:
    return {name: value for name, value in parts.items() if not _is_nothing(value)}


def _is_nothing(value: Any) -> bool:
    return value is None or value in ("", [], {})


def _key(value: Any) -> str:
    return json.dumps(value, sort_keys=True)
