"""The configuration of exploration that campaigns, recommenders and batch jobs have in common."""

from __future__ import annotations

from math import inf, isnan

from personalize_local.simulator.engine.errors import invalid_input
from personalize_local.simulator.engine.model import Request

# [DG use-case-recipe-features; rule 158]
_BOUNDS = {"explorationWeight": (0.0, 1.0), "explorationItemAgeCutOff": (1.0, inf)}


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
