"""Goals and observations of one campaign, as the tests of its `decide` combine them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from personalize_provider.engine.goal import Absent
from personalize_provider.engine.identity import CONFIG_HASH_TAG
from personalize_provider.engine.steps import Step
from personalize_provider.kinds.campaign.decide import decide
from personalize_provider.kinds.campaign.desired import PresentCampaign
from personalize_provider.kinds.campaign.observed import Observed
from support.handler.solution_goals import AFTER, OWN, OWNER, SINCE

ARN = OWNER.arn("campaign/live")
SOLUTION = OWNER.arn("solution/movies")
A, B = f"{SOLUTION}/aaaa", f"{SOLUTION}/bbbb"


def version(arn: str, status: str = "ACTIVE", hour: int = 0) -> dict[str, Any]:
    created = datetime(2026, 2, 1, tzinfo=UTC) + timedelta(hours=hour)
    return {"solutionVersionArn": arn, "status": status, "creationDateTime": created}


def present(
    *, promoter: bool = False, generated: bool = True, goal: Mapping[str, Any] = {}, **request: Any
) -> PresentCampaign:
    body = {"name": "live", "minProvisionedTPS": 1, **request}
    body["tags"] = [{"tagKey": key, "tagValue": value} for key, value in OWN.items()]
    return PresentCampaign(
        ARN, OWNER, generated, SINCE, body, solution_arn=SOLUTION, has_promoter=promoter, **goal
    )


def absent(*, quiet: float = 0.0, **more: Any) -> Absent:
    return Absent(ARN, OWNER, False, SINCE, quiet, **more)


def seen(status: str = "ACTIVE", tags: Mapping[str, str] = OWN, **campaign: Any) -> Observed:
    described = {
        "campaignArn": ARN,
        "name": "live",
        "status": status,
        "solutionVersionArn": A,
        "minProvisionedTPS": 1,
        "creationDateTime": AFTER,
        **campaign,
    }
    return Observed(described, tags)


def update(status: str, at: datetime = AFTER, **sent: Any) -> dict[str, Any]:
    settings = {"solutionVersionArn": A, "minProvisionedTPS": 1, **sent}
    return {"status": status, "creationDateTime": at, **settings}


def look(
    goal: PresentCampaign | Absent,
    observed: Observed | None,
    *,
    newest: str = "",
    later: float = 0,
    expired: bool = False,
) -> Step:
    return decide(goal, observed, now=SINCE + later, expired=expired, newest=newest)


HASH = OWN[CONFIG_HASH_TAG]
