"""The parts of a CreateSolution request: what can be changed later and what can't."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from personalize_provider.engine.identity import digest
from personalize_provider.kinds.solution.meaning import canonical

# Rule 65. Lists, not read from the service model: a name is a function of what can't be changed, so a
# newer model must not move a member from one side to the other and rename everybody's solutions.
UPDATABLE_MEMBERS = frozenset({"performAutoTraining", "performIncrementalUpdate"})
UPDATABLE_CONFIG_MEMBERS = frozenset({"autoTrainingConfig", "eventsConfig"})

# Rule 33: what the service does when automatic training is on and no schedule is given.
_DEFAULT_SCHEDULE = "rate(7 days)"


def immutable_hash(request: Mapping[str, Any]) -> str:
    """Hash of the meaning of all that can't be changed about a solution, but for its name (rule 66)."""
    config = request.get("solutionConfig") or {}
    kept = {key: value for key, value in config.items() if key not in UPDATABLE_CONFIG_MEMBERS}
    rest = {
        key: value
        for key, value in request.items()
        if key not in UPDATABLE_MEMBERS | {"name", "tags", "solutionConfig"}
    }
    return digest(canonical({**rest, "solutionConfig": kept}))


def updatable(solution: Mapping[str, Any]) -> dict[str, Any]:
    """What UpdateSolution can change, in the form of its request and with every default filled in.

    Takes a CreateSolution request or a described solution: wanted and live configuration compare
    equal when nothing needs to be sent.
    """
    config = _normalized(solution.get("solutionConfig", {}))
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
    """Whether an UpdateSolution, as DescribeSolution sums it up, was sent with these changes."""
    sent = {**update, "solutionUpdateConfig": _normalized(update.get("solutionUpdateConfig", {}))}
    config = changes.get("solutionUpdateConfig", {})
    return all(sent["solutionUpdateConfig"].get(key) == value for key, value in config.items()) and all(
        sent.get(key) == value for key, value in changes.items() if key != "solutionUpdateConfig"
    )


def _normalized(config: Mapping[str, Any]) -> dict[str, Any]:
    """The updatable members of a configuration that are there, each in one spelling."""
    members: dict[str, Any] = {}
    if "eventsConfig" in config:
        events = config["eventsConfig"].get("eventParametersList", [])
        ordered = sorted(events, key=lambda event: sorted(map(str, event.items())))
        members["eventsConfig"] = {"eventParametersList": ordered}
    if "autoTrainingConfig" in config:
        schedule = config["autoTrainingConfig"].get("schedulingExpression", _DEFAULT_SCHEDULE)
        members["autoTrainingConfig"] = {"schedulingExpression": _one_spelling(schedule)}
    return members


def _one_spelling(schedule: str) -> str:
    """`rate(1 days)` means `rate(1 day)` (rule 16)."""
    match = re.fullmatch(r"rate\((\d{1,9}) days?\)", schedule)
    if match is None:
        return schedule
    days = int(match[1])
    return f"rate({days} day{'' if days == 1 else 's'})"
