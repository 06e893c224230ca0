"""Checks the hyperparameters of a solution against its recipe (rules 26, 27 and 31)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from personalize_local.simulator.engine.errors import ServiceError, invalid_input
from personalize_local.simulator.engine.model import Request
from personalize_local.simulator.kinds.recipes import Parameter, Recipe

_RANGE_LISTS = {
    "integerHyperParameterRanges": {"integer"},
    "continuousHyperParameterRanges": {"continuous"},
    "categoricalHyperParameterRanges": {"boolean", "categorical"},
}


def require_known(config: Request, recipe: Recipe, algorithm_arn: str) -> None:
    """Refuse parameters in a `solutionConfig` that the recipe does not have.

    Raises:
        ServiceError: The recipe does not allow a name, value or range (`InvalidInputException`).
    """
    for name, value in config.get("algorithmHyperParameters", {}).items():
        parameter = _parameter(name, recipe.hyperparameters) or _foreign(algorithm_arn)
        _require_value(parameter, value, f"algorithmHyperParameters.{name}")
    for name, value in config.get("featureTransformationParameters", {}).items():
        parameter = _parameter(name, recipe.features) or _unknown_feature(name, recipe)
        _require_value(parameter, value, f"featureTransformationParameters.{name}")
    ranges = config.get("hpoConfig", {}).get("algorithmHyperParameterRanges", {})
    for member, kinds in _RANGE_LISTS.items():
        for entry in ranges.get(member, ()):
            parameter = _parameter(entry.get("name"), recipe.hyperparameters) or _foreign(algorithm_arn)
            _require_range(parameter, entry, kinds, member)


def described(config: Request, recipe: Recipe) -> Request:
    """Return a `solutionConfig` with the parameter names of the service's responses (rule 45)."""
    features = {p.name: p.described_as for p in recipe.features.values()}
    ranged = {p.name: p.described_as for p in recipe.hyperparameters.values()}
    answer = dict(config)
    if "featureTransformationParameters" in config:
        given = config["featureTransformationParameters"]
        answer["featureTransformationParameters"] = {features.get(k, k): v for k, v in given.items()}
    ranges = config.get("hpoConfig", {}).get("algorithmHyperParameterRanges")
    if ranges:
        renamed = {
            member: [_renamed(entry, ranged) for entry in entries] for member, entries in ranges.items()
        }
        answer["hpoConfig"] = config["hpoConfig"] | {"algorithmHyperParameterRanges": renamed}
    return answer


def tuned(config: Request) -> Request:
    """Return the result of HPO (rule 96): the middle of each range, because nothing is trained."""
    ranges = config.get("hpoConfig", {}).get("algorithmHyperParameterRanges", {})
    found: Request = {}
    for member in _RANGE_LISTS:
        for entry in ranges.get(member, ()):
            found[entry["name"]] = str(_middle(entry))
    return {"algorithmHyperParameters": found}


def _middle(entry: Mapping[str, Any]) -> object:
    if entry.get("values"):
        return entry["values"][len(entry["values"]) // 2]
    low = entry.get("minValue", 0)
    middle = (low + entry.get("maxValue", low)) / 2
    return int(middle) if isinstance(low, int) else middle


def _renamed(entry: Mapping[str, Any], names: Mapping[str, str]) -> Request:
    name = entry.get("name", "")
    return {**entry, "name": names.get(name, name)}


def _parameter(name: str | None, known: Mapping[str, Parameter]) -> Parameter | None:
    return next((p for p in known.values() if name in {p.name, p.described_as}), None)


def _foreign(algorithm_arn: str) -> Parameter:
    raise invalid_input(f"Provide a hyperparameter that is used in the algorithm: {algorithm_arn}")


def _unknown_feature(name: str, recipe: Recipe) -> Parameter:
    known = ", ".join(recipe.features) or "none"
    raise invalid_input(
        f"{name} is not a feature transformation parameter of {recipe.name}: expected {known}"
    )


def _require_value(parameter: Parameter, value: str, path: str) -> None:
    if not parameter.settable:
        raise invalid_input(f"{path} cannot be set to one value: give its range in hpoConfig")
    if parameter.values:
        _require_choice(parameter, value, path)
        return
    convert: Callable[[str], float] = int if parameter.kind == "integer" else float
    try:
        number = convert(value)
    except ValueError:
        raise invalid_input(f"{path} must be a number of kind {parameter.kind}: got {value!r}") from None
    if not _inside(parameter, number):
        raise _outside(parameter, path, value)


def _require_range(parameter: Parameter, entry: Mapping[str, Any], kinds: set[str], member: str) -> None:
    path = f"{member}.{parameter.name}"
    if not parameter.tunable:
        raise invalid_input(f"{path} is not tunable: set it in algorithmHyperParameters, or leave it out")
    if parameter.kind not in kinds:
        raise invalid_input(f"{path} is of kind {parameter.kind}: its range belongs in another list")
    for value in entry.get("values", ()):
        _require_choice(parameter, value, path)
    bounds = [entry[name] for name in ("minValue", "maxValue") if name in entry]
    if bounds != sorted(bounds):
        raise invalid_input(f"{path} must have a minValue of at most its maxValue: got {bounds}")
    for bound in bounds:
        if not _inside(parameter, bound):
            raise _outside(parameter, path, bound)


def _require_choice(parameter: Parameter, value: str, path: str) -> None:
    if value.lower() not in {choice.lower() for choice in parameter.values}:
        raise invalid_input(f"{path} must be one of {', '.join(parameter.values)}: got {value!r}")


def _inside(parameter: Parameter, number: float) -> bool:
    low = parameter.low is None or number >= parameter.low
    high = parameter.high is None or number <= parameter.high
    return low and high


def _outside(parameter: Parameter, path: str, value: object) -> ServiceError:
    high = "no upper limit" if parameter.high is None else parameter.high
    return invalid_input(f"{path} must be from {parameter.low} to {high}: got {value}")
