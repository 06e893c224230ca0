"""Runs that end at any call: an abort, or the end of the state machine with its stack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from cdk_personalize.pipeline.definition.plan import BakePlan, GatePlan
from support.virtual_time.pipeline_runs import BASELINE, NDCG, PLAN, Pipeline, pipeline

# An execution ends by an exception that ends its threads in silence, but for pytest.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")

WHOLE = replace(
    PLAN,
    baselines=[BASELINE],
    gate=GatePlan(checks=[{"metric": NDCG, "kind": "at_least", "value": 0.0}], promotes_unknown=False),
    bake=BakePlan(duration=600, alarm_names=["errors"]),
)


FIRST = [
    "ListExecutions",
    "DescribeSolution",
    "CreateSolutionVersion",
    "DescribeSolutionVersion",
    "GetSolutionMetrics",
    "DescribeCampaign",
    "CreateCampaign",
    "PutParameter",
    "PutMetricData",
    "PutEvents",
    "Publish",
]
SECOND = ["CreateSolutionVersion", "DescribeCampaign", "UpdateCampaign", "DescribeAlarms"]


def ended_by(runs: Pipeline, operation: str) -> tuple[str, list[str]]:
    """A run that ends while this call is answered, and its calls. The call has its effect."""
    calls: list[str] = []

    def end(called: str, _request: Mapping[str, Any]) -> None:
        calls.append(called)
        if called == operation and calls.count(operation) == 1:
            for one in runs.machines.executions():
                if one["status"] == "RUNNING":
                    runs.machines.stop(one["executionArn"])

    runs.machines.before = end
    execution = runs.start()
    runs.machines.ended(execution)
    runs.machines.before = lambda _operation, _request: None
    return execution, calls


def serving(runs: Pipeline) -> list[str]:
    """The version of each campaign in the account: the one being deployed, or else the one in service."""
    listed = runs.machines.sim.call("ListCampaigns")["campaigns"]
    described = [runs.machines.sim.call("DescribeCampaign", campaignArn=one["campaignArn"]) for one in listed]
    campaigns = [answer["campaign"] for answer in described]
    return [one.get("latestCampaignUpdate", one)["solutionVersionArn"] for one in campaigns]


@pytest.mark.parametrize(
    ("is_first", "operation"),
    [*((True, operation) for operation in FIRST), *((False, operation) for operation in SECOND)],
)
def test_run__ended_during_a_call__trains_no_more_and_what_served_serves(
    is_first: bool, operation: str
) -> None:
    with pipeline(WHOLE) as runs:
        runs.machines.alarms = {"errors": "OK"}
        if not is_first:
            assert runs.run()["outcome"] == "PROMOTED"
        before = serving(runs)
        execution, calls = ended_by(runs, operation)
        assert operation in calls
        assert runs.machines.execution(execution)["status"] == "ABORTED"
        runs.cleaned_up(execution)
        assert runs.training() == []
        assert len(serving(runs)) <= 1
        has_promoted = not {"CreateCampaign", "UpdateCampaign"}.isdisjoint(calls)
        assert has_promoted or serving(runs) == before
