"""Many solutions at once under the service's limit of one request a second an operation (rule 118)."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from account import Account, account, template
from event_rules import OneFunction
from framework_runtime import FrameworkRuntime
from personalize_local.simulator import Durations, Limits
from personalize_local.simulator.operations import RATE_LIMITED
from personalize_provider import sdk
from personalize_provider.errors import error_code
from provider_world import GROUP
from stack_engine import Template

_QUICK = Durations(solution_create=1, delete=1)

# CloudFormation has a limit too. AWS doesn't publish it; this is lower than any that was reported.
_DESCRIBE_STACKS_PER_SECOND = 10


@dataclass(frozen=True)
class Leg:
    """A deploy or a teardown of many solutions.

    Attributes:
        solutions: How many.
        failed: How many requests were answered with a failure.
        seconds: From the first request to the last answer.
        limited_calls: Calls that the service let in of those that it limits (rule 118), for each solution.
        other_calls: Calls that it doesn't limit, for each solution.
        throttled: Calls that it refused for their rate, for each solution.
        most_running: Lambda functions that ran at once, the framework's and ours.
        invocations: Lambda invocations, for each solution.
    """

    solutions: int
    failed: int
    seconds: float
    limited_calls: float
    other_calls: float
    throttled: float
    most_running: int
    invocations: float


def deploy_and_destroy(
    runtime: FrameworkRuntime | OneFunction,
    solutions: int,
    *,
    concurrency: int | None = None,
    naive: bool = False,
) -> tuple[Leg, Leg]:
    """Create a stack of so many solutions, all at once, and delete it."""
    with _account(runtime, solutions, concurrency) as made:
        if naive:
            made.functions.on_event, made.functions.is_complete = naive_on_event, naive_is_complete
        stack = made.engine.create("load", _template(solutions))
        create = _leg(made, solutions)
        stack.delete()
        return create, _leg(made, solutions)


def lives(
    runtime: FrameworkRuntime | OneFunction,
    solutions: int,
    *,
    stacks: int = 1,
    concurrency: int | None = None,
    total_timeout: float = 1800,
) -> dict[str, Leg]:
    """Create so many stacks at once, each of so many solutions, update all in place, and delete them.

    A stack whose creation failed is rolled back, and has no part in what follows.

    Returns:
        What each operation took: `create`, `update`, `delete`.
    """
    with _account(runtime, solutions * stacks, concurrency, total_timeout) as made:
        created = [made.engine.create(f"load-{n}", _template(solutions)) for n in range(stacks)]
        legs = {"create": _leg(made, solutions * stacks)}
        alive = [stack for stack in created if stack.status == "CREATE_COMPLETE"]
        for stack in alive:
            stack.update(_template(solutions, performAutoTraining="true"))
        legs["update"] = _leg(made, solutions * len(alive))
        for stack in alive:
            stack.delete()
        legs["delete"] = _leg(made, solutions * len(alive))
        return legs


@contextlib.contextmanager
def _account(
    runtime: FrameworkRuntime | OneFunction,
    solutions: int,
    concurrency: int | None,
    total_timeout: float = 1800,
) -> Iterator[Account]:
    limits = Limits(solutions_per_dataset_group=solutions, requests_per_second=1)
    with account(
        runtime, total_timeout=total_timeout, limits=limits, durations=_QUICK, concurrency=concurrency
    ) as made:
        made.descriptions_per_second = _DESCRIBE_STACKS_PER_SECOND
        yield made


def _template(solutions: int, **properties: str) -> Template:
    return template(**{f"Solution{n}": properties for n in range(solutions)})


def _leg(made: Account, solutions: int) -> Leg:
    first, began = len(made.engine.requests), made.time.now()
    functions = made.functions
    functions.most_running = functions.invocations = 0
    made.simulator.clear_calls()
    made.time.run()
    requests = made.engine.requests[first:]
    ended = max((request.answers[-1][0] for request in requests if request.answers), default=began)
    outcomes = Counter(
        (call.operation, call.outcome == "LimitExceededException") for call in made.simulator.calls()
    )
    admitted = Counter({operation: n for (operation, throttled), n in outcomes.items() if not throttled})
    return Leg(
        solutions=solutions,
        failed=sum(
            not request.answers or request.answers[0][1]["Status"] != "SUCCESS" for request in requests
        ),
        seconds=ended - began,
        limited_calls=sum(n for name, n in admitted.items() if name in RATE_LIMITED) / solutions,
        other_calls=sum(n for name, n in admitted.items() if name not in RATE_LIMITED) / solutions,
        throttled=sum(n for (_, throttled), n in outcomes.items() if throttled) / solutions,
        most_running=functions.most_running,
        invocations=functions.invocations / solutions,
    )


def naive_on_event(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """What one writes in an afternoon: a provider that creates here, and polls every five seconds."""
    client = sdk.personalize()
    if event["RequestType"] == "Delete":
        client.delete_solution(solutionArn=event["PhysicalResourceId"])
        return {}
    name = f"naive-{event['LogicalResourceId']}"
    recipe = event["ResourceProperties"]["recipeArn"]
    made = client.create_solution(name=name, datasetGroupArn=GROUP, recipeArn=recipe)
    return {"PhysicalResourceId": made["solutionArn"]}


def naive_is_complete(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """Whether it is there, or gone."""
    try:
        solution = sdk.personalize().describe_solution(solutionArn=event["PhysicalResourceId"])["solution"]
    except ClientError as error:
        if error_code(error) == "ResourceNotFoundException" and event["RequestType"] == "Delete":
            return {"IsComplete": True}
        raise
    return {"IsComplete": solution["status"] == "ACTIVE" and event["RequestType"] != "Delete"}
