"""`decide` over everything at once, and what is logged of its steps."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from personalize_provider.aws.reading import canonical_status
from personalize_provider.engine.goal import Present
from personalize_provider.engine.steps import Done, Effect, Fail, Wait
from personalize_provider.kinds.owned.effects import Configure, Create, Delete, Retag
from personalize_provider.kinds.owned.observed import is_ours
from personalize_provider.kinds.solution.decide import opening
from personalize_provider.kinds.solution.desired import AbsentSolution
from personalize_provider.kinds.solution.effects import StopTraining
from personalize_provider.kinds.solution.observed import Observed
from support.handler.solution_goals import (
    AFTER,
    BEFORE,
    CREATING,
    DELETING,
    NOT_OURS,
    OFF,
    OTHER_HASH,
    OWN,
    SINCE,
    STATUSES,
    absent,
    look,
    present,
    seen,
    spellings,
    update,
    version,
)

# What is logged


def test_retag__in_the_log__has_keys_and_no_values() -> None:
    step = look(
        replace(present(tags={"b": "hunter2", "a": "hunter3"}), dropped_tags=frozenset({"y", "x"})),
        seen(tags={**OWN, "a": "hunter4", "x": "hunter5", "y": "hunter6"}),
    )
    assert str(step) == repr(step) == "Retag(add=['x', 'y'], remove=['x', 'y'], add_last=['a', 'b'])"


# Properties over everything at once


SPELLED = tuple(word for status in STATUSES for word in spellings(status))
TIMES = (BEFORE, AFTER)
GOALS: tuple[Present | AbsentSolution, ...] = (
    *(
        replace(present(generated=g, performAutoTraining=auto), dropped_tags=dropped, starts_anew=anew)
        for g, auto, dropped, anew in product(
            (True, False), (True, False), (frozenset(), frozenset({"old"})), (True, False)
        )
    ),
    *(absent(generated=g, wait=w, quiet=q) for g, w, q in product((True, False), (True, False), (0, 5, 30))),
)
goals = st.sampled_from(GOALS)
updates = st.none() | st.builds(
    update, st.sampled_from(SPELLED), st.sampled_from(TIMES), performAutoTraining=st.booleans()
)
version_lists = st.lists(
    st.builds(version, st.sampled_from((*SPELLED, "CREATE STOPPING", "CREATE_STOPPED"))), max_size=3
).map(tuple)


@st.composite
def observations(draw: st.DrawFn) -> Observed:
    latest = draw(updates)
    return seen(
        draw(st.sampled_from(SPELLED)),
        draw(st.sampled_from((OWN, OTHER_HASH, {**OWN, "old": "x"}, *NOT_OURS))),
        draw(version_lists),
        performAutoTraining=draw(st.booleans()),
        creationDateTime=draw(st.sampled_from(TIMES)),
        **({"latestSolutionUpdate": latest} if latest else {}),
        **({"latestSolutionVersion": version("ACTIVE")} if draw(st.booleans()) else {}),
    )


moments = st.floats(0, 4000)


@given(goals, st.none() | observations(), moments, st.booleans())
def test_decide__same_arguments__same_step(
    goal: Present | AbsentSolution, observed: Observed | None, later: float, expired: bool
) -> None:
    first, second = (look(goal, observed, later=later, expired=expired) for _ in range(2))
    assert repr(first) == repr(second)


@given(goals, observations(), moments, st.booleans())
def test_decide__not_the_owners__no_effect(
    goal: Present | AbsentSolution, observed: Observed, later: float, expired: bool
) -> None:
    step = look(goal, observed, later=later, expired=expired)
    if not is_ours(goal, observed):
        assert not isinstance(step, Effect)
        assert not isinstance(step, Fail) or step.discard is None


@given(goals, st.none() | observations(), moments)
def test_decide__expired__never_waits(
    goal: Present | AbsentSolution, observed: Observed | None, later: float
) -> None:
    assert not isinstance(look(goal, observed, later=later, expired=True), Wait)


@given(goals, st.none() | observations(), moments, st.booleans())
def test_decide__present__done_only_when_active_and_ours(
    goal: Present | AbsentSolution, observed: Observed | None, later: float, expired: bool
) -> None:
    step = look(goal, observed, later=later, expired=expired)
    if isinstance(goal, Present) and isinstance(step, Done):
        assert observed is not None
        assert observed.status == "ACTIVE"
        assert goal.owns(observed.tags)
        assert not observed.is_updating
        assert goal.tags.items() <= observed.tags.items()


@given(goals, observations(), moments, st.booleans())
def test_decide__busy__never_deletes(
    goal: Present | AbsentSolution, observed: Observed, later: float, expired: bool
) -> None:
    step = look(goal, observed, later=later, expired=expired)
    training = any(canonical_status(v["status"]) in {*CREATING, "CREATE STOPPING"} for v in observed.versions)
    if isinstance(goal, AbsentSolution) and (training or observed.is_updating):
        assert step != Delete()


@given(goals, st.none() | observations(), moments, st.booleans())
def test_decide__each_goal__has_its_own_effects(
    goal: Present | AbsentSolution, observed: Observed | None, later: float, expired: bool
) -> None:
    step = look(goal, observed, later=later, expired=expired)
    if isinstance(goal, AbsentSolution):
        assert not isinstance(step, Create | Retag)
        assert not isinstance(step, Configure) or step == OFF
    else:
        assert not isinstance(step, StopTraining)
        assert (step == Create()) == (observed is None)
        # A Present removes only what never came to be, and what nobody ever trained.
        if isinstance(step, Delete):
            assert observed is not None
            assert observed.status == "CREATE FAILED"
            assert "latestSolutionVersion" not in observed.described


@given(goals, st.none() | observations(), moments, st.booleans())
def test_decide__any_failure__discards_only_what_this_request_made_or_nobody_finished(
    goal: Present | AbsentSolution, observed: Observed | None, later: float, expired: bool
) -> None:
    step = look(goal, observed, later=later, expired=expired)
    if isinstance(step, Fail) and step.discard is not None:
        assert step.discard == Delete()
        assert observed is not None
        assert is_ours(goal, observed)
        assert observed.status not in ("ACTIVE", *DELETING)
        assert observed.described["creationDateTime"] == AFTER or observed.status in CREATING


@given(goals, moments)
def test_opening__any_goal__is_what_the_service_refuses_where_it_would_do_harm(
    goal: Present | AbsentSolution, later: float
) -> None:
    step = opening(goal, SINCE + later)
    if isinstance(goal, AbsentSolution):
        assert step == (Delete() if goal.name_proves_owner else None)
    else:
        assert step in (None, Create())
        assert step is None or (goal.starts_anew and later < 8)
