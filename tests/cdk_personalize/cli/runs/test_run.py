"""A run as the command shows it, from its execution."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from cdk_personalize.cli import tables
from cdk_personalize.cli.runs import run
from cdk_personalize.cli.runs.run import Metric

NDCG = "normalized_discounted_cumulative_gain_at_25"
RECORD: dict[str, Any] = {
    "startedBy": "schedule",
    "outcome": "REJECTED",
    "verdict": "FAIL",
    "reasons": ["coverage is 0.1; required: at least 0.2"],
    "metrics": {
        "candidate": {"coverage": 0.1, NDCG: 0.3, "precision_at_5": 0.02},
        "baselines": [{"coverage": 0.01, NDCG: 0.2}],
        "inService": {NDCG: 0.31},
    },
    "checks": [
        {"metric": "coverage", "kind": "at_least", "outcome": "FAIL", "bound": 0.2, "value": 0.1},
        {"metric": NDCG, "kind": "better_than_baseline", "outcome": "PASS", "bound": 0.22, "value": 0.3},
        {"metric": NDCG, "kind": "at_most", "outcome": "PASS", "bound": 1, "value": 0.3},
        {"metric": "novelty", "kind": "no_drop", "outcome": "UNKNOWN"},
    ],
}


def execution(status: str = "SUCCEEDED", record: object = RECORD, **more: Any) -> dict[str, Any]:
    """A response of DescribeExecution."""
    start = datetime(2026, 11, 1, 6, 0, 5, 321, tzinfo=UTC)
    ended = {} if status == "RUNNING" else {"stopDate": start.replace(hour=7)}
    output = {"output": json.dumps(record)} if status == "SUCCEEDED" else {}
    name = {"executionArn": "arn:aws:states:us-east-1:000000000000:execution:weekly:1", "status": status}
    return {**name, "startDate": start, "input": '{"startedBy": "deploy"}', **ended, **output, **more}


def test_run__that_succeeded__is_what_its_record_says() -> None:
    found = run.read(execution())

    assert (found.outcome, found.started_by, found.is_good) == ("REJECTED", "schedule", False)
    assert (found.started_at, found.ended_at) == ("2026-11-01T06:00:05+00:00", "2026-11-01T07:00:05+00:00")
    assert (found.reasons, found.record) == (RECORD["reasons"], RECORD)


@pytest.mark.parametrize(
    ("outcome", "good"),
    [
        *((outcome, True) for outcome in ("PROMOTED", "MEASURED", "DRY_RUN", "NOTHING_TO_TRAIN", "SKIPPED")),
        *((outcome, False) for outcome in ("REJECTED", "ROLLED_BACK")),
    ],
)
def test_run__with_an_outcome__is_good_unless_a_version_was_refused(outcome: str, good: bool) -> None:
    assert run.read(execution(record={"outcome": outcome})).is_good is good


@pytest.mark.parametrize(
    ("more", "reasons"),
    [
        pytest.param(
            {"error": "TrainingPipelineFailed", "cause": "Train: TrainingFailed: too little data"},
            ["Train: TrainingFailed: too little data"],
            id="own error",
        ),
        pytest.param({"error": "States.Timeout"}, ["States.Timeout"], id="without a cause"),
        pytest.param({"error": "Stop", "cause": "holidays"}, ["Stop: holidays"], id="both"),
        pytest.param({}, [], id="neither"),
    ],
)
def test_run__that_failed__has_the_cause_and_who_started_it(more: dict[str, str], reasons: list[str]) -> None:
    found = run.read(execution("FAILED", **more))

    assert (found.outcome, found.started_by, found.reasons) == ("FAILED", "deploy", reasons)
    assert (found.record, found.is_good, run.metrics(found)) == (None, False, [])


@pytest.mark.parametrize(("status", "part"), [("ABORTED", "StopExecution"), ("TIMED_OUT", "`timeout`")])
def test_run__ended_without_an_error__says_what_that_means(status: str, part: str) -> None:
    (reason,) = run.read(execution(status)).reasons
    assert part in reason
    assert run.read(execution(status, cause="holidays")).reasons == ["holidays"]


def test_run__in_progress__has_no_end() -> None:
    found = run.read(execution("RUNNING", input="{}"))

    assert (found.outcome, found.started_by, found.ended_at) == ("RUNNING", "person", None)


@pytest.mark.parametrize("text", ["[]", "3", "no JSON"])
def test_run__of_another_state_machine__is_its_status(text: str) -> None:
    found = run.read(execution(input=text, output=text))

    assert (found.outcome, found.started_by, found.record) == ("SUCCEEDED", "person", None)


def test_metrics__with_checks__are_those_of_the_checks() -> None:
    assert run.metrics(run.read(execution())) == [
        Metric(
            name="coverage",
            candidate=0.1,
            baselines=[0.01],
            in_service=None,
            required=">= 0.2",
            outcome="FAIL",
        ),
        Metric(
            name=NDCG,
            candidate=0.3,
            baselines=[0.2],
            in_service=0.31,
            required=">= 0.22, <= 1",
            outcome="PASS",
        ),
        Metric(
            name="novelty",
            candidate=None,
            baselines=[None],
            in_service=None,
            required="",
            outcome="UNKNOWN",
        ),
    ]


def test_metrics__without_checks__are_all() -> None:
    found = run.metrics(run.read(execution(record={**RECORD, "checks": []})))

    assert [one.name for one in found] == ["coverage", NDCG, "precision_at_5"]
    assert {(one.required, one.outcome) for one in found} == {("", None)}


def lines(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]


def test_table__of_runs__has_a_line_for_each_and_its_metrics(capsys: pytest.CaptureFixture[str]) -> None:
    two = {**RECORD, "metrics": {**RECORD["metrics"], "baselines": [{NDCG: 0.2}, {NDCG: 0.1}]}}
    tables.show_runs([run.read(execution("RUNNING")), run.read(execution(record=two))])

    assert lines(capsys) == [
        "Started (UTC) Started by Outcome Verdict Reasons",
        "2026-11-01 06:00 deploy RUNNING",
        "2026-11-01 06:00 schedule REJECTED FAIL coverage is 0.1; required: at least 0.2",
        "",
        "Started (UTC) Metric Candidate Baseline 1 Baseline 2 In service Required Check",
        "2026-11-01 06:00 coverage 0.1 >= 0.2 FAIL",
        f"2026-11-01 06:00 {NDCG} 0.3 0.2 0.1 0.31 >= 0.22, <= 1 PASS",
        "2026-11-01 06:00 novelty UNKNOWN",
    ]


def test_table__without_runs__says_so(capsys: pytest.CaptureFixture[str]) -> None:
    tables.show_runs([])
    assert lines(capsys) == ["There are no runs yet."]
