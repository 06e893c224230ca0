"""CreateSolution requests drawn from the recipe catalog, all of them valid.

They are written as the API takes them, so that the constructs and the simulator can both be asked. Strategies
are made once: to make one anew for each example takes longer than to draw from it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from string import ascii_letters, ascii_lowercase, ascii_uppercase, digits
from typing import Any

from hypothesis import strategies as st

from cdk_personalize.recipe.facts import RecipeFacts, RecipeParameter, catalog

GROUP = "arn:aws:personalize:us-east-1:123456789012:dataset-group/films"
Request = dict[str, Any]
Draw = Callable[[st.SearchStrategy[Any]], Any]


def _names(first: str, others: str, longest: int) -> st.SearchStrategy[str]:
    """Words of some characters, the first of fewer; quicker to draw than `st.from_regex`."""
    return st.builds(str.__add__, st.sampled_from(first), st.text(others, max_size=longest - 1))


WORDS = st.text(ascii_lowercase, min_size=1, max_size=12)
_NAMES = _names(ascii_letters + digits, ascii_letters + digits + "-_", longest=63)
COLUMN_NAMES = _names(ascii_uppercase + "_", ascii_uppercase + digits + "_", longest=21).filter(
    lambda name: name != "EVENT_TYPE"
)
_NEW_RECIPES = st.from_regex(r"aws-[a-z]{3,12}-v9", fullmatch=True)
DATASETS = st.sampled_from(["ITEMS", "Items", "USERS", "Users", "INTERACTIONS", "Interactions"])
TAG_TEXT = st.text("abcdefghijklmnopqrstuvwxyzABCXYZ0123456789 _.:/=+-@éß映", min_size=1, max_size=30).filter(
    lambda text: not text.lower().startswith(("aws:", "cdk-personalize:"))
)
_TAG_KEYS = st.lists(TAG_TEXT, max_size=3, unique=True)
_TAG_VALUES = TAG_TEXT | st.just("")
_THRESHOLDS = st.floats(-1e6, 1e6).map(str) | st.just(".05")
_COLUMNS = st.dictionaries(
    DATASETS, st.lists(COLUMN_NAMES, min_size=1, max_size=5, unique=True), min_size=1, max_size=3
)
_LISTS = {
    "integer": "integer",
    "continuous": "continuous",
    "boolean": "categorical",
    "categorical": "categorical",
}


def recipe_arn(name: str) -> str:
    """The ARN of a predefined recipe."""
    return f"arn:aws:personalize:::recipe/{name}"


@st.composite
def valid_requests(draw: Draw) -> Request:
    """A request that the service takes: of a known recipe, a new one, or AutoML."""
    kind = draw(st.sampled_from(["known"] * 8 + ["new", "auto_ml"]))
    if kind == "known":
        known: Request = draw(known_recipe_requests())
        return known
    request = _base(draw)
    if kind == "new":
        return {**request, "recipeArn": recipe_arn(draw(_NEW_RECIPES))}
    request["performAutoML"] = True
    return _some(draw, request, {"performHPO": st.just(True)})


@st.composite
def known_recipe_requests(draw: Draw, recipes: Sequence[RecipeFacts] = ()) -> Request:
    """A valid request of a recipe that the catalog has, or of one of these."""
    facts = draw(st.sampled_from(list(recipes) or list(catalog().values())))
    request = {**_base(draw), "recipeArn": recipe_arn(facts.name)}
    request = _some(
        draw,
        request,
        {
            "performAutoML": st.just(False),
            "performHPO": st.just(False) if not facts.allows_hpo else st.booleans(),
            "performIncrementalUpdate": st.booleans() if facts.allows_incremental_update else st.just(False),
        },
    )
    config = _config(draw, facts, with_hpo=request.get("performHPO") is True)
    if draw(st.booleans()):
        request["performAutoTraining"] = draw(st.booleans())
        if request["performAutoTraining"] and draw(st.booleans()):
            config["autoTrainingConfig"] = {"schedulingExpression": draw(schedules())}
    if "eventsConfig" not in config and draw(st.booleans()):
        request["eventType"] = draw(WORDS)
        if draw(st.booleans()):
            config["eventValueThreshold"] = draw(_THRESHOLDS)
    if config or draw(st.booleans()):
        request["solutionConfig"] = config
    return request


def _base(draw: Draw) -> Request:
    request: Request = {"name": draw(_NAMES), "datasetGroupArn": GROUP}
    keys = draw(_TAG_KEYS)
    if keys:
        request["tags"] = [{"tagKey": key, "tagValue": draw(_TAG_VALUES)} for key in keys]
    return request


def _config(draw: Draw, facts: RecipeFacts, *, with_hpo: bool) -> Request:
    hyper = facts.algorithm_hyper_parameters
    ranged = draw(_subsets(*(p for p in hyper.values() if p.is_tunable))) if with_hpo else []
    fixed = draw(_subsets(*(p for p in hyper.values() if p.is_settable and p not in ranged)))
    features = draw(_subsets(*facts.feature_transformation_parameters.values()))
    config: Request = {}
    if fixed:
        config["algorithmHyperParameters"] = {p.name: draw(values(p)) for p in fixed}
    if features:
        config["featureTransformationParameters"] = {p.name: draw(values(p)) for p in features}
    if ranged or (with_hpo and draw(st.booleans())):
        config["hpoConfig"] = _hpo(draw, ranged)
    if facts.allows_events_config and draw(st.booleans()):
        config["eventsConfig"] = {"eventParametersList": draw(_EVENTS)}
    if facts.allows_optimization_objective and draw(st.booleans()):
        sensitivity = draw(st.sampled_from(["LOW", "MEDIUM", "HIGH", "OFF"]))
        config["optimizationObjective"] = {
            "itemAttribute": draw(COLUMN_NAMES),
            "objectiveSensitivity": sensitivity,
        }
    if facts.allows_training_data_config and draw(st.booleans()):
        member = draw(st.sampled_from(["excludedDatasetColumns", "includedDatasetColumns"]))
        config["trainingDataConfig"] = {member: draw(_COLUMNS)}
    return config


def _hpo(draw: Draw, ranged: Sequence[RecipeParameter]) -> Request:
    hpo: Request = {}
    if draw(st.booleans()):
        hpo["hpoResourceConfig"] = {
            "maxNumberOfTrainingJobs": str(draw(st.integers(1, 40))),
            "maxParallelTrainingJobs": str(draw(st.integers(1, 10))),
        }
    if ranged:
        lists: dict[str, list[Request]] = {
            f"{kind}HyperParameterRanges": [] for kind in ("integer", "continuous", "categorical")
        }
        for parameter in ranged:
            lists[f"{_LISTS[parameter.kind]}HyperParameterRanges"].append(draw(ranges(parameter)))
        hpo["algorithmHyperParameterRanges"] = lists
    return hpo


@cache
def values(parameter: RecipeParameter) -> st.SearchStrategy[str]:
    """Values that a parameter may have, as strings."""
    return st.sampled_from(parameter.values) if parameter.values else _numbers(parameter).map(str)


def _numbers(parameter: RecipeParameter) -> st.SearchStrategy[float]:
    assert parameter.min is not None
    assert parameter.max is not None
    if parameter.kind == "integer":
        return st.integers(int(parameter.min), int(parameter.max))
    return st.floats(parameter.min, parameter.max)


@cache
def ranges(parameter: RecipeParameter) -> st.SearchStrategy[Request]:
    """Ranges that a parameter may have."""
    if parameter.values:
        chosen = st.lists(st.sampled_from(parameter.values), min_size=1, unique=True)
        return chosen.map(lambda words: {"name": parameter.name, "values": words})
    pair = st.tuples(_numbers(parameter), _numbers(parameter)).map(sorted)
    return pair.map(lambda ends: {"name": parameter.name, "minValue": ends[0], "maxValue": ends[1]})


@cache
def schedules() -> st.SearchStrategy[str]:
    """Schedules of automatic training."""
    return st.integers(1, 30).map(lambda days: "rate(1 day)" if days == 1 else f"rate({days} days)")


@cache
def event_parameters() -> st.SearchStrategy[Request]:
    """Entries of an events config."""
    return st.fixed_dictionaries(
        {"eventType": WORDS, "weight": st.floats(0, 1)},
        optional={"eventValueThreshold": st.floats(-100, 100)},
    )


_EVENTS = st.lists(event_parameters(), min_size=1, max_size=10)


@cache
def _subsets(*items: RecipeParameter) -> st.SearchStrategy[list[RecipeParameter]]:
    return st.lists(st.sampled_from(items), unique_by=lambda item: item.name) if items else st.just([])


def _some(draw: Draw, request: Request, members: Mapping[str, st.SearchStrategy[Any]]) -> Request:
    return {**request, **{name: draw(value) for name, value in members.items() if draw(st.booleans())}}


PAYLOADS: dict[str, dict[str, Any]] = {
    path.stem: json.loads(path.read_text())
    for path in sorted((Path(__file__).parents[2] / "data" / "payloads").glob("*.json"))
}
VALID = {name: payload["params"] for name, payload in PAYLOADS.items() if payload["expect"] == "valid"}
INVALID = {name: payload["params"] for name, payload in PAYLOADS.items() if payload["expect"] == "invalid"}
