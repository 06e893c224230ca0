"""The recipe catalog: complete, well formed, and consistent with the simulator's independent facts."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from cdk_personalize import CatalogRecipe, Recipe, RecipeFacts, RecipeParameter
from cdk_personalize.recipe.facts import catalog, other_recipes
from cdk_personalize.recipe.recipe import spelling
from personalize_local.simulator.kinds import recipes as simulated
from support.pages.documents import ROOT

MEMBERS = {name: recipe for name, recipe in vars(Recipe).items() if isinstance(recipe, Recipe)}


@pytest.mark.parametrize("recipe", MEMBERS.values(), ids=MEMBERS)
def test_member__each__has_facts_and_equals_the_recipe_of_that_name(recipe: CatalogRecipe) -> None:
    named = Recipe.from_name(recipe.name)

    assert isinstance(recipe, CatalogRecipe)
    assert recipe.facts is catalog()[recipe.name]
    assert (recipe, hash(recipe), recipe.facts) == (named, hash(named), named.facts)
    assert recipe != Recipe.from_name("aws-of-tomorrow")


def facts(recipe: Recipe) -> RecipeFacts:
    assert recipe.facts is not None
    return recipe.facts


def test_catalog__its_recipes__are_the_members_of_recipe() -> None:
    assert {recipe.name for recipe in MEMBERS.values()} == catalog().keys()
    assert {spelling(name) for name in catalog()} == {f"Recipe.{name}" for name in MEMBERS}


def test_catalog__with_what_is_not_for_solutions__is_all_that_the_service_has() -> None:
    assert catalog().keys().isdisjoint(other_recipes())
    assert catalog().keys() | other_recipes().keys() == simulated.catalog().keys()


def test_other_recipes__each__names_one_to_use_instead() -> None:
    assert {recipe.instead for recipe in other_recipes().values()} <= catalog().keys()
    retired = {recipe.name for recipe in other_recipes().values() if recipe.domain is None}
    assert retired == {"aws-hrnn", "aws-hrnn-metadata", "aws-hrnn-coldstart"}


@pytest.mark.parametrize("name", [*catalog(), *other_recipes()])
def test_recipe__each__has_sources(name: str) -> None:
    entry: Any = catalog().get(name) or other_recipes()[name]

    assert entry.sources
    assert all(source.startswith(("DG ", "API ", "seen in ")) for source in entry.sources)


@pytest.mark.parametrize("name", catalog())
def test_parameters__each__has_a_default_that_it_allows(name: str) -> None:
    recipe = catalog()[name]
    parameters = [
        *recipe.algorithm_hyper_parameters.values(),
        *recipe.feature_transformation_parameters.values(),
    ]
    for parameter in parameters:
        if parameter.values:
            allowed = {*parameter.values, *parameter.disputed_values}
            assert str(parameter.default).lower() in allowed
        else:
            assert isinstance(parameter.default, int | float)
            assert parameter.min is not None
            assert parameter.max is not None
            assert parameter.min <= parameter.default <= parameter.max
        assert parameter.is_tunable or parameter.is_settable
        assert not parameter.is_tunable or recipe.allows_hpo


def comparable(parameter: RecipeParameter | simulated.Parameter) -> tuple[Any, ...]:
    if isinstance(parameter, simulated.Parameter):
        return (
            parameter.kind,
            parameter.low,
            parameter.high,
            set(parameter.values),
            parameter.tunable,
            parameter.settable,
            parameter.described_as,
        )
    return (
        parameter.kind,
        parameter.min,
        parameter.max,
        set(parameter.values),
        parameter.is_tunable,
        parameter.is_settable,
        parameter.described_as or parameter.name,
    )


@pytest.mark.parametrize("name", catalog())
def test_catalog__against_the_simulators_own__agrees(name: str) -> None:
    ours, theirs = catalog()[name], simulated.catalog()[name]

    assert ours.recipe_type == theirs.recipe_type
    for mine, other in (
        (ours.algorithm_hyper_parameters, theirs.hyperparameters),
        (ours.feature_transformation_parameters, theirs.features),
    ):
        expected = {key: comparable(parameter) for key, parameter in other.items()}
        if "trend_discovery_frequency" in expected:  # the simulator takes the value that is disputed
            expected["trend_discovery_frequency"][3].discard("2 hours")
        assert {key: comparable(parameter) for key, parameter in mine.items()} == expected
    allowed = {
        "eventsConfig": ours.allows_events_config,
        "optimizationObjective": ours.allows_optimization_objective,
        "incrementalUpdate": ours.allows_incremental_update,
        "trainingDataConfig": ours.allows_training_data_config,
        "campaign": ours.allows_campaign,
        "hpo": ours.allows_hpo is not False,  # the simulator takes what is not documented
    }
    assert allowed == {feature: feature in theirs.supports for feature in allowed}


def test_facts__of_a_member__are_those_of_the_catalog() -> None:
    ranking = facts(Recipe.PERSONALIZED_RANKING)

    assert ranking.recipe_type == "PERSONALIZED_RANKING"
    assert ranking.required_datasets == ("Item interactions",)
    assert ranking.algorithm_hyper_parameters["bptt"] == RecipeParameter(
        name="bptt",
        kind="integer",
        default=32,
        min=2,
        max=32,
        is_tunable=True,
        described_as="training.bptt",
    )
    assert ranking.allows_hpo
    assert ranking.allows_optimization_objective
    assert not ranking.is_batch_only
    assert facts(Recipe.ITEM_AFFINITY).is_batch_only
    assert facts(Recipe.USER_PERSONALIZATION_V2).allows_hpo is None


@pytest.mark.parametrize(
    "recipe",
    [
        Recipe.from_arn("arn:aws:personalize:::recipe/aws-sims"),
        Recipe.from_arn("arn:aws-cn:personalize:::recipe/aws-sims"),
        Recipe.from_arn("arn:${Token[AWS.Partition.4]}:personalize:::recipe/aws-sims"),
        Recipe.from_name("aws-sims"),
    ],
)
def test_facts__of_a_known_recipe_named_otherwise__are_the_same(recipe: Recipe) -> None:
    assert recipe.facts is catalog()["aws-sims"]


@pytest.mark.parametrize(
    "recipe",
    [
        Recipe.from_name("aws-of-tomorrow"),
        Recipe.from_name("aws-hrnn"),
        Recipe.from_arn("${Token[TOKEN.7]}"),
        Recipe.from_name("${Token[TOKEN.7]}"),
    ],
)
def test_facts__of_a_recipe_that_the_catalog_has_not__are_none(recipe: Recipe) -> None:
    assert recipe.facts is None


def test_recipe__from_name__is_predefined() -> None:
    assert Recipe.from_name("aws-sims") == Recipe.SIMS
    assert Recipe.from_name("aws-new").arn("aws-cn") == "arn:aws-cn:personalize:::recipe/aws-new"


@pytest.mark.process
def test_catalog__when_the_library_is_imported__is_not_read() -> None:
    script = (
        "import sys; sys.path.insert(0, 'constructs')\n"
        "import cdk_personalize\n"
        "from cdk_personalize.recipe.facts import _recipes, catalog\n"
        "assert _recipes.cache_info().misses == 0\n"
        "catalog(), catalog(), cdk_personalize.Recipe.SIMS.facts\n"
        "assert _recipes.cache_info().misses == 1\n"
    )
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True)
