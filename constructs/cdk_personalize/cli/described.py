"""The CreateSolution request for a solution, from the service's description of it.

A description differs from the request, and has more (rule 45): parameters under older names, members that
were not in the request, and empty ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from cdk_personalize.recipe.facts import RecipeFacts
from cdk_personalize.recipe.recipe import Recipe

Request = dict[str, Any]

_PARAMETERS = ("algorithmHyperParameters", "featureTransformationParameters")
_REQUIRED = ("name", "datasetGroupArn")
_IN_WORDS: dict[type, str] = {str: "string", list: "list", Mapping: "mapping"}
_RANGES = "algorithmHyperParameterRanges"
_OURS = "cdk-personalize:"
# Ours mark the owner of a solution, and AWS's can't be written (rule 17).
_TAGS_OF_OTHERS = (_OURS, "aws:")


def request_of(solution: Mapping[str, Any], tags: Iterable[Mapping[str, str]]) -> Request:
    """Return the request, with all that was chosen and nothing that the service chose.

    Automatic training is always in it, for its default is to train (rule 33).

    Args:
        solution: The response of DescribeSolution.
        tags: The response of ListTagsForResource.
    """
    auto_ml = bool(solution.get("performAutoML"))
    facts = _facts(solution)
    chosen: Request = {
        "name": solution["name"],
        "datasetGroupArn": solution["datasetGroupArn"],
        "eventType": solution.get("eventType") or None,
        "performAutoTraining": bool(solution.get("performAutoTraining")),
    }
    if auto_ml:  # it chooses the recipe, and always optimizes (rules 19 and 21)
        chosen["performAutoML"] = True
    else:
        chosen["recipeArn"] = solution.get("recipeArn")
        chosen["performHPO"] = solution.get("performHPO") or None
    incremental = solution.get("performIncrementalUpdate")
    if incremental or (facts is not None and facts.allows_incremental_update):
        chosen["performIncrementalUpdate"] = incremental  # sources disagree on its default (rule 35)
    chosen["solutionConfig"] = _config(solution, facts)
    chosen["tags"] = sorted(
        ({name: tag[name] for name in ("tagKey", "tagValue")} for tag in tags if not _is_of_others(tag)),
        key=lambda tag: tag["tagKey"],
    )
    request: Request = _without_empty(chosen)
    return request


def owner_of(tags: Iterable[Mapping[str, str]]) -> tuple[str, str] | None:
    """Return the stack's id and the logical id of the resource that manages a solution; None if none does.

    Args:
        tags: The response of ListTagsForResource.
    """
    values = {tag["tagKey"]: tag["tagValue"] for tag in tags}
    stack, resource = (values.get(f"{_OURS}{name}") for name in ("stack-id", "logical-id"))
    if stack is None and resource is None:
        return None
    return stack or "an unknown stack", resource or "an unknown resource"


def misshapen(solution: Mapping[str, Any]) -> str | None:
    """Return why a value is not a response of DescribeSolution; None if `request_of` can read it."""
    for member, value, expected in _shapes(solution):
        if value is None and member not in _REQUIRED:
            continue
        if not isinstance(value, expected):
            return f"its {member} is {'missing' if value is None else f'not a {_IN_WORDS[expected]}'}"
    return None


def _shapes(solution: Mapping[str, Any]) -> Iterator[tuple[str, Any, type]]:
    """Each member that `request_of` looks into, with its value and its type; a container before its parts."""
    for name in (*_REQUIRED, "recipeArn"):
        yield name, solution.get(name), str
    yield "solutionConfig", solution.get("solutionConfig"), Mapping
    config = solution.get("solutionConfig") or {}
    for name in (*_PARAMETERS, "hpoConfig"):
        yield f"solutionConfig.{name}", config.get(name), Mapping
    ranges = (config.get("hpoConfig") or {}).get(_RANGES)
    yield _RANGES, ranges, Mapping
    for kind, tried in (ranges or {}).items():
        yield f"{_RANGES}.{kind}", tried, list
        for index, entry in enumerate(tried or ()):
            yield f"{_RANGES}.{kind}[{index}]", entry, Mapping


def _facts(solution: Mapping[str, Any]) -> RecipeFacts | None:
    return Recipe.from_arn(solution.get("recipeArn") or "").facts


def _config(solution: Mapping[str, Any], facts: RecipeFacts | None) -> Request:
    config = dict(solution.get("solutionConfig") or {})
    schedule = config.pop("autoTrainingConfig", None)
    if solution.get("performAutoML"):  # all else is ignored (rule 20)
        config = {"autoMLConfig": config.get("autoMLConfig")}
    else:
        config.pop("autoMLConfig", None)
        config["hpoConfig"] = _hpo(config.get("hpoConfig") or {}) if solution.get("performHPO") else None
        config = _respelled(config, facts)
    if solution.get("performAutoTraining"):
        config["autoTrainingConfig"] = schedule
    return config


def _hpo(hpo: Mapping[str, Any]) -> Request:
    """Without an objective, which can't be chosen (rule 29)."""
    return {name: value for name, value in hpo.items() if name != "hpoObjective"}


def _respelled(config: Request, facts: RecipeFacts | None) -> Request:
    """Parameters under the names that a request has for them."""
    for member in _PARAMETERS:
        config[member] = {_spelled(name, facts): value for name, value in (config.get(member) or {}).items()}
    hpo = config["hpoConfig"] or {}
    if hpo.get(_RANGES):
        config["hpoConfig"] = {
            **hpo,
            _RANGES: {
                kind: [
                    {**entry, "name": _spelled(entry.get("name"), facts)} for entry in tried or () if entry
                ]
                for kind, tried in hpo[_RANGES].items()
            },
        }
    return config


def _spelled(name: Any, facts: RecipeFacts | None) -> Any:
    """A parameter's name in a request; in responses it may differ, or have a prefix like `training.`."""
    if facts is None or not isinstance(name, str):
        return name
    known = {**facts.algorithm_hyper_parameters, **facts.feature_transformation_parameters}
    if name in known:
        return name
    described = {parameter.described_as: parameter.name for parameter in known.values()}
    last = name.rpartition(".")[2]
    return described.get(name) or (last if last in known else name)


def _is_of_others(tag: Mapping[str, str]) -> bool:
    return tag["tagKey"].lower().startswith(_TAGS_OF_OTHERS)


def _without_empty(value: Any) -> Any:
    """The same without empty members, at any depth."""
    if isinstance(value, Mapping):
        kept = {name: _without_empty(item) for name, item in value.items()}
        return {name: item for name, item in kept.items() if item not in (None, {}, [])}
    if isinstance(value, list | tuple):
        return [_without_empty(item) for item in value]
    return value
