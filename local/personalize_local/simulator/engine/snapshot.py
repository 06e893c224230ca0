"""The simulator's state as plain data, for people and for tests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from personalize_local.simulator.engine.calls import Call
from personalize_local.simulator.engine.context import Context
from personalize_local.simulator.engine.faults import Fault
from personalize_local.simulator.engine.planned_failures import Failure
from personalize_local.simulator.engine.settings import Durations, Limits
from personalize_local.simulator.engine.status_overrides import StatusOverride
from personalize_local.simulator.kinds.solution import Solution


def state(
    now: datetime,
    settings: Mapping[str, Durations | Limits],
    injected: Mapping[str, Iterable[Fault | Failure | StatusOverride]],
    contexts: Iterable[Context],
) -> dict[str, Any]:
    """Everything that the simulator holds, with moments as ISO 8601 texts.

    Args:
        now: The moment.
        settings: What may be set, by the names of the controls.
        injected: What is to go wrong, by the names of the controls.
        contexts: The accounts.
    """
    snapshot: dict[str, Any] = _plain(
        {
            "now": now,
            **{name: asdict(values) for name, values in settings.items()},
            **{name: [asdict(record) for record in records] for name, records in injected.items()},
            "accounts": [_account(context) for context in contexts],
        }
    )
    return snapshot


def call(entry: Call) -> dict[str, Any]:
    """One call of the log."""
    snapshot: dict[str, Any] = _plain(asdict(entry))
    return snapshot


def _account(context: Context) -> dict[str, Any]:
    account, now = context.account, context.now
    groups, campaigns = account.dataset_groups.live(now), account.campaigns.live(now)
    return asdict(context.scope) | {
        "datasetGroups": [
            group.describe(now) | {"tags": group.tags, "events": group.events} for group in groups
        ],
        "schemas": [schema.describe() for schema in account.schemas.live(now)],
        "datasets": [
            dataset.describe(now) | {"tags": dataset.tags, "records": dataset.records}
            for dataset in account.datasets.live(now)
        ],
        "solutions": [_solution(solution, now) for solution in account.solutions.live(now)],
        "campaigns": [campaign.describe(now) | {"tags": campaign.tags} for campaign in campaigns],
        "eventTrackers": [
            tracker.describe(now) | {"tags": tracker.tags, "failureReason": tracker.failure(now)}
            for tracker in account.event_trackers.live(now)
        ],
        "filters": [found.describe(now) | {"tags": found.tags} for found in account.filters.live(now)],
    }


def _solution(solution: Solution, now: datetime) -> dict[str, Any]:
    """A solution with what no operation tells: since when it is found, why it failed, when it trains next."""
    return solution.describe(now) | {
        "tags": solution.tags,
        "visibleFrom": solution.visible_from,
        "failureReason": solution.failure(now),
        "nextTraining": solution.schedule.due if solution.schedule else None,
        "versions": [version.describe(now) | {"tags": version.tags} for version in solution.versions],
    }


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
