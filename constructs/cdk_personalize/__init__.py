"""AWS CDK constructs for Amazon Personalize.

The constructs are imported when they are first asked for: with them comes the CDK, which takes seconds, and
the command `cdk-personalize` does without.
"""

import importlib
import typing

from cdk_personalize.auto_training import AutoTraining
from cdk_personalize.errors import InvalidConstructError, InvalidProviderError, InvalidSolutionError, Problem
from cdk_personalize.recipe import CatalogRecipe, Recipe
from cdk_personalize.recipe_facts import RecipeFacts, RecipeParameter
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

if typing.TYPE_CHECKING:
    from cdk_personalize._provider_base import ISolutionProvider
    from cdk_personalize.provider import SolutionProvider
    from cdk_personalize.single_function import SingleFunctionProvider
    from cdk_personalize.solution import Solution
    from cdk_personalize.solution_base import ISolution

__all__ = [
    "AutoMLConfig",
    "AutoTraining",
    "CatalogRecipe",
    "CategoricalHyperParameterRange",
    "ContinuousHyperParameterRange",
    "EventParameters",
    "EventsConfig",
    "HpoConfig",
    "HpoObjective",
    "HpoResourceConfig",
    "HyperParameterRanges",
    "ISolution",
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

_CONSTRUCTS = {
    "ISolution": "solution_base",
    "ISolutionProvider": "_provider_base",
    "SingleFunctionProvider": "single_function",
    "Solution": "solution",
    "SolutionProvider": "provider",
}


def __dir__() -> list[str]:
    return sorted({*globals(), *_CONSTRUCTS})


if not typing.TYPE_CHECKING:  # else every name that there is not would be one of type Any

    def __getattr__(name: str) -> object:
        if name not in _CONSTRUCTS:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(importlib.import_module(f"{__name__}.{_CONSTRUCTS[name]}"), name)
        globals()[name] = value
        return value
