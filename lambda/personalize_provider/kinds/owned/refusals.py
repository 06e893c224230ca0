"""The failures of requests: another owner's resources, older ones, and those that the service failed.

`tests/reliability/test_refusals.py` follows each next step.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from personalize_provider.aws.errors import LifecycleError
from personalize_provider.engine.goal import Goal, Present
from personalize_provider.engine.identity import LOGICAL_ID_TAG, STACK_ID_TAG, TAG_PREFIX
from personalize_provider.kinds.owned.observed import Observed, P


class NotAdoptableError(LifecycleError):
    """The resource to adopt differs from the declared one; every difference is on its own line."""

    def __init__(self, resource: str, differences: Sequence[str]) -> None:
        """List the differences."""
        self.differences = tuple(differences)
        super().__init__(
            resource,
            "adopting it",
            "it is not as declared in what can't be changed, and was left as it is",
            f"declare it as it is, or choose another {resource.partition(' ')[0]}_name",
            "NotAdoptable",
            differences,
        )


def service_failed(goal: Goal, operation: str, described: Mapping[str, Any], check: str) -> LifecycleError:
    """The service accepted an operation, which then failed.

    Args:
        goal: What the request wants.
        operation: The operation.
        described: What may have the reason.
        check: The next step if there is no reason.
    """
    reason = described.get("failureReason")
    return LifecycleError(
        goal.label,
        operation,
        reason or "the service gives no reason",
        "correct what it names and deploy again" if reason else check,
        "CREATE FAILED",
    )


def not_owned(goal: P, observed: Observed[P]) -> LifecycleError:
    """A resource of that name exists and isn't this one's."""
    tags = observed.tags
    if observed.is_claimed or goal.owner.shares_stack_with(tags):
        return _another_resources(goal, observed, goal.operation("Create"))
    if STACK_ID_TAG in tags and goal.is_known:
        return moved_from_another_stack(goal, "Update", observed)
    cause = f"a {goal.noun} of that name exists (status {observed.status}) and is not this resource's; "
    next_step = _other_name(goal)
    if STACK_ID_TAG in tags:
        cause += f"it belongs to the resource {_logical_id(observed)} of the stack {tags[STACK_ID_TAG]}; "
    elif observed.status == "ACTIVE" and not observed.differences(goal):
        next_step += f"; adopt_existing takes the {goal.noun} over"
    return LifecycleError(
        goal.label, goal.operation("Create"), f"{cause}it was left as it is", next_step, "AlreadyExists"
    )


def owned_elsewhere(goal: Present, observed: Observed[Any]) -> LifecycleError:
    """The resource to adopt belongs to another one."""
    if observed.is_claimed or goal.owner.shares_stack_with(observed.tags):
        return _another_resources(goal, observed, "adopting it")
    stack = observed.tags.get(STACK_ID_TAG, "an unknown one")
    return LifecycleError(
        goal.label,
        "adopting it",
        f"it belongs to the resource {_logical_id(observed)} of the stack {stack}, and was left as it is",
        f"choose another {goal.noun}_name; if that stack is gone, remove the {goal.noun}'s tags "
        f"{TAG_PREFIX}*",
        "AlreadyExists",
    )


def moved_from_another_stack(goal: Goal, verb: str, observed: Observed[Any]) -> LifecycleError:
    """CloudFormation says that a resource is this resource's, and its tags name another stack.

    The role must not change it, and nothing tells whether the other stack still has it.
    """
    is_delete = verb == "Delete"
    otherwise = "keep the resource out of the delete (RetainResources)" if is_delete else _other_name(goal)
    return LifecycleError(
        goal.label,
        goal.operation(verb),
        f"its tags say that it belongs to the resource {_logical_id(observed)} of the stack "
        f"{observed.tags[STACK_ID_TAG]}; it was left as it is",
        "if it was moved to this stack, set its tag and try again: aws personalize tag-resource "
        f"--resource-arn {goal.arn} --tags tagKey={STACK_ID_TAG},tagValue={goal.owner.stack_id}; "
        f"otherwise {otherwise}",
        "NotOwned",
    )


def retained(goal: Present, observed: Observed[Any]) -> LifecycleError:
    """The resource to create already exists: a rollback would delete it with all that it has."""
    created = observed.described["creationDateTime"]
    return LifecycleError(
        goal.label,
        goal.operation("Create"),
        f"it has existed since {created:%Y-%m-%d %H:%M}: it was retained, or its delete was given up; "
        "it was left as it is",
        f'to take it over, declare it with {goal.noun}_name="{goal.name}" and adopt_existing=True; '
        "if nobody needs it, delete it",
        "AlreadyExists",
    )


def existed_before(goal: Goal) -> LifecycleError:
    """A Delete without an id found a resource that the request before it may not have made."""
    return LifecycleError(
        goal.label,
        goal.operation("Delete"),
        "it existed before the stack's last update, and CloudFormation doesn't know it as this resource's; "
        "it was left as it is",
        "if nobody needs it, delete it; otherwise keep the resource out of the delete (RetainResources)",
        "NotOwned",
    )


def not_updatable(goal: Goal) -> LifecycleError:
    """A change needs a replacement, which can't have the same name."""
    return LifecycleError(
        goal.label,
        goal.operation("Update"),
        f"the change needs a new {goal.noun}, and this one's name is fixed by {goal.noun}_name",
        f"change {goal.noun}_name as well, or leave it out to have one generated",
        "NotUpdatable",
    )


def _another_resources(goal: Present, observed: Observed[Any], operation: str) -> LifecycleError:
    other = _logical_id(observed)
    if not observed.is_claimed:
        cause = f"it belongs to the resource {other}, which this stack no longer has"
        next_step = f'declare it with {goal.noun}_name="{goal.name}" and adopt_existing=True to take it over'
    elif other == goal.owner.logical_id:  # which was renamed, and has not been updated since
        cause = "another resource of this stack has it, whose logical id has changed"
        next_step = f"give one of the two a {goal.noun}_name"
    else:
        cause = f"it belongs to the resource {other} of this stack"
        next_step = (
            "to rename the resource, keep its logical id: "
            f'{goal.noun}.node.default_child.override_logical_id("{other}"); '
            f"for one more {goal.noun}, choose another {goal.noun}_name"
        )
    return LifecycleError(goal.label, operation, f"{cause}; it was left as it is", next_step, "AlreadyExists")


def _logical_id(observed: Observed[Any]) -> str:
    return observed.tags.get(LOGICAL_ID_TAG, "an unknown one")


def _other_name(goal: Goal) -> str:
    return f"choose another {goal.noun}_name, or leave it out to have one generated"
