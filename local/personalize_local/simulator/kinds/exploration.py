"""The configuration of recommendations that campaigns, recommenders and batch jobs have in common."""

from __future__ import annotations

from math import inf, isnan

from personalize_local.simulator.engine.errors import invalid_input
from personalize_local.simulator.engine.model import Request
from personalize_local.simulator.kinds.recipes import Recipe

# [DG use-case-recipe-features; rule 158]
_BOUNDS = {"explorationWeight": (0.0, 1.0), "explorationItemAgeCutOff": (1.0, inf)}
# Which feature of the recipe each member needs (rule 106).
_FEATURE_OF = {"itemExplorationConfig": "itemExploration", "rankingInfluence": "rankingInfluence"}


def require_supported(recipe: Recipe | None, config: Request) -> None:
    """Check the configuration of a campaign or batch job. With AutoML there is no recipe to check it against.

    Raises:
        ServiceError: The recipe does not have the feature of a member, or a value is out of its bounds
            (`InvalidInputException`).
    """
    for member, feature in _FEATURE_OF.items():
        if recipe and member in config and feature not in recipe.supports:
            raise invalid_input(f"{member} is not supported by {recipe.name}")
    require_in_bounds(config)


def require_in_bounds(config: Request) -> None:
    """Check the `itemExplorationConfig` of a configuration, which has numbers in strings.

    Raises:
        ServiceError: A value is out of its bounds (`InvalidInputException`).
    """
    for name, (least, most) in _BOUNDS.items():
        text = config.get("itemExplorationConfig", {}).get(name)
        if text is not None and not least <= _number(text) <= most:
            expected = f"from {least:g} to {most:g}" if most < inf else f"of {least:g} or more"
            raise invalid_input(f"{name} must be a number {expected} in a string: got {text!r}")


def _number(text: str) -> float:
    """The number, or one that is in no bounds."""
    try:
        number = float(text)
    except ValueError:
        return -inf
    return -inf if isnan(number) or number == inf else number
