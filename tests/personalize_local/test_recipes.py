from __future__ import annotations

import pytest

from personalize_local.simulator.kinds.recipes import catalog
from support.virtual_time.simulated import Simulated


def test_list__without_a_domain__has_every_recipe_on_offer(sim: Simulated) -> None:
    names = [recipe["name"] for recipe in sim.call("ListRecipes")["recipes"]]
    custom = [name for name in names if not name.startswith(("aws-ecomm-", "aws-vod-"))]
    assert custom == [
        "aws-item-affinity",
        "aws-item-attribute-affinity",
        "aws-next-best-action",
        "aws-personalized-ranking",
        "aws-personalized-ranking-v2",
        "aws-popularity-count",
        "aws-semantic-similarity",
        "aws-similar-items",
        "aws-sims",
        "aws-trending-now",
        "aws-user-personalization",
        "aws-user-personalization-v2",
    ]
    assert len(names) == 22


@pytest.mark.parametrize("domain", ["ECOMMERCE", "VIDEO_ON_DEMAND"])
def test_list__of_a_domain__has_its_use_cases_only(sim: Simulated, domain: str) -> None:
    recipes = sim.call("ListRecipes", domain=domain)["recipes"]
    assert len(recipes) == 5
    assert {recipe["domain"] for recipe in recipes} == {domain}


@pytest.mark.parametrize("name", sorted(catalog()))
def test_describe__every_recipe_of_the_catalog__is_answered(sim: Simulated, name: str) -> None:
    recipe = sim.call("DescribeRecipe", recipeArn=sim.recipe(name))["recipe"]
    assert (recipe["name"], recipe["status"]) == (name, "ACTIVE")


def test_describe__custom_recipe__has_its_type_and_parts(sim: Simulated) -> None:
    recipe = sim.call("DescribeRecipe", recipeArn=sim.recipe("aws-sims"))["recipe"]
    assert recipe["recipeType"] == "RELATED_ITEMS"
    assert recipe["algorithmArn"] == "arn:aws:personalize:::algorithm/aws-sims"
    assert recipe["featureTransformationArn"] == "arn:aws:personalize:::feature-transformation/sims"


def test_describe__recipe_of_nobody__is_not_found(sim: Simulated) -> None:
    assert sim.refusal("DescribeRecipe", recipeArn=sim.recipe("aws-magic"))[0] == "ResourceNotFoundException"


def test_catalog__of_what_solutions_use__has_all_that_is_needed() -> None:
    for recipe in catalog().values():
        if recipe.domain is None:
            assert recipe.algorithm
            assert recipe.recipe_type
        for parameter in (*recipe.hyperparameters.values(), *recipe.features.values()):
            assert parameter.values or parameter.low is not None
