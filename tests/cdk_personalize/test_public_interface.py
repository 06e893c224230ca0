"""What `import cdk_personalize` offers."""

from __future__ import annotations

import types
from pathlib import Path

import cdk_personalize
from cdk_personalize import Recipe

RECIPES_THAT_CREATE_SOLUTION_TAKES = {
    "aws-user-personalization-v2",
    "aws-user-personalization",
    "aws-personalized-ranking-v2",
    "aws-personalized-ranking",
    "aws-similar-items",
    "aws-sims",
    "aws-semantic-similarity",
    "aws-popularity-count",
    "aws-trending-now",
    "aws-next-best-action",
    "aws-item-affinity",
    "aws-item-attribute-affinity",
}


def test_package__its_all__is_every_public_name_it_has() -> None:
    exported = {
        name
        for name in dir(cdk_personalize)
        if not name.startswith("_") and not isinstance(getattr(cdk_personalize, name), types.ModuleType)
    }

    assert exported == set(cdk_personalize.__all__)
    assert cdk_personalize.__all__ == sorted(cdk_personalize.__all__)


def test_package__installed__is_typed() -> None:
    assert (Path(cdk_personalize.__file__).parent / "py.typed").is_file()


def test_recipe__its_members__are_those_that_create_solution_takes() -> None:
    members = {name: recipe for name, recipe in vars(Recipe).items() if isinstance(recipe, Recipe)}

    assert {recipe.name for recipe in members.values()} == RECIPES_THAT_CREATE_SOLUTION_TAKES
    for name, recipe in members.items():
        assert recipe.name == "aws-" + name.lower().replace("_", "-")


def test_recipe__in_another_partition__has_that_partition_and_neither_region_nor_account() -> None:
    assert Recipe.SIMS.arn("aws-cn") == "arn:aws-cn:personalize:::recipe/aws-sims"


def test_recipe__from_arn__is_that_arn_in_every_partition() -> None:
    arn = "arn:aws:personalize:::recipe/aws-of-tomorrow"

    assert Recipe.from_arn(arn).arn("aws-cn") == arn
    assert Recipe.from_arn(arn).name == "aws-of-tomorrow"


def test_recipe__the_same_twice__is_equal_and_hashable() -> None:
    assert {Recipe.from_arn("a"), Recipe.from_arn("a")} == {Recipe.from_arn("a")}
