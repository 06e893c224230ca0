"""The failures of requests about solutions: another owner's, older ones, and those that the service failed.

`tests/reliability/test_identity_moves.py` follows each next step.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from personalize_provider.aws.errors import LifecycleError
from personalize_provider.engine.goal import Goal, Present
from personalize_provider.engine.identity import LOGICAL_ID_TAG, STACK_ID_TAG, TAG_PREFIX
from personalize_provider.kinds.solution.adoption import differences
from personalize_provider.kinds.solution.observed import Observed

_OTHER_NAME = "choose another solution_name, or leave it out to have one generated"


class NotAdoptableError(LifecycleError):
    """The solution to adopt differs from the declared one; every difference is on its own line."""

    def __init__(self, resource: str, differences: Sequence[str]) -> None:
        """List the differences."""
        self.differences = tuple(differences)
        super().__init__(
            resource,
            "adopting it",
            "it is not as declared in what can't be changed, and was left as it is",
            "declare it as it is, or choose another solution_name",
            "NotAdoptable",
            differences,
        )


def service_failed(goal: Goal, operation: str, described: Mapping[str, Any]) -> LifecycleError:
    """The service accepted an operation, which then failed."""
    reason = described.get("failureReason")
    return LifecycleError(
        goal.label,
        operation,
        reason or "the service gives no reason",
        "correct what it names and deploy again"
        if reason
        else "check that its dataset group is ACTIVE and has the recipe's datasets, and deploy again",
        "CREATE FAILED",
    )


def not_owned(goal: Present, observed: Observed) -> LifecycleError:
    """A solution of that name exists and isn't this resource's."""
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
    """The solution to adopt belongs to another resource."""
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
    """CloudFormation says that a solution is this resource's, and its tags name another stack.

    The role must not change it, and nothing tells whether the other stack still has it.
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
    """The solution to create already exists: a rollback would delete it with its versions."""
    created = observed.solution["creationDateTime"]
    return LifecycleError(
        goal.label,
        "CreateSolution",
        f"it has existed since {created:%Y-%m-%d %H:%M}: it was retained, or its delete was given up; "
        "it was left as it is",
        f'to take it over, declare it with solution_name="{goal.name}" and adopt_existing=True; '
        "if nobody needs it, delete it",
        "AlreadyExists",
    )


def existed_before(goal: Goal) -> LifecycleError:
    """A Delete without an id found a solution that the request before it may not have made."""
    return LifecycleError(
        goal.label,
        "DeleteSolution",
        "it existed before the stack's last update, and CloudFormation doesn't know it as this resource's; "
        "it was left as it is",
        "if nobody needs it, delete it; otherwise keep the resource out of the delete (RetainResources)",
        "NotOwned",
    )


def not_updatable(goal: Goal) -> LifecycleError:
    """A change needs a replacement, which can't have the same name."""
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
        cause = f"it belongs to the resource {other}, which this stack no longer has"
        next_step = f'declare it with solution_name="{goal.name}" and adopt_existing=True to take it over'
    elif other == goal.owner.logical_id:  # which was renamed, and has not been updated since
        cause = "another resource of this stack has it, whose logical id has changed"
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
