"""Stacks of one campaign, `Live`: deployed, updated, rolled back and deleted."""

from __future__ import annotations

from typing import Any

from personalize_local.simulator import Durations
from support.virtual_time import scenarios
from support.virtual_time.account import Account, campaign, template
from support.virtual_time.stack_engine import Stack

SLOW = Durations(campaign=40, campaign_update=20, delete=5)


def deploy(at: Account, solution: str, **properties: Any) -> Stack:
    """A new stack `films`."""
    return at.deploy("films", template(Live=campaign(solution, **properties)))


def updated(at: Account, stack: Stack, solution: str, **properties: Any) -> str:
    at.time.run(5)
    stack.update(template(Live=campaign(solution, **properties)))
    at.time.run()
    return stack.status


def rolled_back(at: Account, stack: Stack, solution: str, **properties: Any) -> str:
    """An update of the campaign that another resource fails."""
    at.time.run(5)
    stack.update(template(Live=campaign(solution, **properties), Broken={"performHPO": "maybe"}))
    at.time.run()
    return stack.status


def status(stack: Stack) -> str:
    return stack.resources["Live"].data["status"]


def live(at: Account) -> dict[str, Any]:
    [found] = at.campaigns().values()
    return found


def ended(at: Account, stack: Stack) -> None:
    """The stack is deleted, and nothing of it is left."""
    scenarios.ended(at, stack)
    assert at.campaigns() == {}
    assert at.rules == {}


def changes(at: Account) -> list[str]:
    return [operation for operation, _ in at.effects]
