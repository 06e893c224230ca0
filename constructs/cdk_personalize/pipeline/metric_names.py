"""The names of metrics, by recipe type: a gate on one that is never there would never pass."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from cdk_personalize.model.findings import Doubt, Problem
from cdk_personalize.model.suggestions import closest
from cdk_personalize.model.tokens import is_token

if TYPE_CHECKING:
    from cdk_personalize.recipe.recipe import Recipe
    from cdk_personalize.solution.base import ISolution

# Rule 111.
_RANKED = frozenset(
    (
        "coverage",
        "mean_reciprocal_rank_at_25",
        *(f"normalized_discounted_cumulative_gain_at_{k}" for k in (5, 10, 25)),
        *(f"precision_at_{k}" for k in (5, 10, 25)),
    )
)
# Rules 111 and 113. The names of other types are not published (rule 114).
_SEGMENTED = frozenset(("coverage", "hits_at_1_percent", "recall_at_1_percent"))
SHARES = (_RANKED | _SEGMENTED) - {"hits_at_1_percent"}
"""Metrics that are never below 0 or above 1 (rules 111 and 113)."""
_BY_TYPE: Mapping[str, frozenset[str]] = {
    "USER_PERSONALIZATION": _RANKED,
    "PERSONALIZED_RANKING": _RANKED,
    "RELATED_ITEMS": _RANKED,
    "USER_SEGMENTATION": _SEGMENTED,
}
# Recipes of those types whose own metrics are not published under their names (rule 114).
_UNPUBLISHED = {"aws-trending-now", "aws-semantic-similarity", "aws-next-best-action"}
_OBJECTIVE = "average_rewards_at_k"
_WEIGHTED = "normalized_discounted_cumulative_gain_with_event_weights_at_k"  # rule 112: k may be a number
_LONGEST = 256


def known_metrics(solution: ISolution) -> frozenset[str]:
    """The metrics that versions of a solution have, as far as they are published; empty if they are not."""
    recipe: Recipe | None = getattr(solution, "recipe", None)
    facts = recipe.facts if recipe else None
    if facts is None or facts.name in _UNPUBLISHED:
        return frozenset()
    known = _BY_TYPE.get(facts.recipe_type, frozenset())
    config: Mapping[str, Any] = getattr(solution, "_properties", {}).get("solutionConfig", {})
    if known and "optimizationObjective" in config:
        known |= {_OBJECTIVE}
    if known and "eventsConfig" in config:
        known |= {_WEIGHTED, *(_WEIGHTED.removesuffix("k") + str(k) for k in (5, 10, 25))}
    return known


def metric_problems(metric: object, solution: ISolution, at: str) -> Iterator[Problem]:
    """Find what is wrong with the name of a metric of a solution's versions."""
    if is_token(metric):
        return
    if not isinstance(metric, str) or not 0 < len(metric) <= _LONGEST:
        yield Problem(
            argument=at,
            value=metric,
            rule="must be the name of a metric",
            fix="use a name of GetSolutionMetrics, such as coverage",
        )
        return
    known = known_metrics(solution)
    if not known or metric in known:
        return
    of = f"versions of {solution.node.path}"
    similar = closest(metric, known)
    if similar:
        yield Problem(
            argument=at,
            value=metric,
            rule=f"is not a metric of {of}",
            fix=f"did you mean {similar}?",
        )
    else:
        yield Doubt(
            id="unknown-metric",
            argument=at,
            value=metric,
            rule=f"is not among the documented metrics of {of}; if it isn't there, the verdict is UNKNOWN",
            fix=f"use one of {', '.join(sorted(known))}, or acknowledge this warning",
        )
