"""The recipe catalog: what each recipe is for, which parameters it has, and what it allows.

The facts are data, in `cdk_personalize/data/recipes.json`, each recipe with its sources. They are read once,
on first use.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal


@dataclass(frozen=True, kw_only=True)
class RecipeParameter:
    """A hyperparameter of a recipe's algorithm, or a parameter of its featurization.

    Attributes:
        name: Its name in a request.
        kind: The kind of its value. HPO tunes a boolean as a category.
        default: The service's value for it.
        min: Smallest value of a number.
        max: Largest value of a number.
        values: The choices, if it is not a number.
        disputed_values: More of them, which some sources name and others don't.
        is_tunable: Whether hyperparameter optimization may have a range for it (rule 27).
        is_settable: Whether it takes one value; a few take a range only (rule 31).
        described_as: Its name in DescribeSolution, if that differs (rule 45).
    """

    name: str
    kind: Literal["integer", "continuous", "boolean", "categorical"]
    default: str | float | bool
    min: float | None = None
    max: float | None = None
    values: tuple[str, ...] = ()
    disputed_values: tuple[str, ...] = ()
    is_tunable: bool = False
    is_settable: bool = True
    described_as: str = ""


@dataclass(frozen=True, kw_only=True)
class RecipeFacts:
    """What is known about a recipe that CreateSolution takes.

    Attributes:
        name: Such as `aws-user-personalization-v2`.
        recipe_type: Such as `USER_PERSONALIZATION`.
        required_datasets: Datasets that training needs.
        optional_datasets: Datasets that training uses if they exist.
        algorithm_hyper_parameters: The hyperparameters, by name.
        feature_transformation_parameters: The parameters of featurization, by name.
        undocumented_parameters: Names of parameters that were seen with it, but are not documented.
        allows_hpo: Whether `perform_hpo` may be True (rule 30); None where no source says.
        allows_events_config: Whether it takes weights for events (rule 37).
        allows_optimization_objective: Whether it takes a business objective (rule 36).
        allows_incremental_update: Whether `perform_incremental_update` may be True (rule 35).
        allows_training_data_config: Whether columns can be chosen (rule 40).
        allows_campaign: Whether a campaign can serve it; if not, it is for batch jobs only (rule 109).
        allows_item_exploration: Whether its campaigns can explore new items (rule 158).
        allows_ranking_influence: Whether its campaigns can favor popular or fresh items (rule 158).
        allows_batch_inference: Whether batch inference jobs can use it.
        allows_batch_segment: Whether batch segment jobs can use it.
        notes: More to know, a sentence or two each.
        sources: Where all this is from, as docs/rules.md writes sources.
    """

    name: str
    recipe_type: str
    required_datasets: tuple[str, ...]
    optional_datasets: tuple[str, ...]
    algorithm_hyper_parameters: Mapping[str, RecipeParameter]
    feature_transformation_parameters: Mapping[str, RecipeParameter]
    undocumented_parameters: tuple[str, ...]
    allows_hpo: bool | None
    allows_events_config: bool
    allows_optimization_objective: bool
    allows_incremental_update: bool
    allows_training_data_config: bool
    allows_campaign: bool
    allows_item_exploration: bool
    allows_ranking_influence: bool
    allows_batch_inference: bool
    allows_batch_segment: bool
    notes: tuple[str, ...]
    sources: tuple[str, ...]

    @property
    def is_batch_only(self) -> bool:
        """Whether its recommendations come from batch jobs alone."""
        return not self.allows_campaign

    @property
    def has_free_metadata(self) -> bool:
        """Whether its campaigns return metadata of items without a flag, for free (rule 157)."""
        return self.name.endswith("-v2")


@dataclass(frozen=True, kw_only=True)
class OtherRecipe:
    """A recipe of the service that CreateSolution does not take.

    Attributes:
        name: Such as `aws-hrnn`.
        domain: `ECOMMERCE` or `VIDEO_ON_DEMAND`, if it is for recommenders (rule 42); else it is retired
            (rule 43).
        instead: Name of the recipe that comes closest.
        sources: Where this is from; which recipe comes closest is our own reading for those of a domain.
    """

    name: str
    domain: str | None
    instead: str
    sources: tuple[str, ...]


def catalog() -> Mapping[str, RecipeFacts]:
    """Every recipe that CreateSolution takes, by name."""
    return _recipes()[0]


def other_recipes() -> Mapping[str, OtherRecipe]:
    """Every recipe of the service that CreateSolution does not take, by name."""
    return _recipes()[1]


@cache
def _recipes() -> tuple[Mapping[str, RecipeFacts], Mapping[str, OtherRecipe]]:
    text = files("cdk_personalize").joinpath("data/recipes.json").read_text(encoding="utf-8")
    data = json.loads(text)
    taken = [_facts(entry) for entry in data["recipes"]]
    others = [OtherRecipe(**entry | {"sources": tuple(entry["sources"])}) for entry in data["other_recipes"]]
    return {recipe.name: recipe for recipe in taken}, {recipe.name: recipe for recipe in others}


def _facts(entry: Mapping[str, Any]) -> RecipeFacts:
    allows = set(entry["allows"])
    return RecipeFacts(
        name=entry["name"],
        recipe_type=entry["type"],
        required_datasets=tuple(entry["required_datasets"]),
        optional_datasets=tuple(entry["optional_datasets"]),
        algorithm_hyper_parameters=_parameters(entry["algorithm_hyper_parameters"]),
        feature_transformation_parameters=_parameters(entry["feature_transformation_parameters"]),
        undocumented_parameters=tuple(entry.get("undocumented_parameters", ())),
        allows_hpo=None if entry.get("hpo_is_undocumented") else "hpo" in allows,
        allows_events_config="events_config" in allows,
        allows_optimization_objective="optimization_objective" in allows,
        allows_incremental_update="incremental_update" in allows,
        allows_training_data_config="training_data_config" in allows,
        allows_campaign="campaign" in allows,
        allows_item_exploration="item_exploration" in allows,
        allows_ranking_influence="ranking_influence" in allows,
        allows_batch_inference="batch_inference" in allows,
        allows_batch_segment="batch_segment" in allows,
        notes=tuple(entry["notes"]),
        sources=tuple(entry["sources"]),
    )


def _parameters(entries: list[dict[str, Any]]) -> Mapping[str, RecipeParameter]:
    return {entry["name"]: _parameter(entry) for entry in entries}


def _parameter(entry: Mapping[str, Any]) -> RecipeParameter:
    low, high = entry.get("range", (None, None))
    return RecipeParameter(
        name=entry["name"],
        kind=entry["kind"],
        default=entry["default"],
        min=low,
        max=high,
        values=tuple(entry.get("values", ())),
        disputed_values=tuple(entry.get("disputed_values", ())),
        is_tunable=entry.get("tunable", False),
        is_settable=not entry.get("only_ranged", False),
        described_as=entry.get("described_as", ""),
    )
