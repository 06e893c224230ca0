"""AWS CDK constructs for Amazon Personalize."""

from cdk_personalize._provider_base import ISolutionProvider
from cdk_personalize.auto_training import AutoTraining
from cdk_personalize.errors import InvalidConstructError, InvalidProviderError, InvalidSolutionError, Problem
from cdk_personalize.provider import SolutionProvider
from cdk_personalize.recipe import Recipe
from cdk_personalize.recipe_facts import RecipeFacts, RecipeParameter
from cdk_personalize.single_function import SingleFunctionProvider
from cdk_personalize.solution import Solution
from cdk_personalize.solution_config import (
    AutoMLConfig,
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

__all__ = [
    "AutoMLConfig",
    "AutoTraining",
    "CategoricalHyperParameterRange",
    "ContinuousHyperParameterRange",
    "EventParameters",
    "EventsConfig",
    "HpoConfig",
    "HpoObjective",
    "HpoResourceConfig",
    "HyperParameterRanges",
    "ISolutionProvider",
    "IntegerHyperParameterRange",
    "InvalidConstructError",
    "InvalidProviderError",
    "InvalidSolutionError",
    "ObjectiveSensitivity",
    "OptimizationObjective",
    "Problem",
    "Recipe",
    "RecipeFacts",
    "RecipeParameter",
    "SingleFunctionProvider",
    "Solution",
    "SolutionConfig",
    "SolutionProvider",
    "TrainingDataConfig",
]
