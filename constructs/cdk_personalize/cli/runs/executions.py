"""The executions of a pipeline's state machine, read from Step Functions."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cdk_personalize.cli.connection import Connection, LookupFailedError
from cdk_personalize.cli.runs import run
from cdk_personalize.cli.runs.run import RUNNING, Run
from cdk_personalize.model.suggestions import closest
from cdk_personalize.pipeline.tag import SOLUTION_TAG

SHORTEST, LONGEST, GROWTH = 1.0, 15.0, 1.5
"""Seconds between two looks at a run, from a new state on, and how they grow while there is none."""

_PAGE = 100
_STATE_MACHINE, _EXECUTION = ":stateMachine:", ":execution:"

_NONE = "there are no pipelines; deploy one, or name its account and Region with --profile and --region"

Sleep = Callable[[float], None]


@dataclass(frozen=True)
class Executions:
    """The runs of one account and Region."""

    connection: Connection

    def last(self, name: str, limit: int) -> list[Run]:
        """Return the last runs of a pipeline, newest first.

        It calls ListExecutions, and DescribeExecution for each.

        Args:
            name: The ARN or name of the solution or of the state machine.
            limit: How many, at most 1,000.

        Raises:
            LookupFailedError: There is no such pipeline, or a call failed.
        """
        with self._explaining():
            machine = self._machine(name)
            client = self.connection.client("stepfunctions", machine)
            listed = client.list_executions(stateMachineArn=machine, maxResults=limit)["executions"]
            return [run.read(client.describe_execution(executionArn=one["executionArn"])) for one in listed]

    def current(self, name: str) -> str:
        """Return the ARN of the run that works, or of the newest one if none does.

        If others wait for their turn, the one that works is the oldest.

        Args:
            name: An execution's ARN, or as for `last`.

        Raises:
            LookupFailedError: There is no such pipeline, or it has no run, or a call failed.
        """
        if _EXECUTION in name:
            return name
        with self._explaining():
            machine = self._machine(name)
            client = self.connection.client("stepfunctions", machine)
            running = client.list_executions(stateMachineArn=machine, statusFilter=RUNNING, maxResults=_PAGE)
            if running["executions"]:
                return str(running["executions"][-1]["executionArn"])
            newest = client.list_executions(stateMachineArn=machine, maxResults=1)["executions"]
        if not newest:
            start = f"aws stepfunctions start-execution --state-machine-arn {machine}"
            raise LookupFailedError(f"{name} has no run yet; start one with `{start}`")
        return str(newest[0]["executionArn"])

    def follow(
        self, execution: str, entered: Callable[[datetime, str], None], sleep: Sleep = time.sleep
    ) -> Run:
        """Return a run when it has ended.

        Args:
            execution: The ARN of the execution.
            entered: Called with each state's time and name when the run enters it for the first time.
            sleep: Waits for this many seconds.

        Raises:
            LookupFailedError: There is no such execution, or a call failed.
        """
        last = 0
        try:
            with self._explaining():
                client = self.connection.client("stepfunctions", execution)
                seen: set[str] = set()
                pause = SHORTEST
                while True:
                    described = client.describe_execution(executionArn=execution)
                    before = len(seen)
                    for event in _events_after(client, execution, last):
                        last = event["id"]
                        name = event.get("stateEnteredEventDetails", {}).get("name")
                        if name and name not in seen:
                            seen.add(name)
                            entered(event["timestamp"], name)
                    if described["status"] != RUNNING:
                        return run.read(described)
                    pause = SHORTEST if len(seen) > before else min(pause * GROWTH, LONGEST)
                    sleep(pause)
        except LookupFailedError as error:
            if not last:
                raise
            again = f"the run goes on; follow it again with `cdk-personalize watch {execution}`"
            raise LookupFailedError(f"{error}\n  {again}") from error

    def _machine(self, name: str) -> str:
        """The ARN of the state machine of a pipeline. One call finds all pipelines by their tags."""
        if _STATE_MACHINE in name:
            return name
        client = self.connection.client("resourcegroupstaggingapi", name)
        pages = client.get_paginator("get_resources").paginate(
            ResourceTypeFilters=["states:stateMachine"], TagFilters=[{"Key": SOLUTION_TAG}]
        )
        solutions: dict[str, str] = {
            resource["ResourceARN"]: tag["Value"]
            for page in pages
            for resource in page["ResourceTagMappingList"]
            for tag in resource["Tags"]
            if tag["Key"] == SOLUTION_TAG
        }
        found = [
            machine
            for machine, solution in solutions.items()
            if name in (solution, _name(solution), _name(machine))
        ]
        if len(found) == 1:
            return found[0]
        if found:
            machines = ", ".join(sorted(map(_name, found)))
            raise LookupFailedError(f"{name} has {len(found)} pipelines; name the state machine: {machines}")
        names = {_name(solution) for solution in solutions.values()}
        similar = closest(_name(name), names)
        hint = f"did you mean {similar}? " if similar else ""
        there = f"there are pipelines for these solutions: {', '.join(sorted(names))}"
        raise LookupFailedError(
            f"There is no TrainingPipeline for a solution {name} in {client.meta.region_name}; {hint}"
            f"{there if names else _NONE}"
        )

    def _explaining(self) -> Any:
        return self.connection.explaining(
            "tag:GetResources",
            "states:ListExecutions",
            "states:DescribeExecution",
            "states:GetExecutionHistory",
        )


def _events_after(client: Any, execution: str, last: int) -> Iterator[dict[str, Any]]:
    """The events since one, oldest first. They are read from the end, so that nothing is read twice."""
    pages = client.get_paginator("get_execution_history").paginate(
        executionArn=execution,
        reverseOrder=True,
        includeExecutionData=False,
        PaginationConfig={"PageSize": _PAGE},
    )
    events = itertools.chain.from_iterable(page["events"] for page in pages)
    return reversed([*itertools.takewhile(lambda event: event["id"] > last, events)])


def _name(arn: str) -> str:
    """The last part of an ARN, `solution/NAME` or `stateMachine:NAME`."""
    return arn.rpartition("/")[2].rpartition(":")[2]
