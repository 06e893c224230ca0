"""The simulator's state as plain data, for people and for tests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from personalize_local.simulator.engine.calls import Call
from personalize_local.simulator.engine.context import Context
from personalize_local.simulator.kinds import KINDS

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def state(
    now: datetime,
    settings: Mapping[str, DataclassInstance],
    injected: Mapping[str, Iterable[DataclassInstance]],
    contexts: Iterable[Context],
) -> dict[str, Any]:
    """Return everything that the simulator holds, with times in ISO 8601.

    Args:
        now: The current time.
        settings: The durations and the limits, by the names of their controls.
        injected: The faults, planned failures and status overrides, by the names of their controls.
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
    """Return one call of the log."""
    snapshot: dict[str, Any] = _plain(asdict(entry))
    return snapshot


def _account(context: Context) -> dict[str, Any]:
    now = context.now
    return asdict(context.scope) | {
        kind.plural: [resource.state(now) for resource in context.account[kind.resource].live(now)]
        for kind in KINDS.values()
        if kind.resource is not None
    }


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
