"""Requests that were really made, and how each is written as the arguments of a Solution."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from cdk_personalize import AutoTraining, Recipe, SolutionConfig
from cdk_personalize import _kinds as kinds
from cdk_personalize._request import SolutionRequest
from cdk_personalize._structure import Structure, api_name, members

PAYLOADS = sorted((Path(__file__).parents[1] / "data" / "payloads").glob("*.json"))
VALID = [path for path in PAYLOADS if json.loads(path.read_text())["expect"] == "valid"]


def arguments(params: dict[str, Any]) -> dict[str, Any]:
    """Write a request as the arguments of a Solution."""
    names = {api_name(name): name for name in members(SolutionRequest)}
    given = {names[name]: value for name, value in params.items() if name in names}
    if "recipe" in given:
        given["recipe"] = Recipe.from_arn(given["recipe"])
    config = dict(given.get("solution_config", {}))
    schedule = config.pop("autoTrainingConfig", {}).get("schedulingExpression", "rate(7 days)")
    if params.get("performAutoTraining"):
        given["auto_training"] = AutoTraining.every(days=int(schedule.removeprefix("rate(").split()[0]))
    if config:
        given["solution_config"] = _parsed(Structure(SolutionConfig), config)
    else:
        given.pop("solution_config", None)
    return given


def _parsed(kind: kinds.Kind, value: Any) -> Any:
    match kind:
        case Structure():
            ours = {api_name(name): (name, kind) for name, kind in members(kind.type).items()}
            return kind.type(**{ours[key][0]: _parsed(ours[key][1], item) for key, item in value.items()})
        case kinds.ListOf():
            return [_parsed(kind.item, item) for item in value]
        case kinds.IntegerText():
            return int(value)
        case kinds.Choice():
            return next((member for member in kind.members if member.value == value), value)
    return value
