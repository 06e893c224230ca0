"""What an update can change about a solution and what it can't, normalized: equal if it means the same. Pure.

A generated name is a hash of everything that can't be changed about a solution. If two spellings of one
configuration had two hashes, a reordered list would replace a solution, and its trainings would be lost.
Spellings that no source documents as the same stay different, so that no change is dropped.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from personalize_provider.engine.identity import digest
from personalize_provider.kinds.owned.spelling import scalar_text

# Rule 65. These lists don't come from the service model: a name is a function of what can't be changed, so a
# newer model must not move a member from one side to the other and rename everyone's solutions.
UPDATABLE_MEMBERS = frozenset({"performAutoTraining", "performIncrementalUpdate"})
UPDATABLE_CONFIG_MEMBERS = frozenset({"autoTrainingConfig", "eventsConfig"})

# Rule 33: the service's default when automatic training is on and has no schedule.
_DEFAULT_SCHEDULE = "rate(7 days)"

_OFF_BY_DEFAULT = ("performHPO", "performAutoML")  # rules 19 and 23

# Maps whose values are numbers, booleans or words, each written as a string (rules 8 and 10).
_PARAMETERS = frozenset({"algorithmHyperParameters", "featureTransformationParameters", "hpoResourceConfig"})
_COLUMNS = frozenset({"excludedDatasetColumns", "includedDatasetColumns"})


def immutable_hash(request: Mapping[str, Any]) -> str:
    """Hash of the meaning of everything that can't be changed about a solution, except its name (rule 66)."""
    config = request.get("solutionConfig") or {}
    kept = {key: value for key, value in config.items() if key not in UPDATABLE_CONFIG_MEMBERS}
    rest = {
        key: value
        for key, value in request.items()
        if key not in UPDATABLE_MEMBERS | {"name", "tags", "solutionConfig"}
    }
    return digest(canonical({**rest, "solutionConfig": kept}))


def updatable(solution: Mapping[str, Any]) -> dict[str, Any]:
    """What UpdateSolution can change, in the form of its request and with every default.

    Args:
        solution: A CreateSolution request or a described solution. The results for the desired and for the
            live configuration are equal if no update is needed.
    """
    config = _updatable_config(solution.get("solutionConfig", {}))
    wanted: dict[str, Any] = {
        "performAutoTraining": solution.get("performAutoTraining", False),
        "performIncrementalUpdate": solution.get("performIncrementalUpdate", False),
        "solutionUpdateConfig": {"eventsConfig": config.get("eventsConfig", {"eventParametersList": []})},
    }
    if wanted["performAutoTraining"]:  # rule 69: no schedule while it is off
        wanted["solutionUpdateConfig"]["autoTrainingConfig"] = config.get(
            "autoTrainingConfig", {"schedulingExpression": _DEFAULT_SCHEDULE}
        )
    return wanted


def update_request(wanted: Mapping[str, Any], live: Mapping[str, Any]) -> dict[str, Any]:
    """The members of an UpdateSolution request that turn `live` into `wanted`, both from `updatable`.

    A schedule is sent only when it changes: sending it starts a training (rule 68).
    """
    request = {key: wanted[key] for key in UPDATABLE_MEMBERS if wanted[key] != live[key]}
    ours, theirs = wanted["solutionUpdateConfig"], live["solutionUpdateConfig"]
    config = {key: value for key, value in ours.items() if value != theirs.get(key)}
    if config:
        request["solutionUpdateConfig"] = config
    return request


def carries(update: Mapping[str, Any], changes: Mapping[str, Any]) -> bool:
    """Whether an UpdateSolution, as DescribeSolution summarizes it, was sent with these changes."""
    sent = {**update, "solutionUpdateConfig": _updatable_config(update.get("solutionUpdateConfig", {}))}
    config = changes.get("solutionUpdateConfig", {})
    return all(sent["solutionUpdateConfig"].get(key) == value for key, value in config.items()) and all(
        sent.get(key) == value for key, value in changes.items() if key != "solutionUpdateConfig"
    )


def _updatable_config(config: Mapping[str, Any]) -> dict[str, Any]:
    """The updatable members that a configuration has, each in one spelling."""
    members: dict[str, Any] = {}
    if "eventsConfig" in config:
        events = config["eventsConfig"].get("eventParametersList", [])
        ordered = sorted(events, key=lambda event: sorted(map(str, event.items())))
        members["eventsConfig"] = {"eventParametersList": ordered}
    if "autoTrainingConfig" in config:
        schedule = config["autoTrainingConfig"].get("schedulingExpression", _DEFAULT_SCHEDULE)
        members["autoTrainingConfig"] = {"schedulingExpression": _schedule(schedule)}
    return members


def _schedule(schedule: str) -> str:
    """`rate(1 days)` means `rate(1 day)` (rule 16)."""
    match = re.fullmatch(r"rate\((\d{1,9}) days?\)", schedule)
    if match is None:
        return schedule
    days = int(match[1])
    return f"rate({days} day{'' if days == 1 else 's'})"


def canonical(request: Mapping[str, Any]) -> dict[str, Any]:
    """A CreateSolution request, or a described solution, in one spelling.

    It is the usual spelling, so that a request in this spelling keeps its hash.
    """
    solution = dict(request)
    config = canonical_config(solution.get("solutionConfig") or {})
    for name in _OFF_BY_DEFAULT:
        if not solution.get(name):
            solution.pop(name, None)
    if not solution.get("eventType"):
        solution.pop("eventType", None)
    if solution.get("performAutoML"):
        # HPO is always on, and the service ignores the rest of the configuration (rules 20 and 21).
        solution.pop("performHPO", None)
        config = {key: value for key, value in config.items() if key == "autoMLConfig"}
    return {**solution, "solutionConfig": config}


def canonical_config(config: Mapping[str, Any]) -> dict[str, Any]:
    """A `solutionConfig` in one spelling, without empty members, which mean nothing."""
    return _without_empty({name: _member(name, value) for name, value in config.items()})


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
        case "recipeList", list():  # of AutoML: the recipes to try
            return sorted(set(map(str, value)))
        case _, float():
            return value + 0.0  # minus zero is zero
        case _, Mapping():
            return canonical_config(value)
        case _, [Mapping(), *_]:  # ranges of hyperparameters
            return sorted((canonical_config(item) for item in value), key=_sort_key)
    return value


def _columns(columns: Mapping[str, Iterable[str]], *, keeps_empty: bool) -> dict[str, list[str]]:
    """Columns by dataset, whose name can be in any case (rule 15); the order means nothing.

    AWS doesn't document which columns an empty list includes, so it differs from no list.
    """
    merged: dict[str, set[str]] = {}
    for dataset, names in columns.items():
        if names or keeps_empty:
            merged.setdefault(dataset.capitalize(), set()).update(names)
    return {dataset: sorted(names) for dataset, names in merged.items()}


def _without_empty(members: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None and value not in ("", [], {})}


def _sort_key(value: Any) -> str:
    return json.dumps(value, sort_keys=True)
