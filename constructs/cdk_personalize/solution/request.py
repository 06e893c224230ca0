"""A CreateSolution request as a solution's arguments make it."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from cdk_personalize.model import value_types as kinds
from cdk_personalize.model.errors import Doubt, Problem
from cdk_personalize.model.structures import Structure
from cdk_personalize.model.suggestions import closest
from cdk_personalize.model.tokens import is_token
from cdk_personalize.model.value_types import Flag, Integer, Kind, Text
from cdk_personalize.recipe.facts import OtherRecipe, catalog, other_recipes
from cdk_personalize.recipe.recipe import Recipe, spelling
from cdk_personalize.solution.auto_training import AutoTraining
from cdk_personalize.solution.config import DATASET_GROUP_ARN, EVENT_TYPE, RECIPE_ARN, SolutionConfig

if TYPE_CHECKING:
    from aws_cdk.aws_personalize import CfnDatasetGroup

SOLUTION_NAME = Text(
    min=1,
    max=63,
    pattern=r"[a-zA-Z0-9][a-zA-Z0-9\-_]*",
    rule="must have only letters, digits, - and _, and begin with a letter or digit",
    hint="choose a name like my-movies_2",
)
_DAYS = Integer(min=1, max=30)
_EXAMPLE = "aws-user-personalization-v2"
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
            fix = "give an aws_personalize.CfnDatasetGroup, or its ARN as a string"
            yield Problem(argument=at, value=value, rule="must be a dataset group", fix=fix)
            return
        malformed = list(DATASET_GROUP_ARN.problems(value, at))
        yield from malformed
        if not malformed and not value.split(":", 5)[5].startswith("dataset-group/"):
            rule, fix = DATASET_GROUP_ARN.rule, f"{DATASET_GROUP_ARN.hint}: it ends in dataset-group/NAME"
            yield Problem(argument=at, value=value, rule=rule, fix=fix)


def _is_native(value: object) -> bool:
    """Tell a `CfnDatasetGroup`. There is none before its module is imported, which takes seconds."""
    module = sys.modules.get("aws_cdk.aws_personalize")
    return module is not None and isinstance(value, module.CfnDatasetGroup)


class RecipeArn(Kind):
    """A `Recipe`, which the API takes as its ARN."""

    def problems(self, value: Any, at: str) -> Iterator[Problem]:
        if not isinstance(value, Recipe):
            name = closest(str(value).rpartition("/")[2], catalog())
            fix = f"use {spelling(name)}" if name else f"use a member of Recipe, such as {spelling(_EXAMPLE)}"
            yield Problem(argument=at, value=value, rule="must be a Recipe", fix=fix)
            return
        arn = value.arn(partition="aws")
        malformed = list(kinds.problems(RECIPE_ARN, arn, at))
        yield from malformed
        if value.name in other_recipes():
            yield _not_for_solutions(other_recipes()[value.name], at)
        elif not malformed and not is_token(arn):
            yield from _misnamed(value, arn, at)

    def read(self, value: Any, at: str, found: list[Problem]) -> Any:
        if isinstance(value, str):
            return Recipe.from_arn(value)
        return kinds.refuse(value, at, RECIPE_ARN.rule, RECIPE_ARN.hint, found)


def _not_for_solutions(recipe: OtherRecipe, at: str) -> Problem:
    if recipe.domain:  # rule 42
        rule = f"must not be a use case of the domain {recipe.domain}, which is for CreateRecommender only"
        fix = f"the closest recipe for a solution is {spelling(recipe.instead)}"
    else:  # rule 43
        rule, fix = "must not be one that is no longer available", f"use {spelling(recipe.instead)} instead"
    return Problem(argument=at, value=recipe.name, rule=rule, fix=fix)


def _misnamed(recipe: Recipe, arn: str, at: str) -> Iterator[Problem]:
    """What is no recipe that is known: an error in a name, a warning in an ARN (rules 4 and 44).

    A name is that of a recipe in the catalog, or misspelled. An ARN may be that of a recipe that is newer
    than this library, however much its name is like that of another one.
    """
    similar = closest(recipe.name, catalog())
    is_recipe = _RECIPE_ARN.fullmatch(arn) is not None
    if recipe.is_named and not (is_recipe and recipe.facts):
        rule = "must name a recipe of the catalog"
        fix = (
            f"use {spelling(similar)}" if similar else f"use a member of Recipe, such as {spelling(_EXAMPLE)}"
        )
        if is_recipe:
            fix += f", or Recipe.from_arn({arn!r}) if there is such a recipe"
        yield Problem(argument=at, value=recipe.name, rule=rule, fix=fix)
    elif not is_recipe:
        yield Problem(argument=at, value=arn, rule=RECIPE_ARN.rule, fix=RECIPE_ARN.hint)
    elif recipe.facts is None:
        rule = "is not in the catalog, so nothing is checked against it"
        fix = f"did you mean {similar}? " if similar else ""
        fix += "If there is such a recipe, acknowledge this warning" if similar else "check its name"
        yield Doubt(id="unknown-recipe", argument=at, value=arn, rule=rule, fix=fix)
    elif ":personalize:::" not in arn:
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
