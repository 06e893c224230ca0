"""How a solution is trained, part by part: the API's SolutionConfig as dataclasses.

Each field is named as the API names it, in Python's spelling. Fields that are not given are not sent. A token
stands in for any value. `Solution` checks everything, so that one error tells all that is wrong with it.
Limits: https://docs.aws.amazon.com/personalize/latest/dg/API_SolutionConfig.html and rules 6 to 14.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from cdk_personalize._kinds import (
    Choice,
    Integer,
    IntegerText,
    ListOf,
    MapOf,
    Number,
    NumberText,
    ScalarText,
    Text,
)
from cdk_personalize._structure import Structure, member

ARN = Text(
    max=256,
    pattern=r"arn:([a-z\d-]+):personalize:.*:.*:.+",
    hint="give the ARN of an Amazon Personalize resource",
)
EVENT_TYPE = Text(max=256)
_PARAMETER_NAME = Text(max=256)
_PARAMETERS = MapOf(key=_PARAMETER_NAME, value=ScalarText(max=1000), max=100)
_COLUMN_NAME = Text(
    max=150,
    pattern=r"[A-Za-z_][A-Za-z\d_]*",
    hint="use letters, digits or _, beginning with a letter or _",
)
_DATASET_TYPE = Text(max=256, pattern=r"[A-Za-z_]+", hint="use letters or _, as in Items")
_COLUMNS = MapOf(key=_DATASET_TYPE, value=ListOf(item=_COLUMN_NAME, max=50), max=3)


class ObjectiveSensitivity(Enum):
    """How much an optimization objective counts against relevance."""

    LOW = "LOW"
    MEDIUM = "MEDIUM"
    HIGH = "HIGH"
    OFF = "OFF"


@dataclass(frozen=True, kw_only=True)
class IntegerHyperParameterRange:
    """Whole numbers for hyperparameter optimization to try.

    Attributes:
        name: The hyperparameter.
        min_value: Smallest to try, from -1000000.
        max_value: Largest to try, to 1000000.
    """

    name: str | None = member(_PARAMETER_NAME)
    min_value: int | None = member(Integer(min=-1_000_000))
    max_value: int | None = member(Integer(max=1_000_000))


@dataclass(frozen=True, kw_only=True)
class ContinuousHyperParameterRange:
    """Real numbers for hyperparameter optimization to try.

    Attributes:
        name: The hyperparameter.
        min_value: Smallest to try, from -1000000.
        max_value: Largest to try, from -1000000.
    """

    name: str | None = member(_PARAMETER_NAME)
    min_value: float | None = member(Number(min=-1_000_000))
    max_value: float | None = member(Number(min=-1_000_000))


@dataclass(frozen=True, kw_only=True)
class CategoricalHyperParameterRange:
    """Words for hyperparameter optimization to try; a boolean's are "true" and "false".

    Attributes:
        name: The hyperparameter.
        values: At most 100, each of at most 1,000 characters.
    """

    name: str | None = member(_PARAMETER_NAME)
    values: Sequence[str] | None = member(ListOf(item=Text(max=1000), max=100))


@dataclass(frozen=True, kw_only=True)
class HyperParameterRanges:
    """What hyperparameter optimization tries. All three lists are sent, empty or not (rule 25).

    Attributes:
        integer_hyper_parameter_ranges: At most 100. Default: - none.
        continuous_hyper_parameter_ranges: At most 100. Default: - none.
        categorical_hyper_parameter_ranges: At most 100. Default: - none.
    """

    integer_hyper_parameter_ranges: Sequence[IntegerHyperParameterRange] = member(
        ListOf(item=Structure(IntegerHyperParameterRange), max=100), default=()
    )
    continuous_hyper_parameter_ranges: Sequence[ContinuousHyperParameterRange] = member(
        ListOf(item=Structure(ContinuousHyperParameterRange), max=100), default=()
    )
    categorical_hyper_parameter_ranges: Sequence[CategoricalHyperParameterRange] = member(
        ListOf(item=Structure(CategoricalHyperParameterRange), max=100), default=()
    )


@dataclass(frozen=True, kw_only=True)
class HpoResourceConfig:
    """How much hyperparameter optimization may spend (rule 10).

    Attributes:
        max_number_of_training_jobs: 1 to 40. Default: - the service's.
        max_parallel_training_jobs: 1 to 10. Default: - the service's.
    """

    max_number_of_training_jobs: int | None = member(IntegerText(min=1, max=40))
    max_parallel_training_jobs: int | None = member(IntegerText(min=1, max=10))


@dataclass(frozen=True, kw_only=True)
class HpoObjective:
    """The metric to optimize. In the API, but not supported by the service: `Solution` refuses it (rule 29).

    Attributes:
        type: Maximize or Minimize.
        metric_name: The metric.
        metric_regex: How the metric is found in training logs.
    """

    type: str | None = member(Text(max=256))
    metric_name: str | None = member(Text(max=256))
    metric_regex: str | None = member(Text(max=256))


@dataclass(frozen=True, kw_only=True)
class HpoConfig:
    """Hyperparameter optimization. Needs `perform_hpo=True` on the solution (rule 24).

    Attributes:
        hpo_objective: Not supported by the service.
        hpo_resource_config: How much it may spend.
        algorithm_hyper_parameter_ranges: What it tries. Default: - the recipe's own ranges.
    """

    hpo_objective: HpoObjective | None = member(Structure(HpoObjective))
    hpo_resource_config: HpoResourceConfig | None = member(Structure(HpoResourceConfig))
    algorithm_hyper_parameter_ranges: HyperParameterRanges | None = member(Structure(HyperParameterRanges))


@dataclass(frozen=True, kw_only=True)
class AutoMLConfig:
    """What AutoML optimizes, over which recipes (rule 11).

    Attributes:
        metric_name: The metric to optimize.
        recipe_list: ARNs of the candidates, at most 100.
    """

    metric_name: str | None = member(Text(max=256))
    recipe_list: Sequence[str] | None = member(ListOf(item=ARN, max=100))


@dataclass(frozen=True, kw_only=True)
class EventParameters:
    """How much events of one type count.

    Attributes:
        event_type: The type, at most 256 characters.
        event_value_threshold: Only events of at least this value count. Default: - all do.
        weight: 0 to 1; only the ratio between weights matters (rule 12).
    """

    event_type: str | None = member(EVENT_TYPE)
    event_value_threshold: float | None = member(Number())
    weight: float | None = member(Number(min=0, max=1))


@dataclass(frozen=True, kw_only=True)
class EventsConfig:
    """Every event type that training considers, each with its weight.

    Attributes:
        event_parameters_list: At most 10 (rule 12).
    """

    event_parameters_list: Sequence[EventParameters] | None = member(
        ListOf(item=Structure(EventParameters), max=10)
    )


@dataclass(frozen=True, kw_only=True)
class OptimizationObjective:
    """A numeric column of the Items dataset to maximize besides relevance.

    Attributes:
        item_attribute: The column, 1 to 150 characters.
        objective_sensitivity: How much it counts.
    """

    item_attribute: str | None = member(Text(min=1, max=150))
    objective_sensitivity: ObjectiveSensitivity | None = member(Choice(ObjectiveSensitivity))


@dataclass(frozen=True, kw_only=True)
class TrainingDataConfig:
    """Which columns training uses, by dataset type: at most 3 types, 50 columns each (rule 14).

    Attributes:
        excluded_dataset_columns: Columns to leave out, as in `{"Items": ["CREATED_BY"]}`.
        included_dataset_columns: Columns to use, all others being left out.
    """

    excluded_dataset_columns: Mapping[str, Sequence[str]] | None = member(_COLUMNS)
    included_dataset_columns: Mapping[str, Sequence[str]] | None = member(_COLUMNS)


@dataclass(frozen=True, kw_only=True)
class SolutionConfig:
    """How a solution is trained. Its schedule is not here: that is the solution's `auto_training`.

    Attributes:
        event_value_threshold: Only events of at least this value count; a number, or a string with one.
        hpo_config: Hyperparameter optimization.
        algorithm_hyper_parameters: Values by hyperparameter, at most 100. Numbers and booleans are
            written as the strings that the API takes.
        feature_transformation_parameters: Values by parameter, at most 100, written likewise.
        auto_ml_config: What AutoML does. With `perform_auto_ml` the service ignores all else (rule 20).
        events_config: Event types and their weights. Not with `event_type` or `event_value_threshold`.
        optimization_objective: A business metric to optimize besides relevance.
        training_data_config: Columns to use or leave out.
    """

    event_value_threshold: str | float | None = member(NumberText(max=256))
    hpo_config: HpoConfig | None = member(Structure(HpoConfig))
    algorithm_hyper_parameters: Mapping[str, str | float | bool] | None = member(_PARAMETERS)
    feature_transformation_parameters: Mapping[str, str | float | bool] | None = member(_PARAMETERS)
    auto_ml_config: AutoMLConfig | None = member(Structure(AutoMLConfig))
    events_config: EventsConfig | None = member(Structure(EventsConfig))
    optimization_objective: OptimizationObjective | None = member(Structure(OptimizationObjective))
    training_data_config: TrainingDataConfig | None = member(Structure(TrainingDataConfig))
