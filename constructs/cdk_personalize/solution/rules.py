"""Rules between the arguments of one solution.

They apply only to values that are known and well formed: a token satisfies every rule, and a malformed
argument has its own problem already.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeGuard, TypeVar

from cdk_personalize.model.findings import Doubt, Problem
from cdk_personalize.model.structures import members, members_problems
from cdk_personalize.model.suggestions import closest
from cdk_personalize.model.tokens import is_token
from cdk_personalize.recipe.recipe import Recipe
from cdk_personalize.solution import recipe_rules
from cdk_personalize.solution.config import (
    EventsConfig,
    HpoConfig,
    HyperParameterRanges,
    SolutionConfig,
    TrainingDataConfig,
)
from cdk_personalize.solution.request import SolutionRequest

_CONFIG = "solution_config"
_HPO = f"{_CONFIG}.hpo_config"
_RANGES = f"{_HPO}.algorithm_hyper_parameter_ranges"
_COLUMNS = f"{_CONFIG}.training_data_config"

_DATASET_TYPES = {
    name.lower(): name for name in ("Interactions", "Items", "Users", "Actions", "Action_Interactions")
}

T = TypeVar("T")


def find_problems(request: SolutionRequest) -> list[Problem]:
    """Find everything wrong with a request: each argument alone, then combinations."""
    return [finding for finding in examine(request) if not isinstance(finding, Doubt)]


def examine(request: SolutionRequest) -> list[Problem]:
    """Find everything wrong or doubtful in a request."""
    return [*members_problems(request), *_required_members(request), *_between(request)]


def _between(request: SolutionRequest) -> Iterator[Problem]:
    if request.perform_auto_ml is True:
        yield from _auto_ml(request)
        return
    config = _config(request)
    yield from _hyperparameter_optimization(request, config)
    yield from _ranges(config)
    yield from _events(request, config)
    yield from _columns(config)
    yield from recipe_rules.find_problems(request, config)


def _required_members(request: SolutionRequest) -> Iterator[Problem]:
    """A dataset group, and exactly one of a recipe and AutoML (rules 1 and 19)."""
    if request.dataset_group is None:
        yield Problem(
            argument="dataset_group",
            value=None,
            rule="is required",
            fix="pass a CfnDatasetGroup, or the ARN of a dataset group",
        )
    if request.recipe is None and _off(request.perform_auto_ml):
        yield Problem(
            argument="recipe",
            value=None,
            rule="is required unless perform_auto_ml is True",
            fix="pass a recipe, such as Recipe.USER_PERSONALIZATION_V2",
        )
    if isinstance(request.recipe, Recipe) and request.perform_auto_ml is True:
        yield Problem(
            argument="recipe",
            value=request.recipe.name,
            rule="must be left out when perform_auto_ml is True: AutoML chooses the recipe",
            fix="leave perform_auto_ml out: AWS advises against AutoML",
        )


def _auto_ml(request: SolutionRequest) -> Iterator[Problem]:
    """With AutoML the service ignores almost everything else, so nothing else can be wrong (rule 20)."""
    yield Doubt(
        id="auto-ml",
        argument="perform_auto_ml",
        value=True,
        rule="is advised against by AWS: the recipes that AutoML chooses from are no longer available",
        fix="pass a recipe instead, such as Recipe.USER_PERSONALIZATION_V2",
    )
    if request.perform_hpo is False:  # rule 21
        yield Problem(
            argument="perform_hpo",
            value=False,
            rule="must not be False when perform_auto_ml is True: AutoML always optimizes hyperparameters",
            fix="leave it out",
        )
    if request.perform_incremental_update is True:  # rule 35
        yield Problem(
            argument="perform_incremental_update",
            value=True,
            rule="must not be True when perform_auto_ml is True: it is for Recipe.SEMANTIC_SIMILARITY",
            fix="leave it out",
        )
    ignored = [
        name
        for name in members(SolutionConfig)
        if name != "auto_ml_config" and getattr(_config(request), name) is not None
    ]
    if ignored:  # rule 20
        yield Doubt(
            id="auto-ml-ignores",
            argument=_CONFIG,
            value=ignored,
            rule="is ignored by AutoML, except auto_ml_config",
            fix="leave the rest out",
        )


def _hyperparameter_optimization(request: SolutionRequest, config: SolutionConfig) -> Iterator[Problem]:
    hpo = config.hpo_config
    facts = request.recipe.facts if isinstance(request.recipe, Recipe) else None
    never = facts is not None and facts.allows_hpo is False
    if hpo is not None and _off(request.perform_hpo):  # rule 24
        yield Problem(
            argument=_HPO,
            value=hpo,
            rule="needs perform_hpo=True: what the service does with it otherwise is unknown",
            fix="leave hpo_config out" if never else "add perform_hpo=True, or leave hpo_config out",
        )
    if _known(hpo, HpoConfig).hpo_objective is not None:  # rule 29
        yield Problem(
            argument=f"{_HPO}.hpo_objective",
            value=_known(hpo, HpoConfig).hpo_objective,
            rule="is in the API but not supported by the service",
            fix="leave it out; the recipe has its own objective",
        )


def _ranges(config: SolutionConfig) -> Iterator[Problem]:
    hpo = _known(config.hpo_config, HpoConfig)
    ranges = _known(hpo.algorithm_hyper_parameter_ranges, HyperParameterRanges)
    fixed = _entries(config.algorithm_hyper_parameters)
    for kind in ("integer", "continuous", "categorical"):
        member = f"{kind}_hyper_parameter_ranges"
        for index, tried in enumerate(_items(getattr(ranges, member))):
            at = f"{_RANGES}.{member}[{index}]"
            name, low, high = (getattr(tried, part, None) for part in ("name", "min_value", "max_value"))
            if isinstance(name, str) and name in fixed:  # rule 28
                yield Problem(
                    argument=at,
                    value=name,
                    rule="must not also be fixed in algorithm_hyper_parameters",
                    fix="remove it from one of the two",
                )
            if _is_known_number(low) and _is_known_number(high) and low > high:
                yield Problem(
                    argument=at,
                    value=f"{low} to {high}",
                    rule="must have a min_value of at most its max_value",
                    fix="swap the two",
                )


def _events(request: SolutionRequest, config: SolutionConfig) -> Iterator[Problem]:
    """Events are chosen in one way: a type and threshold, or a list of them (rule 38)."""
    if not isinstance(config.events_config, EventsConfig):
        return
    for argument, value in (
        ("event_type", request.event_type),
        (f"{_CONFIG}.event_value_threshold", config.event_value_threshold),
    ):
        if value is not None:
            yield Problem(
                argument=argument,
                value=value,
                rule=f"must be left out when {_CONFIG}.events_config is given",
                fix="leave it out here, and state it for each event type in events_config",
            )


def _columns(config: SolutionConfig) -> Iterator[Problem]:
    data = _known(config.training_data_config, TrainingDataConfig)
    # The service's own spelling of dataset types varies: Items and ITEMS are both in use (rule 15).
    included = {str(dataset).lower() for dataset in _entries(data.included_dataset_columns)}
    for member in ("excluded_dataset_columns", "included_dataset_columns"):
        yield from _dataset_types(_entries(getattr(data, member)), f"{_COLUMNS}.{member}")
    for dataset, columns in _entries(data.excluded_dataset_columns).items():
        at = f"{_COLUMNS}.excluded_dataset_columns[{dataset!r}]"
        if str(dataset).lower() in included:  # rule 41
            yield Problem(
                argument=at,
                value=columns,
                rule="must not also be in included_dataset_columns",
                fix="remove the dataset from one of the two",
            )
        if str(dataset).lower() == "interactions" and "EVENT_TYPE" in _items(columns):  # rule 40
            yield Problem(
                argument=at,
                value=columns,
                rule="must not name EVENT_TYPE, which the service always needs",
                fix="leave EVENT_TYPE out of the list",
            )


def _dataset_types(columns: Mapping[Any, Any], at: str) -> Iterator[Problem]:
    """Unknown dataset types. No source lists those that are allowed (rule 15)."""
    for dataset in columns:
        if isinstance(dataset, str) and not is_token(dataset) and dataset.lower() not in _DATASET_TYPES:
            similar = closest(dataset, _DATASET_TYPES.values())
            yield Doubt(
                id="dataset-type",
                argument=at,
                value=dataset,
                rule="has an unknown dataset type",
                fix=f"did you mean {similar!r}?"
                if similar
                else f"the known types are {', '.join(_DATASET_TYPES.values())}",
            )


def _config(request: SolutionRequest) -> SolutionConfig:
    return _known(request.solution_config, SolutionConfig)


def _known(value: object, structure: type[T]) -> T:
    """Return a structure, or an empty one for a value that is absent, a token, or of the wrong type."""
    return value if isinstance(value, structure) else structure()


def _items(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) and not is_token(value) else ()


def _entries(value: Any) -> Mapping[Any, Any]:
    return value if isinstance(value, Mapping) else {}


def _off(flag: bool | None) -> bool:
    """Whether a flag is known to be off."""
    return flag is None or flag is False


def _is_known_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not is_token(value)
