"""Rules between the arguments of one solution.

They speak only of what is known and well formed: a token satisfies every rule, and an argument of the wrong
form has its own problem already.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeGuard, TypeVar

from cdk_personalize._request import SolutionRequest
from cdk_personalize._structure import members_problems
from cdk_personalize._tokens import is_token
from cdk_personalize.errors import Problem
from cdk_personalize.solution_config import (
    EventsConfig,
    HpoConfig,
    HyperParameterRanges,
    SolutionConfig,
    TrainingDataConfig,
)

_CONFIG = "solution_config"
_HPO = f"{_CONFIG}.hpo_config"
_RANGES = f"{_HPO}.algorithm_hyper_parameter_ranges"
_COLUMNS = f"{_CONFIG}.training_data_config"

T = TypeVar("T")


def find_problems(request: SolutionRequest) -> list[Problem]:
    """Find everything wrong with a request: each argument by itself, then one against another."""
    return [
        *members_problems(request),
        *_required_members(request),
        *_hyperparameter_optimization(request),
        *_ranges(request),
        *_events(request),
        *_columns(request),
    ]


def _required_members(request: SolutionRequest) -> Iterator[Problem]:
    """A dataset group, and exactly one of a recipe and AutoML (rules 1 and 19)."""
    if request.dataset_group_arn is None:
        yield Problem(
            argument="dataset_group_arn",
            value=None,
            rule="is required",
            fix="give the ARN of a dataset group, such as CfnDatasetGroup.attr_dataset_group_arn",
        )
    if request.recipe is None and _off(request.perform_auto_ml):
        yield Problem(
            argument="recipe",
            value=None,
            rule="is required unless perform_auto_ml is True",
            fix="give a recipe, such as Recipe.USER_PERSONALIZATION_V2",
        )
    if request.recipe is not None and request.perform_auto_ml is True:
        yield Problem(
            argument="recipe",
            value=request.recipe,
            rule="must be left out when perform_auto_ml is True: AutoML chooses the recipe",
            fix="give one of the two; AWS advises against AutoML",
        )


def _hyperparameter_optimization(request: SolutionRequest) -> Iterator[Problem]:
    hpo = _config(request).hpo_config
    if request.perform_hpo is False and request.perform_auto_ml is True:  # rule 21
        yield Problem(
            argument="perform_hpo",
            value=False,
            rule="must not be False when perform_auto_ml is True: AutoML always optimizes hyperparameters",
            fix="leave it out",
        )
    if hpo is not None and _off(request.perform_hpo) and _off(request.perform_auto_ml):  # rule 24
        yield Problem(
            argument=_HPO,
            value=hpo,
            rule="needs perform_hpo=True, without which what the service does with it is unknown",
            fix="add perform_hpo=True, or leave hpo_config out",
        )
    if _known(hpo, HpoConfig).hpo_objective is not None:  # rule 29
        yield Problem(
            argument=f"{_HPO}.hpo_objective",
            value=_known(hpo, HpoConfig).hpo_objective,
            rule="is in the API but not supported by the service",
            fix="leave it out; the recipe has its own objective",
        )


def _ranges(request: SolutionRequest) -> Iterator[Problem]:
    config = _config(request)
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
                    rule="must not be fixed in algorithm_hyper_parameters as well",
                    fix="fix the hyperparameter or give it a range",
                )
            if _is_known_number(low) and _is_known_number(high) and low > high:
                yield Problem(
                    argument=at,
                    value=f"{low} to {high}",
                    rule="must have a min_value of at most its max_value",
                    fix="exchange the two",
                )


def _events(request: SolutionRequest) -> Iterator[Problem]:
    """Events are chosen in one way: a type and threshold, or a list of them (rule 38)."""
    config = _config(request)
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
                fix="state it for each event type in events_config",
            )


def _columns(request: SolutionRequest) -> Iterator[Problem]:
    data = _known(_config(request).training_data_config, TrainingDataConfig)
    excluded = _entries(data.excluded_dataset_columns)
    # The service's own spelling of dataset types varies: Items and ITEMS are both in use (rule 15).
    included = {str(dataset).lower() for dataset in _entries(data.included_dataset_columns)}
    for dataset, columns in excluded.items():
        at = f"{_COLUMNS}.excluded_dataset_columns[{dataset!r}]"
        if str(dataset).lower() in included:  # rule 41
            yield Problem(
                argument=at,
                value=columns,
                rule="must not be in included_dataset_columns as well",
                fix="include some columns of a dataset or exclude some, not both",
            )
        if str(dataset).lower() == "interactions" and "EVENT_TYPE" in _items(columns):  # rule 40
            yield Problem(
                argument=at,
                value=columns,
                rule="must not name EVENT_TYPE, which the service always needs",
                fix="leave EVENT_TYPE out of the list",
            )


def _config(request: SolutionRequest) -> SolutionConfig:
    return _known(request.solution_config, SolutionConfig)


def _known(value: object, structure: type[T]) -> T:
    """Return a structure, or an empty one in place of what is absent, a token, or of the wrong type."""
    return value if isinstance(value, structure) else structure()


def _items(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) and not is_token(value) else ()


def _entries(value: Any) -> Mapping[Any, Any]:
    return value if isinstance(value, Mapping) else {}


def _off(flag: bool | None) -> bool:
    """Tell whether a flag is known not to be set."""
    return flag is None or flag is False


def _is_known_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not is_token(value)
