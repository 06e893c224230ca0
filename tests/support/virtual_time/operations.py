"""What a stack of one solution goes through in the tests of a bad day."""

from __future__ import annotations

from typing import Any

from support.provider_world import SIMS, tag_list
from support.virtual_time.account import Account, template
from support.virtual_time.stack_engine import Stack

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
