"""A CreateSolution request as a solution's arguments make it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any

from aws_cdk.aws_personalize import CfnDatasetGroup

from cdk_personalize import _kinds as kinds
from cdk_personalize._kinds import Flag, Integer, Kind, Text
from cdk_personalize._structure import Structure
from cdk_personalize.auto_training import AutoTraining
from cdk_personalize.errors import Problem
from cdk_personalize.recipe import Recipe
from cdk_personalize.solution_config import ARN, EVENT_TYPE, SolutionConfig

SOLUTION_NAME = Text(
    min=1,
    max=63,
    pattern=r"[a-zA-Z0-9][a-zA-Z0-9\-_]*",
    hint="use letters, digits, - or _, beginning with a letter or digit",
)
_DAYS = Integer(min=1, max=30)


class DatasetGroupArn(Text):
    """A native `CfnDatasetGroup`, or its ARN, which is what the API takes."""

    def problems(self, value: Any, at: str) -> Iterator[Problem]:
        if isinstance(value, str):
            yield from super().problems(value, at)
        elif not isinstance(value, CfnDatasetGroup):
            fix = "give an ARN, or an aws_personalize.CfnDatasetGroup"
            yield Problem(argument=at, value=value, rule="must be a dataset group", fix=fix)

    def wire(self, value: str | CfnDatasetGroup) -> str:
        return value if isinstance(value, str) else value.attr_dataset_group_arn


class RecipeArn(Kind):
    """A `Recipe`, which the API takes as its ARN."""

    def problems(self, value: Any, at: str) -> Iterator[Problem]:
        if isinstance(value, Recipe):
            yield from kinds.problems(ARN, value.arn(partition="aws"), at)
            return
        names = {recipe.name: name for name, recipe in vars(Recipe).items() if isinstance(recipe, Recipe)}
        member = names.get(str(value).rpartition("/")[2])
        fix = f"use Recipe.{member}" if member else "use a member of Recipe, or Recipe.from_arn(...)"
        yield Problem(argument=at, value=value, rule="must be a Recipe", fix=fix)


class Schedule(Kind):
    """An `AutoTraining`, which the API takes as a flag and, inside solutionConfig, a schedule."""

    def problems(self, value: Any, at: str) -> Iterator[Problem]:
        if not isinstance(value, AutoTraining):
            fix = "use AutoTraining.DISABLED or AutoTraining.every(days=7)"
            yield Problem(argument=at, value=value, rule="must be an AutoTraining", fix=fix)
        elif value.enabled:
            yield from kinds.required(_DAYS, value.days, f"{at}.days")


_DATASET_GROUP = DatasetGroupArn(max=ARN.max, pattern=ARN.pattern, hint=ARN.hint)


@dataclass(frozen=True, kw_only=True)
class SolutionRequest:
    """The arguments of a `Solution` that make up its CreateSolution request, and two that are our own."""

    solution_name: Annotated[str | None, SOLUTION_NAME] = None
    dataset_group_arn: Annotated[str | CfnDatasetGroup, _DATASET_GROUP]
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
