"""Finds a recipe of the catalog by any of its names."""

from __future__ import annotations

from cdk_personalize.model.suggestions import closest
from cdk_personalize.recipe.facts import RecipeFacts, catalog, other_recipes
from cdk_personalize.recipe.recipe import Recipe
from cdk_personalize.solution.request import RecipeArn


class NoRecipeError(Exception):
    """No recipe that CreateSolution takes is called so."""


def find(name: str) -> RecipeFacts:
    """Find a recipe by its name, with or without `aws-`, its ARN, or Python's spelling of it.

    Raises:
        NoRecipeError: There is none, or it is not for solutions. The text names the one to use instead.
    """
    plain = name.rpartition("/")[2].removeprefix("Recipe.").lower().replace("_", "-")
    known = plain if plain.startswith("aws-") else f"aws-{plain}"
    if known in catalog():
        return catalog()[known]
    if known in other_recipes():
        (problem,) = RecipeArn().problems(Recipe.from_name(known), known)
        raise NoRecipeError(f"{known} is not for solutions: {problem.fix}")
    similar = closest(known, catalog())
    hint = f"did you mean {similar}? " if similar else ""
    raise NoRecipeError(f"{name} is not a recipe of the catalog; {hint}there are {', '.join(catalog())}")
