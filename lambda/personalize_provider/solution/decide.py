"""What follows from a look at a solution. Pure: no calls, no clock, no state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from personalize_provider.errors import LifecycleError, NotAdoptableError, not_finished
from personalize_provider.identity import (
    ADOPTED_TAG,
    CONFIG_HASH_TAG,
    LOGICAL_ID_TAG,
    STACK_ID_TAG,
    TAG_PREFIX,
)
from personalize_provider.solution.adoption import differences
from personalize_provider.solution.config import UPDATABLE_MEMBERS, carries, updatable, update_request
from personalize_provider.solution.goal import Absent, Goal, Present
from personalize_provider.steps import Done, Effect, Fail, Step, Wait

_CREATING = frozenset({"CREATE PENDING", "CREATE IN_PROGRESS"})
_DELETING = frozenset({"DELETE PENDING", "DELETE IN_PROGRESS"})
_STOPPABLE = _CREATING  # rule 82
_IN_TRAINING = _STOPPABLE | {"CREATE STOPPING"}  # rules 76 and 78

# How far the service's clock may be behind ours.
_SKEW_SECONDS = 5.0

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
    """

    solution: Mapping[str, Any]
    tags: Mapping[str, str]
    versions: tuple[Mapping[str, Any], ...] = ()

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
    """TagResource and UntagResource."""

    add: Mapping[str, str]
    remove: frozenset[str]

    def __repr__(self) -> str:
        """Keys only: values of tags may be confidential, and this is logged."""
        return f"Retag(add={sorted(self.add)}, remove={sorted(self.remove)})"


@dataclass(frozen=True)
class Adopt(Retag):
    """TagResource that makes a solution the owner's.

    Attributes:
        was: What UpdateSolution can change, as it was: nothing but the log will know.
    """

    was: Mapping[str, Any]

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


def opening(goal: Present | Absent, now: float) -> Effect | None:
    """What to try without a look, because the service refuses it where it would do harm; None if nothing.

    It refuses to create a solution whose name is taken, and to delete one that is in use. So a look before
    would tell nothing more, and one look a second has to serve the whole account (rule 118). Whether an older
    create has been taken is told by the tags, which are not limited so.
    """
    if isinstance(goal, Absent):
        return Delete() if goal.name_proves_owner else None
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
        and goal.owns(observed.tags)
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
    return observed.status in _CREATING or (is_unknown and _is_since(goal, observed.solution))


def _towards_present(goal: Present, observed: Observed | None) -> Step:
    if observed is None:
        return Create()
    if observed.status in _DELETING:
        return Wait(f"a solution of that name is {observed.status}")
    if not goal.owns(observed.tags):
        return _adoption(goal, observed) if goal.adopts else Fail(_taken(goal, observed))
    if observed.status == "CREATE FAILED":
        return _after_failed_create(goal, observed)
    if observed.status != "ACTIVE":
        return Wait(f"status {observed.status}")
    if not goal.name_proves_owner and observed.tags.get(CONFIG_HASH_TAG) != goal.config_hash:
        return Fail(_not_updatable(goal))
    return _when_active(goal, observed)


def _adoption(goal: Present, observed: Observed) -> Step:
    """Take over a solution that is nobody's and as declared, in one call: all marks are there, or none."""
    if observed.tags.keys() & goal.owner.tags.keys():
        return Fail(_owned(goal, observed))
    if observed.status == "CREATE FAILED":
        return Fail(_failed(goal, "adopting it", observed.solution.get("latestSolutionVersion", {})))
    if observed.status != "ACTIVE":
        return Wait(f"status {observed.status}")
    unlike = differences(goal.request, observed.solution)
    if unlike:
        return Fail(NotAdoptableError(goal.label, unlike))
    return Adopt({**goal.tags, ADOPTED_TAG: "true"}, frozenset(), updatable(observed.current))


def _when_active(goal: Present, observed: Observed) -> Step:
    add = {key: value for key, value in goal.tags.items() if observed.tags.get(key) != value}
    remove = goal.dropped_tags & observed.tags.keys()
    if add or remove:
        return Retag(add, frozenset(remove))
    if observed.is_updating:
        return Wait(f"update {normalized(observed.update['status'])}")
    wanted = updatable(goal.request)
    changes = update_request(wanted, updatable(observed.current))
    if not changes:
        return Done(attributes(observed))
    # The service may describe a configuration in other words than it was given (rule 45), and a failed
    # update leaves the old one in place: either way, the same update is not sent twice by one request.
    if not _has_sent(goal, observed, changes):
        return Configure(changes)
    match normalized(observed.update["status"]):
        case "ACTIVE":
            return Done(attributes(observed))
        case "CREATE FAILED":
            return Fail(_failed(goal, "UpdateSolution", observed.update))
        case unknown:  # rule 53
            return Wait(f"update {unknown}")


def _after_failed_create(goal: Present, observed: Observed) -> Step:
    # A solution has no failure reason of its own (rule 47).
    version = observed.solution.get("latestSolutionVersion", {})
    failure = _failed(goal, "CreateSolution", version)
    if observed.is_adopted:
        return Fail(failure)
    if _is_since(goal, observed.solution):
        return Fail(failure, discard=Delete())
    if version:
        return Fail(failure)  # it was in use once: whoever trained it decides
    return Delete()  # what an earlier request left; nothing was ever made with it


def _towards_absent(goal: Absent, observed: Observed | None, now: float, *, expired: bool) -> Step:
    if observed is None:
        # A deadline may be shorter than that, and a delete of nothing must not fail by it.
        if now < goal.since + goal.quiet_seconds and not expired:
            return Wait("nothing there yet; a create may still be under way")
        return Done({})
    if not goal.owns(observed.tags):
        if goal.keeps_adopted and now < goal.since + goal.quiet_seconds and not expired:
            return Wait("nobody's yet; an adoption may still be under way")
        return Done({})  # somebody else's: a create that failed on its name is deleted without effect
    release = letting_go(goal, observed.tags)
    if release is not None:
        return release
    if observed.status in _DELETING | _CREATING:
        return Wait(f"status {observed.status}")
    if observed.is_updating:  # rule 77
        return Wait(f"update {normalized(observed.update['status'])}")
    if observed.status == "ACTIVE" and observed.may_train_by_itself:
        # Else a version may start at any time, and the delete is refused while one trains (rule 76). Asked
        # for once: a service that can't do it must not keep the solution from being deleted.
        off = {"performAutoTraining": False}
        if not _has_sent(goal, observed, off):
            return Configure(off)
    return _end_training(goal, observed) or Delete()


def letting_go(goal: Absent, tags: Mapping[str, str]) -> Retag | None:
    """What a Delete does in place of deleting, to a solution that was there before its owner.

    Whether such a Delete undoes the adoption or ends the stack can't be told in all cases. So nothing that
    was adopted is deleted for as long as the properties ask to adopt it.
    """
    if goal.keeps_adopted and goal.owns(tags) and ADOPTED_TAG in tags:
        return Retag({}, frozenset(key for key in tags if key.startswith(TAG_PREFIX)))
    return None


def _in_training(observed: Observed) -> dict[str, str]:
    """The statuses of versions that are in training, by ARN."""
    return {
        version["solutionVersionArn"]: status
        for version in observed.versions
        if (status := normalized(version["status"])) in _IN_TRAINING
    }


def _end_training(goal: Absent, observed: Observed) -> Step | None:
    training = _in_training(observed)
    stoppable = tuple(arn for arn, status in training.items() if status in _STOPPABLE)
    if stoppable and not goal.wait_for_training:
        return StopTraining(stoppable[:_MOST_STOPS_AT_ONCE])
    if training:
        return Wait("; ".join(f"version {arn.rpartition('/')[2]} is {was}" for arn, was in training.items()))
    return None


def attributes(observed: Observed) -> dict[str, str]:
    """What Fn::GetAtt finds: always all of it, for GetAtt fails on an attribute that is missing."""
    solution = observed.solution
    created = solution.get("creationDateTime")
    return {
        "solutionArn": solution["solutionArn"],
        "name": solution["name"],
        "status": observed.status,
        "datasetGroupArn": solution.get("datasetGroupArn", ""),
        "recipeArn": solution.get("recipeArn", ""),
        "eventType": solution.get("eventType", ""),
        "creationDateTime": created.isoformat() if created else "",
    }


def _has_sent(goal: Goal, observed: Observed, changes: Mapping[str, Any]) -> bool:
    """Whether this request's UpdateSolution with these changes is the latest."""
    return bool(observed.update) and _is_since(goal, observed.update) and carries(observed.update, changes)


def _is_since(goal: Goal, described: Mapping[str, Any]) -> bool:
    created = described.get("creationDateTime")
    return created is not None and created.timestamp() >= goal.since - _SKEW_SECONDS


def _taken(goal: Present, observed: Observed) -> LifecycleError:
    return LifecycleError(
        goal.label,
        "CreateSolution",
        f"a solution of that name exists (status {observed.status}) and is not this resource's; "
        "it was left as it is",
        "choose another solution_name, or leave it out to have one generated; "
        "adopt_existing takes the solution over",
        "AlreadyExists",
    )


def _owned(goal: Present, observed: Observed) -> LifecycleError:
    stack, logical_id = (observed.tags.get(tag, "an unknown one") for tag in (STACK_ID_TAG, LOGICAL_ID_TAG))
    return LifecycleError(
        goal.label,
        "adopting it",
        f"it belongs to the resource {logical_id} of the stack {stack}, and was left as it is",
        f"choose another solution_name; if that stack is gone, remove the solution's tags {TAG_PREFIX}*",
        "AlreadyExists",
    )


def _not_updatable(goal: Present) -> LifecycleError:
    return LifecycleError(
        goal.label,
        "UpdateSolution",
        "the change needs a new solution, and this one's name is fixed by solution_name",
        "change solution_name as well, or leave it out to have one generated",
        "NotUpdatable",
    )


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
