"""Every task of a run and of its cleanup fails, in each way: pipeline_outcomes.md.

`make test` runs each task with one of the faults. The environment variable FAULT_MATRIX asks for more: `all`
runs the whole matrix, and `update` also writes what it sees to the document.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from cdk_personalize.pipeline.definition import cleanup, run
from cdk_personalize.pipeline.definition.plan import ApprovalPlan, BakePlan, GatePlan, ImportPlan
from support.requests.sample_data import Sample, sample
from support.virtual_time.pipeline_runs import (
    BASELINE,
    CAMPAIGN,
    DATASET,
    PLAN,
    TOPIC,
    Pipeline,
    pipeline,
)
from support.virtual_time.state_machines import SCOPE, StateFault

OUTCOMES = Path(__file__).with_name("pipeline_outcomes.md")
LOCATION = "s3://films/new.csv"

FULL = replace(
    PLAN,
    baselines=[BASELINE],
    imports=[
        ImportPlan(
            dataset_arn=DATASET,
            location=LOCATION,
            role_arn="arn:aws:iam::000000000000:role/import",
            mode="FULL",
            job_arn_prefix=SCOPE.arn("dataset-import-job", ""),
        )
    ],
    gate=GatePlan(
        checks=[
            {"metric": "coverage", "kind": "at_least", "value": 0.1},
            {"metric": "coverage", "kind": "no_drop", "value": 0.5},
            {"metric": "coverage", "kind": "better_than_baseline", "value": 0.1, "baseline": 0},
        ],
        promotes_unknown=False,
    ),
    approval=ApprovalPlan(topic_arn=TOPIC, timeout=3600),
    bake=BakePlan(duration=600, alarm_names=["errors"]),
)
"""A pipeline with every step."""

FAULTS = {
    "once": StateFault("", "ThrottlingException", times=1),
    "permanently": StateFault("", "ThrottlingException", times=None),
    "refused": StateFault("", "InvalidInputException", times=None),
    "answered too late": StateFault("", "ThrottlingException", times=1, after=True),
}


@dataclass(frozen=True)
class Case:
    """A task that fails.

    Attributes:
        state: Its name.
        fault: How it fails.
        cleans_up: Whether it is a task of the cleanup.
    """

    state: str
    fault: str
    cleans_up: bool

    def __str__(self) -> str:
        return f"{'Cleanup: ' if self.cleans_up else ''}{self.state}, {self.fault}"


def tasks(definition: Mapping[str, Any]) -> Iterator[str]:
    """The names of all tasks of a definition, in its order."""
    for name, state in definition["States"].items():
        if state["Type"] == "Task":
            yield name
        for branch in (*state.get("Branches", ()), *filter(None, [state.get("ItemProcessor")])):
            yield from tasks(branch)


def cases() -> list[Case]:
    """All of them."""
    machines = ((run.definition(FULL), False), (cleanup.definition(FULL), True))
    return [
        Case(state, fault, cleans_up)
        for definition, cleans_up in machines
        for state in tasks(definition)
        for fault in FAULTS
    ]


_MODE = os.environ.get("FAULT_MATRIX", "")


def part() -> list[Case]:
    """Each task once, each with the next one of the faults."""
    by_state: dict[str, list[Case]] = {}
    for case in cases():
        by_state.setdefault(f"{case.cleans_up} {case.state}", []).append(case)
    return [found[number % len(found)] for number, found in enumerate(by_state.values())]


RUN = cases() if _MODE else part()


@cache
def data() -> Sample:
    """Little more than what a training needs."""
    return sample(users=40, items=30, genres=3)


@pytest.fixture(scope="module")
def account() -> Iterator[Pipeline]:
    """One account for all cases: each leaves what the next one finds."""
    with pipeline(FULL, data()) as deployed:
        deployed.machines.sim.service.put_object(LOCATION, data().interactions_csv)
        deployed.machines.approves = True
        yield deployed


def _quiet(runs: Pipeline) -> None:
    """Nothing trains, no alarm is on, and the campaign serves a version."""
    machines = runs.machines
    machines.faults.clear()
    machines.alarms = {"errors": "OK"}
    machines.sim.service.set_durations(solution_version=1200)
    for version in runs.training():
        machines.sim.call("StopSolutionVersionCreation", solutionVersionArn=version)
    machines.sim.advance(3600)
    if _serves(runs) is None:
        runs.run()


def prepared(runs: Pipeline, case: Case) -> str:
    """Bring the account to where the state is reached; who starts the run."""
    _quiet(runs)
    machines = runs.machines
    if case.state == "Create the campaign":
        machines.sim.call("DeleteCampaign", campaignArn=CAMPAIGN)
        machines.sim.advance(3600)
    if case.cleans_up:
        machines.sim.service.set_durations(solution_version=3 * 24 * 3600)
    if "way back" in case.state or "Go back" in case.state:
        machines.alarms = {"errors": "ALARM"}
    for label in ("candidate", "baseline 1"):
        if case.state in (f"Find the {label}", f"Is it the {label}?"):
            late = StateFault(f"Start training the {label}", "ThrottlingException", after=True)
            machines.faults.append(late)
    if case.state == "Stop the baseline 1":
        machines.faults.append(StateFault("Look at the baseline 1", "InvalidInputException"))
    if case.state == "Clean up":
        machines.sim.fail("campaign_update")
    return "deploy" if case.state == "Read what the newest version is of" else "schedule"


def outcome(account: Pipeline, case: Case) -> str:
    """Run with the fault; what came of it. Checks what must hold in any case."""
    started_by = prepared(account, case)
    before, serving, champion = len(account.versions()), _serves(account), account.champion()
    earlier = len(account.events())
    runs = account.with_plan(configuration=f"{before:08x}")  # another one each time
    fault = replace(FAULTS[case.fault], state=case.state)
    runs.machines.faults.append(fault)
    execution = runs.start(started_by)
    runs.machines.ended(execution)
    run = runs.machines.execution(execution)
    assert fault.times in (None, 0), "the state was not reached"
    assert len(runs.versions()) <= before + 1
    record = runs.record(execution)
    if not case.cleans_up:
        assert runs.training() == []
    return " | ".join(
        (
            run["status"],
            record["outcome"],
            _named(_serves(runs), serving),
            _named(runs.champion(), champion),
            (["none", *runs.events()[earlier:]])[-1].removeprefix("Training "),
            str(len(runs.training())),
        )
    )


def _named(version: str | None, before: str | None) -> str:
    return "none" if version is None else "old" if version == before else "new"


def _serves(runs: Pipeline) -> str | None:
    campaigns = runs.machines.sim.call("ListCampaigns")["campaigns"]
    return runs.campaign()["solutionVersionArn"] if campaigns else None


HEAD = """# What comes of a failing task in a pipeline

`FAULT_MATRIX=update .venv/bin/pytest tests/faults/test_pipeline_faults.py` writes this table. *Permanently*
is a throttle that does not end, *refused* is InvalidInputException, *answered too late* is a call that takes
effect and whose answer is lost. The campaign serves, and the champion parameter names, the old or the new
version.

| Task, fault | Execution | Record | Campaign | Champion | Event | Trainings left |
|---|---|---|---|---|---|---|
"""


@pytest.fixture(scope="module")
def outcomes() -> dict[str, str]:
    """The outcomes that the page has; none if it is being written."""
    if _MODE == "update":
        return {}
    lines = [line.strip("|").strip() for line in OUTCOMES.read_text().splitlines() if line.startswith("| ")]
    split = [line.split(" | ", 1) for line in lines[1:]]
    return {name: rest.strip() for name, rest in split}


@pytest.mark.parametrize("case", RUN, ids=str)
def test_task__fails__as_the_table_says(account: Pipeline, case: Case, outcomes: dict[str, str]) -> None:
    found = outcome(account, case)
    if _MODE == "update":
        outcomes[str(case)] = found
    assert found == outcomes[str(case)]


def test_table__has_every_case(outcomes: dict[str, str]) -> None:
    if _MODE == "update":
        rows = [f"| {case} | {outcomes[str(case)]} |" for case in cases()]
        OUTCOMES.write_text(HEAD + "\n".join(rows) + "\n")
    assert list(outcomes) == [str(case) for case in cases()]
