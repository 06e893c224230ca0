"""What the synthesis says about a solution that is no error."""

from __future__ import annotations

from collections.abc import Iterable

from aws_cdk import Annotations
from constructs import Construct

from cdk_personalize._suggestions import closest
from cdk_personalize._tokens import is_token
from cdk_personalize.errors import Doubt, Problem
from cdk_personalize.recipe import Recipe
from cdk_personalize.recipe_facts import catalog

_PREFIX = "cdk-personalize"


def annotate(solution: Construct, recipe: Recipe | None, findings: Iterable[Problem]) -> None:
    """Warn of each doubt, and say if the recipe is one that nothing can be checked against (rule 44)."""
    for finding in findings:
        if isinstance(finding, Doubt):
            Annotations.of(solution).add_warning_v2(f"{_PREFIX}:{finding.id}", str(finding))
    if recipe is not None and recipe.facts is None and not is_token(recipe.name):
        similar = closest(recipe.name, catalog())
        hint = f". Did you mean {similar}?" if similar else ""
        _inform(
            solution,
            "unknown-recipe",
            f"The recipe {recipe.name} is not in the catalog, so nothing is checked against it{hint}",
        )


def tell_that_training_is_off(solution: Construct) -> None:
    """Say that a request which is silent on automatic training means none here (rule 33)."""
    _inform(
        solution,
        "auto-training-off",
        "The request does not say performAutoTraining. The service would train every 7 days, and bill it; "
        "this solution does not train by itself. Say performAutoTraining, or give auto_training, to choose",
    )


def _inform(solution: Construct, name: str, message: str) -> None:
    Annotations.of(solution).add_info_v2(f"{_PREFIX}:{name}", message)
