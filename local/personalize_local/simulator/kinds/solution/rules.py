"""The service's rules for solutions, apart from the shapes: pure checks of a request.

Where the sources do not say whether the service refuses a request, it is accepted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta

from personalize_local.simulator.engine.errors import invalid_input
from personalize_local.simulator.engine.model import Request
from personalize_local.simulator.engine.scope import Scope
from personalize_local.simulator.kinds.recipes import Recipe, named
from personalize_local.simulator.kinds.solution import hyperparameters

_DAYS = range(1, 31)
_JOBS = {"maxNumberOfTrainingJobs": 40, "maxParallelTrainingJobs": 10}


def checked_recipe(request: Request, scope: Scope) -> Recipe | None:
    """Check a CreateSolution request by itself and return its recipe, or None with AutoML.

    Raises:
        ServiceError: A rule is broken (`InvalidInputException`), or there is no such recipe
            (`ResourceNotFoundException`).
    """
    config = request.get("solutionConfig", {})
    _require_schedule(config)
    if request.get("performAutoML"):
        _require_auto_ml(request)
        return None  # the rest of solutionConfig is not checked (rule 20)
    if "recipeArn" not in request:
        raise invalid_input("recipeArn is required when performAutoML is not true")
    recipe = named(request["recipeArn"], scope)
    _require_offered(recipe)
    if request.get("performHPO") and "hpo" not in recipe.supports:
        raise invalid_input(f"performHPO must not be true: {recipe.name} has nothing to optimize")
    require_incremental(request, recipe)
    _require_config(config, recipe, scope)
    return recipe


def require_incremental(request: Request, recipe: Recipe | None) -> None:
    """Refuse incremental updates for a recipe that does not support them (rule 35)."""
    if request.get("performIncrementalUpdate") and not (recipe and "incrementalUpdate" in recipe.supports):
        raise invalid_input("performIncrementalUpdate is only for the recipe aws-semantic-similarity")


def check_update(request: Request, recipe: Recipe | None) -> None:
    """Check an UpdateSolution request by itself.

    Raises:
        ServiceError: A rule is broken (`InvalidInputException`).
    """
    config = request.get("solutionUpdateConfig", {})
    _require_schedule(config)
    require_incremental(request, recipe)
    _require_supported(config, "eventsConfig", recipe)


def every(config: Request) -> timedelta:
    """The time between two automatic trainings of a solution with this `solutionConfig`."""
    return timedelta(days=_days(config["autoTrainingConfig"]["schedulingExpression"]))


def _days(expression: str) -> int:
    return int(re.sub(r"\D", "", expression))


def _require_schedule(config: Request) -> None:
    expression = config.get("autoTrainingConfig", {}).get("schedulingExpression")
    if expression is not None and _days(expression) not in _DAYS:
        raise invalid_input(f"schedulingExpression must be of 1 to 30 days: got {expression}")


def _require_auto_ml(request: Request) -> None:
    if "recipeArn" in request:
        raise invalid_input("recipeArn must not be given when performAutoML is true")
    if request.get("performHPO") is False:
        raise invalid_input("performHPO must not be false when performAutoML is true")


def _require_offered(recipe: Recipe) -> None:
    if recipe.domain:
        raise invalid_input(f"{recipe.name} is a domain use case: it is for CreateRecommender only")
    if recipe.retired:
        raise invalid_input(f"{recipe.name} is no longer available for new solutions")


def _require_config(config: Request, recipe: Recipe, scope: Scope) -> None:
    for member in ("optimizationObjective", "eventsConfig", "trainingDataConfig"):
        _require_supported(config, member, recipe)
    _require_columns(config.get("trainingDataConfig", {}))
    _require_threshold(config.get("eventValueThreshold"))
    _require_hpo(config.get("hpoConfig", {}))
    hyperparameters.require_known(
        config, recipe, scope.shared_arn("algorithm", recipe.algorithm or recipe.name)
    )


def _require_supported(config: Request, member: str, recipe: Recipe | None) -> None:
    if member in config and recipe and member not in recipe.supports:
        raise invalid_input(f"{member} is not supported by {recipe.name}")


def _require_columns(config: Mapping[str, Mapping[str, list[str]]]) -> None:
    for kind, columns in config.get("excludedDatasetColumns", {}).items():
        if kind.upper() == "INTERACTIONS" and "EVENT_TYPE" in columns:
            raise invalid_input("excludedDatasetColumns must not have EVENT_TYPE")


def _require_threshold(threshold: str | None) -> None:
    try:
        float(threshold or 0)
    except ValueError:
        raise invalid_input(f"eventValueThreshold must be a number in a string: got {threshold!r}") from None


def _require_hpo(config: Request) -> None:
    if "hpoObjective" in config:
        raise invalid_input("hpoObjective is not supported")
    for member, most in _JOBS.items():
        jobs = config.get("hpoResourceConfig", {}).get(member)
        if jobs is not None and not (jobs.isdecimal() and 1 <= int(jobs) <= most):
            raise invalid_input(f"{member} must be a whole number from 1 to {most}: got {jobs!r}")
