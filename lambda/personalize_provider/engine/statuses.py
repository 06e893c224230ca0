"""Statuses of Amazon Personalize, in one spelling."""

from __future__ import annotations

CREATING = frozenset({"CREATE PENDING", "CREATE IN_PROGRESS"})
DELETING = frozenset({"DELETE PENDING", "DELETE IN_PROGRESS"})


def canonical(status: str) -> str:
    """A status in one spelling, such as `CREATE IN_PROGRESS`: the service's documents use two (rule 52)."""
    action, _, rest = status.upper().replace("_", " ").partition(" ")
    return f"{action} {rest.replace(' ', '_')}".strip()
