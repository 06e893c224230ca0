"""The decisions that don't depend on the kind: ownership, adoption, tags, updates and deletes. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from personalize_provider.aws.errors import LifecycleError, not_finished
from personalize_provider.aws.reading import CREATING, DELETING
from personalize_provider.engine.goal import Absent, Goal, Present
from personalize_provider.engine.identity import ADOPTED_TAG, STACK_ID_TAG, TAG_PREFIX
from personalize_provider.engine.steps import Done, Fail, Step, Wait
from personalize_provider.kinds.owned.effects import Adopt, Configure, Delete, Retag
from personalize_provider.kinds.owned.observed import Observed, P, is_older, is_ours, is_since
from personalize_provider.kinds.owned.refusals import (
    NotAdoptableError,
    existed_before,
    moved_from_another_stack,
    not_owned,
    not_updatable,
    owned_elsewhere,
    retained,
    service_failed,
)

_NO_STATUS = "unknown"  # in messages, if the service gives no status


def without_look(goal: Goal) -> Delete | None:
    """The delete to try without a look, because the service refuses it where it would do harm.

    A look first would tell nothing more, and the whole account has one look a second (rule 118). A made-up id
    can stand for a Create that found another resource of that name.
    """
    is_safe = isinstance(goal, Absent) and goal.name_proves_owner and goal.is_known
    return Delete() if is_safe else None


def at_deadline(
    goal: Goal, step: Wait, now: float, *, instead: str = "", discard: Delete | None = None
) -> Fail:
    """The failure of a request that would have to wait beyond its deadline.

    Args:
        goal: What the request wants.
        step: What it waits for.
        now: The time, in seconds since the epoch.
        instead: What ends the wait, if more time does not.
        discard: Cleans up what this request made.
    """
    return Fail(not_finished(goal.label, step.reason, now - goal.since, instead), discard=discard)


def was_never_active(goal: Goal, observed: Observed[Any]) -> bool:
    """Whether a resource is the owner's own and has never been of use."""
    is_unknown = observed.status not in CREATING | DELETING | {"ACTIVE"}
    is_new = observed.status in CREATING or (is_unknown and is_since(goal, observed, observed.described))
    return is_new and is_ours(goal, observed) and not observed.is_adopted


def towards_present(goal: P, observed: Observed[P]) -> Step:
    """The next step for a resource that exists and must be as declared."""
    if observed.status in DELETING:
        return Wait(f"a {goal.noun} of that name is {observed.status}")
    if goal.adopts and _must_be_adopted(goal, observed):
        return _adoption(goal, observed)
    if not is_ours(goal, observed):
        # The failed update did not change another owner's resource, so there is nothing to revert.
        return Done(observed.attributes(goal)) if goal.is_undone else Fail(not_owned(goal, observed))
    if observed.status == "CREATE FAILED":
        return _after_failed_create(goal, observed)
    if observed.status != "ACTIVE":
        return Wait(_status(observed))
    if not (goal.name_proves_owner or goal.is_unchanged or observed.is_made_from(goal)):
        return Fail(not_updatable(goal))
    return _when_active(goal, observed)


def _must_be_adopted(goal: Present, observed: Observed[Any]) -> bool:
    """Whether a resource must still be marked as older than its owner, even if the owner's tags are on it."""
    existed = not goal.is_known and not observed.is_adopted and is_older(observed, goal.asked_at)
    return existed or not is_ours(goal, observed)


def _is_anothers(goal: Present, observed: Observed[Any]) -> bool:
    """Whether a resource can't be adopted, because another one has it or may have it."""
    is_orphan = goal.owner.shares_stack_with(observed.tags) and not observed.is_claimed
    return observed.is_claimed or (goal.owner.is_denied_by(observed.tags) and not is_orphan)


def _adoption(goal: P, observed: Observed[P]) -> Step:
    """Adopt a resource without an owner that is as declared. One call writes all tags, or none."""
    if _is_anothers(goal, observed):
        return Fail(owned_elsewhere(goal, observed))
    if observed.status == "CREATE FAILED":
        return Fail(service_failed(goal, "adopting it", observed.failed, observed.CHECK))
    if observed.status != "ACTIVE":
        return Wait(_status(observed))
    unlike = observed.differences(goal)
    if unlike:
        return Fail(NotAdoptableError(goal.label, unlike))
    return Adopt({**goal.tags, ADOPTED_TAG: "true"}, frozenset(), was=observed.settings)


def _when_active(goal: P, observed: Observed[P]) -> Step:
    add = {key: value for key, value in goal.tags.items() if observed.tags.get(key) != value}
    remove = goal.dropped_tags & observed.tags.keys()
    if add or remove:
        return _retag(goal, observed.tags, add, frozenset(remove))
    if observed.is_updating:
        return Wait(f"update {observed.update_status}")
    changes = observed.changes(goal)
    if not changes:
        return Done(observed.attributes(goal))
    # The service may describe a configuration in another spelling (rule 45), and a failed update leaves the
    # old one in place. In both cases, one request does not send the same update twice.
    if not has_sent(goal, observed, changes):
        return Configure(changes)
    match observed.update_status:
        case "ACTIVE":
            return Done(observed.attributes(goal))
        case "CREATE FAILED":
            return Fail(service_failed(goal, goal.operation("Update"), observed.update, observed.CHECK))
        case unknown:  # rule 53
            return Wait(f"update {unknown or _NO_STATUS}")


def _retag(goal: Present, tags: Mapping[str, str], add: Mapping[str, str], remove: frozenset[str]) -> Retag:
    """Remove tags only after making sure that they can be written again: a rollback would have to.

    So the tags to remove are first written unchanged. If either of the two calls is refused, the rollback
    finds everything in place. New tags come last, because there may be no room for them before. A rollback
    skips the first call.
    """
    if not remove:
        return Retag(add, remove)
    return Retag({} if goal.restores else {key: tags[key] for key in remove}, remove, add)


def _after_failed_create(goal: P, observed: Observed[P]) -> Step:
    failure = service_failed(goal, goal.operation("Create"), observed.failed, observed.CHECK)
    if observed.is_adopted:
        return Fail(failure)
    if is_since(goal, observed, observed.described):
        return Fail(failure, discard=Delete())
    if observed.was_used or "creationDateTime" not in observed.described:
        return Fail(failure)  # it was in use once, or may be this request's: the user decides
    return Delete()  # an earlier request left it, and it was never of use


def once_gone(goal: Absent, now: float, *, expired: bool) -> Step:
    """The next step of a Delete that finds nothing."""
    # A deadline can be shorter than the quiet time, and must not fail the delete of nothing.
    if now < goal.since + goal.quiet_seconds and not expired:
        return Wait("nothing found yet; a create may still be in progress")
    return Done({})


def towards_absent(goal: Absent, observed: Observed[Any], now: float, *, expired: bool) -> Step | None:
    """The next step for a resource that exists and must be gone; None if it can be deleted now."""
    if not is_ours(goal, observed):
        return _leaving(goal, observed, now, expired=expired)
    release = releasing(goal, observed.tags)
    if release is not None:
        return release
    if goal.is_id_made_up and is_older(observed, goal.operation_began):
        # A rollback belongs to the same operation as the create that was given up.
        return Done({}) if goal.leaves_older or goal.is_undone else Fail(existed_before(goal))
    if observed.status in DELETING | CREATING:
        return Wait(_status(observed))
    if observed.is_updating:  # rule 77
        return Wait(f"update {observed.update_status}")
    return None


def _leaving(goal: Absent, observed: Observed[Any], now: float, *, expired: bool) -> Step:
    """The step of a Delete for another owner's resource: none, unless it may still turn out to be ours."""
    # CloudFormation may still show the resource under its earlier logical id.
    may_change = goal.keeps_adopted or observed.is_claimed
    if may_change and now < goal.since + goal.quiet_seconds and not expired:
        return Wait("not the owner's yet; an adoption or a new logical id may not be visible")
    # In a rollback, this can be the Delete of a Create that failed on the name of another stack's resource.
    # Any other Delete is for a resource that the stack had.
    had_it = goal.is_known and not goal.is_undone and not goal.keeps_adopted
    is_another_stacks = STACK_ID_TAG in observed.tags and not goal.owner.shares_stack_with(observed.tags)
    if had_it and is_another_stacks and observed.status not in DELETING:
        return Fail(moved_from_another_stack(goal, "Delete", observed))
    return Done({})


def refusal(goal: P, observed: Observed[P]) -> LifecycleError | None:
    """Why a Create, or the new resource of a replacement, can't have a name that is taken; None if it can.

    This must be known before the id is answered: when the deploy fails, CloudFormation deletes the resource
    with that id, with all that it has.

    Args:
        goal: What the request creates.
        observed: The resource that has its name.
    """
    if observed.status in DELETING or (goal.adopts and not _is_anothers(goal, observed)):
        return None
    if observed.is_claimed or not goal.owns(observed.tags):
        return owned_elsewhere(goal, observed) if goal.adopts else not_owned(goal, observed)
    is_worthless = observed.status == "CREATE FAILED" and not observed.was_used
    return retained(goal, observed) if is_older(observed, goal.asked_at) and not is_worthless else None


def releasing(goal: Absent, tags: Mapping[str, str]) -> Retag | None:
    """The effect of a Delete on an adopted resource: it is released rather than deleted. None for any other.

    Not every Delete tells whether it reverts the adoption or deletes the stack. So no adopted resource is
    deleted while the properties ask for adoption.
    """
    if goal.keeps_adopted and ADOPTED_TAG in tags:
        return Retag({}, frozenset(key for key in tags if key.startswith(TAG_PREFIX)))
    return None


def has_sent(goal: Goal, observed: Observed[Any], changes: Mapping[str, Any]) -> bool:
    """Whether this request sent an update with these changes, and it is the latest.

    An update without a date counts as this request's: sending it again and again could start trainings (rule
    68).
    """
    update = observed.update
    since = "creationDateTime" not in update or is_since(goal, observed, update)
    return bool(update) and since and observed.carries(changes)


def _status(observed: Observed[Any]) -> str:
    return f"status {observed.status or _NO_STATUS}"
