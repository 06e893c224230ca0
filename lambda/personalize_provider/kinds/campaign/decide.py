"""The next step after a look at a campaign. Pure: no calls, no clock, no state.

The stack owns the campaign's name, configuration, minimum TPS and tags. Whoever promotes owns the version. So
no update names a version, except one that the stack declares, and a campaign for which nobody has chosen one
yet is not an error.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from personalize_provider.aws.reading import canonical_status
from personalize_provider.engine.goal import Absent, Present
from personalize_provider.engine.steps import Done, Step, Wait
from personalize_provider.kinds.campaign.desired import PresentCampaign
from personalize_provider.kinds.campaign.effects import CreateWith
from personalize_provider.kinds.campaign.observed import Observed, attributes
from personalize_provider.kinds.owned.decide import (
    at_deadline,
    once_gone,
    towards_absent,
    towards_present,
    was_never_active,
)
from personalize_provider.kinds.owned.effects import Delete
from personalize_provider.kinds.owned.observed import is_ours, is_since


def decide(
    goal: PresentCampaign | Absent,
    observed: Observed | None,
    *,
    now: float,
    expired: bool,
    newest: str = "",
) -> Step:
    """The next step.

    Args:
        goal: What the request wants.
        observed: What exists; None if there is no such campaign.
        now: The time, in seconds since the epoch.
        expired: The request has reached its deadline, so a Wait becomes a failure.
        newest: The newest ACTIVE version of the solution; empty if there is none, or the goal needs none.
    """
    if isinstance(goal, PresentCampaign):
        step = _first(goal, newest) if observed is None else _towards_present(goal, observed)
    elif observed is None:
        step = once_gone(goal, now, expired=expired)
    else:
        step = towards_absent(goal, observed, now, expired=expired) or Delete()
    if not (expired and isinstance(step, Wait)):
        return step
    return at_deadline(goal, step, now, discard=Delete() if _is_this_requests(goal, observed) else None)


def _first(goal: PresentCampaign, newest: str) -> Step:
    """The step for a campaign that doesn't exist: without a version there is nothing to create."""
    is_ready = bool(newest) if goal.needs_version else goal.is_fixed
    return CreateWith(goal.version or newest) if is_ready else Done(attributes(goal))


def _towards_present(goal: PresentCampaign, observed: Observed) -> Step:
    is_owned = is_ours(goal, observed) and not observed.is_adopted
    if goal.has_promoter and not goal.version and is_owned and observed.status == "CREATE FAILED":
        return Delete()  # the promoter has the reason, and needs the name for its next try
    if goal.is_undone and not goal.adopts and goal.owner.is_denied_by(observed.tags):
        return Done(attributes(goal))  # another owner took the name while this campaign awaited its version
    return towards_present(goal, observed)


def _is_this_requests(goal: PresentCampaign | Absent, observed: Observed | None) -> bool:
    """Whether the request has made a campaign that is of no use yet. A promoter's is never discarded."""
    if observed is None or not isinstance(goal, Present) or goal.has_promoter:
        return False
    return was_never_active(goal, observed) and is_since(goal, observed, observed.described)


def newest_active(versions: Iterable[Mapping[str, Any]]) -> str:
    """ARN of the newest ACTIVE version, or empty: the order of a list is not documented (rule 95)."""
    active = [version for version in versions if canonical_status(version.get("status", "")) == "ACTIVE"]
    if not active:
        return ""
    newest = max(active, key=_created)
    return str(newest["solutionVersionArn"])


def _created(version: Mapping[str, Any]) -> float:
    created = version.get("creationDateTime")
    return created.timestamp() if created is not None else 0.0
