"""What a solution version or a recommender learns from the data of its dataset group."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from personalize_local.simulator.engine.model import Request
from personalize_local.simulator.engine.resource import Resource
from personalize_local.simulator.engine.work import WorkFailedError
from personalize_local.simulator.kinds.dataset.data import GroupData
from personalize_local.simulator.kinds.recipes import Recipe
from personalize_local.simulator.learning import requirements
from personalize_local.simulator.learning.baseline import Objective
from personalize_local.simulator.learning.fitting import Fitted, Plan, fit
from personalize_local.simulator.learning.interactions import EventRule, rules_of
from personalize_local.simulator.learning.use_cases import USE_CASES, UseCase

# Which users are held out depends on it. The same data then always gives the same metrics.
_SEED = 0
_TRENDING = {"aws-trending-now", "aws-vod-trending-now"}


@dataclass(kw_only=True)
class Trained(Resource):
    """A resource that is trained. Its work is the training, if its group had data.

    Attributes:
        events_seen: How many events the group had when the training began.
    """

    events_seen: int = 0

    @property
    def fitted(self) -> Fitted | None:
        """The model and its metrics, if it was trained on data."""
        return self.work.result() if self.work else None


@dataclass(frozen=True)
class Training:
    """Everything that a training depends on. Equal trainings have equal results.

    Attributes:
        data: The group's data at its start.
        recipe: The recipe. None with AutoML.
        event_type: The only event type to train on, if any.
        config: The `solutionConfig`, or a recommender's configuration.
    """

    data: GroupData
    recipe: Recipe | None
    event_type: str | None
    config: Request

    def run(self) -> Fitted:
        """Train and measure.

        Raises:
            WorkFailedError: The data is not enough.
        """
        actions = self._recipe_type == "PERSONALIZED_ACTIONS"
        interactions = self.data.action_interactions() if actions else self.data.item_interactions()
        events = self.data.of("ACTION_INTERACTIONS" if actions else "INTERACTIONS")
        rules = rules_of(self.event_type, self.config)
        if self._use_case and self._use_case.trains_on:
            rules = (EventRule(self._use_case.trains_on),)
        self._fail(requirements.problem(interactions, rules, events.fields))
        catalog = self.data.records("ACTIONS" if actions else "ITEMS")
        if self._name == "aws-item-attribute-affinity":
            self._fail(requirements.attribute_problem(self.data.of("ITEMS").fields, self._excluded()))
        plan = Plan(
            recipe_type=self._recipe_type,
            rules=rules,
            weighted="eventsConfig" in self.config,
            objective=self._objective(catalog),
            trending=self._name in _TRENDING,
            semantic=self._name == "aws-semantic-similarity",
        )
        created = {item: int(moment) for item, moment in _numbers(catalog, "CREATION_TIMESTAMP").items()}
        return fit(interactions, plan, _SEED, catalog=list(catalog), created=created)

    @property
    def _name(self) -> str | None:
        return self.recipe.name if self.recipe else None

    @property
    def _use_case(self) -> UseCase | None:
        return USE_CASES.get(self._name or "")

    @property
    def _recipe_type(self) -> str:
        if self._use_case:
            return self._use_case.recipe_type
        return (self.recipe and self.recipe.recipe_type) or "USER_PERSONALIZATION"

    def _excluded(self) -> list[str]:
        columns = self.config.get("trainingDataConfig", {}).get("excludedDatasetColumns", {})
        return list(columns.get("ITEMS", ()))

    def _objective(self, items: Mapping[str, Mapping[str, Any]]) -> Objective | None:
        wanted = self.config.get("optimizationObjective", {})
        column = wanted.get("itemAttribute")
        if column is None:
            return None
        self._fail(requirements.objective_problem(column, self.data.of("ITEMS").fields))
        return Objective(wanted.get("objectiveSensitivity", "OFF"), _numbers(items, column))

    @staticmethod
    def _fail(problem: str | None) -> None:
        if problem is not None:
            raise WorkFailedError(problem)


def _numbers(items: Mapping[str, Mapping[str, Any]], column: str) -> dict[str, float]:
    """The values of a numeric column, without those of records that were put with something else in it."""
    values = ((key, record.get(column)) for key, record in items.items())
    return {key: value for key, value in values if isinstance(value, int | float)}
