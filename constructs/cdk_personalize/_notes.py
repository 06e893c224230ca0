"""What there is to say of a solution that is neither an error nor a doubt."""

from __future__ import annotations

from dataclasses import dataclass

from cdk_personalize._suggestions import closest
from cdk_personalize._tokens import is_token
from cdk_personalize.recipe import Recipe
from cdk_personalize.recipe_facts import catalog, other_recipes


@dataclass(frozen=True)
class Note:
    """An information.

    Attributes:
        id: By which it is acknowledged, like a warning's.
        text: One or two sentences, without the last full stop.
    """

    id: str
    text: str


TRAINING_IS_OFF = Note(
    "auto-training-off",
    "The request does not say performAutoTraining. The service would train every 7 days, and bill it; "
    "this solution does not train by itself. Say performAutoTraining, or give auto_training, to choose",
)
"""A request that is silent on automatic training means none here (rule 33)."""


def unknown_recipe(recipe: object) -> Note | None:
    """Say if a recipe is one that nothing can be checked against (rule 44)."""
    if not isinstance(recipe, Recipe) or is_token(recipe.name):
        return None
    if recipe.name in catalog() or recipe.name in other_recipes():
        return None
    similar = closest(recipe.name, catalog())
    hint = f". Did you mean {similar}?" if similar else ""
    return Note(
        "unknown-recipe",
        f"The recipe {recipe.name} is not in the catalog, so nothing is checked against it{hint}",
    )
