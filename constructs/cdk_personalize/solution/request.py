"""The CreateSolution request for the arguments of a `Solution`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from cdk_personalize.dataset_group.arn import DatasetGroupArn
from cdk_personalize.model import value_types
from cdk_personalize.model.findings import Doubt, InvalidConstructError, Problem
from cdk_personalize.model.names import RESOURCE_NAME
from cdk_personalize.model.structures import Spelled, Structure
from cdk_personalize.model.suggestions import closest
from cdk_personalize.model.tokens import is_token
from cdk_personalize.model.value_types import Flag, Integer, ValueType
from cdk_personalize.recipe.facts import OtherRecipe, catalog, other_recipes
from cdk_personalize.recipe.recipe import Recipe, spelling
from cdk_personalize.solution.config import EVENT_TYPE, RECIPE_ARN, AutoMLConfig, AutoTraining, SolutionConfig

_DAYS = Integer(min=1, max=30)
_EXAMPLE = "aws-user-personalization-v2"
# A recipe's name has the limits of a solution's (rule 2). Rule 4 is for recipes of the catalog.
_RECIPE_ARN = re.compile(rf"arn:[a-z\d-]+:personalize:[a-z\d-]*:\d*:recipe/{RESOURCE_NAME.pattern}")


class InvalidSolutionError(InvalidConstructError):
    """Amazon Personalize would refuse the arguments of a `Solution`."""


class RecipeArn(ValueType):
    """A `Recipe`, which is an ARN in the API."""

    def problems(self, value: Any, at: str) -> Iterator[Problem]:
        if not isinstance(value, Recipe):
            name = closest(str(value).rpartition("/")[2], catalog())
            fix = f"use {spelling(name)}" if name else f"use a member of Recipe, such as {spelling(_EXAMPLE)}"
            yield Problem(argument=at, value=value, rule="must be a Recipe", fix=fix)
            return
        arn = value.arn(partition="aws")
        malformed = list(value_types.problems(RECIPE_ARN, arn, at))
        yield from malformed
        if value.name in other_recipes():
            yield _not_for_solutions(other_recipes()[value.name], at)
        elif not malformed and not is_token(arn):
            yield from _misnamed(value, arn, at)

    def read(self, value: Any, at: str, found: list[Problem]) -> Any:
        if isinstance(value, str):
            return Recipe.from_arn(value)
        return value_types.refuse(value, at, RECIPE_ARN.rule, RECIPE_ARN.hint, found)


def _not_for_solutions(recipe: OtherRecipe, at: str) -> Problem:
    if recipe.domain:  # rule 42
        rule = f"must not be a use case of the domain {recipe.domain}, which is for CreateRecommender only"
        fix = f"the closest recipe for a solution is {spelling(recipe.instead)}"
    else:  # rule 43
        rule, fix = "is no longer available", f"use {spelling(recipe.instead)} instead"
    return Problem(argument=at, value=recipe.name, rule=rule, fix=fix)


def _misnamed(recipe: Recipe, arn: str, at: str) -> Iterator[Problem]:
    """An unknown recipe: an error in a name, a warning in an ARN (rules 4 and 44).

    A name is in the catalog, or misspelled. An ARN may belong to a recipe that is newer than this library,
    even if its name is close to another one.
    """
    is_recipe = _RECIPE_ARN.fullmatch(arn) is not None
    if recipe.is_named and not (is_recipe and recipe.facts):
        similar = closest(recipe.name, catalog())
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
        similar = closest(recipe.name, catalog())
        rule = "is not in the catalog, so nothing is checked against it"
        fix = f"did you mean {similar}? " if similar else ""
        fix += "If there is such a recipe, acknowledge this warning" if similar else "check its name"
        yield Doubt(id="unknown-recipe", argument=at, value=arn, rule=rule, fix=fix)
    elif ":personalize:::" not in arn:
        rule = "must have neither Region nor account in its ARN: it is predefined"
        yield Problem(argument=at, value=arn, rule=rule, fix=f"use {spelling(recipe.name)}")


class Schedule(ValueType):
    """An `AutoTraining`, which is a flag in the API and, inside solutionConfig, a schedule."""

    def problems(self, value: Any, at: str) -> Iterator[Problem]:
        if not isinstance(value, AutoTraining):
            fix = "use AutoTraining.DISABLED or AutoTraining.every(days=7)"
            yield Problem(argument=at, value=value, rule="must be an AutoTraining", fix=fix)
        elif value.enabled:
            yield from value_types.required(_DAYS, value.days, f"{at}.days")
        elif value.days is not None:  # rule 34
            yield Problem(
                argument=f"{at}.days",
                value=value.days,
                rule="must be left out while automatic training is off",
                fix="use AutoTraining.every(days=...) to turn it on, or AutoTraining.DISABLED",
            )


@dataclass(frozen=True, kw_only=True)
class SolutionRequest:
    """The arguments of a `Solution` for its CreateSolution request, and two for the provider."""

    solution_name: Annotated[str | None, RESOURCE_NAME, Spelled("name")] = None
    # str | IDatasetGroup | IDatasetGroupRef: the CDK is slow to import
    dataset_group: Annotated[Any, DatasetGroupArn(), Spelled("datasetGroupArn")]
    recipe: Annotated[Recipe | None, RecipeArn(), Spelled("recipeArn")] = None
    event_type: Annotated[str | None, EVENT_TYPE] = None
    perform_auto_ml: Annotated[bool | None, Flag(), Spelled("performAutoML")] = None
    perform_hpo: Annotated[bool | None, Flag(), Spelled("performHPO")] = None
    perform_incremental_update: Annotated[bool | None, Flag()] = None
    auto_training: Annotated[AutoTraining, Schedule()] = AutoTraining.DISABLED
    solution_config: Annotated[SolutionConfig | None, Structure(SolutionConfig)] = None
    wait_for_training_on_delete: Annotated[bool | None, Flag()] = None
    adopt_existing: Annotated[bool | None, Flag()] = None

    def properties(self, partition: str) -> dict[str, Any]:
        """Return the request in the API's own names.

        Args:
            partition: The AWS partition for the ARN of a predefined recipe.
        """
        rendered = Structure(SolutionRequest).wire(self)
        del rendered["autoTraining"]
        if self.recipe is not None:
            rendered["recipeArn"] = self.recipe.arn(partition)
        # Always sent: the service's default is to train, and to bill, every week (rule 33).
        rendered["performAutoTraining"] = self.auto_training.enabled
        schedule = self.auto_training.schedule_expression
        if schedule is not None:
            config = rendered.setdefault("solutionConfig", {})
            config["autoTrainingConfig"] = {"schedulingExpression": schedule}
        return rendered

    def arns(self, properties: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
        """Yield the arguments that name a resource by its ARN, with the ARN.

        Args:
            properties: The request in the API's own names.
        """
        yield "dataset_group", properties["datasetGroupArn"]
        # The ARN of a predefined recipe follows the stack (rule 4).
        if self.recipe is not None and not self.recipe.is_named:
            yield "recipe", self.recipe.arn_template
        config = self.solution_config
        auto_ml = config.auto_ml_config if isinstance(config, SolutionConfig) else None
        recipes = auto_ml.recipe_list if isinstance(auto_ml, AutoMLConfig) else None
        for index, arn in enumerate(recipes or ()):
            yield f"solution_config.auto_ml_config.recipe_list[{index}]", arn
