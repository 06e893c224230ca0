"""Each mistake that makes a valid CreateSolution request invalid, as something that can be drawn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from hypothesis import strategies as st

from cdk_personalize.recipe.facts import RecipeFacts, RecipeParameter, catalog, other_recipes
from support.requests.solution_requests import (
    COLUMN_NAMES,
    DATASETS,
    GROUP,
    TAG_TEXT,
    WORDS,
    Draw,
    Request,
    event_parameters,
    known_recipe_requests,
    ranges,
    recipe_arn,
    schedules,
    values,
)


class Mutation(NamedTuple):
    """One mistake.

    Attributes:
        name: What it is.
        argument: The argument with the problem.
        recipes: The recipes for which it is one.
        make: Makes the mistake in a request, which is its own to change.
    """

    name: str
    argument: str
    recipes: Callable[[RecipeFacts], bool]
    make: Callable[[Draw, Request, RecipeFacts], object]


def mutated(mutation: Mutation) -> st.SearchStrategy[Request]:
    """Requests that are valid but for this mistake."""
    recipes = [facts for facts in catalog().values() if mutation.recipes(facts)]

    @st.composite
    def build(draw: Draw) -> Request:
        request: Request = draw(known_recipe_requests(recipes))
        facts = catalog()[request["recipeArn"].rpartition("/")[2]]
        mutation.make(draw, request, facts)
        return request

    return build()


def _config_of(request: Request) -> Request:
    config: Request = request.setdefault("solutionConfig", {})
    return config


def _member(name: str, value: st.SearchStrategy[Any]) -> Callable[[Draw, Request, RecipeFacts], None]:
    return lambda draw, request, _facts: request.update({name: draw(value)})


def _config_member(name: str, value: st.SearchStrategy[Any]) -> Callable[[Draw, Request, RecipeFacts], None]:
    return lambda draw, request, _facts: _config_of(request).update({name: draw(value)})


def _settable(facts: RecipeFacts) -> list[RecipeParameter]:
    return [p for p in facts.algorithm_hyper_parameters.values() if p.is_settable]


def _numeric_features(facts: RecipeFacts) -> list[RecipeParameter]:
    return [p for p in facts.feature_transformation_parameters.values() if not p.values]


def _tunable_numbers(facts: RecipeFacts) -> list[RecipeParameter]:
    return [p for p in facts.algorithm_hyper_parameters.values() if p.is_tunable and not p.values]


def _outside(parameter: RecipeParameter) -> st.SearchStrategy[float]:
    assert parameter.min is not None
    assert parameter.max is not None
    if parameter.kind == "integer":
        low, high = int(parameter.min), int(parameter.max)
        return st.integers(low - 1000, low - 1) | st.integers(high + 1, high + 1000)
    return st.floats(parameter.max, 1e6, exclude_min=True) | st.floats(-1e6, parameter.min, exclude_max=True)


def _fix(request: Request, name: str, value: object) -> None:
    """Set a hyperparameter to a value, and let nothing range it."""
    config = _config_of(request)
    config.pop("hpoConfig", None)
    config.setdefault("algorithmHyperParameters", {})[name] = value


def _range(request: Request, kind: str, entry: Request) -> None:
    """Give one range, and fix nothing."""
    config = _config_of(request)
    config.pop("algorithmHyperParameters", None)
    request["performHPO"] = True
    lists = {f"{kind}HyperParameterRanges": [entry]}
    config["hpoConfig"] = {"algorithmHyperParameterRanges": lists}


def _unknown_hyperparameter(draw: Draw, request: Request, _facts: RecipeFacts) -> None:
    _fix(request, draw(WORDS.map(lambda word: f"x_{word}")), "1")


def _value_outside(draw: Draw, request: Request, facts: RecipeFacts) -> None:
    parameter = draw(st.sampled_from([p for p in _settable(facts) if not p.values]))
    _fix(request, parameter.name, str(draw(_outside(parameter))))


def _value_of_no_kind(draw: Draw, request: Request, facts: RecipeFacts) -> None:
    _fix(request, draw(st.sampled_from(_settable(facts))).name, "nonsense")


def _value_no_string(draw: Draw, request: Request, facts: RecipeFacts) -> None:
    _fix(request, draw(st.sampled_from(_settable(facts))).name, draw(st.integers(0, 99) | st.booleans()))


def _feature_outside(draw: Draw, request: Request, facts: RecipeFacts) -> None:
    parameter = draw(st.sampled_from(_numeric_features(facts)))
    _config_of(request)["featureTransformationParameters"] = {parameter.name: str(draw(_outside(parameter)))}


def _range_outside(draw: Draw, request: Request, facts: RecipeFacts) -> None:
    parameter = draw(st.sampled_from(_tunable_numbers(facts)))
    entry = draw(ranges(parameter))
    assert parameter.max is not None
    _range(request, parameter.kind, {**entry, "maxValue": parameter.max + draw(st.integers(1, 100))})


def _range_turned_round(draw: Draw, request: Request, facts: RecipeFacts) -> None:
    parameter = draw(st.sampled_from(_tunable_numbers(facts)))
    low, high = parameter.min, parameter.max
    _range(request, parameter.kind, {"name": parameter.name, "minValue": high, "maxValue": low})


def _range_unknown(draw: Draw, request: Request, _facts: RecipeFacts) -> None:
    name = draw(WORDS.map(lambda word: f"x_{word}"))
    _range(request, "integer", {"name": name, "minValue": 1, "maxValue": 2})


def _range_in_another_list(draw: Draw, request: Request, facts: RecipeFacts) -> None:
    parameter = draw(st.sampled_from(_tunable_numbers(facts)))
    kind = "integer" if parameter.kind == "continuous" else "continuous"
    _range(request, kind, {"name": parameter.name, "minValue": 1, "maxValue": 1})


def _range_and_value(draw: Draw, request: Request, facts: RecipeFacts) -> None:
    parameter = draw(st.sampled_from([p for p in _tunable_numbers(facts) if p.is_settable]))
    _range(request, parameter.kind, draw(ranges(parameter)))
    _config_of(request)["algorithmHyperParameters"] = {parameter.name: draw(values(parameter))}


def _events_twice(draw: Draw, request: Request, _facts: RecipeFacts) -> None:
    request["eventType"] = draw(WORDS)
    config = _config_of(request)
    config.pop("eventValueThreshold", None)
    config["eventsConfig"] = {"eventParametersList": [draw(event_parameters())]}


def _many_events(draw: Draw, request: Request, _facts: RecipeFacts) -> None:
    _without_events(request)
    _config_of(request)["eventsConfig"] = {
        "eventParametersList": [draw(event_parameters()) for _ in range(11)]
    }


def _heavy_event(draw: Draw, request: Request, _facts: RecipeFacts) -> None:
    _without_events(request)
    weight = draw(st.floats(1, 100, exclude_min=True) | st.floats(-100, 0, exclude_max=True))
    _config_of(request)["eventsConfig"] = {"eventParametersList": [{"eventType": "buy", "weight": weight}]}


def _events_elsewhere(draw: Draw, request: Request, _facts: RecipeFacts) -> None:
    _config_of(request).pop("eventsConfig", None)
    request["eventsConfig"] = {"eventParametersList": [draw(event_parameters())]}


def _events_not_allowed(draw: Draw, request: Request, _facts: RecipeFacts) -> None:
    _without_events(request)
    _config_of(request)["eventsConfig"] = {"eventParametersList": [draw(event_parameters())]}


def _without_events(request: Request) -> None:
    request.pop("eventType", None)
    _config_of(request).pop("eventValueThreshold", None)


def _hpo_without_the_flag(_draw: Draw, request: Request, _facts: RecipeFacts) -> None:
    request.pop("performHPO", None)
    _config_of(request)["hpoConfig"] = {"hpoResourceConfig": {"maxParallelTrainingJobs": "2"}}


def _jobs(value: st.SearchStrategy[Any]) -> Callable[[Draw, Request, RecipeFacts], None]:
    def make(draw: Draw, request: Request, _facts: RecipeFacts) -> None:
        request["performHPO"] = True
        _config_of(request)["hpoConfig"] = {"hpoResourceConfig": {"maxNumberOfTrainingJobs": draw(value)}}

    return make


def _objective_of_hpo(draw: Draw, request: Request, _facts: RecipeFacts) -> None:
    request["performHPO"] = True
    kind = draw(st.sampled_from(["Maximize", "Minimize"]))
    _config_of(request)["hpoConfig"] = {"hpoObjective": {"type": kind, "metricName": "m"}}


def _both_columns(_draw: Draw, request: Request, _facts: RecipeFacts) -> None:
    data = {"excludedDatasetColumns": {"Items": ["A"]}, "includedDatasetColumns": {"ITEMS": ["B"]}}
    _config_of(request)["trainingDataConfig"] = data


def _event_type_left_out(draw: Draw, request: Request, _facts: RecipeFacts) -> None:
    dataset = draw(st.sampled_from(["Interactions", "INTERACTIONS"]))
    _config_of(request)["trainingDataConfig"] = {"excludedDatasetColumns": {dataset: ["EVENT_TYPE"]}}


def _columns(draw: Draw, request: Request, _facts: RecipeFacts) -> None:
    columns = {draw(DATASETS): [draw(COLUMN_NAMES)]}
    _config_of(request)["trainingDataConfig"] = {"excludedDatasetColumns": columns}


def _sensitivity(draw: Draw, request: Request, _facts: RecipeFacts) -> None:
    word = draw(WORDS | st.sampled_from(["low", "MID"]))
    _config_of(request)["optimizationObjective"] = {"itemAttribute": "A", "objectiveSensitivity": word}


def _objective(draw: Draw, request: Request, _facts: RecipeFacts) -> None:
    objective = {"itemAttribute": draw(COLUMN_NAMES), "objectiveSensitivity": "LOW"}
    _config_of(request)["optimizationObjective"] = objective


def _schedule(expression: st.SearchStrategy[str]) -> Callable[[Draw, Request, RecipeFacts], None]:
    def make(draw: Draw, request: Request, _facts: RecipeFacts) -> None:
        request["performAutoTraining"] = True
        _config_of(request)["autoTrainingConfig"] = {"schedulingExpression": draw(expression)}

    return make


def _schedule_while_off(draw: Draw, request: Request, _facts: RecipeFacts) -> None:
    request["performAutoTraining"] = False
    _config_of(request)["autoTrainingConfig"] = {"schedulingExpression": draw(schedules())}


def _auto_ml(_draw: Draw, request: Request, _facts: RecipeFacts) -> None:
    request["performAutoML"] = True
    request.pop("performHPO", None)
    request.pop("performIncrementalUpdate", None)


def _auto_ml_without_hpo(draw: Draw, request: Request, facts: RecipeFacts) -> None:
    _auto_ml(draw, request, facts)
    request["performHPO"] = False
    del request["recipeArn"]


def _any(_facts: RecipeFacts) -> bool:
    return True


def _with_hpo(facts: RecipeFacts) -> bool:
    return facts.allows_hpo is True


_CONFIG = "solutionConfig"
_LISTED = f"{_CONFIG}.hpoConfig.algorithmHyperParameterRanges."
_BAD_NAMES = st.sampled_from(["", "-a", "a b", "a.b", "a" * 64, "é", "a\n"])
_BAD_JOBS = st.sampled_from(["0", "41", "many", "2.5", "", 2])

MUTATIONS = [
    Mutation("name of the wrong form", "name", _any, _member("name", _BAD_NAMES)),
    Mutation("no dataset group", "datasetGroupArn", _any, lambda _d, r, _f: r.pop("datasetGroupArn")),
    Mutation("dataset for dataset group", "datasetGroupArn", _any,
             _member("datasetGroupArn", st.just(GROUP.replace("-group", "") + "/ITEMS"))),
    Mutation("neither recipe nor AutoML", "recipeArn", _any,
             lambda _d, r, _f: r.pop("recipeArn")),
    Mutation("recipe and AutoML", "recipeArn", _any, _auto_ml),
    Mutation("AutoML without HPO", "performHPO", _any, _auto_ml_without_hpo),
    Mutation("recipe that is no more or is for recommenders", "recipeArn", _any,
             _member("recipeArn", st.sampled_from([recipe_arn(name) for name in other_recipes()]))),
    Mutation("long event type", "eventType", lambda f: not f.allows_events_config,
             _member("eventType", st.integers(257, 300).map(lambda length: "e" * length))),
    Mutation("member that there is not", "performHpo", _any, _member("performHpo", st.booleans())),
    Mutation("flag that is a string", "performHPO", _any,
             _member("performHPO", st.sampled_from(["true", 1]))),
    Mutation("HPO where there is none", "performHPO", lambda f: f.allows_hpo is False,
             _member("performHPO", st.just(True))),
    Mutation("incremental updates where there are none", "performIncrementalUpdate",
             lambda f: not f.allows_incremental_update, _member("performIncrementalUpdate", st.just(True))),
    Mutation("threshold that is no number", f"{_CONFIG}.eventValueThreshold",
             lambda f: not f.allows_events_config,
             _config_member("eventValueThreshold", st.sampled_from(["high", "", "1,5", 0.5]))),
    Mutation("unknown hyperparameter", f"{_CONFIG}.algorithmHyperParameters", _any, _unknown_hyperparameter),
    Mutation("hyperparameter out of range", f"{_CONFIG}.algorithmHyperParameters",
             lambda f: any(not p.values for p in _settable(f)), _value_outside),
    Mutation("hyperparameter of another kind", f"{_CONFIG}.algorithmHyperParameters",
             lambda f: bool(_settable(f)), _value_of_no_kind),
    Mutation("hyperparameter that is not a string", f"{_CONFIG}.algorithmHyperParameters",
             lambda f: bool(_settable(f)), _value_no_string),
    Mutation("feature out of range", f"{_CONFIG}.featureTransformationParameters",
             lambda f: bool(_numeric_features(f)), _feature_outside),
    Mutation("range out of range", _LISTED, lambda f: bool(_tunable_numbers(f)), _range_outside),
    Mutation("range turned round", _LISTED, lambda f: bool(_tunable_numbers(f)), _range_turned_round),
    Mutation("range of an unknown hyperparameter", _LISTED, _with_hpo, _range_unknown),
    Mutation("range in another list", _LISTED, lambda f: bool(_tunable_numbers(f)), _range_in_another_list),
    Mutation("range and value", _LISTED, lambda f: any(p.is_settable for p in _tunable_numbers(f)),
             _range_and_value),
    Mutation("HPO configured and off", f"{_CONFIG}.hpoConfig", _any, _hpo_without_the_flag),
    Mutation("jobs that are no such number", f"{_CONFIG}.hpoConfig.hpoResourceConfig.maxNumberOfTrainingJobs",
             _with_hpo, _jobs(_BAD_JOBS)),
    Mutation("objective of HPO", f"{_CONFIG}.hpoConfig.hpoObjective", _with_hpo, _objective_of_hpo),
    Mutation("events chosen twice", "eventType", lambda f: f.allows_events_config, _events_twice),
    Mutation("too many events", f"{_CONFIG}.eventsConfig", lambda f: f.allows_events_config, _many_events),
    Mutation("weight out of range", f"{_CONFIG}.eventsConfig.eventParametersList[0].weight",
             lambda f: f.allows_events_config, _heavy_event),
    Mutation("events at the top", "eventsConfig", lambda f: f.allows_events_config, _events_elsewhere),
    Mutation("events where there are none", f"{_CONFIG}.eventsConfig", lambda f: not f.allows_events_config,
             _events_not_allowed),
    Mutation("sensitivity that there is not", f"{_CONFIG}.optimizationObjective.objectiveSensitivity",
             lambda f: f.allows_optimization_objective, _sensitivity),
    Mutation("objective where there is none", f"{_CONFIG}.optimizationObjective",
             lambda f: not f.allows_optimization_objective, _objective),
    Mutation("columns in both lists", f"{_CONFIG}.trainingDataConfig.excludedDatasetColumns",
             lambda f: f.allows_training_data_config, _both_columns),
    Mutation("EVENT_TYPE left out", f"{_CONFIG}.trainingDataConfig.excludedDatasetColumns",
             lambda f: f.allows_training_data_config, _event_type_left_out),
    Mutation("columns where there are none", f"{_CONFIG}.trainingDataConfig",
             lambda f: not f.allows_training_data_config, _columns),
    Mutation("schedule out of range", f"{_CONFIG}.autoTrainingConfig.schedulingExpression", _any,
             _schedule(st.sampled_from([0, 31, 99]).map(lambda days: f"rate({days} days)"))),
    Mutation("not a schedule", f"{_CONFIG}.autoTrainingConfig.schedulingExpression", _any,
             _schedule(st.sampled_from(["rate(12 hours)", "rate(2 weeks)", "cron(0 12 * * ? *)", "7 days"]))),
    Mutation("schedule while training is off", f"{_CONFIG}.autoTrainingConfig", _any, _schedule_while_off),
    Mutation("tags that are no list", "tags", _any, _member("tags", st.just({"team": "search"}))),
    Mutation("tags as CloudFormation has them", "tags[0]", _any,
             _member("tags", st.just([{"Key": "team", "Value": "search"}]))),
    Mutation("a tag twice", "tags", _any,
             _member("tags", TAG_TEXT.map(lambda key: [{"tagKey": key, "tagValue": of} for of in "ab"]))),
    Mutation("a reserved tag", "a tag's key", _any,
             _member("tags", WORDS.map(lambda word: [{"tagKey": f"aws:{word}", "tagValue": ""}]))),
]  # fmt: skip
