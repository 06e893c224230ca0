"""The largest run there can be, against the quotas of Step Functions (rule 205)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest

from cdk_personalize.pipeline import budget
from cdk_personalize.pipeline.definition import cleanup, run
from cdk_personalize.pipeline.definition.plan import BakePlan, GatePlan, ImportPlan, Plan
from cdk_personalize.pipeline.definition.states import LOOK_RETRIES
from support.requests.pipelines import states
from support.virtual_time.pipeline_runs import BASELINE, DATASET, NDCG, PLAN, Pipeline, pipeline
from support.virtual_time.state_machines import SCOPE, StateFault

HOUR = 3600
LARGE_CHECKS = [{"metric": "m" * 256, "kind": "at_least", "value": 0.1234567}] * 100
LONGEST_DEFINITION = 1024 * 1024
LARGEST_STATE = 256 * 1024

LARGE = replace(
    PLAN,
    baselines=[BASELINE],
    gate=GatePlan(
        checks=[{"metric": NDCG, "kind": "better_than_baseline", "value": 0.1, "baseline": 0}],
        promotes_unknown=False,
    ),
    bake=BakePlan(duration=6 * HOUR, alarm_names=["errors"]),
)


def with_imports(plan: Plan, count: int) -> Plan:
    one = ImportPlan(
        dataset_arn=DATASET,
        location="s3://films/new.csv",
        role_arn="arn:aws:iam::000000000000:role/import",
        mode="FULL",
        job_arn_prefix=SCOPE.arn("dataset-import-job", ""),
    )
    return replace(plan, imports=[one] * count)


@pytest.fixture(scope="module")
def longest() -> Iterator[tuple[Pipeline, list[dict[str, Any]]]]:
    """A run whose training takes almost all of its time, and its history."""
    with pipeline(LARGE) as runs:
        runs.machines.alarms = {"errors": "OK"}
        runs.run()
        runs.machines.sim.service.set_durations(solution_version=23 * HOUR)
        execution = runs.start()
        record = runs.record(execution)
        assert record["outcome"] == "PROMOTED", record["reasons"]
        yield runs, runs.machines.execution(execution)["events"]


def loops(machine: Mapping[str, Any]) -> Iterator[set[str]]:
    """The states between the waits of a loop and back, of a machine and of its branches."""
    found = machine["States"]
    for name, state in found.items():
        if state["Type"] == "Wait":
            yield {other for other in _after(found, name) if name in _after(found, other)}
        for branch in state.get("Branches", ()):
            yield from loops(branch)


def _after(found: Mapping[str, Any], name: str) -> set[str]:
    """The states that can come after a state if nothing fails."""
    reached: set[str] = set()
    ahead = [name]
    while ahead:
        state = found[ahead.pop()]
        choices = [rule["Next"] for rule in state.get("Choices", ())]
        more = {*choices, state.get("Next"), state.get("Default")} - reached - {None}
        reached |= more
        ahead += more
    return reached


@dataclass
class Throttled(StateFault):
    """So many throttles before each success."""

    retries: int = 0
    calls: int = 0

    def strikes(self, state: str) -> bool:
        """Whether this call is throttled."""
        if state != self.state:
            return False
        self.calls += 1
        return self.calls % (self.retries + 1) != 0

    @property
    def events(self) -> int:
        """The events of its loop, by the Step Functions Developer Guide: the engine here writes fewer."""
        looks = self.calls // (self.retries + 1)
        return 9 * looks + 3 * (self.calls - looks)


@pytest.mark.parametrize("retries", [0, 1, 8])
def test_loop__every_look_is_throttled_all_day__has_no_more_events_than_the_budget(retries: int) -> None:
    look = Throttled("Look at the candidate", "ThrottlingException", retries=retries)
    with pipeline() as runs:
        runs.machines.sim.service.set_durations(solution_version=23 * HOUR)
        runs.machines.faults = [look]
        assert runs.record(runs.start())["outcome"] == "PROMOTED"
    most = budget.events_of_loop(24 * HOUR)
    assert most / 3 < look.events <= most


def test_loops__have_one_task_each_whose_retries_delay_it() -> None:
    definition = run.definition(with_imports(LARGE, 1))
    looks = [
        {name: state for found in [dict(states(definition))] for name, state in found.items() if name in loop}
        for loop in loops(definition)
        if loop
    ]
    assert len(looks) > 5
    for loop in looks:
        [task] = [state for state in loop.values() if state["Type"] == "Task"]
        assert len(loop) == len(("Wait", "Task", "Choice"))
        assert task["Retry"][0].items() >= LOOK_RETRIES.items()
        assert "JitterStrategy" not in task["Retry"][0]


def test_budget__of_accepted_arguments__is_below_the_quota() -> None:
    assert budget.history_events(timeout=24 * HOUR, trainings=2, imports=5, bake=HOUR) < budget.MOST_EVENTS
    assert budget.history_events(timeout=48 * HOUR, trainings=2, imports=2, bake=HOUR) < budget.MOST_EVENTS


def test_cleanup__of_pages_without_end__stays_below_the_quota() -> None:
    """Every page is full of versions that train, and announces another one."""
    with pipeline(LARGE) as runs:
        sim = runs.machines.sim
        sim.service.set_durations(solution_version=HOUR)
        version = sim.call("CreateSolutionVersion", solutionArn=BASELINE)["solutionVersionArn"]
        answered = sim.call

        def call(operation: str, **request: Any) -> Any:
            if operation != "ListSolutionVersions":
                return answered(operation, **request)
            one = {"solutionVersionArn": version, "status": "CREATE IN_PROGRESS"}
            return {"solutionVersions": [one] * 100, "nextToken": "more"}

        sim.call = call  # type: ignore[method-assign]
        cleaned = runs.machines.run(
            PLAN.cleanup_arn, {"detail": {"executionArn": "gone", "status": "ABORTED"}}
        )
    assert cleaned["status"] == "SUCCEEDED"
    types = [event["type"] for event in cleaned["events"]]
    # The service also writes TaskStarted, and three events for each of the 8 retries of a task.
    assert len(types) + (1 + 3 * 8) * types.count("TaskScheduled") < budget.MOST_EVENTS


def test_budget__has_room_for_every_state() -> None:
    baselines = [f"{BASELINE}-{number}" for number in range(3)]
    definition = run.definition(with_imports(replace(LARGE, baselines=baselines), 5))
    found = [state for _, state in states(definition)]
    tasks = [state for state in found if state["Type"] == "Task"]
    busy = [state for state in tasks if len(state["Retry"]) > 1]
    assert len(busy) <= budget.BUSY_TASKS
    assert len(tasks) <= budget.TASKS
    assert 2 * len(found) + 3 * len(tasks) <= budget.OTHERS


def test_state_data__of_the_largest_record__fits(longest: Any) -> None:
    """A hundred metrics of each version, which is the most there can be (rule 110), and the longest names."""
    _, history = longest
    record = json.loads(history[-1]["executionSucceededEventDetails"]["output"])
    metrics = {f"{'m' * 250}_{number}": 0.1234567890123456 for number in range(100)}
    record["metrics"] = {"candidate": metrics, "baselines": [metrics], "inService": metrics}
    record["checks"] *= 100
    assert len(json.dumps(record)) < LARGEST_STATE
    passed = [
        len(str(details.get("output") or details.get("input") or ""))
        for event in history
        if event["type"] != "TaskSucceeded"  # an answer, which can have the definition, is not passed on
        for details in event.values()
        if isinstance(details, dict)
    ]
    assert max(passed) < LARGEST_STATE / 10


def test_definitions__of_the_largest_pipeline__fit() -> None:
    largest = with_imports(replace(LARGE, gate=GatePlan(checks=LARGE_CHECKS, promotes_unknown=False)), 5)
    for definition in (run.definition(largest), cleanup.definition(largest)):
        assert len(json.dumps(definition)) < LONGEST_DEFINITION / 4
        assert len(json.dumps({"Definition": json.dumps(definition)})) < LARGEST_STATE / 2  # a run reads it
