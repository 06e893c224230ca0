"""What the synthesis says about a solution that is no error."""

from __future__ import annotations

from collections.abc import Iterable

from aws_cdk import Annotations
from constructs import Construct

from cdk_personalize._notes import Note, unknown_recipe
from cdk_personalize.errors import Doubt, Problem
from cdk_personalize.recipe import Recipe

_PREFIX = "cdk-personalize"


def annotate(solution: Construct, recipe: Recipe | None, findings: Iterable[Problem]) -> None:
    """Warn of each doubt, and say if the recipe is one that nothing can be checked against (rule 44)."""
    for finding in findings:
        if isinstance(finding, Doubt):
            Annotations.of(solution).add_warning_v2(f"{_PREFIX}:{finding.id}", str(finding))
    note = unknown_recipe(recipe)
    if note is not None:
        inform(solution, note)


def inform(solution: Construct, note: Note) -> None:
    """Add an info annotation."""
    Annotations.of(solution).add_info_v2(f"{_PREFIX}:{note.id}", note.text)
