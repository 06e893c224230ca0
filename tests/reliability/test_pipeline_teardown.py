"""Runs that end at any call, by an abort or with their stack, and runs that a deploy changes under way."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from cdk_personalize.pipeline.definition.plan import BakePlan, GatePlan, Plan
from support.virtual_time.pipeline_runs import BASELINE, CAMPAIGN, NDCG, PLAN, Pipeline, deployed, pipeline

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


def during_training(runs: Pipeline, act: Callable[[], object]) -> str:
    """Start a run, and do something as soon as it looks at its training."""
    done: list[object] = []

    def before(operation: str, request: Mapping[str, Any]) -> None:
        if operation == "DescribeSolutionVersion" and not done:
            done.append(request)
            act()

    runs.machines.before = before
    execution = runs.start()
    runs.machines.ended(execution)
    return execution


def campaigns(runs: Pipeline) -> list[str]:
    return [each["name"] for each in runs.machines.sim.call("ListCampaigns")["campaigns"]]


def moved(plan: Plan) -> Plan:
    """The plan after a deploy that replaces the campaign."""
    assert plan.campaign
    name = f"{CAMPAIGN}-2"
    request = {**plan.campaign.request, "name": name.rpartition("/")[2]}
    return replace(plan, configuration="1badcafe", campaign=replace(plan.campaign, arn=name, request=request))


def test_run__deploy_replaces_the_campaign_meanwhile__does_not_create_the_old_one_again() -> None:
    with pipeline() as runs:
        execution = during_training(runs, lambda: deployed(runs.machines, moved(PLAN)))
        record = runs.record(execution)
        assert record["outcome"] == "FAILED"
        assert "a deploy has replaced or removed the campaign" in record["reasons"][0]
        assert campaigns(runs) == []
        assert deployed(runs.machines, moved(PLAN)).run()["outcome"] == "PROMOTED"  # the next step it names
        assert campaigns(runs) == ["live-2"]


def test_run__campaign_of_someone_else_has_taken_the_name__leaves_it() -> None:
    with pipeline() as runs:
        sim = runs.machines.sim
        popular = sim.trained(BASELINE)
        during = during_training(runs, lambda: sim.campaign(popular, name="live"))
        record = runs.record(during)
        assert record["outcome"] == "FAILED"
        assert "doesn't name this stack" in record["reasons"][0]
        assert runs.campaign()["solutionVersionArn"] == popular
        assert "latestCampaignUpdate" not in runs.campaign()


def test_run__campaign_has_lost_its_tags__is_promoted_after_the_next_step() -> None:
    with pipeline() as runs:
        runs.run()
        sim = runs.machines.sim
        sim.call("UntagResource", resourceArn=CAMPAIGN, tagKeys=["cdk-personalize:stack-id"])
        execution = during_training(runs, lambda: None)
        (reason,) = runs.record(execution)["reasons"]
        command = re.search(r"tag-resource --resource-arn (\S+) --tags tagKey=(\S+),tagValue=(\S+)$", reason)
        assert command
        arn, key, value = command.groups()
        sim.call("TagResource", resourceArn=arn, tags=[{"tagKey": key, "tagValue": value}])
        assert runs.run()["outcome"] == "PROMOTED"


def test_run__aborted_after_a_deploy_changed_the_configuration__trains_no_more() -> None:
    with pipeline() as runs:
        runs.machines.sim.service.set_durations(solution_version=20 * 3600)

        def deploy_and_abort() -> None:
            deployed(runs.machines, replace(PLAN, configuration="1badcafe"))
            [running] = [one for one in runs.machines.executions() if one["status"] == "RUNNING"]
            runs.machines.stop(running["executionArn"])

        execution = during_training(runs, deploy_and_abort)
        assert len(runs.training()) == 1
        assert len(runs.cleaned_up(execution)["stopped"]) == 1
        assert runs.training() == []
