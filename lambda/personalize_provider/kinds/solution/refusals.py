"""The failures of requests about solutions that are not theirs, or that were there before.

`tests/reliability/test_identity_moves.py` follows each next step.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from personalize_provider.aws.errors import LifecycleError
from personalize_provider.engine.identity import LOGICAL_ID_TAG, STACK_ID_TAG, TAG_PREFIX
from personalize_provider.kinds.solution.adoption import differences

if TYPE_CHECKING:
    from personalize_provider.kinds.solution.decide import Observed
    from personalize_provider.kinds.solution.desired import Goal, Present

_OTHER_NAME = "choose another solution_name, or leave it out to have one generated"


def not_owned(goal: Present, observed: Observed) -> LifecycleError:
    """A solution of that name exists and is not this resource's."""
    tags = observed.tags
    if observed.is_claimed or goal.owner.shares_stack_with(tags):
        return _another_resources(goal, observed, "CreateSolution")
    if STACK_ID_TAG in tags and goal.is_known:
        return moved_from_another_stack(goal, "UpdateSolution", observed)
    cause = f"a solution of that name exists (status {observed.status}) and is not this resource's; "
    next_step = _OTHER_NAME
    if STACK_ID_TAG in tags:
        cause += f"it belongs to the resource {_logical_id(observed)} of the stack {tags[STACK_ID_TAG]}; "
    elif observed.status == "ACTIVE" and not differences(goal.request, observed.solution):
        next_step += "; adopt_existing takes the solution over"
    return LifecycleError(
        goal.label, "CreateSolution", f"{cause}it was left as it is", next_step, "AlreadyExists"
    )


def owned_elsewhere(goal: Present, observed: Observed) -> LifecycleError:
    """A solution that is to be adopted belongs to another resource."""
    if observed.is_claimed or goal.owner.shares_stack_with(observed.tags):
        return _another_resources(goal, observed, "adopting it")
    stack = observed.tags.get(STACK_ID_TAG, "an unknown one")
    return LifecycleError(
        goal.label,
        "adopting it",
        f"it belongs to the resource {_logical_id(observed)} of the stack {stack}, and was left as it is",
        f"choose another solution_name; if that stack is gone, remove the solution's tags {TAG_PREFIX}*",
        "AlreadyExists",
    )


def moved_from_another_stack(goal: Goal, operation: str, observed: Observed) -> LifecycleError:
    """CloudFormation names a solution as this resource's, and its tags name another stack.

    The role must not change it, and whether that stack still has it can't be told.
    """
    is_delete = operation == "DeleteSolution"
    otherwise = "keep the resource out of the delete (RetainResources)" if is_delete else _OTHER_NAME
    return LifecycleError(
        goal.label,
        operation,
        f"its tags say that it belongs to the resource {_logical_id(observed)} of the stack "
        f"{observed.tags[STACK_ID_TAG]}; it was left as it is",
        "if it was moved to this stack, set its tag and try again: aws personalize tag-resource "
        f"--resource-arn {goal.arn} --tags tagKey={STACK_ID_TAG},tagValue={goal.owner.stack_id}; "
        f"otherwise {otherwise}",
        "NotOwned",
    )


def retained(goal: Present, observed: Observed) -> LifecycleError:
    """A solution that is to be created was there before: a rollback would delete it with its versions."""
    created = observed.solution["creationDateTime"]
    name = goal.arn.rpartition("/")[2]
    return LifecycleError(
        goal.label,
        "CreateSolution",
        f"it has been there since {created:%Y-%m-%d %H:%M}: it was retained, or its delete was given up; "
        "it was left as it is",
        f'to take it over, declare it with solution_name="{name}" and adopt_existing=True; '
        "if nobody needs it, delete it",
        "AlreadyExists",
    )


def was_there_before(goal: Goal) -> LifecycleError:
    """What a Delete without an id finds may be none of what was given up."""
    return LifecycleError(
        goal.label,
        "DeleteSolution",
        "it was there before the stack's last update, and CloudFormation doesn't know it as this resource's; "
        "it was left as it is",
        "if nobody needs it, delete it; else keep the resource out of the delete (RetainResources)",
        "NotOwned",
    )


def not_updatable(goal: Goal) -> LifecycleError:
    """A change needs another solution, and the name is the same."""
    return LifecycleError(
        goal.label,
        "UpdateSolution",
        "the change needs a new solution, and this one's name is fixed by solution_name",
        "change solution_name as well, or leave it out to have one generated",
        "NotUpdatable",
    )


def _another_resources(goal: Present, observed: Observed, operation: str) -> LifecycleError:
    other = _logical_id(observed)
    if not observed.is_claimed:
        name = goal.arn.rpartition("/")[2]
        cause = f"it belongs to the resource {other}, which this stack has no more"
        next_step = f'declare it with solution_name="{name}" and adopt_existing=True to take it over'
    elif other == goal.owner.logical_id:  # which was renamed, and has not been updated since
        cause = "another resource of this stack has it, under a logical id that it did not always have"
        next_step = "give one of the two a solution_name"
    else:
        cause = f"it belongs to the resource {other} of this stack"
        next_step = (
            "to rename the resource, keep its logical id: "
            f'solution.node.default_child.override_logical_id("{other}"); '
            "for one more solution, choose another solution_name"
        )
    return LifecycleError(goal.label, operation, f"{cause}; it was left as it is", next_step, "AlreadyExists")


def _logical_id(observed: Observed) -> str:
    return observed.tags.get(LOGICAL_ID_TAG, "an unknown one")
