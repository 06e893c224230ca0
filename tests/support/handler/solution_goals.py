"""Goals and observations of one solution, as the tests of `decide` combine them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from personalize_provider.engine.goal import Present
from personalize_provider.engine.identity import (
    CONFIG_HASH_TAG,
    LOGICAL_ID_TAG,
    STACK_ID_TAG,
    Owner,
)
from personalize_provider.engine.steps import Fail, Step
from personalize_provider.kinds.owned.effects import Configure
from personalize_provider.kinds.solution.decide import decide
from personalize_provider.kinds.solution.desired import AbsentSolution
from personalize_provider.kinds.solution.observed import Observed

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SINCE = NOW.timestamp()
BEFORE = NOW - timedelta(hours=1)
AFTER = NOW + timedelta(seconds=1)
OLD = NOW - timedelta(minutes=6)
OWNER = Owner("arn:aws:cloudformation:us-east-1:123456789012:stack/films/1a2b", "Movies")
ARN = OWNER.arn("solution/movies")
HASH = "0123456789ab"
OWN = {**OWNER.tags, CONFIG_HASH_TAG: HASH}
OTHER_HASH = {**OWN, CONFIG_HASH_TAG: "ffffffffffff"}
FOREIGN = {"team": "search"}
OTHER_STACK = {**OWN, STACK_ID_TAG: "arn:aws:cloudformation:us-east-1:123456789012:stack/films/9z9z"}
OTHER_LOGICAL_ID = {**OWN, LOGICAL_ID_TAG: "Shows"}
UNMARKED: tuple[dict[str, str], ...] = (FOREIGN, {})
MARKED = (OTHER_STACK, OTHER_LOGICAL_ID)
NOT_OURS = (*UNMARKED, *MARKED)
REQUEST: dict[str, Any] = {
    "name": "movies",
    "datasetGroupArn": "arn:aws:personalize:us-east-1:123456789012:dataset-group/films",
    "performAutoTraining": False,
}
CREATING = ("CREATE PENDING", "CREATE IN_PROGRESS")
DELETING = ("DELETE PENDING", "DELETE IN_PROGRESS")
UNKNOWN = ("CREATE THROTTLED", "INACTIVE", "")
STATUSES = (*CREATING, "ACTIVE", "CREATE FAILED", *DELETING, *UNKNOWN)


def spellings(status: str) -> tuple[str, ...]:
    """The ways in which the service and its documents write a status (rule 52)."""
    return tuple(dict.fromkeys((status, status.replace(" ", "_"), status.lower())))


def present(*, generated: bool = True, tags: Mapping[str, str] = {}, **request: Any) -> Present:
    body = {**REQUEST, **request}
    body["tags"] = [{"tagKey": key, "tagValue": value} for key, value in {**tags, **OWN}.items()]
    return Present(ARN, OWNER, generated, SINCE, body)


def absent(*, generated: bool = False, wait: bool = False, quiet: float = 0.0) -> AbsentSolution:
    return AbsentSolution(ARN, OWNER, generated, SINCE, quiet, wait_for_training=wait)


def seen(
    status: str = "ACTIVE",
    tags: Mapping[str, str] = OWN,
    versions: tuple[Mapping[str, Any], ...] = (),
    **solution: Any,
) -> Observed:
    described = {
        "solutionArn": ARN,
        "name": "movies",
        "status": status,
        "performAutoTraining": False,
        "creationDateTime": AFTER,
        **solution,
    }
    return Observed(described, tags, versions=versions)


def update(status: str, at: datetime = AFTER, **sent: Any) -> dict[str, Any]:
    return {"status": status, "creationDateTime": at, "solutionUpdateConfig": {}, **sent}


def version(status: str, name: str = "236f000b") -> dict[str, Any]:
    return {"solutionVersionArn": f"{ARN}/{name}", "status": status}


def look(
    goal: Present | AbsentSolution, observed: Observed | None, *, later: float = 0, expired: bool = False
) -> Step:
    return decide(goal, observed, now=SINCE + later, expired=expired)


def failure(step: Step) -> str:
    assert isinstance(step, Fail)
    return str(step.error)


OFF = Configure({"performAutoTraining": False})
