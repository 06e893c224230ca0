"""The recipe catalog: names, types, hyperparameters and features of the recipes.

The facts are data, in `personalize_local/data/recipes.json`; this module gives them types and answers
DescribeRecipe and ListRecipes from them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import Any

from personalize_local.simulator.engine.context import Context
from personalize_local.simulator.engine.errors import not_found
from personalize_local.simulator.engine.kind import Kind
from personalize_local.simulator.engine.model import Request
from personalize_local.simulator.engine.paging import listing
from personalize_local.simulator.engine.resource import members
from personalize_local.simulator.engine.scope import Scope
from personalize_local.simulator.engine.timeline import ACTIVE

# The true dates are not known. This is the day when Personalize became generally available.
_CREATED = datetime(2019, 6, 10, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A hyperparameter of an algorithm, or a parameter of its featurization.

    Attributes:
        name: As a request spells it.
        kind: `integer`, `continuous`, `boolean` or `categorical`.
        low: The smallest value, of numbers.
        high: The largest value, of numbers. None if it is not documented.
        values: The values to choose from, of the other kinds.
        tunable: Whether HPO can tune it (rule 27).
        settable: Whether it can be set to one value. A few can only have a range (rule 31).
        described_as: Its name in the service's responses (rule 45).
    """

    name: str
    kind: str
    low: float | None
    high: float | None
    values: tuple[str, ...]
    tunable: bool
    settable: bool
    described_as: str

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Parameter:
        """One entry of the data file."""
        low, high = data.get("range", (None, None))
        return cls(
            name=data["name"],
            kind=data["kind"],
            low=low,
            high=high,
            values=tuple(data.get("values", ())),
            tunable=data["tunable"],
            settable=data.get("settable", True),
            described_as=data.get("describedAs", data["name"]),
        )


@dataclass(frozen=True, slots=True)
class Recipe:
    """A recipe of the service.

    Attributes:
        name: For example `aws-user-personalization-v2`.
        recipe_type: For example `USER_PERSONALIZATION`. Domain use cases have none.
        domain: `ECOMMERCE` or `VIDEO_ON_DEMAND`, of recipes that only recommenders use (rule 42).
        retired: Whether it is no longer available to new solutions (rule 43).
        algorithm: The name of the algorithm, if it differs from the recipe's.
        feature_transformation: The featurization's name, if it is documented.
        supports: The optional features that it supports: `hpo`, `eventsConfig`, `campaign`, ...
        hyperparameters: Of the algorithm, by name.
        features: Of the featurization, by name.
    """

    name: str
    recipe_type: str | None
    domain: str | None
    retired: bool
    algorithm: str | None
    feature_transformation: str | None
    supports: frozenset[str]
    hyperparameters: Mapping[str, Parameter]
    features: Mapping[str, Parameter]

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Recipe:
        """One entry of the data file."""
        return cls(
            name=data["name"],
            recipe_type=data.get("recipeType"),
            domain=data.get("domain"),
            retired=data.get("retired", False),
            algorithm=data.get("algorithm"),
            feature_transformation=data.get("featureTransformation"),
            supports=frozenset(data.get("supports", ())),
            hyperparameters=_parameters(data.get("algorithmHyperParameters", ())),
            features=_parameters(data.get("featureTransformationParameters", ())),
        )


def _parameters(entries: Any) -> Mapping[str, Parameter]:
    return {entry["name"]: Parameter.read(entry) for entry in entries}


@cache
def catalog() -> Mapping[str, Recipe]:
    """Every recipe, by name."""
    text = files("personalize_local").joinpath("data/recipes.json").read_text(encoding="utf-8")
    return {entry["name"]: Recipe.read(entry) for entry in json.loads(text)["recipes"]}


def named(arn: str, scope: Scope) -> Recipe:
    """Return the recipe with this ARN, which has the caller's partition and no Region or account (rule 4).

    Raises:
        ServiceError: There is none (`ResourceNotFoundException`).
    """
    recipe = catalog().get(arn.rpartition("/")[2])
    if recipe is None or arn != scope.shared_arn("recipe", recipe.name):
        raise not_found(arn)
    return recipe


def describe(context: Context, request: Request) -> dict[str, object]:
    """Answer DescribeRecipe."""
    recipe, scope = named(request["recipeArn"], context.scope), context.scope
    algorithm, features = recipe.algorithm, recipe.feature_transformation
    return {
        "recipe": members(
            **_summary(recipe, scope, with_domain=False),
            algorithmArn=algorithm and scope.shared_arn("algorithm", algorithm),
            featureTransformationArn=features and scope.shared_arn("feature-transformation", features),
            recipeType=recipe.recipe_type,
        )
    }


def list_all(context: Context, request: Request) -> dict[str, object]:
    """Answer ListRecipes: all available recipes, or those of one domain."""
    domain = request.get("domain")
    offered = [r for r in catalog().values() if not r.retired and (domain is None or r.domain == domain)]
    entries = {recipe.name: _summary(recipe, context.scope, with_domain=True) for recipe in offered}
    return listing("recipes", request, entries.items(), of=domain)


def _summary(recipe: Recipe, scope: Scope, *, with_domain: bool) -> dict[str, object]:
    return members(
        name=recipe.name,
        recipeArn=scope.shared_arn("recipe", recipe.name),
        status=ACTIVE,
        creationDateTime=_CREATED,
        lastUpdatedDateTime=_CREATED,
        domain=recipe.domain if with_domain else None,
    )


KIND = Kind(noun="Recipe", more={"DescribeRecipe": describe, "ListRecipes": list_all})
