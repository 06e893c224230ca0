"""A CreateSolution request as a solution's arguments make it."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from cdk_personalize import _kinds as kinds
from cdk_personalize._kinds import Flag, Integer, Kind, Text
from cdk_personalize._structure import Structure
from cdk_personalize._tokens import is_token
from cdk_personalize.auto_training import AutoTraining
from cdk_personalize.errors import Problem
from cdk_personalize.recipe import Recipe, spelling
from cdk_personalize.recipe_facts import OtherRecipe, catalog, other_recipes
from cdk_personalize.solution_config import ARN, EVENT_TYPE, SolutionConfig

if TYPE_CHECKING:
    from aws_cdk.aws_personalize import CfnDatasetGroup

SOLUTION_NAME = Text(
    min=1,
    max=63,
    pattern=r"[a-zA-Z0-9][a-zA-Z0-9\-_]*",
    hint="use letters, digits, - or _, beginning with a letter or digit",
)
_DAYS = Integer(min=1, max=30)
# A recipe's name is as limited as a solution's (rule 2). Rule 4 is for those that we know.
_RECIPE_ARN = re.compile(rf"arn:[a-z\d-]+:personalize:[a-z\d-]*:\d*:recipe/{SOLUTION_NAME.pattern}")


class DatasetGroupArn(Kind):
    """A native `CfnDatasetGroup`, or the ARN of a dataset group and of nothing else (rule 98)."""

    def wire(self, value: str | CfnDatasetGroup) -> str:
        return value if isinstance(value, str) else value.attr_dataset_group_arn

    def problems(self, value: Any, at: str) -> Iterator[Problem]:
        if _is_native(value):
            return
        if not isinstance(value, str):
            fix = "give an ARN, or an aws_personalize.CfnDatasetGroup"
            yield Problem(argument=at, value=value, rule="must be a dataset group", fix=fix)
            return
        malformed = list(ARN.problems(value, at))
        yield from malformed
        if not malformed and not value.split(":", 5)[5].startswith("dataset-group/"):
            fix = "give an aws_personalize.CfnDatasetGroup, or the ARN that ends in dataset-group/NAME"
            yield Problem(argument=at, value=value, rule="must be the ARN of a dataset group", fix=fix)


def _is_native(value: object) -> bool:
    """Tell a `CfnDatasetGroup`. There is none before its module is imported, which takes seconds."""
    module = sys.modules.get("aws_cdk.aws_personalize")
    return module is not None and isinstance(value, module.CfnDatasetGroup)


class RecipeArn(Kind):
    """A `Recipe`, which the API takes as its ARN."""

    def problems(self, value: Any, at: str) -> Iterator[Problem]:
        if not isinstance(value, Recipe):
            name = str(value).rpartition("/")[2]
            fix = (
                f"use {spelling(name)}"
                if name in catalog()
                else "use a member of Recipe, or Recipe.from_arn(...)"
            )
            yield Problem(argument=at, value=value, rule="must be a Recipe", fix=fix)
            return
        arn = value.arn(partition="aws")
        malformed = list(kinds.problems(ARN, arn, at))
        yield from malformed
        if value.name in other_recipes():
            yield _not_for_solutions(other_recipes()[value.name], at)
        elif not malformed and not is_token(arn):
            yield from _misplaced(value, arn, at)

    def read(self, value: Any, at: str, found: list[Problem]) -> Any:
        if isinstance(value, str):
            return Recipe.from_arn(value)
        return kinds.refuse(value, at, "must be a string", "give the ARN of a recipe", found)


def _not_for_solutions(recipe: OtherRecipe, at: str) -> Problem:
    if recipe.domain:  # rule 42
        rule = f"must not be a use case of the domain {recipe.domain}, which is for CreateRecommender only"
        fix = f"the closest recipe for a solution is {spelling(recipe.instead)}"
    else:  # rule 43
        rule, fix = "must not be one that is no longer available", f"use {spelling(recipe.instead)} instead"
    return Problem(argument=at, value=recipe.name, rule=rule, fix=fix)


def _misplaced(recipe: Recipe, arn: str, at: str) -> Iterator[Problem]:
    """An ARN that is no recipe's, or that says a Region or account for a predefined one (rule 4)."""
    if not _RECIPE_ARN.fullmatch(arn):
        fix = "use a member of Recipe, Recipe.from_name(...), or an ARN that ends in recipe/NAME"
        yield Problem(argument=at, value=arn, rule="must be the ARN of a recipe", fix=fix)
    elif recipe.facts is not None and ":personalize:::" not in arn:
        rule = "must have neither Region nor account in its ARN: it is predefined"
        yield Problem(argument=at, value=arn, rule=rule, fix=f"use {spelling(recipe.name)}")


class Schedule(Kind):
    """An `AutoTraining`, which the API takes as a flag and, inside solutionConfig, a schedule."""

    def problems(self, value: Any, at: str) -> Iterator[Problem]:
        if not isinstance(value, AutoTraining):
            fix = "use AutoTraining.DISABLED or AutoTraining.every(days=7)"
            yield Problem(argument=at, value=value, rule="must be an AutoTraining", fix=fix)
        elif value.enabled:
            yield from kinds.required(_DAYS, value.days, f"{at}.days")
        elif value.days is not None:  # rule 34
            yield Problem(
                argument=f"{at}.days",
                value=value.days,
                rule="must be left out while automatic training is off",
                fix="use AutoTraining.every(days=...) to turn it on, or AutoTraining.DISABLED",
            )


@dataclass(frozen=True, kw_only=True)
class SolutionRequest:
    """The arguments of a `Solution` that make up its CreateSolution request, and two that are our own."""

    solution_name: Annotated[str | None, SOLUTION_NAME] = None
    dataset_group: Annotated[Any, DatasetGroupArn()]  # str | CfnDatasetGroup, which is slow to import
    recipe: Annotated[Recipe | None, RecipeArn()] = None
    event_type: Annotated[str | None, EVENT_TYPE] = None
    perform_auto_ml: Annotated[bool | None, Flag()] = None
    perform_hpo: Annotated[bool | None, Flag()] = None
    perform_incremental_update: Annotated[bool | None, Flag()] = None
    auto_training: Annotated[AutoTraining, Schedule()] = AutoTraining.DISABLED
    solution_config: Annotated[SolutionConfig | None, Structure(SolutionConfig)] = None
    wait_for_training_on_delete: Annotated[bool | None, Flag()] = None
    adopt_existing: Annotated[bool | None, Flag()] = None

    def properties(self, partition: str) -> dict[str, Any]:
        """Return the request in the API's own names.

        Args:
            partition: The AWS partition that a predefined recipe's ARN is written with.
        """
        rendered = Structure(SolutionRequest).wire(self)
        del rendered["autoTraining"]
        if self.recipe is not None:
            rendered["recipeArn"] = self.recipe.arn(partition)
        # Always stated: the service's default is to train, and to bill, every week (rule 33).
        rendered["performAutoTraining"] = self.auto_training.enabled
        schedule = self.auto_training.schedule_expression
        if schedule is not None:
            config = rendered.setdefault("solutionConfig", {})
            config["autoTrainingConfig"] = {"schedulingExpression": schedule}
        return rendered
