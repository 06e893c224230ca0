"""UpdateSolution: its status, what it blocks, and what it keeps and removes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from conformance.account import ACCEPTED, IN_USE
from conformance.question import CouldNotAskError, Question, Seen
from conformance.shared import Shared, once

_EVENTS = [{"eventType": "watch", "eventValueThreshold": 0.5, "weight": 1.0}]


@dataclass(frozen=True, slots=True)
class _Update:
    """What was seen of an update.

    Attributes:
        during: The solution right after the call.
        meanwhile: The outcome of a call while the update ran.
        after: The solution when the update had ended.
    """

    during: dict[str, Any]
    meanwhile: Seen
    after: dict[str, Any]


@once
def _turned_off(shared: Shared) -> _Update:
    """Turn automatic training off, with a schedule and an events config. Update again meanwhile."""
    config = {
        "autoTrainingConfig": {"schedulingExpression": "rate(30 days)"},
        "eventsConfig": {"eventParametersList": _EVENTS},
    }
    arn = shared.create_solution("updated", performAutoTraining=True, solutionConfig=config)
    shared.account.wait_until_active("Solution", arn)
    shared.account.call("UpdateSolution", solutionArn=arn, performAutoTraining=False)
    during = shared.described("Solution", arn)
    again = shared.account.outcome("UpdateSolution", solutionArn=arn, performAutoTraining=False)
    return _Update(during, again, _ended(shared, arn))


@once
def _emptied(shared: Shared) -> _Update:
    """Send an empty events config. Try to delete the solution meanwhile."""
    arn = _turned_off(shared).after["solutionArn"]
    empty: dict[str, Any] = {"eventsConfig": {"eventParametersList": []}}
    shared.account.call("UpdateSolution", solutionArn=arn, solutionUpdateConfig=empty)
    during = shared.described("Solution", arn)
    deleted = shared.account.outcome("DeleteSolution", solutionArn=arn)
    if deleted.answer == ACCEPTED:
        return _Update(during, deleted, {})
    return _Update(during, deleted, _ended(shared, arn))


def _ended(shared: Shared, arn: str) -> dict[str, Any]:
    """Wait until the update has ended, and return the solution."""
    found: dict[str, Any] = {}

    def ended() -> bool:
        found.update(shared.described("Solution", arn))
        status = found.get("latestSolutionUpdate", {}).get("status", "")
        if status.endswith("FAILED"):
            raise CouldNotAskError(f"the update failed: {found['latestSolutionUpdate'].get('failureReason')}")
        return bool(status == "ACTIVE")

    shared.account.wait(ended, f"updating {arn}")
    return shared.described("Solution", arn)


def _status(shared: Shared) -> Seen:
    return Seen(_turned_off(shared).during["status"])


def _update_status(shared: Shared) -> Seen:
    status = _turned_off(shared).during.get("latestSolutionUpdate", {}).get("status", "absent")
    return Seen(
        "pending or in progress" if status in {"CREATE PENDING", "CREATE IN_PROGRESS"} else status, status
    )


def _second(shared: Shared) -> Seen:
    return _turned_off(shared).meanwhile


def _is_off(shared: Shared) -> Seen:
    return Seen(str(_turned_off(shared).after.get("performAutoTraining", "absent")).lower())


def _schedule_gone(shared: Shared) -> Seen:
    config = _turned_off(shared).after.get("solutionConfig", {})
    return Seen("kept" if "autoTrainingConfig" in config else "removed", str(config))


def _events_kept(shared: Shared) -> Seen:
    config = _turned_off(shared).after.get("solutionConfig", {})
    kept = config.get("eventsConfig", {}).get("eventParametersList")
    return Seen("kept" if kept == _EVENTS else "changed", str(config))


def _events_removed(shared: Shared) -> Seen:
    after = _emptied(shared).after
    if not after:
        raise CouldNotAskError("the solution was deleted during its update")
    config = after.get("solutionConfig", {})
    left = config.get("eventsConfig", {}).get("eventParametersList")
    return Seen("kept" if left else "removed", str(config))


def _delete_meanwhile(shared: Shared) -> Seen:
    return _emptied(shared).meanwhile


QUESTIONS: tuple[Question, ...] = (
    Question("update-status", (70,), "The solution's own status during an update", "ACTIVE", _status),
    Question(
        "update-latest",
        (70,),
        "latestSolutionUpdate right after UpdateSolution",
        "pending or in progress",
        _update_status,
    ),
    Question("update-second", (72,), "UpdateSolution during an update", IN_USE, _second),
    Question("update-off", (69,), "performAutoTraining after it was turned off", "false", _is_off),
    Question(
        "update-schedule",
        (69,),
        "The schedule after automatic training was turned off",
        "removed",
        _schedule_gone,
    ),
    Question("update-keeps", (65, 67), "The events config after an update without one", "kept", _events_kept),
    Question(
        "update-events",
        (67,),
        "The events config after an update with an empty list",
        "removed",
        _events_removed,
    ),
    Question("update-delete", (71, 77), "DeleteSolution during an update", IN_USE, _delete_meanwhile),
)
