"""The next step after a look at a solution. Pure: no calls, no clock, no state."""

from __future__ import annotations

from personalize_provider.aws.reading import CREATING
from personalize_provider.engine.goal import Absent, Present
from personalize_provider.engine.steps import Effect, Step, Wait
from personalize_provider.kinds.owned.decide import (
    at_deadline,
    has_sent,
    once_gone,
    towards_absent,
    towards_present,
    was_never_active,
    without_look,
)
from personalize_provider.kinds.owned.effects import Configure, Create, Delete
from personalize_provider.kinds.solution.desired import AbsentSolution
from personalize_provider.kinds.solution.effects import StopTraining
from personalize_provider.kinds.solution.observed import Observed

_STOPPABLE = CREATING  # rule 82

# Each call can take 13 seconds, and a look has two minutes for all of its calls.
_MOST_STOPS_AT_ONCE = 3

# A younger request has not been worked on yet, unless it was delivered twice.
_OPENING_SECONDS = 8.0


def opening(goal: Present | AbsentSolution, now: float) -> Effect | None:
    """The effect to try without a look, because the service refuses it where it would do harm; None if none.

    The service refuses to create a solution whose name is taken, and to delete one that is in use. Whether an
    earlier create was accepted follows from the tags, which have no limit of one look a second (rule 118).
    """
    if isinstance(goal, Absent):
        return without_look(goal)
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
    if isinstance(goal, Present):
        step = Create() if observed is None else towards_present(goal, observed)
    elif observed is None:
        step = once_gone(goal, now, expired=expired)
    else:
        step = towards_absent(goal, observed, now, expired=expired) or _deletion(goal, observed)
    if not (expired and isinstance(step, Wait)):
        return step
    never_active = observed is not None and was_never_active(goal, observed)
    return at_deadline(
        goal,
        step,
        now,
        instead=_instead_of_waiting(goal, observed),
        discard=Delete() if never_active else None,
    )


def _instead_of_waiting(goal: Present | AbsentSolution, observed: Observed | None) -> str:
    """What ends a wait for which no deadline is long enough: a training can take hours (rule 59)."""
    waits_for_training = isinstance(goal, Absent) and goal.wait_for_training
    if waits_for_training and observed is not None and observed.in_training:
        return "try again when it has been trained, or stop the training first"
    return ""


def _deletion(goal: AbsentSolution, observed: Observed) -> Step:
    if goal.takes_precautions and observed.status == "ACTIVE" and observed.may_train_automatically:
        # Otherwise a version can start at any time, and the service refuses the delete while one trains (rule
        # 76). Only one try: a service that can't do this must not keep the solution from being deleted.
        off = {"performAutoTraining": False}
        if not has_sent(goal, observed, off):
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
