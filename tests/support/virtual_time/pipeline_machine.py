"""The random stacks with campaigns, each with a pipeline whose runs are at any state meanwhile."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import rule

from support.virtual_time.account import template
from support.virtual_time.campaign_machine import WithCampaigns
from support.virtual_time.draws import picks, templates
from support.virtual_time.greenlet_machines import machines_in
from support.virtual_time.managed import CAMPAIGN, SERVED, SERVED_TOO, UNTRAINED, Managed, make_solutions
from support.virtual_time.pipelines import Pipelines
from support.virtual_time.promoter import train
from support.virtual_time.stack_engine import Stack, Template

_MOMENTS = (0.0, 10.0, 16.0, 20.0, 45.0, 90.0, 400.0, 1300.0)
_TRIES = 4
_CLEANED_SECONDS = 400


class RandomPipelines(WithCampaigns):
    """Campaigns that come, change and go, while runs of their pipelines train and promote.

    The solution `served` belongs to a stack of its own, which is deleted after the campaigns' stacks, as a
    solution is after the campaigns of its stack. The others are imported.
    """

    tally: ClassVar[Counter[str]] = Counter()
    kind: ClassVar[Managed] = replace(
        CAMPAIGN,
        foreign={"solutionVersionArn": f"{SERVED_TOO}/$LATEST"},
        prepare=lambda call, advance: make_solutions(call, advance, SERVED_TOO, UNTRAINED),
    )

    # A campaign that leaves its stack or its logical id leaves the pipeline, and one whose tags were removed
    # by hand stays and keeps its solution.
    change_logical_id: Any = None
    move: Any = None
    let_go: Any = None
    untag_by_hand: Any = None

    def _prepare(self) -> None:
        logging.getLogger("states").setLevel("CRITICAL")
        machines = self._exit.enter_context(machines_in(self.account))
        self.pipelines = Pipelines(self.account, machines, self.promises)
        pending, self.account.faults.pending = self.account.faults.pending, []
        self.models = self.account.deploy("models", template(Served={"name": SERVED.rpartition("/")[2]}))
        train(self.account, SERVED)
        self.account.effects.clear()
        self.account.faults.pending = pending

    @rule(pick=picks, started_by=st.sampled_from(["deploy", "schedule"]), after=st.sampled_from(_MOMENTS))
    def start_run(self, pick: int, started_by: str, after: float) -> None:
        """Start a run, and let it come to some state."""
        keys = sorted(self.pipelines.deployed)
        if keys:
            self.pipelines.start(keys[pick % len(keys)], started_by)
            self.account.time.run(after)

    @rule(pick=picks, after=st.sampled_from(_MOMENTS), changed=st.booleans(), template=templates)
    def abort_run(self, pick: int, after: float, changed: bool, template: Template) -> None:
        """Abort a run that has come to some state, perhaps after an update began."""
        self.start_run(pick, "schedule", after)
        if changed:
            self.update(pick, template)
            self.account.time.run(after)
        running = [one for one in self.pipelines.runs if one.is_running]
        if running:
            self.pipelines.machines.stop(running[pick % len(running)].execution["executionArn"])
            self.tally["aborted runs"] += 1
            self.account.time.run(_CLEANED_SECONDS)  # a training takes longer
            self._check(list(self.pipelines.broken()))

    def _take_down(self) -> None:
        """Delete all stacks while runs are under way, the solution's at last. Nothing may be left."""
        self.lift()
        self._framework_kills = 0
        self.account.functions.concurrency = None
        for key in sorted(self.pipelines.deployed):
            self.pipelines.start(key, "schedule")
        self.account.time.run(self.account.engine.random.choice(_MOMENTS))
        self._delete(*self._alive())
        self._delete(self.models)
        self._check([f"leak: {version} is left" for version in self.account.versions(SERVED)])
        self.tally["runs"] += len(self.pipelines.runs)
        super()._take_down()

    def _delete(self, *stacks: Stack) -> None:
        """Delete stacks, and don't wait for anything else."""
        for _ in range(_TRIES):
            while any(stack.busy and stack.status != "CREATE_IN_PROGRESS" for stack in stacks):
                self.account.time.run(1)
            for stack in stacks:
                if stack.status != "DELETE_COMPLETE":
                    stack.delete()
        while any(stack.busy for stack in stacks):
            self.account.time.run(1)
        self._check([f"stuck: {s.name}: {s.reasons[-1:]}" for s in stacks if s.status != "DELETE_COMPLETE"])

    def _quiet(self) -> None:
        super()._quiet()
        self._check(list(self.pipelines.broken()))

    def _template(self, template: Template) -> Template:
        return {key: _promoted(properties) for key, properties in super()._template(template).items()}


def _promoted(properties: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**properties, "hasPromoter": "true"}
