"""What a stack goes through in more than one reliability test."""

from __future__ import annotations

from typing import Any

from support.virtual_time.account import Account, template
from support.virtual_time.provider_world import SIMS, tag_list
from support.virtual_time.stack_engine import Stack

NAMES = [None, "movies"]
"""A generated name and an explicit one."""

OLD_SECONDS = 400.0
_TRAINING_SECONDS = 3000.0

CHANGES: dict[str, dict[str, Any]] = {
    "update": {"performAutoTraining": "true", "tags": tag_list(team="search")},
    "replacement": {"recipeArn": SIMS},
}
LIVES = ["create", *CHANGES, "delete"]


def begin(at: Account, stack: Stack | None, life: str) -> Stack:
    """Begin the operation that a test is about; its request is the latest."""
    if stack is None:
        stack = at.engine.create("films", template(Movies={}))
    elif life == "delete":
        stack.delete()
    else:
        stack.update(template(Movies=CHANGES[life]))
    return stack


def trained(at: Account, arn: str) -> str:
    """A version, which a replacement would lose."""
    version: str = at.call("CreateSolutionVersion", solutionArn=arn)["solutionVersionArn"]
    at.time.run(_TRAINING_SECONDS)
    return version


def updated(at: Account, stack: Stack, **resources: Any) -> str:
    at.time.run(5)
    stack.update(template(**resources))
    at.time.run()
    return stack.status


def deleted(at: Account, stack: Stack) -> str:
    at.time.run(5)
    stack.delete()
    at.time.run()
    return stack.status


def ended(at: Account, stack: Stack) -> None:
    """Delete the stack, in as many tries as a person would make."""
    for _ in range(2):
        at.faults.pending.clear()
        if stack.status != "DELETE_COMPLETE":
            stack.delete()
            at.time.run()
    assert stack.status == "DELETE_COMPLETE", stack.reasons


def renamed(at: Account, name: str | None, **settings: Any) -> tuple[Stack, str]:
    """A stack whose resource was `Movies` and is `Films` now, with its trained solution."""
    stack = at.deploy("films", template(Movies={"name": name}, Other={}), **settings)
    arn = stack.resources["Movies"].physical_id
    trained(at, arn)
    stack.refactor("Movies", "Films")
    return stack, arn


def operations(at: Account, arn: str) -> list[str]:
    return [operation for operation, touched in at.effects if touched == arn]


def retained(at: Account, name: str | None) -> tuple[Stack, str]:
    """A stack that had `Movies`, whose solution it left when it let go of it."""
    stack = at.deploy("films", template(Movies={"name": name}, Other={}))
    arn = stack.resources["Movies"].physical_id
    trained(at, arn)
    stack.let_go("Movies")
    at.effects.clear()
    return stack, arn


def is_untouched(at: Account, arn: str) -> bool:
    described = at.describe(arn)
    return operations(at, arn) == [] and described["latestSolutionVersion"]["status"] == "ACTIVE"
