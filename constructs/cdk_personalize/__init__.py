"""AWS CDK constructs for Amazon Personalize.

The constructs are imported on first use. They need the CDK, which takes seconds to import, and the command
`cdk-personalize` runs without it.
"""

import importlib
import typing

from cdk_personalize.campaign.config import CampaignConfig, ItemExplorationConfig, RankingInfluence
from cdk_personalize.campaign.request import InvalidCampaignError
from cdk_personalize.model.findings import InvalidConstructError, Problem
from cdk_personalize.pipeline.gate import MetricCheck, MetricGate, WhenUnknown
from cdk_personalize.pipeline.steps import Approval, Bake, DatasetImport, ImportMode
from cdk_personalize.recipe.facts import RecipeFacts, RecipeParameter
from cdk_personalize.recipe.recipe import CatalogRecipe, Recipe
from cdk_personalize.schema.columns import DatasetType, Domain
from cdk_personalize.schema.field import Field
from cdk_personalize.solution.config import (
    AutoMLConfig,
    AutoTraining,
    CategoricalHyperParameterRange,
    ContinuousHyperParameterRange,
    EventParameters,
    EventsConfig,
    HpoConfig,
    HpoObjective,
    HpoResourceConfig,
    HyperParameterRanges,
    IntegerHyperParameterRange,
    ObjectiveSensitivity,
    OptimizationObjective,
    SolutionConfig,
    TrainingDataConfig,
)
from cdk_personalize.solution.request import InvalidSolutionError

if typing.TYPE_CHECKING:
    from cdk_personalize.campaign.base import ICampaign
    from cdk_personalize.campaign.construct import Campaign
    from cdk_personalize.dashboard.construct import PersonalizeDashboard
    from cdk_personalize.dataset.base import IDataset
    from cdk_personalize.dataset.construct import Dataset
    from cdk_personalize.dataset_group.base import IDatasetGroup
    from cdk_personalize.dataset_group.construct import DatasetGroup
    from cdk_personalize.event_tracker.base import IEventTracker
    from cdk_personalize.event_tracker.construct import EventTracker
    from cdk_personalize.filter.base import IFilter
    from cdk_personalize.filter.construct import Filter
    from cdk_personalize.pipeline.construct import InvalidPipelineError, TrainingPipeline
    from cdk_personalize.provider.base import InvalidProviderError, IPersonalizeProvider
    from cdk_personalize.provider.framework import PersonalizeProvider
    from cdk_personalize.provider.single_function import SingleFunctionProvider
    from cdk_personalize.schema.base import ISchema
    from cdk_personalize.schema.construct import Schema
    from cdk_personalize.solution.base import ISolution
    from cdk_personalize.solution.construct import Solution
    from cdk_personalize.solution.version import ISolutionVersion, SolutionVersion

__all__ = [
    "Approval",
    "AutoMLConfig",
    "AutoTraining",
    "Bake",
    "Campaign",
    "CampaignConfig",
    "CatalogRecipe",
    "CategoricalHyperParameterRange",
    "ContinuousHyperParameterRange",
    "Dataset",
    "DatasetGroup",
    "DatasetImport",
    "DatasetType",
    "Domain",
    "EventParameters",
    "EventTracker",
    "EventsConfig",
    "Field",
    "Filter",
    "HpoConfig",
    "HpoObjective",
    "HpoResourceConfig",
    "HyperParameterRanges",
    "ICampaign",
    "IDataset",
    "IDatasetGroup",
    "IEventTracker",
    "IFilter",
    "IPersonalizeProvider",
    "ISchema",
    "ISolution",
    "ISolutionVersion",
    "ImportMode",
    "IntegerHyperParameterRange",
    "InvalidCampaignError",
    "InvalidConstructError",
    "InvalidPipelineError",
    "InvalidProviderError",
    "InvalidSolutionError",
    "ItemExplorationConfig",
    "MetricCheck",
    "MetricGate",
    "ObjectiveSensitivity",
    "OptimizationObjective",
    "PersonalizeDashboard",
    "PersonalizeProvider",
    "Problem",
    "RankingInfluence",
    "Recipe",
    "RecipeFacts",
    "RecipeParameter",
    "Schema",
    "SingleFunctionProvider",
    "Solution",
    "SolutionConfig",
    "SolutionVersion",
    "TrainingDataConfig",
    "TrainingPipeline",
    "WhenUnknown",
]

_CONSTRUCTS = {
    "Campaign": "campaign.construct",
    "Dataset": "dataset.construct",
    "DatasetGroup": "dataset_group.construct",
    "EventTracker": "event_tracker.construct",
    "Filter": "filter.construct",
    "ICampaign": "campaign.base",
    "IDataset": "dataset.base",
    "IDatasetGroup": "dataset_group.base",
    "IEventTracker": "event_tracker.base",
    "IFilter": "filter.base",
    "IPersonalizeProvider": "provider.base",
    "ISchema": "schema.base",
    "ISolution": "solution.base",
    "ISolutionVersion": "solution.version",
    "InvalidPipelineError": "pipeline.construct",
    "InvalidProviderError": "provider.base",
    "PersonalizeDashboard": "dashboard.construct",
    "PersonalizeProvider": "provider.framework",
    "Schema": "schema.construct",
    "SingleFunctionProvider": "provider.single_function",
    "Solution": "solution.construct",
    "SolutionVersion": "solution.version",
    "TrainingPipeline": "pipeline.construct",
}


def __dir__() -> list[str]:
    return sorted({*globals(), *_CONSTRUCTS})


if not typing.TYPE_CHECKING:  # or type checkers would accept any name, as Any

    def __getattr__(name: str) -> object:
        if name not in _CONSTRUCTS:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(importlib.import_module(f"{__name__}.{_CONSTRUCTS[name]}"), name)
        globals()[name] = value
        return value
