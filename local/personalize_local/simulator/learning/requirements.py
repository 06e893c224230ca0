"""Why a training fails because of its data: the `failureReason` of a solution version or recommender.

[DG limits, error-messages, optimizing-solution-for-objective, optimizing-solution-events-config;
rules 36, 37, 93 and 94]
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from personalize_local.simulator.learning.interactions import EventRule, Interactions
from personalize_local.simulator.learning.table import Field

FEWEST_INTERACTIONS = 1000
"""The fewest unique interactions to train with (rule 93)."""

FEWEST_USERS = 25
"""The fewest users with at least two interactions (rule 93)."""

_PERCENT_OF_USERS = 1


def problem(
    interactions: Interactions,
    rules: Sequence[EventRule],
    fields: Iterable[Field],
) -> str | None:
    """Why these interactions are not enough to train with, if they are not.

    Args:
        interactions: All of the dataset group.
        rules: The events that the solution trains with.
        fields: Of the schema of the Item interactions dataset.
    """
    return (
        _missing_column(rules, {field.name for field in fields})
        or _unknown_event_type(interactions, rules)
        or _too_little(interactions.chosen(rules), rules)
    )


def objective_problem(column: str, fields: Iterable[Field]) -> str | None:
    """Why a column cannot be the objective of a solution, if it cannot (rule 36).

    Args:
        column: The objective's `itemAttribute`.
        fields: Of the schema of the Items dataset; none without one.
    """
    found = {field.name: field for field in fields}.get(column)
    if found is None:
        return f"The optimization objective needs the column {column} in the Items dataset."
    if not found.numeric or found.nullable:
        return f"The optimization objective needs a numeric column that cannot be null: {column} is not."
    return None


def attribute_problem(fields: Iterable[Field], excluded: Iterable[str] = ()) -> str | None:
    """Why a recipe that trains on item attributes has none to train on, if it has none (rule 94).

    Args:
        fields: Of the schema of the Items dataset; none without one.
        excluded: The columns that the solution leaves out.
    """
    left = {field.name for field in fields} - {"ITEM_ID", *excluded}
    return None if left else "Did not find any attribute to train on"


def _missing_column(rules: Sequence[EventRule], columns: set[str]) -> str | None:
    needed = {"EVENT_TYPE": any(rule.kind is not None for rule in rules)}
    needed["EVENT_VALUE"] = any(rule.threshold is not None for rule in rules)
    missing = [column for column, used in needed.items() if used and column not in columns]
    if missing:
        return (
            f"The Item interactions dataset has no column {' or '.join(missing)}, which the solution needs."
        )
    return None


def _unknown_event_type(interactions: Interactions, rules: Sequence[EventRule]) -> str | None:
    """Weights for an event type that no event has. What the service does is not documented (?)."""
    unknown = [rule.kind for rule in rules if rule.kind and rule.kind not in interactions.kinds.values]
    if len(rules) > 1 and unknown:
        return f"The Item interactions dataset has no events of the type {', '.join(unknown)}."
    return None


def _too_little(interactions: Interactions, rules: Sequence[EventRule]) -> str | None:
    if len(interactions) < FEWEST_INTERACTIONS:
        kinds = ", ".join(rule.kind for rule in rules if rule.kind)
        filtered = f" after filtering by event type: {kinds}" if kinds else ""
        return f"Dataset has fewer than {FEWEST_INTERACTIONS} interactions{filtered}"
    counts = Counter(interactions.users.codes)
    returning = sum(count > 1 for count in counts.values())
    if returning < FEWEST_USERS:
        return (
            f"Create failed. Dataset has fewer than {FEWEST_USERS} users with at least 2 interactions each."
        )
    if returning * 100 < len(counts) * _PERCENT_OF_USERS:
        return (
            f"Create failed. Fewer than {_PERCENT_OF_USERS} percent of the users in the dataset have at least"
            " 2 interactions each."
        )
    return None
