"""Many solutions at once under the service's limit of one request a second an operation (rule 118)."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from botocore.exceptions import ClientError

from personalize_local.simulator import Durations, Limits
from personalize_local.simulator.engine.operations import rate_limited
from personalize_provider.aws import sdk
from personalize_provider.aws.errors import error_code
from support.virtual_time.account import Account, account, campaign, template
from support.virtual_time.event_rules import OneFunction
from support.virtual_time.framework_runtime import FrameworkRuntime
from support.virtual_time.managed import CAMPAIGN, SERVED, SOLUTION, Managed
from support.virtual_time.provider_world import GROUP
from support.virtual_time.stack_engine import Stack

_QUICK = Durations(solution_create=1, campaign=30, delete=1)

_THROTTLED = "LimitExceededException"

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
        descriptions: Descriptions that CloudFormation answered, for each solution.
        most_running: Lambda functions that ran at once, the framework's and ours.
        invocations: Lambda invocations, for each solution.
    """

    solutions: int
    failed: int
    seconds: float
    limited_calls: float
    other_calls: float
    throttled: float
    descriptions: float
    most_running: int
    invocations: float


def deploy_and_destroy(
    runtime: FrameworkRuntime | OneFunction,
    solutions: int,
    *,
    concurrency: int | None = None,
    naive: bool = False,
    kind: Managed = SOLUTION,
) -> tuple[Leg, Leg]:
    """Create a stack of so many solutions, or resources of another kind, all at once, and delete it."""
    with _account(runtime, solutions, concurrency, kind=kind) as made:
        if naive:
            made.functions.on_event, made.functions.is_complete = naive_on_event, naive_is_complete
        waves = _waves(made, 1, solutions, solutions, kind)
        return _leg(made, solutions, waves["create"]), _leg(made, solutions, waves["delete"])


def lives(
    runtime: FrameworkRuntime | OneFunction,
    solutions: int,
    *,
    stacks: int = 1,
    at_once: int | None = None,
    concurrency: int | None = None,
) -> dict[str, Leg]:
    """Create so many solutions, update all of them in place, and delete them.

    Args:
        runtime: What carries requests.
        solutions: How many.
        stacks: How many stacks they are spread over evenly.
        at_once: How many begin together, for stacks that wait for one another, or for solutions of one stack
            that do. Default: - all.
        concurrency: How many Lambda functions may run at once. Default: - any number.

    Returns:
        What each operation took: `create`, `update`, `delete`. After a failure nothing more is tried.
    """
    each = solutions // stacks
    with _account(runtime, solutions, concurrency) as made:
        waves = _waves(made, stacks, each, at_once or solutions)
        legs: dict[str, Leg] = {}
        for operation, steps in waves.items():
            legs[operation] = _leg(made, solutions, steps)
            if legs[operation].failed:
                break
        return legs


def roll_back(
    runtime: FrameworkRuntime | OneFunction, solutions: int, *, others: int = 0, seed: int = 0
) -> Leg:
    """Update so many solutions in place, and roll all of them back at once, because another one fails.

    Args:
        runtime: What carries requests.
        solutions: How many.
        others: How many other resources of the stack the rollback tells of.
        seed: Of chance.
    """
    with _account(runtime, solutions, None, seed) as made:
        names = [f"Solution{n}" for n in range(solutions)]
        stack = made.deploy("load", template(**{name: {} for name in names}), others=others)
        updated = {name: {"performAutoTraining": "true"} for name in names}
        stack.update(template(Broken={"performHPO": "maybe"}, **updated))
        while stack.status == "UPDATE_IN_PROGRESS":
            first, began = len(made.engine.requests), made.time.now()
            _count_anew(made)
            made.time.run(0.1)
        made.time.run()
        assert not any(made.describe(arn)["performAutoTraining"] for arn in made.solutions())
        return _summary(made, solutions, first, began)


def _waves(
    made: Account, stacks: int, each: int, at_once: int, kind: Managed = SOLUTION
) -> dict[str, list[Callable[[], None]]]:
    """What each operation begins, one wave after the other."""
    alive: dict[int, Stack] = {}

    def show(number: int, size: int, of_them_trained: int = 0) -> None:
        properties = [{"performAutoTraining": "true"} if n < of_them_trained else {} for n in range(size)]
        if kind == CAMPAIGN:
            properties = [dict(campaign(SERVED)) for _ in range(size)]
        wanted = template(**{f"{kind.noun.title()}{n}": own for n, own in enumerate(properties)})
        if number not in alive:
            alive[number] = made.engine.create(f"load-{number}", wanted)
        elif wanted:
            alive[number].update(wanted)
        else:
            alive[number].delete()

    if stacks == 1:
        sizes = [*range(at_once, each, at_once), each]
        return {
            "create": [partial(show, 0, size) for size in sizes],
            "update": [partial(show, 0, each, size) for size in sizes],
            "delete": [partial(show, 0, size, size) for size in (*reversed(sizes[:-1]), 0)],
        }
    numbers = [
        range(first, min(first + at_once // each, stacks)) for first in range(0, stacks, at_once // each)
    ]

    def show_all(wave: range, size: int, of_them_trained: int = 0) -> None:
        for number in wave:
            show(number, size, of_them_trained)

    return {
        "create": [partial(show_all, wave, each) for wave in numbers],
        "update": [partial(show_all, wave, each, each) for wave in numbers],
        "delete": [partial(show_all, wave, 0) for wave in numbers],
    }


@contextlib.contextmanager
def _account(
    runtime: FrameworkRuntime | OneFunction,
    solutions: int,
    concurrency: int | None,
    seed: int = 0,
    kind: Managed = SOLUTION,
) -> Iterator[Account]:
    limits = Limits(
        solutions_per_dataset_group=solutions + 3,
        campaigns_per_dataset_group=solutions,
        requests_per_second=1,
    )
    with account(
        runtime,
        total_timeout=1800,
        limits=limits,
        durations=_QUICK,
        concurrency=concurrency,
        seed=seed,
    ) as made:
        made.descriptions_per_second = _DESCRIBE_STACKS_PER_SECOND
        kind.prepare(made.call, made.simulator.advance)
        yield made


def _leg(made: Account, solutions: int, steps: Sequence[Callable[[], None]]) -> Leg:
    first, began = len(made.engine.requests), made.time.now()
    _count_anew(made)
    for begin in steps:
        begin()
        made.time.run()
    return _summary(made, solutions, first, began)


def _count_anew(made: Account) -> None:
    made.functions.most_running = made.functions.invocations = 0
    made.answered.clear()
    made.descriptions.clear()


def _summary(made: Account, solutions: int, first: int, began: float) -> Leg:
    """What the requests from a number on took since a moment."""
    functions, requests = made.functions, made.engine.requests[first:]
    ended = max((request.answers[-1][0] for request in requests if request.answers), default=began)
    throttled = sum(n for (_, error), n in made.answered.items() if error == _THROTTLED)
    limited = rate_limited()
    admitted = [(name, n) for (name, error), n in made.answered.items() if error != _THROTTLED]
    return Leg(
        solutions=solutions,
        failed=sum(
            not request.answers or request.answers[0][1]["Status"] != "SUCCESS" for request in requests
        ),
        seconds=ended - began,
        limited_calls=sum(n for name, n in admitted if name in limited) / solutions,
        other_calls=sum(n for name, n in admitted if name not in limited) / solutions,
        throttled=throttled / solutions,
        descriptions=(made.descriptions.total() - made.descriptions["throttled"]) / solutions,
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
