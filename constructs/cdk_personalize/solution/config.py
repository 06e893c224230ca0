"""How a solution is trained, part by part: the API's SolutionConfig as dataclasses.

Each field has the API's name in Python's spelling. Omitted fields are not sent. Any value can be a token.
`Solution` checks everything, so one error lists everything that is wrong.
Limits: https://docs.aws.amazon.com/personalize/latest/dg/API_SolutionConfig.html and rules 6 to 14.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Annotated, ClassVar

from cdk_personalize.model.structures import Spelled, Structure
from cdk_personalize.model.tokens import is_token
from cdk_personalize.model.value_types import (
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

RECIPE_ARN = Text(
    max=256,
    pattern=r"arn:([a-z\d-]+):personalize:.*:.*:.+",
    rule="must be the ARN of a recipe",
    hint="an ARN is like arn:aws:personalize:::recipe/aws-sims",
)
EVENT_TYPE = Text(max=256)
_PARAMETER_NAME = Text(max=256)
_PARAMETERS = MapOf(key=_PARAMETER_NAME, value=ScalarText(max=1000), max=100)
_COLUMN_NAME = Text(
    max=150,
    pattern=r"[A-Za-z_][A-Za-z\d_]*",
    rule="must have only letters, digits and _, and begin with a letter or _",
    hint="give the name of a column of the dataset's schema, as in CREATED_BY",
)
_DATASET_TYPE = Text(
    max=256,
    pattern=r"[A-Za-z_]+",
    rule="must have only letters and _",
    hint="give the type of a dataset, as in Items",
)
_COLUMNS = MapOf(key=_DATASET_TYPE, value=ListOf(item=_COLUMN_NAME, max=50), max=3)


@dataclass(frozen=True, kw_only=True)
class AutoTraining:
    """Automatic training of a solution: `AutoTraining.DISABLED` or `AutoTraining.every(days=7)`.

    The service's own default is on, every seven days, and each training is billed (rule 33). A `Solution`
    therefore always sends its choice, which is `AutoTraining.DISABLED` by default.
    """

    enabled: bool
    """Whether the service trains automatically."""
    days: int | None = None
    """Whole days between trainings; None if training is off."""

    DISABLED: ClassVar[AutoTraining]

    @classmethod
    def every(cls, *, days: int) -> AutoTraining:
        """Train each time this many days have passed and new interactions were imported.

        Cost: every training is billed, for as long as the solution exists, with or without a campaign.

        Args:
            days: Whole days between trainings, 1 to 30 (rule 16). `Solution` checks the range.
        """
        return cls(enabled=True, days=days)

    @property
    def schedule_expression(self) -> str | None:
        """The schedule as the API writes it, such as `rate(7 days)`; None if training is off."""
        if not self.enabled or self.days is None:
            return None
        if is_token(self.days):
            from aws_cdk import Tokenization  # noqa: PLC0415 (slow, and loaded already if there is a token)

            return f"rate({Tokenization.stringify_number(self.days)} days)"
        return "rate(1 day)" if self.days == 1 else f"rate({self.days} days)"


AutoTraining.DISABLED = AutoTraining(enabled=False)


class ObjectiveSensitivity(Enum):
    """The weight of an optimization objective against relevance."""

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

    name: Annotated[str | None, _PARAMETER_NAME] = None
    min_value: Annotated[int | None, Integer(min=-1_000_000)] = None
    max_value: Annotated[int | None, Integer(max=1_000_000)] = None


@dataclass(frozen=True, kw_only=True)
class ContinuousHyperParameterRange:
    """Real numbers for hyperparameter optimization to try.

    Attributes:
        name: The hyperparameter.
        min_value: Smallest to try, from -1000000.
        max_value: Largest to try, from -1000000.
    """

    name: Annotated[str | None, _PARAMETER_NAME] = None
    min_value: Annotated[float | None, Number(min=-1_000_000)] = None
    max_value: Annotated[float | None, Number(min=-1_000_000)] = None


@dataclass(frozen=True, kw_only=True)
class CategoricalHyperParameterRange:
    """Words for hyperparameter optimization to try; a boolean's are "true" and "false".

    Attributes:
        name: The hyperparameter.
        values: At most 100, each of at most 1,000 characters.
    """

    name: Annotated[str | None, _PARAMETER_NAME] = None
    values: Annotated[Sequence[str] | None, ListOf(item=Text(max=1000), max=100)] = None


@dataclass(frozen=True, kw_only=True)
class HyperParameterRanges:
    """What hyperparameter optimization tries. All three lists are sent, empty or not (rule 25).

    Attributes:
        integer_hyper_parameter_ranges: At most 100, each with `name`, `min_value`, `max_value`.
            Default: - none.
        continuous_hyper_parameter_ranges: At most 100, each with `name`, `min_value`, `max_value`.
            Default: - none.
        categorical_hyper_parameter_ranges: At most 100, each with `name`, `values`. Default: - none.
    """

    integer_hyper_parameter_ranges: Annotated[
        Sequence[IntegerHyperParameterRange], ListOf(item=Structure(IntegerHyperParameterRange), max=100)
    ] = ()
    continuous_hyper_parameter_ranges: Annotated[
        Sequence[ContinuousHyperParameterRange],
        ListOf(item=Structure(ContinuousHyperParameterRange), max=100),
    ] = ()
    categorical_hyper_parameter_ranges: Annotated[
        Sequence[CategoricalHyperParameterRange],
        ListOf(item=Structure(CategoricalHyperParameterRange), max=100),
    ] = ()


@dataclass(frozen=True, kw_only=True)
class HpoResourceConfig:
    """How much hyperparameter optimization may spend (rule 10).

    Attributes:
        max_number_of_training_jobs: 1 to 40. Default: - the service's.
        max_parallel_training_jobs: 1 to 10. Default: - the service's.
    """

    max_number_of_training_jobs: Annotated[int | None, IntegerText(min=1, max=40)] = None
    max_parallel_training_jobs: Annotated[int | None, IntegerText(min=1, max=10)] = None


@dataclass(frozen=True, kw_only=True)
class HpoObjective:
    """The metric to optimize. In the API, but not supported by the service: `Solution` refuses it (rule 29).

    Attributes:
        type: Maximize or Minimize.
        metric_name: The metric.
        metric_regex: How the metric is found in training logs.
    """

    type: Annotated[str | None, Text(max=256)] = None
    metric_name: Annotated[str | None, Text(max=256)] = None
    metric_regex: Annotated[str | None, Text(max=256)] = None


@dataclass(frozen=True, kw_only=True)
class HpoConfig:
    """Hyperparameter optimization. Needs `perform_hpo=True` on the solution (rule 24).

    Attributes:
        hpo_objective: Refused: the service does not support it (rule 29).
        hpo_resource_config: How much it may spend.
        algorithm_hyper_parameter_ranges: What it tries; all three lists are sent. Default: - the recipe's own
            ranges.
    """

    hpo_objective: Annotated[HpoObjective | None, Structure(HpoObjective)] = None
    hpo_resource_config: Annotated[HpoResourceConfig | None, Structure(HpoResourceConfig)] = None
    algorithm_hyper_parameter_ranges: Annotated[
        HyperParameterRanges | None, Structure(HyperParameterRanges)
    ] = None


@dataclass(frozen=True, kw_only=True)
class AutoMLConfig:
    """What AutoML optimizes, over which recipes (rule 11).

    Attributes:
        metric_name: The metric to optimize.
        recipe_list: ARNs of the candidates, at most 100.
    """

    metric_name: Annotated[str | None, Text(max=256)] = None
    recipe_list: Annotated[Sequence[str] | None, ListOf(item=RECIPE_ARN, max=100)] = None


@dataclass(frozen=True, kw_only=True)
class EventParameters:
    """How much events of one type count.

    Attributes:
        event_type: The type, at most 256 characters.
        event_value_threshold: Only events of at least this value count. Default: - all do.
        weight: 0 to 1; only the ratio between weights matters (rule 12).
    """

    event_type: Annotated[str | None, EVENT_TYPE] = None
    event_value_threshold: Annotated[float | None, Number()] = None
    weight: Annotated[float | None, Number(min=0, max=1)] = None


@dataclass(frozen=True, kw_only=True)
class EventsConfig:
    """Every event type that training considers, each with its weight.

    Attributes:
        event_parameters_list: At most 10, each with `event_type`, `event_value_threshold`, `weight`
            (rule 12).
    """

    event_parameters_list: Annotated[
        Sequence[EventParameters] | None, ListOf(item=Structure(EventParameters), max=10)
    ] = None


@dataclass(frozen=True, kw_only=True)
class OptimizationObjective:
    """A numeric column of the Items dataset to maximize besides relevance.

    Attributes:
        item_attribute: The numeric column of the Items dataset, 1 to 150 characters.
        objective_sensitivity: How much it counts: LOW, MEDIUM, HIGH or OFF.
    """

    item_attribute: Annotated[str | None, Text(min=1, max=150)] = None
    objective_sensitivity: Annotated[ObjectiveSensitivity | None, Choice(ObjectiveSensitivity)] = None


@dataclass(frozen=True, kw_only=True)
class TrainingDataConfig:
    """Which columns training uses, by dataset type: at most 3 types, 50 columns each (rule 14).

    Attributes:
        excluded_dataset_columns: Columns to leave out, as in `{"Items": ["CREATED_BY"]}`.
        included_dataset_columns: Columns to use, all others being left out.
    """

    excluded_dataset_columns: Annotated[Mapping[str, Sequence[str]] | None, _COLUMNS] = None
    included_dataset_columns: Annotated[Mapping[str, Sequence[str]] | None, _COLUMNS] = None


@dataclass(frozen=True, kw_only=True)
class SolutionConfig:
    """How a solution is trained. Its schedule is not here: that is the solution's `auto_training`.

    Attributes:
        event_value_threshold: Only events of at least this value count; a number, or a string with one.
        hpo_config: Hyperparameter optimization; needs `perform_hpo=True`.
        algorithm_hyper_parameters: Values by hyperparameter, sent as the strings that the API takes. At most
            100; the names and values that a recipe takes are in docs/recipes.md.
        feature_transformation_parameters: Values by featurization parameter, sent likewise. At most 100.
        auto_ml_config: What AutoML does; with `perform_auto_ml` the service ignores all else (rule 20).
        events_config: Event types and their weights; not with `event_type` or `event_value_threshold`. For
            the v2 recipes (rule 37).
        optimization_objective: A business metric to optimize besides relevance. For the recipes
            USER_PERSONALIZATION and PERSONALIZED_RANKING (rule 36).
        training_data_config: Columns to use or leave out.
    """

    event_value_threshold: Annotated[str | float | None, NumberText(max=256)] = None
    hpo_config: Annotated[HpoConfig | None, Structure(HpoConfig)] = None
    algorithm_hyper_parameters: Annotated[Mapping[str, str | float | bool] | None, _PARAMETERS] = None
    feature_transformation_parameters: Annotated[Mapping[str, str | float | bool] | None, _PARAMETERS] = None
    auto_ml_config: Annotated[AutoMLConfig | None, Structure(AutoMLConfig), Spelled("autoMLConfig")] = None
    events_config: Annotated[EventsConfig | None, Structure(EventsConfig)] = None
    optimization_objective: Annotated[OptimizationObjective | None, Structure(OptimizationObjective)] = None
    training_data_config: Annotated[TrainingDataConfig | None, Structure(TrainingDataConfig)] = None
