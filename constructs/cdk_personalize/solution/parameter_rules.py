"""Rules on the parameters of a recipe: their names, their kinds, and their values and ranges."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cdk_personalize.model.findings import Doubt, Problem
from cdk_personalize.model.suggestions import closest
from cdk_personalize.model.tokens import is_token
from cdk_personalize.model.value_types import to_text
from cdk_personalize.recipe.facts import RecipeFacts, RecipeParameter

_CONFIG = "solution_config"
_OTHER = {
    "algorithm_hyper_parameters": "feature_transformation_parameters",
    "feature_transformation_parameters": "algorithm_hyper_parameters",
}
_RANGED_AS = {
    "integer": "integer",
    "continuous": "continuous",
    "boolean": "categorical",
    "categorical": "categorical",
}
_WHOLE = re.compile(r"[+-]?[0-9]+")


@dataclass(frozen=True)
class Parameters:
    """The parameters of one kind that a recipe has.

    Attributes:
        facts: The recipe.
        member: `algorithm_hyper_parameters` or `feature_transformation_parameters`.
    """

    facts: RecipeFacts
    member: str

    @property
    def known(self) -> Mapping[str, RecipeParameter]:
        """The parameters by name."""
        known: Mapping[str, RecipeParameter] = getattr(self.facts, self.member)
        return known

    def find(self, name: str) -> RecipeParameter | None:
        """The parameter of that name, or that the service describes by it."""
        return self.known.get(name) or next(
            (parameter for parameter in self.known.values() if parameter.described_as == name), None
        )

    def name_problems(self, name: str, at: str) -> Iterator[Problem]:
        """What is wrong with the name of a parameter (rules 26 and 45)."""
        parameter = self.find(name)
        if parameter is not None and parameter.name != name:
            yield Doubt(
                id="parameter-spelling",
                argument=at,
                value=name,
                rule=f"is spelled {parameter.name!r} in requests; the service uses this name in responses",
                fix=f"write {parameter.name!r}",
            )
        elif parameter is None and name in self.facts.undocumented_parameters:
            yield Doubt(
                id="parameter-undocumented",
                argument=at,
                value=name,
                rule=f"is not documented for {self.facts.name}, although it has been seen with it",
                fix="the service may refuse it; leave it out",
            )
        elif parameter is None:
            yield Problem(
                argument=at,
                value=name,
                rule=f"must be one of the {self.member} of {self.facts.name}",
                fix=self._instead(name),
            )

    def _instead(self, name: str) -> str:
        other = _OTHER[self.member]
        if name in getattr(self.facts, other):
            return f"it belongs in {_CONFIG}.{other}"
        similar = closest(name, self.known)
        if similar:
            return f"did you mean {similar!r}?"
        return f"it has {', '.join(self.known)}" if self.known else "it has none: leave it out"


def of_values(given: Mapping[Any, Any], parameters: Parameters) -> Iterator[Problem]:
    """Find what is wrong with parameters that have one value each."""
    for name, value in given.items():
        if not isinstance(name, str) or is_token(name):
            continue
        at = f"{_CONFIG}.{parameters.member}[{name!r}]"
        yield from parameters.name_problems(name, at)
        parameter = parameters.find(name)
        if parameter is None:
            continue
        if not parameter.is_settable:  # rule 31
            yield Problem(
                argument=at,
                value=value,
                rule="must not have one value: it takes a range only",
                fix=f"leave it out here, or give its range in {_CONFIG}.hpo_config with perform_hpo=True",
            )
        elif isinstance(value, str | int | float) and not is_token(value):
            yield from _value_problems(parameter, value, at)


def of_range(entry: object, kind: str, at: str, parameters: Parameters) -> Iterator[Problem]:
    """Find what is wrong with a range for hyperparameter optimization.

    Args:
        entry: The range.
        kind: The kind of the list that contains it: integer, continuous or categorical.
        at: The argument.
        parameters: The hyperparameters of the recipe.
    """
    name = getattr(entry, "name", None)
    if not isinstance(name, str) or is_token(name):
        return
    yield from parameters.name_problems(name, at)
    parameter = parameters.find(name)
    if parameter is None:
        return
    if not parameter.is_tunable:  # rule 27
        yield Problem(
            argument=at,
            value=name,
            rule="must not be given a range: hyperparameter optimization can't tune it",
            fix=f"leave it out here, or set it in {_CONFIG}.{parameters.member}",
        )
    elif _RANGED_AS[parameter.kind] != kind:
        yield Problem(
            argument=at,
            value=name,
            rule=f"must not be in this list: its kind is {parameter.kind}",
            fix=f"move it to {_RANGED_AS[parameter.kind]}_hyper_parameter_ranges",
        )
    else:
        yield from _bounds_problems(parameter, entry, at)


def _bounds_problems(parameter: RecipeParameter, entry: object, at: str) -> Iterator[Problem]:
    for member in ("min_value", "max_value"):
        bound = getattr(entry, member, None)
        if not isinstance(bound, int | float) or is_token(bound) or not math.isfinite(bound):
            continue
        if not _is_within(parameter, bound):
            yield _out_of_range(parameter, bound, f"{at}.{member}", _limit(parameter, bound))
    values = getattr(entry, "values", None)
    if isinstance(values, Sequence) and not isinstance(values, str) and not is_token(values):
        for index, value in enumerate(values):
            if isinstance(value, str) and not is_token(value):
                yield from _not_among(parameter, value, f"{at}.values[{index}]")


def _value_problems(parameter: RecipeParameter, value: str | float, at: str) -> Iterator[Problem]:
    if isinstance(value, float) and not math.isfinite(value):
        return  # has its own problem already
    text = to_text(value)
    if parameter.values:
        yield from _not_among(parameter, text, at)
        return
    number = _number(text)
    if number is not None and not _is_within(parameter, number):
        yield _out_of_range(parameter, value, at, _such_as(parameter, value))
    elif number is None or (parameter.kind == "integer" and not _WHOLE.fullmatch(text)):
        whole = number is not None and number.is_integer()
        yield Problem(
            argument=at,
            value=value,
            rule=f"must be {'a whole number' if parameter.kind == 'integer' else 'a number'}",
            fix=f"write {_like(value, f'{number:.0f}')}" if whole else _such_as(parameter, value),
        )


def _is_within(parameter: RecipeParameter, number: float) -> bool:
    low = -math.inf if parameter.min is None else parameter.min
    high = math.inf if parameter.max is None else parameter.max
    return low <= number <= high


def _out_of_range(parameter: RecipeParameter, value: str | float, at: str, fix: str) -> Problem:
    return Problem(argument=at, value=value, rule=f"must be {parameter.min} to {parameter.max}", fix=fix)


def _limit(parameter: RecipeParameter, bound: float) -> str:
    """What to do with a bound: the default could be on the wrong side of the other bound."""
    is_low = parameter.min is not None and bound < parameter.min
    return f"write {parameter.min if is_low else parameter.max}"


def _such_as(parameter: RecipeParameter, value: str | float) -> str:
    if parameter.default is None:
        return "choose a value in that range"
    return f"choose one such as {_like(value, to_text(parameter.default))}, its default"


def _like(value: str | float, text: str) -> str:
    """A number in the form of the value that it replaces: in quotes if that has quotes."""
    return f'"{text}"' if isinstance(value, str) else text


def _not_among(parameter: RecipeParameter, text: str, at: str) -> Iterator[Problem]:
    """A value that is not one of the parameter's; no source says that case matters."""
    if text.lower() in map(str.lower, parameter.values):
        return
    if text in parameter.disputed_values:
        yield Doubt(
            id="value-disputed",
            argument=at,
            value=text,
            rule=f"may be refused: all sources name only {_listed(parameter.values)}",
            fix="use one of those",
        )
        return
    similar = closest(text, parameter.values)
    yield Problem(
        argument=at,
        value=text,
        rule=f"must be one of {_listed(parameter.values)}",
        fix=f"did you mean {similar!r}?" if similar else "use one of those",
    )


def _listed(values: Sequence[str]) -> str:
    return ", ".join(map(repr, values))


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
