"""The pipelines of stacks in virtual time: deployed, changed and deleted with the stacks' campaigns."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

from cdk_personalize.pipeline.definition import cleanup, run
from cdk_personalize.pipeline.definition.plan import CampaignPlan, Plan
from support.virtual_time.account import Account
from support.virtual_time.pipeline_runs import PLAN
from support.virtual_time.promises import Promises
from support.virtual_time.promoter import settings_of, tags_of
from support.virtual_time.provider_world import SCOPE
from support.virtual_time.stack_engine import Stack
from support.virtual_time.stack_rules import Resource
from support.virtual_time.state_machines import Machines

_LATENCIES = (0.02, 0.1, 0.2, 0.2, 2.0, 5.0)
_EVENT_SECONDS = (0.2, 1.0, 20.0)
_STARTED_BY_DEPLOYS = 0.5
_CHANGES = ("CreateCampaign", "UpdateCampaign")
_ENDED = ("ABORTED", "TIMED_OUT", "FAILED")


@dataclass(frozen=True)
class Run:
    """A run that was started, with the definition of that moment."""

    execution: Mapping[str, Any]
    plan: Plan

    @property
    def is_running(self) -> bool:
        """Whether it is."""
        return bool(self.execution["status"] == "RUNNING")


@dataclass
class Pipelines:
    """A pipeline for each campaign in a stack that has a promoter.

    CloudFormation changes it after the campaign that it refers to, and deletes it before. Deleting it ends
    its runs at their next state, and then nothing cleans up after them.
    """

    account: Account
    machines: Machines
    promises: Promises
    deployed: dict[tuple[str, str], Plan] = field(default_factory=dict)
    """By the id of the stack and the logical id of the campaign."""
    runs: list[Run] = field(default_factory=list)
    abandoned: set[str] = field(default_factory=set)
    """Executions that no cleanup can follow: their pipeline, or its solution, was not there for a time."""
    _random: random.Random = field(default_factory=lambda: random.Random(0))
    _names: Iterator[int] = field(default_factory=count)

    def __post_init__(self) -> None:
        self.account.engine.fit_dependents = self.fit
        self.machines.before, self.machines.after = self._take_time, self._note
        self.machines.told = self._clean_up

    def fit(self, stack: Stack, left: Mapping[str, Resource]) -> None:
        """Make a stack's pipelines those of these campaigns."""
        for key in [key for key in self.deployed if key[0] == stack.stack_id and key[1] not in left]:
            self._delete(key)
        for logical_id, resource in left.items():
            key = (stack.stack_id, logical_id)
            is_promoted = resource.properties.get("hasPromoter") == "true"
            if is_promoted and "configHash" in resource.data:
                self._deploy(key, _plan(stack, logical_id, resource))
            elif key in self.deployed:
                self._delete(key)

    def start(self, key: tuple[str, str], started_by: str) -> Run:
        """Start a run."""
        plan = self.deployed[key]
        arn = self.machines.start(plan.machine_arn, {"startedBy": started_by}, f"n{next(self._names)}")
        self.runs.append(Run(self.machines.execution(arn), plan))
        return self.runs[-1]

    def broken(self) -> Iterator[str]:
        """Promises that are broken, now that it is quiet: trainings that a cleanup should have stopped."""
        for one in self.runs:
            if one.is_running or one.execution["executionArn"] in self.abandoned:
                continue
            for version in self._training(one):
                yield f"leak: {version} trains for a run that is {one.execution['status']}"

    def _training(self, one: Run) -> Iterator[str]:
        id_ = hashlib.sha256(one.execution["executionArn"].encode()).hexdigest()[:24]
        for version in self.account.versions(one.plan.solution_arn):
            is_training = version["status"] in ("CREATE PENDING", "CREATE IN_PROGRESS")
            if is_training and version.get("name", "").startswith(f"run-{id_}-"):
                yield version["solutionVersionArn"]

    def _deploy(self, key: tuple[str, str], plan: Plan) -> None:
        if self.deployed.get(key) == plan:
            return
        self._abandon(plan.machine_arn, but=plan.solution_arn)
        self.deployed[key] = plan
        self.machines.replace(_name(plan.cleanup_arn), cleanup.definition(plan))
        self.machines.replace(_name(plan.machine_arn), run.definition(plan))
        if self._random.random() < _STARTED_BY_DEPLOYS:
            self.account.time.spawn("deploy", lambda: self._start_on_deploy(key))

    def _start_on_deploy(self, key: tuple[str, str]) -> None:
        """As a wait for the first run does, when the pipeline is deployed; or later, when its stack is."""
        self.account.time.sleep(self._random.choice(_EVENT_SECONDS))
        if key in self.deployed:
            self.start(key, "deploy")

    def _delete(self, key: tuple[str, str]) -> None:
        plan = self.deployed.pop(key)
        self._abandon(plan.machine_arn)
        self.machines.delete(plan.machine_arn)
        self.machines.delete(plan.cleanup_arn)

    def _abandon(self, machine_arn: str, but: str = "") -> None:
        self.abandoned |= {
            one.execution["executionArn"]
            for one in self.runs
            if one.plan.machine_arn == machine_arn and one.plan.solution_arn != but
        }

    def _take_time(self, _operation: str, _request: Mapping[str, Any]) -> None:
        self.account.time.sleep(self._random.choice(_LATENCIES))

    def _note(self, operation: str, request: Mapping[str, Any]) -> None:
        """A call has had its effect; its answer is on the way."""
        if operation in _CHANGES:
            self._promoted(operation, request)
        self._take_time(operation, request)

    def _promoted(self, operation: str, request: Mapping[str, Any]) -> None:
        arn = request.get("campaignArn") or SCOPE.arn("campaign", request["name"])
        self.account.effects.append((operation, arn))
        created = self.promises.kind.describe(self.account.call, arn)["creationDateTime"]
        self.promises.chosen[arn] = (request["solutionVersionArn"], created)
        if operation == "CreateCampaign":
            self.promises.promoted.add(arn)
        if not any(
            _declares(plan, arn, request) and not self.account.engine.stacks[stack_id].busy
            for (stack_id, _), plan in self.deployed.items()
        ):
            self.promises.altered.add(arn)  # by what was declared before the latest deploy

    def _clean_up(self, execution: Mapping[str, Any]) -> None:
        """EventBridge's rule for executions that ended by themselves."""
        plans = [one for one in self.deployed.values() if one.machine_arn == execution["stateMachineArn"]]
        if not plans or execution["status"] not in _ENDED or execution.get("error") == run.FAILED_ERROR:
            return
        members = ("executionArn", "status", "input", "error", "cause")
        detail = {name: execution[name] for name in members if execution.get(name) is not None}

        def start() -> None:
            self.account.time.sleep(self._random.choice(_EVENT_SECONDS))
            if plans[0] in self.deployed.values():
                self.machines.start(plans[0].cleanup_arn, {"detail": detail})

        self.account.time.spawn("rule", start)


def _plan(stack: Stack, logical_id: str, resource: Resource) -> Plan:
    arn, properties = resource.physical_id, resource.properties
    name = f"{stack.stack_id.rpartition('/')[2]}-{logical_id}"
    return replace(
        PLAN,
        solution_arn=properties["solutionArn"],
        configuration=hashlib.sha256(f"{properties['solutionArn']} {arn}".encode()).hexdigest()[:8],
        campaign=CampaignPlan(
            arn=arn,
            request={"name": _name(arn, "/"), **settings_of(properties)},
            tags=tags_of(properties, resource.data, stack, logical_id),
        ),
        machine_arn=PLAN.machine_arn + name,
        cleanup_arn=f"{PLAN.machine_arn}{name}-cleanup",
    )


def _declares(plan: Plan, arn: str, request: Mapping[str, Any]) -> bool:
    """Whether a request for a campaign is as a plan says by now."""
    if plan.campaign is None or plan.campaign.arn != arn:
        return False
    declared = {**plan.campaign.request, "tags": plan.campaign.tags, "campaignArn": arn}
    return all(declared[key] == value for key, value in request.items() if key != "solutionVersionArn")


def _name(arn: str, separator: str = ":") -> str:
    return arn.rpartition(separator)[2]
