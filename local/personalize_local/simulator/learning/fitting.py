"""A training from its data to a model and metrics."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from personalize_local.simulator.learning import baseline, evaluation
from personalize_local.simulator.learning.baseline import Model, Objective
from personalize_local.simulator.learning.evaluation import Extras
from personalize_local.simulator.learning.interactions import EventRule, Interactions


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a solution or recommender trains.

    Attributes:
        recipe_type: The type of the recipe, or of the use case (see `use_cases`).
        rules: The events to train with. Default: - all, with equal weight
        weighted: Whether the rules come from an events config.
        objective: The optimization objective. Default: - none
        trending: Whether the recipe is trending-now.
        semantic: Whether the recipe is semantic-similarity.
    """

    recipe_type: str
    rules: tuple[EventRule, ...] = ()
    weighted: bool = False
    objective: Objective | None = None
    trending: bool = False
    semantic: bool = False


@dataclass(frozen=True, slots=True)
class Fitted:
    """The result of a training. It can be pickled, and the same data, plan and seed give the same result.

    Attributes:
        model: What recommends.
        metrics: What GetSolutionMetrics answers.
    """

    model: Model
    metrics: dict[str, float]


def fit(
    interactions: Interactions,
    plan: Plan,
    seed: int,
    *,
    catalog: Collection[str] = (),
    created: Mapping[str, int] | None = None,
) -> Fitted:
    """Train a model and measure it. Check `requirements.problem` first.

    As the service documents it (rule 145), the model is trained without the data that it is measured with. It
    can recommend to all users by what they did, including those who were left out of the training.

    Args:
        interactions: All of the dataset group: item interactions, or action interactions for
            PERSONALIZED_ACTIONS.
        plan: What to train.
        seed: Determines which users are held out.
        catalog: The items of the Items dataset, or the actions of the Actions dataset.
        created: When items were created, in seconds since 1970, where the data says so.
    """
    histories = interactions.chosen(_rules(plan)).histories()
    held_out = evaluation.split(histories, plan.recipe_type, seed)
    model = baseline.train(
        held_out.training,
        plan.recipe_type,
        catalog={*catalog, *interactions.items.values},
        objective=plan.objective,
        trending=plan.trending,
        serve=histories,
    )
    extras = Extras(
        rewards=plan.objective.values if plan.objective else None,
        weighted=plan.weighted,
        trending=plan.trending,
        created=(created or {}) if plan.semantic else None,
    )
    return Fitted(model, evaluation.measure(model, held_out, extras))


def _rules(plan: Plan) -> tuple[EventRule, ...]:
    """The events to train with. Of actions, those that users took [DG native-recipe-next-best-action]."""
    return (EventRule("TAKEN"),) if plan.recipe_type == "PERSONALIZED_ACTIONS" else plan.rules
