"""A run: an execution of a pipeline's state machine, with its record."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cdk_personalize.pipeline.definition.gate import AT_MOST
from cdk_personalize.pipeline.definition.run import FAILED_ERROR

RUNNING = "RUNNING"
_SUCCEEDED = "SUCCEEDED"
_WITHOUT_CAUSE = {
    "ABORTED": "someone stopped the execution; CloudTrail shows who called StopExecution",
    "TIMED_OUT": "it took longer than the state machine allows; the pipeline's `timeout` can be longer",
}
_GOOD = ("PROMOTED", "MEASURED", "DRY_RUN", "NOTHING_TO_TRAIN", "SKIPPED")


@dataclass(frozen=True, kw_only=True)
class Run:
    """A run, in whatever state it is.

    Attributes:
        execution: The ARN of the execution.
        status: The execution's status.
        outcome: That of the record, such as `PROMOTED`; the status if there is no record.
        started_by: Who or what started it: `deploy`, `schedule`, `person`, or what the input says.
        started_at: When it started, in ISO 8601.
        ended_at: When it ended; None if it still runs.
        reasons: Why it was rejected or skipped, or the cause of its failure.
        record: The record that it ended with; None if it runs or failed.
    """

    execution: str
    status: str
    outcome: str
    started_by: str
    started_at: str
    ended_at: str | None
    reasons: list[str]
    record: Mapping[str, Any] | None

    @property
    def is_good(self) -> bool:
        """Whether nothing went wrong: a version was promoted or only measured, or the run was not needed."""
        return self.outcome in _GOOD


@dataclass(frozen=True, kw_only=True)
class Metric:
    """A metric of a run's versions.

    Attributes:
        name: Its name.
        candidate: That of the version that the run trained; None if it isn't there, as for the others.
        baselines: Those of the baselines, in the order of the gate.
        in_service: That of the version that was in service before.
        required: What the gate required, such as `>= 0.2`; empty if nothing.
        outcome: The worst outcome of its checks; None if there are none.
    """

    name: str
    candidate: float | None
    baselines: list[float | None]
    in_service: float | None
    required: str
    outcome: str | None


def read(described: Mapping[str, Any]) -> Run:
    """Return the run of an execution.

    Args:
        described: The response of DescribeExecution.
    """
    status, stopped = described["status"], described.get("stopDate")
    record = _object(described.get("output")) if status == _SUCCEEDED else {}
    known = record or _object(described.get("input"))
    return Run(
        execution=described["executionArn"],
        status=status,
        outcome=record.get("outcome", status),
        started_by=str(known.get("startedBy", "person")),
        started_at=_moment(described["startDate"]),
        ended_at=_moment(stopped) if stopped else None,
        reasons=list(record.get("reasons") or _failure(described)),
        record=record or None,
    )


def metrics(run: Run) -> list[Metric]:
    """Return the metrics of a run: those of its checks, or all if the pipeline has no gate."""
    record = run.record or {}
    measured, checks = record.get("metrics") or {}, record.get("checks") or []
    candidate, baselines = measured.get("candidate") or {}, measured.get("baselines") or []
    names = dict.fromkeys(check["metric"] for check in checks) or candidate
    return [
        Metric(
            name=name,
            candidate=candidate.get(name),
            baselines=[baseline.get(name) for baseline in baselines],
            in_service=(measured.get("inService") or {}).get(name),
            required=", ".join(_required(check) for check in checks if _is_bound(check, name)),
            outcome=_worst([check["outcome"] for check in checks if check["metric"] == name]),
        )
        for name in names
    ]


def _failure(described: Mapping[str, Any]) -> Iterator[str]:
    """The error and the cause of an execution that failed. Those of a pipeline name both in the cause.

    Executions that were stopped or timed out need not have any.
    """
    error, cause = described.get("error"), described.get("cause")
    text = ": ".join(part for part in (error if error != FAILED_ERROR else None, cause) if part)
    if text or described["status"] in _WITHOUT_CAUSE:
        yield text or _WITHOUT_CAUSE[described["status"]]


def _is_bound(check: Mapping[str, Any], name: str) -> bool:
    return check["metric"] == name and "bound" in check


def _required(check: Mapping[str, Any]) -> str:
    return f"{'<=' if check['kind'] == AT_MOST else '>='} {check['bound']:.4g}"


def _worst(outcomes: list[str]) -> str | None:
    return next((one for one in ("FAIL", "UNKNOWN", "PASS") if one in outcomes), None)


def _moment(date: datetime) -> str:
    return date.astimezone(UTC).isoformat(timespec="seconds")


def _object(text: str | None) -> Mapping[str, Any]:
    """An input or output as an object; empty if it is anything else, which a person can start a run with."""
    try:
        found = json.loads(text or "")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
