"""Turns a CreateSolution request, in the form of boto3, into the arguments of a solution.

The API's types are stricter than the arguments': a hyperparameter is a string there, never a number. A value
that can't be read is a problem. A value that satisfies every rule replaces it, so that everything else is
still checked.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from cdk_personalize.model import tag_rules, value_types
from cdk_personalize.model.findings import Doubt, Note, Problem, problems_in
from cdk_personalize.model.structures import Member, Structure, camel_case, members, read_members, spellings
from cdk_personalize.model.suggestions import closest
from cdk_personalize.model.tokens import ANYTHING, is_token
from cdk_personalize.model.value_types import ValueType
from cdk_personalize.recipe.recipe import Recipe
from cdk_personalize.solution.config import AutoTraining
from cdk_personalize.solution.kind import SOLUTION
from cdk_personalize.solution.request import SolutionRequest
from cdk_personalize.solution.rules import examine

# Where a solution differs from the API: automatic training is one argument, and tags are CDK's.
_SWITCH = "performAutoTraining"
_SCHEDULE = "solutionConfig.autoTrainingConfig"
_EXPRESSION = "schedulingExpression"
_TAG = ("tagKey", "tagValue")
_MORE_MEMBERS: Mapping[str, Mapping[str, ValueType | None]] = {
    "": {_SWITCH: value_types.Flag(), "tags": None},
    "solutionConfig": {"autoTrainingConfig": None},
}
_TEXT = value_types.Text(max=1000)
_ARGUMENTS = "pass create_solution's arguments, such as name, datasetGroupArn and recipeArn"
_OUR_OWN = {"adopt_existing", "auto_training", "wait_for_training_on_delete"}

_SERVICE_DAYS = 7  # rule 33
_RATE = re.compile(r"rate\((\d+) days?\)", re.ASCII)
_RATE_LENGTH = 16
_RATE_DAYS = range(1, 31)


TRAINING_IS_OFF = Note(
    "auto-training-off",
    "The request does not set performAutoTraining. The service would train every 7 days, and bill it; "
    "this solution does not train automatically. Set performAutoTraining, or pass auto_training, to choose",
)
"""A request without automatic training means none here (rule 33)."""


@dataclass(frozen=True)
class ApiRequest:
    """A request that was read.

    Attributes:
        arguments: The arguments of a `Solution`.
        tags: Its tags.
        problems: The values that can't be read.
        is_silent_on_training: It has nothing about automatic training, which turns it on in the service.
    """

    arguments: Mapping[str, Any] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    is_silent_on_training: bool = False

    def with_overrides(self, overrides: Mapping[str, Any]) -> ApiRequest:
        """The same request with some arguments replaced, and without the problems of the originals."""
        said = {_api_name(name) for name in overrides}
        return replace(
            self,
            arguments={**self.arguments, **overrides},
            problems=tuple(problem for problem in self.problems if _member_at_fault(problem) not in said),
            is_silent_on_training=self.is_silent_on_training and "auto_training" not in overrides,
        )

    def all_problems(self) -> list[Problem]:
        """Everything wrong with it, in the API's own names."""
        return problems_in(self.findings())

    def findings(self) -> list[Problem]:
        """Everything wrong or doubtful in it, in the API's own names."""
        known = members(SolutionRequest).keys()
        given = {name: value for name, value in self.arguments.items() if name in known}
        given.setdefault("dataset_group", None)
        own = tag_rules.own_tags(adopts=self.arguments.get("adopt_existing"))
        found = [
            *map(_in_api_names, examine(SolutionRequest(**given))),
            *map(_in_api_names, tag_rules.find_problems(self.tags, SOLUTION, own)),
        ]
        # If a value has the wrong type and another mistake, the fix of the other corrects both.
        others = {problem.argument for problem in found if not isinstance(problem, Doubt)}
        return [*(problem for problem in self.problems if problem.argument not in others), *found]


def read(request: Any) -> ApiRequest:
    """Read a request. The result lists the problems, whatever the request is."""
    found: list[Problem] = []
    if not isinstance(request, Mapping):
        value_types.refuse(request, "request", "must be a mapping", _ARGUMENTS, found)
        return ApiRequest({"dataset_group": ANYTHING, "recipe": ANYTHING}, problems=tuple(found))
    if request and not request.keys() & _PLACES.keys():  # not a request: every member would be wrong
        rule = "must have the members of a CreateSolution request"
        value_types.refuse(list(request), "request", rule, _ARGUMENTS, found)
        return ApiRequest({"dataset_group": ANYTHING, "recipe": ANYTHING}, problems=tuple(found))
    found += _unknown_members(Structure(SolutionRequest), request, "")
    arguments = read_members(
        SolutionRequest, {k: v for k, v in request.items() if k not in _NOT_THE_APIS}, "", found
    )
    recipe = arguments.get("recipe")
    if recipe is not ANYTHING and is_token(recipe):
        arguments["recipe"] = Recipe.from_arn(_token_text(recipe))
    config = request.get("solutionConfig")
    has_schedule = isinstance(config, Mapping) and "autoTrainingConfig" in config
    if config and isinstance(config, Mapping) and config.keys() <= {"autoTrainingConfig"}:
        del arguments["solution_config"]  # auto_training has it
    if _SWITCH in request or has_schedule:
        arguments["auto_training"] = _auto_training(request, found)
    tags = _tags(request["tags"], found) if "tags" in request else {}
    return ApiRequest(arguments, tags, tuple(found), "auto_training" not in arguments)


def _auto_training(request: Mapping[str, Any], found: list[Problem]) -> Any:
    switch = request.get(_SWITCH, True)
    config = request.get("solutionConfig")
    schedule = config.get("autoTrainingConfig", ANYTHING) if isinstance(config, Mapping) else ANYTHING
    if not isinstance(switch, bool):
        fix = (
            "pass auto_training=... with a value that is known at synthesis"
            if is_token(switch)
            else value_types.NO_FLAG
        )
        return value_types.refuse(switch, _SWITCH, "must be True or False", fix, found)
    if not switch:
        if schedule is not ANYTHING:  # rule 34
            rule = f"must be left out while {_SWITCH} is False"
            fix = f"leave {_SCHEDULE} out, or set {_SWITCH} to True"
            value_types.refuse(schedule, _SCHEDULE, rule, fix, found)
        return AutoTraining.DISABLED
    if schedule is ANYTHING:
        return AutoTraining.every(days=_SERVICE_DAYS)
    if not isinstance(schedule, Mapping):
        fix = f'as in {{"{_EXPRESSION}": "rate(7 days)"}}'
        return value_types.refuse(schedule, _SCHEDULE, "must be a mapping", fix, found)
    return _schedule(schedule, found)


def _schedule(schedule: Mapping[str, Any], found: list[Problem]) -> Any:
    found += [
        _unknown(name, value, f"{_SCHEDULE}.{name}", {_EXPRESSION: _TEXT})
        for name, value in schedule.items()
        if name != _EXPRESSION
    ]
    expression = schedule.get(_EXPRESSION, f"rate({_SERVICE_DAYS} days)")
    is_short = isinstance(expression, str) and len(expression) <= _RATE_LENGTH
    match = _RATE.fullmatch(expression) if is_short else None
    if match and int(match[1]) in _RATE_DAYS:
        return AutoTraining.every(days=int(match[1]))
    fix = (
        "pass auto_training=AutoTraining.every(days=...)" if is_token(expression) else 'as in "rate(7 days)"'
    )
    rule = f"must be rate(N days), with N from {_RATE_DAYS[0]} to {_RATE_DAYS[-1]}"  # rule 16
    return value_types.refuse(expression, f"{_SCHEDULE}.{_EXPRESSION}", rule, fix, found)


def _tags(value: Any, found: list[Problem]) -> dict[str, str]:
    if not isinstance(value, list | tuple):
        value_types.refuse(value, "tags", "must be a list", 'as in [{"tagKey": "a", "tagValue": "b"}]', found)
        return {}
    problems = [
        problem for index, tag in enumerate(value) for problem in _tag_problems(tag, f"tags[{index}]")
    ]
    found += problems
    readable = [tag for tag in value if not list(_tag_problems(tag, ""))]
    times = Counter(tag["tagKey"] for tag in readable)
    for key in [key for key, count in times.items() if count > 1]:  # rule 17
        value_types.refuse(key, "tags", "must have each tagKey once", "remove the others", found)
    return {tag["tagKey"]: tag["tagValue"] for tag in readable}


def _tag_problems(tag: Any, at: str) -> Iterator[Problem]:
    if not isinstance(tag, Mapping):
        fix = 'as in {"tagKey": "a", "tagValue": "b"}'
        yield Problem(argument=at, value=tag, rule="must be a mapping", fix=fix)
        return
    for name, value in tag.items():
        if name not in _TAG:
            yield _unknown(name, value, f"{at}.{name}", dict.fromkeys(_TAG, _TEXT))
    for name in _TAG:
        if name not in tag:
            yield Problem(argument=f"{at}.{name}", value=dict(tag), rule="is required", fix="add it")
        elif not isinstance(tag[name], str):
            fix = f"write {json.dumps(_scalar(tag[name]))}"
            yield Problem(argument=f"{at}.{name}", value=tag[name], rule="must be a string", fix=fix)


def _unknown_members(type_: ValueType, value: Any, at: str) -> Iterator[Problem]:
    """Members that the API does not have, at any depth."""
    if isinstance(type_, value_types.ListOf) and isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from _unknown_members(type_.item, item, f"{at}[{index}]")
    if not isinstance(type_, Structure) or not isinstance(value, Mapping):
        return
    ours = {member.api_name: member.type for member in _api_members(type_)}
    known = {**ours, **_MORE_MEMBERS.get(at, {})}
    for name, item in value.items():
        path = f"{at}.{name}".lstrip(".")
        if name in ours:
            yield from _unknown_members(ours[name], item, path)
        elif name not in known:
            yield _unknown(name, item, path, known)


def _unknown(name: object, value: object, at: str, known: Mapping[str, ValueType | None]) -> Problem:
    """A member in the wrong place, such as eventsConfig (rule 37), or a misspelled one.

    Only a member that accepts such a value is suggested.
    """
    place, type_ = _PLACES.get(str(name), ("", None))
    similar = closest(str(name), [member for member, type_ in known.items() if _takes(type_, value)])
    if place and place != at and _takes(type_, value):
        fix = f"it belongs at {place}"
    else:
        fix = (
            f"did you mean {similar}?"
            if similar
            else f"leave it out; the members here are {', '.join(known)}"
        )
    return Problem(argument=at, value=value, rule="is not a member of CreateSolution at this level", fix=fix)


def _takes(type_: ValueType | None, value: object) -> bool:
    """Whether a value has the form of a member's type; None is a member that is read in another way."""
    found: list[Problem] = []
    return type_ is None or not (
        [*value_types.problems(type_, value_types.read(type_, value, "", found), ""), *found]
        and type(value) in (dict, list, tuple)
    )


def _places(structure: Structure, at: str) -> Iterator[tuple[str, tuple[str, ValueType | None]]]:
    """The path and type of each member outside of lists."""
    for name, other in _MORE_MEMBERS.get(at, {}).items():
        yield name, (f"{at}.{name}".lstrip("."), other)
    for name, type_ in _api_members(structure):
        path = f"{at}.{name}".lstrip(".")
        yield name, (path, type_)
        if isinstance(type_, Structure):
            yield from _places(type_, path)


def _api_members(structure: Structure) -> list[Member]:
    return [member for name, member in members(structure.type).items() if name not in _OUR_OWN]


def _member_at_fault(problem: Problem) -> str:
    """The API's name of the solution's argument that a problem is about."""
    if problem.argument.startswith((_SWITCH, _SCHEDULE)):
        return "autoTraining"
    return re.split(r"[.\[]", problem.argument)[0]


def _in_api_names(problem: Problem) -> Problem:
    """The same problem with the names of a request, where `solution_config` is `solutionConfig`."""
    return replace(
        problem,
        argument=_translated(problem.argument, r"[a-z]+(?:_[a-z]+)*"),
        rule=_translated(problem.rule, r"[a-z]+(?:_[a-z]+)+"),
        fix=_translated(problem.fix, r"[a-z]+(?:_[a-z]+)+"),
    )


def _translated(text: str, words: str) -> str:
    """Write members in the API's spelling. Text in brackets or quotes is the user's own."""

    def spelled(match: re.Match[str]) -> str:
        word = match["word"]
        return _NAMES.get(word, match[0])

    return re.sub(rf"\[[^\]]*\]|'[^']*'|\b(?P<word>{words})\b", spelled, text)


def _api_name(argument: str) -> str:
    """The API's name of a solution's argument; one like it for an argument that the API does not have."""
    return _NAMES.get(argument) or camel_case(argument)


def _token_text(token: Any) -> str:
    if isinstance(token, str):
        return token
    from aws_cdk import Token  # noqa: PLC0415 (slow, and loaded already if there is a token)

    return Token.as_string(token)


def _scalar(value: object) -> str:
    """The string for a tag's value."""
    return value_types.to_text(value) if isinstance(value, int | float) else "..."


_NAMES = {name: spelled for name, spelled in spellings(SolutionRequest) if name not in _OUR_OWN}
_PLACES = dict(_places(Structure(SolutionRequest), ""))
_NOT_THE_APIS = {camel_case(name) for name in _OUR_OWN}
