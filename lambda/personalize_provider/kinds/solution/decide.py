"""The next step after a look at a solution. Pure: no calls, no clock, no state."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from personalize_provider.aws.errors import LifecycleError, not_finished
from personalize_provider.aws.reading import CREATING, DELETING
from personalize_provider.engine.goal import Absent, Goal, Present
from personalize_provider.engine.identity import ADOPTED_TAG, CONFIG_HASH_TAG, STACK_ID_TAG, TAG_PREFIX
from personalize_provider.engine.steps import Done, Effect, Fail, Step, Wait
from personalize_provider.kinds.solution.adoption import differences
from personalize_provider.kinds.solution.config import carries, updatable, update_request
from personalize_provider.kinds.solution.desired import AbsentSolution
from personalize_provider.kinds.solution.effects import Adopt, Configure, Create, Delete, Retag, StopTraining
from personalize_provider.kinds.solution.observed import Observed, attributes, is_older, is_ours, is_since
from personalize_provider.kinds.solution.refusals import (
    NotAdoptableError,
    existed_before,
    moved_from_another_stack,
    not_owned,
    not_updatable,
    owned_elsewhere,
    retained,
    service_failed,
)

_STOPPABLE = CREATING  # rule 82

_NO_STATUS = "unknown"  # in messages, if the service gives no status

# Each call can take 13 seconds, and a look has two minutes for all of its calls.
_MOST_STOPS_AT_ONCE = 3

# A younger request has not been worked on yet, unless it was delivered twice.
_OPENING_SECONDS = 8.0


def opening(goal: Present | AbsentSolution, now: float) -> Effect | None:
    """The effect to try without a look, because the service refuses it where it would do harm; None if none.

    The service refuses to create a solution whose name is taken, and to delete one that is in use. So a look
    first would tell nothing more, and the whole account has one look a second (rule 118). Whether an earlier
    create was accepted follows from the tags, which have no such limit.
    """
    if isinstance(goal, Absent):
        # A made-up id can stand for a Create that found another solution of that name.
        return Delete() if goal.name_proves_owner and goal.is_known else None
    is_fresh = now - goal.since < _OPENING_SECONDS
    return Create() if goal.starts_anew and is_fresh else None


def decide(goal: Present | AbsentSolution, observed: Observed | None, *, now: float, expired: bool) -> Step:
    """The next step.

    Args:
        goal: What the request wants.
        observed: What exists; None if there is no such solution.
        now: The time, in seconds since the epoch.
        expired: The request has reached its deadline, so a Wait becomes a failure.
    """
    step = (
        _towards_present(goal, observed)
        if isinstance(goal, Present)
        else _towards_absent(goal, observed, now, expired=expired)
    )
    if not (expired and isinstance(step, Wait)):
        return step
    never_active = (
        observed is not None
        and is_ours(goal, observed)
        and not observed.is_adopted
        and _was_never_active(goal, observed)
    )
    failure = not_finished(goal.label, step.reason, now - goal.since, _instead_of_waiting(goal, observed))
    return Fail(failure, discard=Delete() if never_active else None)


def _instead_of_waiting(goal: Present | AbsentSolution, observed: Observed | None) -> str:
    """What ends a wait for which no deadline is long enough: a training can take hours (rule 59)."""
    waits_for_training = isinstance(goal, Absent) and goal.wait_for_training
    if waits_for_training and observed is not None and observed.in_training:
        return "try again when it has been trained, or stop the training first"
    return ""


def _was_never_active(goal: Goal, observed: Observed) -> bool:
    is_unknown = observed.status not in CREATING | DELETING | {"ACTIVE"}
    return observed.status in CREATING or (is_unknown and is_since(goal, observed, observed.solution))


def _towards_present(goal: Present, observed: Observed | None) -> Step:
    if observed is None:
        return Create()
    if observed.status in DELETING:
        return Wait(f"a solution of that name is {observed.status}")
    if goal.adopts and _must_be_adopted(goal, observed):
        return _adoption(goal, observed)
    if not is_ours(goal, observed):
        # The failed update did not change another owner's solution, so there is nothing to revert.
        return Done(attributes(goal.arn, observed)) if goal.is_undone else Fail(not_owned(goal, observed))
    if observed.status == "CREATE FAILED":
        return _after_failed_create(goal, observed)
    if observed.status != "ACTIVE":
        return Wait(f"status {observed.status or _NO_STATUS}")
    is_as_made = goal.is_unchanged or observed.tags.get(CONFIG_HASH_TAG) == goal.config_hash
    if not goal.name_proves_owner and not is_as_made:
        return Fail(not_updatable(goal))
    return _when_active(goal, observed)


def _must_be_adopted(goal: Present, observed: Observed) -> bool:
    """Whether a solution must still be marked as older than its owner, even if the owner's tags are on it."""
    existed = not goal.is_known and not observed.is_adopted and is_older(observed, goal.asked_at)
    return existed or not is_ours(goal, observed)


def _is_anothers(goal: Present, observed: Observed) -> bool:
    """Whether a solution can't be adopted, because another resource has it or may have it."""
    is_orphan = goal.owner.shares_stack_with(observed.tags) and not observed.is_claimed
    return observed.is_claimed or (goal.owner.is_denied_by(observed.tags) and not is_orphan)


def _is_another_stacks(goal: Goal, observed: Observed) -> bool:
    return STACK_ID_TAG in observed.tags and not goal.owner.shares_stack_with(observed.tags)


def _adoption(goal: Present, observed: Observed) -> Step:
    """Adopt a solution without an owner that is as declared. One call writes all tags, or none."""
    if _is_anothers(goal, observed):
        return Fail(owned_elsewhere(goal, observed))
    if observed.status == "CREATE FAILED":
        version = observed.solution.get("latestSolutionVersion", {})
        return Fail(service_failed(goal, "adopting it", version))
    if observed.status != "ACTIVE":
        return Wait(f"status {observed.status or _NO_STATUS}")
    unlike = differences(goal.request, observed.solution)
    if unlike:
        return Fail(NotAdoptableError(goal.label, unlike))
    return Adopt({**goal.tags, ADOPTED_TAG: "true"}, frozenset(), was=updatable(observed.current))


def _when_active(goal: Present, observed: Observed) -> Step:
    add = {key: value for key, value in goal.tags.items() if observed.tags.get(key) != value}
    remove = goal.dropped_tags & observed.tags.keys()
    if add or remove:
        return _retag(goal, observed.tags, add, frozenset(remove))
    if observed.is_updating:
        return Wait(f"update {observed.update_status}")
    changes = update_request(updatable(goal.request), updatable(observed.current))
    if not changes:
        return Done(attributes(goal.arn, observed))
    # The service may describe a configuration in another spelling (rule 45), and a failed update leaves the
    # old one in place. In both cases, one request does not send the same update twice.
    if not _has_sent(goal, observed, changes):
        return Configure(changes)
    match observed.update_status:
        case "ACTIVE":
            return Done(attributes(goal.arn, observed))
        case "CREATE FAILED":
            return Fail(service_failed(goal, "UpdateSolution", observed.update))
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


def _after_failed_create(goal: Present, observed: Observed) -> Step:
    # A solution has no failure reason of its own (rule 47).
    version = observed.solution.get("latestSolutionVersion", {})
    failure = service_failed(goal, "CreateSolution", version)
    if observed.is_adopted:
        return Fail(failure)
    if is_since(goal, observed, observed.solution):
        return Fail(failure, discard=Delete())
    if version or "creationDateTime" not in observed.solution:
        return Fail(failure)  # it was in use once, or may be this request's: the user decides
    return Delete()  # an earlier request left it, and it has no versions


def _towards_absent(goal: AbsentSolution, observed: Observed | None, now: float, *, expired: bool) -> Step:
    if observed is None:
        # A deadline can be shorter than the quiet time, and must not fail the delete of nothing.
        if now < goal.since + goal.quiet_seconds and not expired:
            return Wait("nothing found yet; a create may still be in progress")
        return Done({})
    if not is_ours(goal, observed):
        return _leaving(goal, observed, now, expired=expired)
    release = releasing(goal, observed.tags)
    if release is not None:
        return release
    if goal.is_id_made_up and is_older(observed, goal.operation_began):
        # A rollback belongs to the same operation as the create that was given up.
        return Done({}) if goal.leaves_older or goal.is_undone else Fail(existed_before(goal))
    return _deletion(goal, observed)


def _leaving(goal: AbsentSolution, observed: Observed, now: float, *, expired: bool) -> Step:
    """The step of a Delete for another owner's solution: none, unless it may still turn out to be ours."""
    # CloudFormation may still show the resource under its earlier logical id.
    may_change = goal.keeps_adopted or observed.is_claimed
    if may_change and now < goal.since + goal.quiet_seconds and not expired:
        return Wait("not the owner's yet; an adoption or a new logical id may not be visible")
    # In a rollback, this can be the Delete of a Create that failed on the name of another stack's solution.
    # Any other Delete is for a solution that the stack had.
    had_it = goal.is_known and not goal.is_undone and not goal.keeps_adopted
    if had_it and _is_another_stacks(goal, observed) and observed.status not in DELETING:
        return Fail(moved_from_another_stack(goal, "DeleteSolution", observed))
    return Done({})


def _deletion(goal: AbsentSolution, observed: Observed) -> Step:
    if observed.status in DELETING | CREATING:
        return Wait(f"status {observed.status or _NO_STATUS}")
    if observed.is_updating:  # rule 77
        return Wait(f"update {observed.update_status}")
    if goal.takes_precautions and observed.status == "ACTIVE" and observed.may_train_automatically:
        # Otherwise a version can start at any time, and the service refuses the delete while one trains (rule
        # 76). Only one try: a service that can't do this must not keep the solution from being deleted.
        off = {"performAutoTraining": False}
        if not _has_sent(goal, observed, off):
            return Configure(off)
    return _end_training(goal, observed) or Delete()


def _end_training(goal: AbsentSolution, observed: Observed) -> Step | None:
    training = observed.in_training
    stoppable = tuple(arn for arn, status in training.items() if status in _STOPPABLE)
    if stoppable and goal.takes_precautions and not goal.wait_for_training:
        return StopTraining(stoppable[:_MOST_STOPS_AT_ONCE])
    if training and (goal.takes_precautions or goal.wait_for_training):
        return Wait("; ".join(f"version {arn.rpartition('/')[2]} is {was}" for arn, was in training.items()))
    return None


def refusal(goal: Present, observed: Observed) -> LifecycleError | None:
    """Why a Create, or the new solution of a replacement, can't have a name that is taken; None if it can.

    This must be known before the id is answered: when the deploy fails, CloudFormation deletes the solution
    with that id, with all of its versions.

    Args:
        goal: What the request creates.
        observed: The solution that has its name.
    """
    if observed.status in DELETING or (goal.adopts and not _is_anothers(goal, observed)):
        return None
    if observed.is_claimed or not goal.owns(observed.tags):
        return owned_elsewhere(goal, observed) if goal.adopts else not_owned(goal, observed)
    is_worthless = observed.status == "CREATE FAILED" and "latestSolutionVersion" not in observed.solution
    return retained(goal, observed) if is_older(observed, goal.asked_at) and not is_worthless else None


def releasing(goal: Absent, tags: Mapping[str, str]) -> Retag | None:
    """The effect of a Delete on an adopted solution: it is released rather than deleted. None for any other.

    Not every Delete tells whether it reverts the adoption or deletes the stack. So no adopted solution is
    deleted while the properties ask for adoption.
    """
    if goal.keeps_adopted and ADOPTED_TAG in tags:
        return Retag({}, frozenset(key for key in tags if key.startswith(TAG_PREFIX)))
    return None


def _has_sent(goal: Goal, observed: Observed, changes: Mapping[str, Any]) -> bool:
    """Whether this request sent an UpdateSolution with these changes, and it is the latest.

    An update without a date counts as this request's: sending it again and again could start trainings (rule
    68).
    """
    update = observed.update
    since = "creationDateTime" not in update or is_since(goal, observed, update)
    return bool(update) and since and carries(update, changes)
