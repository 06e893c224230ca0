"""What follows from a look at a solution. Pure: no calls, no clock, no state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from personalize_provider.aws.errors import LifecycleError, NotAdoptableError, not_finished
from personalize_provider.engine.identity import (
    ADOPTED_TAG,
    CONFIG_HASH_TAG,
    STACK_ID_TAG,
    TAG_PREFIX,
)
from personalize_provider.engine.steps import Done, Effect, Fail, Step, Wait
from personalize_provider.kinds.solution.adoption import differences
from personalize_provider.kinds.solution.config import UPDATABLE_MEMBERS, carries, updatable, update_request
from personalize_provider.kinds.solution.desired import Absent, Goal, Present
from personalize_provider.kinds.solution.refusals import (
    moved_from_another_stack,
    not_owned,
    not_updatable,
    owned_elsewhere,
    retained,
    was_there_before,
)

_CREATING = frozenset({"CREATE PENDING", "CREATE IN_PROGRESS"})
_DELETING = frozenset({"DELETE PENDING", "DELETE IN_PROGRESS"})
_STOPPABLE = _CREATING  # rule 82
_IN_TRAINING = _STOPPABLE | {"CREATE STOPPING"}  # rules 76 and 78

# How much the service's clocks may differ from the one that dates its answers.
_SKEW_SECONDS = 5.0

_NO_STATUS = "unknown"  # how messages call one that the service leaves out

# AWS takes no request whose clock is further off (signature version 4). A training takes longer (rule 59).
_CLOCKS_DIFFER_SECONDS = 300.0

# Each call may take 13 seconds, and a look has two minutes for all that it does.
_MOST_STOPS_AT_ONCE = 3

# A request this young has not been worked on yet, unless it was delivered twice.
_OPENING_SECONDS = 8.0


@dataclass(frozen=True)
class Observed:
    """A solution as it is now.

    Attributes:
        solution: What DescribeSolution answers.
        tags: Its tags.
        versions: Its versions as ListSolutionVersions has them; read only for a delete.
        lead: By how many seconds the service's clock is ahead of ours; less than zero if it is behind.
        is_claimed: Another resource of the stack has it; read only where its tags leave that open.
    """

    solution: Mapping[str, Any]
    tags: Mapping[str, str]
    versions: tuple[Mapping[str, Any], ...] = ()
    lead: float = 0.0
    is_claimed: bool = False

    @property
    def status(self) -> str:
        """The solution's status, in one spelling."""
        return normalized(self.solution.get("status", ""))

    @property
    def is_adopted(self) -> bool:
        """Whether it was there before its owner."""
        return ADOPTED_TAG in self.tags

    @property
    def update(self) -> Mapping[str, Any]:
        """The latest UpdateSolution, which has a status of its own (rule 70); empty before the first."""
        update: Mapping[str, Any] = self.solution.get("latestSolutionUpdate", {})
        return update

    @property
    def current(self) -> Mapping[str, Any]:
        """The solution with its latest update: whether the service describes it so is not documented."""
        if normalized(self.update.get("status", "")) != "ACTIVE":
            return self.solution
        config = {**self.solution.get("solutionConfig", {}), **self.update.get("solutionUpdateConfig", {})}
        updated = {key: self.update[key] for key in UPDATABLE_MEMBERS if key in self.update}
        return {**self.solution, **updated, "solutionConfig": config}

    @property
    def may_train_by_itself(self) -> bool:
        """Whether anything says that automatic training is on."""
        return any(seen.get("performAutoTraining", False) for seen in (self.solution, self.current))

    @property
    def is_updating(self) -> bool:
        """Whether an UpdateSolution is under way."""
        return normalized(self.update.get("status", "")) in _CREATING


@dataclass(frozen=True)
class Create(Effect):
    """CreateSolution with the goal's request."""


@dataclass(frozen=True)
class Configure(Effect):
    """UpdateSolution with these members."""

    changes: Mapping[str, Any]


@dataclass(frozen=True)
class Retag(Effect):
    """TagResource, UntagResource and TagResource again, each if there is something to do.

    Attributes:
        add: Tags to write first.
        remove: Keys of tags to take off after that.
        add_last: Tags to write at the end.
    """

    add: Mapping[str, str]
    remove: frozenset[str]
    add_last: Mapping[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        """Keys only: values of tags may be confidential, and this is logged."""
        last = f", add_last={sorted(self.add_last)}" if self.add_last else ""
        return f"Retag(add={sorted(self.add)}, remove={sorted(self.remove)}{last})"


@dataclass(frozen=True)
class Adopt(Retag):
    """TagResource that makes a solution the owner's.

    Attributes:
        was: What UpdateSolution can change, as it was: nothing but the log will know.
    """

    was: Mapping[str, Any] = field(default_factory=dict)

    def __repr__(self) -> str:
        """What is logged."""
        return f"Adopt(was={self.was})"


@dataclass(frozen=True)
class StopTraining(Effect):
    """StopSolutionVersionCreation for these versions."""

    version_arns: tuple[str, ...]


@dataclass(frozen=True)
class Delete(Effect):
    """DeleteSolution."""


def normalized(status: str) -> str:
    """A status in upper case with spaces; the service's own documents also print underscores (rule 52)."""
    action, _, rest = status.upper().replace("_", " ").partition(" ")
    return f"{action} {rest.replace(' ', '_')}".strip()


def is_ours(goal: Goal, observed: Observed) -> bool:
    """Whether a solution is the owner's, also under a logical id that it did not always have."""
    return not observed.is_claimed and (goal.owns(observed.tags) or goal.may_have_moved(observed.tags))


def opening(goal: Present | Absent, now: float) -> Effect | None:
    """What to try without a look, because the service refuses it where it would do harm; None if nothing.

    It refuses to create a solution whose name is taken, and to delete one that is in use. So a look before
    would tell nothing more, and one look a second has to serve the whole account (rule 118). Whether an older
    create has been taken is told by the tags, which are not limited so.
    """
    if isinstance(goal, Absent):
        # An id that is made up may stand for a Create that found something of that name.
        return Delete() if goal.name_proves_owner and goal.is_known else None
    is_fresh = now - goal.since < _OPENING_SECONDS
    return Create() if goal.starts_anew and is_fresh else None


def decide(goal: Present | Absent, observed: Observed | None, *, now: float, expired: bool) -> Step:
    """Say what to do next.

    Args:
        goal: What the request wants.
        observed: What is there; None when there is no such solution.
        now: Seconds since the epoch.
        expired: The request has reached its deadline: there is no more waiting.
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


def _instead_of_waiting(goal: Goal, observed: Observed | None) -> str:
    """What ends a wait that no deadline is long enough for: a training may take hours (rule 59)."""
    if (
        isinstance(goal, Absent)
        and goal.wait_for_training
        and observed is not None
        and _in_training(observed)
    ):
        return "try again when it has been trained, or stop the training first"
    return ""


def _was_never_active(goal: Goal, observed: Observed) -> bool:
    is_unknown = observed.status not in _CREATING | _DELETING | {"ACTIVE"}
    return observed.status in _CREATING or (is_unknown and _is_since(goal, observed, observed.solution))


def _towards_present(goal: Present, observed: Observed | None) -> Step:
    if observed is None:
        return Create()
    if observed.status in _DELETING:
        return Wait(f"a solution of that name is {observed.status}")
    if goal.adopts and _is_to_be_adopted(goal, observed):
        return _adoption(goal, observed)
    if not is_ours(goal, observed):
        # What is not ours was not changed by the update that is taken back.
        return Done(attributes(goal.arn, observed)) if goal.is_undone else Fail(not_owned(goal, observed))
    if observed.status == "CREATE FAILED":
        return _after_failed_create(goal, observed)
    if observed.status != "ACTIVE":
        return Wait(f"status {observed.status or _NO_STATUS}")
    is_as_made = goal.is_unchanged or observed.tags.get(CONFIG_HASH_TAG) == goal.config_hash
    if not goal.name_proves_owner and not is_as_made:
        return Fail(not_updatable(goal))
    return _when_active(goal, observed)


def _is_to_be_adopted(goal: Present, observed: Observed) -> bool:
    """Whether a solution has still to be marked as one that was there before, be it the owner's of old."""
    was_there = not goal.is_known and not observed.is_adopted and is_older(observed, goal.asked_at)
    return was_there or not is_ours(goal, observed)


def _is_anothers(goal: Present, observed: Observed) -> bool:
    """Whether a solution can't be adopted, because another resource has it or may have it."""
    is_orphan = goal.owner.shares_stack_with(observed.tags) and not observed.is_claimed
    return observed.is_claimed or (goal.owner.is_denied_by(observed.tags) and not is_orphan)


def _is_another_stacks(goal: Goal, observed: Observed) -> bool:
    return STACK_ID_TAG in observed.tags and not goal.owner.shares_stack_with(observed.tags)


def _adoption(goal: Present, observed: Observed) -> Step:
    """Take over a solution that is nobody's and as declared, in one call: all marks are there, or none."""
    if _is_anothers(goal, observed):
        return Fail(owned_elsewhere(goal, observed))
    if observed.status == "CREATE FAILED":
        return Fail(_failed(goal, "adopting it", observed.solution.get("latestSolutionVersion", {})))
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
        return Wait(f"update {normalized(observed.update['status'])}")
    wanted = updatable(goal.request)
    changes = update_request(wanted, updatable(observed.current))
    if not changes:
        return Done(attributes(goal.arn, observed))
    # The service may describe a configuration in other words than it was given (rule 45), and a failed
    # update leaves the old one in place: either way, the same update is not sent twice by one request.
    if not _has_sent(goal, observed, changes):
        return Configure(changes)
    match normalized(observed.update.get("status", "")):
        case "ACTIVE":
            return Done(attributes(goal.arn, observed))
        case "CREATE FAILED":
            return Fail(_failed(goal, "UpdateSolution", observed.update))
        case unknown:  # rule 53
            return Wait(f"update {unknown or _NO_STATUS}")


def _retag(goal: Present, tags: Mapping[str, str], add: Mapping[str, str], remove: frozenset[str]) -> Retag:
    """Take tags off only after it is known that they can be put back: a rollback would have to.

    So the tags to take off are first written once more as they are, which changes nothing. If either of the
    two calls is refused, the rollback finds everything in place. New tags come last: there may be no room
    before. A rollback has nothing to prove.
    """
    if not remove:
        return Retag(add, remove)
    return Retag({} if goal.restores else {key: tags[key] for key in remove}, remove, add)


def _after_failed_create(goal: Present, observed: Observed) -> Step:
    # A solution has no failure reason of its own (rule 47).
    version = observed.solution.get("latestSolutionVersion", {})
    failure = _failed(goal, "CreateSolution", version)
    if observed.is_adopted:
        return Fail(failure)
    if _is_since(goal, observed, observed.solution):
        return Fail(failure, discard=Delete())
    if version or "creationDateTime" not in observed.solution:
        return Fail(failure)  # it was in use once, or may be this request's: whoever looks at it decides
    return Delete()  # what an earlier request left; nothing was ever made with it


def _towards_absent(goal: Absent, observed: Observed | None, now: float, *, expired: bool) -> Step:
    if observed is None:
        # A deadline may be shorter than that, and a delete of nothing must not fail by it.
        if now < goal.since + goal.quiet_seconds and not expired:
            return Wait("nothing there yet; a create may still be under way")
        return Done({})
    if not is_ours(goal, observed):
        return _leaving(goal, observed, now, expired=expired)
    release = letting_go(goal, observed.tags)
    if release is not None:
        return release
    if goal.is_id_made_up and is_older(observed, goal.operation_began):
        # A rollback is of the same operation as what it gives up.
        return Done({}) if goal.leaves_older or goal.is_undone else Fail(was_there_before(goal))
    return _deletion(goal, observed)


def _leaving(goal: Absent, observed: Observed, now: float, *, expired: bool) -> Step:
    """What a Delete does about a solution that is somebody else's: nothing, unless it may be ours."""
    # CloudFormation may still name the resource that it was before its logical id changed.
    may_change = goal.keeps_adopted or observed.is_claimed
    if may_change and now < goal.since + goal.quiet_seconds and not expired:
        return Wait("nobody's yet; an adoption or a new logical id may not show yet")
    # A Create that failed on the name of another stack's is deleted in a rollback. Any other Delete is of
    # what the stack had.
    had_it = goal.is_known and not goal.is_undone and not goal.keeps_adopted
    if had_it and _is_another_stacks(goal, observed) and observed.status not in _DELETING:
        return Fail(moved_from_another_stack(goal, "DeleteSolution", observed))
    return Done({})


def _deletion(goal: Absent, observed: Observed) -> Step:
    if observed.status in _DELETING | _CREATING:
        return Wait(f"status {observed.status or _NO_STATUS}")
    if observed.is_updating:  # rule 77
        return Wait(f"update {normalized(observed.update['status'])}")
    if goal.takes_precautions and observed.status == "ACTIVE" and observed.may_train_by_itself:
        # Else a version may start at any time, and the delete is refused while one trains (rule 76). Asked
        # for once: a service that can't do it must not keep the solution from being deleted.
        off = {"performAutoTraining": False}
        if not _has_sent(goal, observed, off):
            return Configure(off)
    return _end_training(goal, observed) or Delete()


def refusal(goal: Present, observed: Observed) -> LifecycleError | None:
    """Why a Create, or the new solution of a replacement, can't have a name that is taken; None if it can.

    To be asked before the id is answered: when the deploy fails, what bears that id is deleted with all its
    versions.

    Args:
        goal: What is to be made.
        observed: What bears its name.
    """
    if observed.status in _DELETING or (goal.adopts and not _is_anothers(goal, observed)):
        return None
    if observed.is_claimed or not goal.owns(observed.tags):
        return owned_elsewhere(goal, observed) if goal.adopts else not_owned(goal, observed)
    is_worthless = observed.status == "CREATE FAILED" and "latestSolutionVersion" not in observed.solution
    return retained(goal, observed) if is_older(observed, goal.asked_at) and not is_worthless else None


def letting_go(goal: Absent, tags: Mapping[str, str]) -> Retag | None:
    """What a Delete does in place of deleting, to a solution that was there before its owner.

    Whether such a Delete undoes the adoption or ends the stack can't be told in all cases. So nothing that
    was adopted is deleted for as long as the properties ask to adopt it.
    """
    if goal.keeps_adopted and ADOPTED_TAG in tags:
        return Retag({}, frozenset(key for key in tags if key.startswith(TAG_PREFIX)))
    return None


def _in_training(observed: Observed) -> dict[str, str]:
    """The statuses of versions that are in training, by ARN."""
    return {
        version["solutionVersionArn"]: status
        for version in observed.versions
        if (status := normalized(version.get("status", ""))) in _IN_TRAINING
    }


def _end_training(goal: Absent, observed: Observed) -> Step | None:
    training = _in_training(observed)
    stoppable = tuple(arn for arn, status in training.items() if status in _STOPPABLE)
    if stoppable and goal.takes_precautions and not goal.wait_for_training:
        return StopTraining(stoppable[:_MOST_STOPS_AT_ONCE])
    if training and (goal.takes_precautions or goal.wait_for_training):
        return Wait("; ".join(f"version {arn.rpartition('/')[2]} is {was}" for arn, was in training.items()))
    return None


def attributes(arn: str, observed: Observed) -> dict[str, str]:
    """What Fn::GetAtt finds: always all of it, because GetAtt fails on an attribute that is missing."""
    solution = observed.solution
    created = solution.get("creationDateTime")
    return {
        "solutionArn": arn,
        "name": arn.rpartition("/")[2],
        "status": observed.status,
        "datasetGroupArn": solution.get("datasetGroupArn", ""),
        "recipeArn": solution.get("recipeArn", ""),
        "eventType": solution.get("eventType", ""),
        "creationDateTime": created.isoformat() if created else "",
    }


def _has_sent(goal: Goal, observed: Observed, changes: Mapping[str, Any]) -> bool:
    """Whether this request's UpdateSolution with these changes is the latest.

    One without a date counts as this request's: to send it again and again could start trainings (rule 68).
    """
    update = observed.update
    is_since = "creationDateTime" not in update or _is_since(goal, observed, update)
    return bool(update) and is_since and carries(update, changes)


def is_older(observed: Observed, moment: float | None) -> bool:
    """Whether a solution was there before a moment, and long enough for a version to have been trained."""
    created = observed.solution.get("creationDateTime")
    if created is None or moment is None:
        return False
    return bool(created.timestamp() < moment - _CLOCKS_DIFFER_SECONDS)


def _is_since(goal: Goal, observed: Observed, described: Mapping[str, Any]) -> bool:
    """Whether something was made since the request began, told by the service's own clock."""
    created = described.get("creationDateTime")
    return created is not None and created.timestamp() >= goal.since + observed.lead - _SKEW_SECONDS


def _failed(goal: Goal, operation: str, described: Mapping[str, Any]) -> LifecycleError:
    return LifecycleError(
        goal.label,
        operation,
        described.get("failureReason") or "the service gives no reason",
        "correct what it names and deploy again"
        if described.get("failureReason")
        else "check that its dataset group is ACTIVE and has the recipe's datasets, and deploy again",
        "CREATE FAILED",
    )
