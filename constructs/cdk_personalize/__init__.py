"""AWS CDK constructs for Amazon Personalize.

The constructs are imported when they are first asked for: with them comes the CDK, which takes seconds, and
the command `cdk-personalize` does without.
"""

import importlib
import typing

from cdk_personalize.model.errors import (
    InvalidConstructError,
    InvalidProviderError,
    InvalidSolutionError,
    Problem,
)
from cdk_personalize.recipe.facts import RecipeFacts, RecipeParameter
from cdk_personalize.recipe.recipe import CatalogRecipe, Recipe
from cdk_personalize.solution.auto_training import AutoTraining
from cdk_personalize.solution.config import (
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
    from cdk_personalize.provider.base import IPersonalizeProvider
    from cdk_personalize.provider.framework import PersonalizeProvider
    from cdk_personalize.provider.single_function import SingleFunctionProvider
    from cdk_personalize.solution.base import ISolution
    from cdk_personalize.solution.construct import Solution

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
    "IPersonalizeProvider",
    "ISolution",
    "IntegerHyperParameterRange",
    "InvalidConstructError",
    "InvalidProviderError",
    "InvalidSolutionError",
    "ObjectiveSensitivity",
    "OptimizationObjective",
    "PersonalizeProvider",
    "Problem",
    "Recipe",
    "RecipeFacts",
    "RecipeParameter",
    "SingleFunctionProvider",
    "Solution",
    "SolutionConfig",
    "TrainingDataConfig",
]

_CONSTRUCTS = {
    "IPersonalizeProvider": "provider.base",
    "ISolution": "solution.base",
    "PersonalizeProvider": "provider.framework",
    "SingleFunctionProvider": "provider.single_function",
    "Solution": "solution.construct",
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
