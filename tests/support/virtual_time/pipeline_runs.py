"""Runs of a pipeline in virtual time, on real data, from a plan of its state machines."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from cdk_personalize.pipeline.definition import cleanup, run
from cdk_personalize.pipeline.definition.plan import CampaignPlan, Plan
from personalize_local.simulator import Personalize
from personalize_provider.engine.identity import STACK_ID_TAG
from support.requests.sample_data import Sample
from support.virtual_time import imported_data
from support.virtual_time.imported_data import small
from support.virtual_time.provider_world import tag_list
from support.virtual_time.state_machines import SCOPE, Machines, state_machines

NDCG = "normalized_discounted_cumulative_gain_at_25"
SOLUTION, BASELINE = SCOPE.arn("solution", "for-you"), SCOPE.arn("solution", "popular")
CAMPAIGN, DATASET = SCOPE.arn("campaign", "live"), f"{SCOPE.arn('dataset', 'films')}/INTERACTIONS"
TOPIC = "arn:aws:sns:us-east-1:000000000000:runs"
_MACHINES = "arn:aws:states:us-east-1:000000000000:stateMachine:"

PLAN = Plan(
    name="Films/Weekly",
    solution_arn=SOLUTION,
    configuration="0badcafe",
    free_updates=True,
    campaign=CampaignPlan(
        arn=CAMPAIGN,
        request={"name": "live", "minProvisionedTPS": 2, "campaignConfig": {}},
        tags=tag_list(**{"team": "films", STACK_ID_TAG: "arn:aws:cloudformation:stack/films"}),
    ),
    timeout=24 * 3600,
    topic_arn=TOPIC,
    champion_parameter="/films/champion",
    machine_arn=f"{_MACHINES}runs",
    cleanup_arn=f"{_MACHINES}runs-cleanup",
)
"""Train, and promote what trained."""


@dataclass
class Pipeline:
    """A deployed pipeline."""

    machines: Machines
    plan: Plan

    def run(self, started_by: str | None = None) -> dict[str, Any]:
        """The record of a run, or the one of its cleanup if it failed."""
        return self.record(self.start(started_by))

    def start(self, started_by: str | None = None, **more: bool) -> str:
        """Start a run, with more in its input."""
        data = {"startedBy": started_by, **more} if started_by else more
        return self.machines.start(self.plan.machine_arn, data)

    def record(self, execution: str) -> dict[str, Any]:
        """The record of a run that was started, when it has ended."""
        ended = self.machines.ended(execution)
        if ended["status"] != "SUCCEEDED":
            cleanups = self._cleanups(execution)
            if not cleanups:
                return self.cleaned_up(execution)
            (ended,) = cleanups
        assert ended["status"] == "SUCCEEDED", ended.get("cause")
        found: dict[str, Any] = json.loads(ended["output"])
        return found

    def cleaned_up(self, execution: str) -> dict[str, Any]:
        """The record of the cleanup that EventBridge starts after a run that could not do so."""
        self.machines.ended(execution)
        detail = {
            name: self.machines.execution(execution)[name]
            for name in ("executionArn", "status", "input", "error", "cause")
            if name in self.machines.execution(execution)
        }
        assert detail["status"] in ("ABORTED", "TIMED_OUT") or detail["error"] != run.FAILED_ERROR
        cleaned = self.machines.run(self.plan.cleanup_arn, {"detail": detail})
        found: dict[str, Any] = json.loads(cleaned["output"])
        return found

    def campaign(self) -> dict[str, Any]:
        """DescribeCampaign."""
        return dict(self.machines.sim.call("DescribeCampaign", campaignArn=CAMPAIGN)["campaign"])

    def versions(self, solution: str = SOLUTION) -> list[dict[str, Any]]:
        """Its versions, oldest first."""
        return [self.machines.sim.version(one["solutionVersionArn"]) for one in self._listed(solution)]

    def training(self) -> list[str]:
        """The versions that train."""
        found = [*self._listed(SOLUTION), *self._listed(BASELINE)]
        return [
            one["solutionVersionArn"]
            for one in found
            if one["status"] in ("CREATE PENDING", "CREATE IN_PROGRESS")
        ]

    def champion(self) -> str | None:
        """What the SSM parameter says."""
        put = self.machines.called("PutParameter")
        return put[-1]["Value"] if put else None

    def events(self) -> list[str]:
        """The detail types of the events."""
        return [entry["DetailType"] for put in self.machines.called("PutEvents") for entry in put["Entries"]]

    def data(self, sample: Sample) -> None:
        """Import other interactions."""
        name = f"import-{len(self.machines.sim.call('ListDatasetImportJobs')['datasetImportJobs'])}"
        imported_data.imported(self.machines.sim, sample.interactions_csv, DATASET, name=name)

    def with_plan(self, **changes: Any) -> Pipeline:
        """The pipeline after a deploy that changes it."""
        return deployed(self.machines, replace(self.plan, **changes))

    def _listed(self, solution: str) -> list[dict[str, Any]]:
        """All pages, because a test can train more than a hundred versions."""
        found: list[dict[str, Any]] = []
        token: dict[str, str] = {}
        while True:
            page = self.machines.sim.call("ListSolutionVersions", solutionArn=solution, **token)
            found += page["solutionVersions"]
            if "nextToken" not in page:
                return found
            token = {"nextToken": page["nextToken"]}

    def _cleanups(self, execution: str) -> list[Mapping[str, Any]]:
        return [
            one
            for one in self.machines.executions()
            if one["stateMachineArn"] == self.plan.cleanup_arn and execution in one["input"]
        ]


def deployed(machines: Machines, plan: Plan) -> Pipeline:
    """A pipeline whose state machines are there, with this plan."""
    for arn, definition in (
        (plan.machine_arn, run.definition(plan)),
        (plan.cleanup_arn, cleanup.definition(plan)),
    ):
        machines.replace(arn.rpartition(":")[2], definition)
    return Pipeline(machines, plan)


@contextmanager
def pipeline(plan: Plan = PLAN, data: Sample | None = None) -> Iterator[Pipeline]:
    """A pipeline in an account with data, a solution, and one for the baseline."""
    with state_machines() as machines:
        sim = machines.sim
        service: Personalize = sim.service
        service.set_durations(solution_create=0)
        sim.create_group("films")
        imported_data.imported(sim, (data or small()).interactions_csv, imported_data.dataset(sim))
        sim.create(name="for-you")
        sim.create(name="popular", recipeArn=sim.recipe("aws-popularity-count"))
        yield deployed(machines, plan)
