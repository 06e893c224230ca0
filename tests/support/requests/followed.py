"""Apply a problem's next step to a CreateSolution request, as a user with nothing but the message would.

Only the text of the message is used. A text that matches no action here fails the test.
"""

from __future__ import annotations

import contextlib
import copy
import json
import re
from collections.abc import Callable
from typing import Any

from cdk_personalize.model.findings import Problem
from cdk_personalize.recipe.facts import catalog

Request = dict[str, Any]

_STEP = re.compile(r"\.?([A-Za-z]+)|\[(\d+)\]|\['([^']*)'\]")
_ARN = "arn:aws:personalize:::recipe/"
_GROUP = "arn:aws:personalize:us-east-1:123456789012:dataset-group/movies"


def followed(request: Request, problem: Problem) -> Request:
    """The request after the first thing that a problem's next step offers."""
    changed = copy.deepcopy(request)
    place = _Place(changed, problem.argument)
    for words, do in _ACTIONS:
        match = re.match(words, problem.fix, re.DOTALL)
        if match:
            # Another step of the same message may have taken away what this one is about.
            with contextlib.suppress(KeyError, IndexError):
                do(place, match, problem)
            return changed
    raise AssertionError(f"no action matches {problem.fix!r}, the next step for {problem.argument}")


class _Place:
    """A member of a request, by its path."""

    def __init__(self, request: Request, path: str) -> None:
        self.request = request
        self.path = path
        self.steps: list[str | int] = [
            int(index) if index else name or key
            for name, index, key in _STEP.findall(path.removeprefix("a key of "))
        ]

    @property
    def value(self) -> Any:
        value: Any = self.request
        for step in self.steps:
            value = value[step]
        return value

    def set(self, value: Any) -> None:
        owner: Any = self.request
        for step in self.steps[:-1]:
            owner = owner[step] if isinstance(step, int) else owner.setdefault(step, {})
        if isinstance(self.steps[-1], int) and self.steps[-1] == len(owner):
            owner.append(value)
        else:
            owner[self.steps[-1]] = value

    def remove(self) -> Any:
        owner: Any = self.request
        for step in self.steps[:-1]:
            owner = owner[step]
        return owner.pop(self.steps[-1])

    def beside(self, name: str) -> _Place:
        place = _Place(self.request, self.path)
        place.steps[-1] = name
        return place


def _rename(place: _Place, match: re.Match[str], problem: Problem) -> None:
    if "is not a member" in problem.rule:
        place.beside(match[1]).set(place.remove())
    elif str(problem.argument).endswith("recipeArn"):
        place.set(f"{_ARN}{match[1]}")
    elif isinstance(problem.value, str) and place.value != problem.value:  # a name in a range, say
        _Place(place.request, f"{place.path}.name").set(match[1].strip("'"))
    elif place.path.endswith("']") and "must be one of the" in problem.rule:
        place.beside(match[1].strip("'")).set(place.remove())
    else:
        place.set(match[1].strip("'"))


def _recipe(place: _Place, match: re.Match[str], _problem: Problem) -> None:
    name = f"aws-{match[1].lower().replace('_', '-')}"
    assert name in catalog()
    place.set(f"{_ARN}{name}")


def _shorter(place: _Place, match: re.Match[str], _problem: Problem) -> None:
    value = place.value
    if isinstance(value, dict):
        for key in list(value)[-int(match[1]) :]:
            del value[key]
    else:
        place.set(value[: -int(match[1])])


def _elsewhere(place: _Place, match: re.Match[str], _problem: Problem) -> None:
    value = place.remove()
    _Place(place.request, match[1]).set(value)


def _other_list(place: _Place, match: re.Match[str], _problem: Problem) -> None:
    entry = place.remove()
    lists = _Place(place.request, ".".join(place.path.split(".")[:-1])).value
    api = re.sub("_([a-z])", lambda found: found[1].upper(), match[1])
    lists.setdefault(api, []).append(entry)


def _choose(place: _Place, _match: re.Match[str], problem: Problem) -> None:
    limits = re.search(r"(-?[\d.e+]+) to (-?[\d.e+]+)|at (?:least|most) (-?[\d.e+]+)", problem.rule)
    assert limits
    low = json.loads(limits[1] or limits[3])
    place.set(str(low) if isinstance(place.value, str) else low)


def _exchange(place: _Place, _match: re.Match[str], _problem: Problem) -> None:
    entry = place.value
    entry["minValue"], entry["maxValue"] = entry["maxValue"], entry["minValue"]


def _set(value: Callable[[re.Match[str]], Any]) -> Callable[[_Place, re.Match[str], Problem], None]:
    return lambda place, match, _problem: place.set(value(match))


def _one_of(place: _Place, _match: re.Match[str], problem: Problem) -> None:
    offered = re.search(r"must be one of '?([^',]+)", problem.rule)
    assert offered
    place.set(offered[1])


def _only_one(place: _Place, _match: re.Match[str], problem: Problem) -> None:
    tags = place.value
    first = next(tag for tag in tags if tag["tagKey"] == problem.value)
    place.set([tag for tag in tags if tag is first or tag["tagKey"] != problem.value])


def _without_characters(place: _Place, match: re.Match[str], problem: Problem) -> None:
    _in_tags(place, problem, lambda text: "".join(c for c in text if repr(c) not in match[1]))


def _another_prefix(place: _Place, _match: re.Match[str], problem: Problem) -> None:
    _in_tags(place, problem, lambda text: f"x{text}")


def _in_tags(place: _Place, problem: Problem, change: Callable[[str], str]) -> None:
    for tag in place.request["tags"]:
        tag.update({name: change(text) for name, text in tag.items() if text == problem.value})


_ACTIONS: list[tuple[str, Callable[[_Place, re.Match[str], Problem], None]]] = [
    (r"write True or False", _set(lambda _match: True)),
    (r"write one in quotes, as in (\S+)", _set(lambda match: json.loads(match[1]))),
    (r"write (\S+)", _set(lambda match: json.loads(match[1]))),
    (r"choose one such as (\S+), its default", _set(lambda match: json.loads(match[1]))),
    (r"give one, as in (\S+)", _set(lambda match: json.loads(match[1]))),
    (r"give a number, as in (\S+)", _set(lambda match: json.loads(match[1]))),
    (r"as in (.+)", _set(lambda match: json.loads(match[1]))),
    (r"(?:give|choose) a name like (\S+)", _set(lambda match: match[1])),
    (r"pass a string in quotes", _set(lambda _match: "text")),
    (r"give a number$", _set(lambda _match: 1)),
    (r"an ARN is like ([^\s:]+:[^\s;]+?):? ", _set(lambda match: match[1])),
    (r"an ARN is like (\S+)$", _set(lambda match: match[1])),
    (r"pass a CfnDatasetGroup, or the ARN", _set(lambda _match: _GROUP)),
    (r"give at least 1", _set(lambda _match: "x")),
    (r"pass a recipe, such as Recipe\.([A-Z0-9_]+)", _recipe),
    (r"give (?:the name of a column|the type of a dataset)[^,]*, as in (\S+)", _set(lambda match: match[1])),
    (r"(?:use|the closest recipe for a solution is) Recipe\.([A-Z0-9_]+)", _recipe),
    (r"choose a value in that range", _choose),
    (r"use one of those", _one_of),
    (r"did you mean ([^?]+)\?", _rename),
    (r"it belongs (?:at|in) (\S+)", _elsewhere),
    (r"move it to (\S+)", _other_list),
    (r"swap the two", _exchange),
    (r"remove the others", _only_one),
    (r"remove '?EVENT_TYPE", _set(lambda _match: [])),
    (r"remove (\d+)", _shorter),
    (r"shorten it by (\d+)", _shorter),
    (r"remove ('.+)", _without_characters),
    (r"remove the dataset from one of the two", lambda place, _match, _problem: place.remove()),
    (r"leave EVENT_TYPE out of the list", _set(lambda _match: [])),
    (r"leave perform(?:_auto_ml|AutoML) out", lambda place, _m, _p: place.beside("performAutoML").remove()),
    (
        r"remove it from one of the two|leave it out|leave \S+ out",
        lambda place, _match, _problem: place.remove(),
    ),
    (r"add performHPO=True", lambda place, _m, _p: place.request.update(performHPO=True)),
    (r"add it", lambda place, _match, _problem: place.set("x")),
    (r"choose another prefix", _another_prefix),
    (r"it has ", lambda place, _match, _problem: place.remove()),
]
