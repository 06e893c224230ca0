"""What a pipeline checks at synthesis."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cdk_personalize.model.findings import Problem

_FREE = {"aws-user-personalization", "aws-user-personalization-v2", "aws-next-best-action"}


def gets_free_updates(solution: Any) -> bool:
    """Whether the service updates the newest version of a recipe every two hours (rule 91)."""
    recipe = getattr(solution, "recipe", None)
    return recipe is not None and recipe.name in _FREE


def examine(**arguments: Any) -> Iterator[Problem]:
    yield from ()
