"""`decide` for solutions of other owners, under other logical ids, and to be adopted."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from personalize_provider.engine.goal import Present
from personalize_provider.engine.identity import (
    ADOPTED_TAG,
    CONFIG_HASH_TAG,
    LOGICAL_ID_TAG,
    STACK_ID_TAG,
)
from personalize_provider.engine.steps import Done, Fail, Wait
from personalize_provider.kinds.owned.decide import refusal
from personalize_provider.kinds.owned.effects import Adopt, Configure, Delete, Retag
from personalize_provider.kinds.solution.desired import AbsentSolution
from support.handler.solution_goals import (
    AFTER,
    ARN,
    CREATING,
    DELETING,
    FOREIGN,
    HASH,
    NOT_OURS,
    NOW,
    OLD,
    OTHER_HASH,
    OTHER_LOGICAL_ID,
    OTHER_STACK,
    OWN,
    OWNER,
    REQUEST,
    SINCE,
    STATUSES,
    UNKNOWN,
    absent,
    failure,
    look,
    present,
    seen,
    version,
)

# Present: under another logical id


KNOWN = {"was_known": True}


@pytest.mark.parametrize("generated", [True, False])
@pytest.mark.parametrize("tags", [OTHER_LOGICAL_ID, {STACK_ID_TAG: OWNER.stack_id, CONFIG_HASH_TAG: HASH}])
def test_present__tags_of_another_logical_id__are_put_right(generated: bool, tags: dict[str, str]) -> None:
    goal = replace(present(generated=generated), **KNOWN)
    step = look(goal, seen("ACTIVE", tags))
    assert isinstance(step, Retag)
    assert step.add == {LOGICAL_ID_TAG: "Movies"}


def test_present__another_resource_of_the_stack_has_it__fails_and_says_how_to_rename() -> None:
    step = look(replace(present(), **KNOWN), replace(seen("ACTIVE", OTHER_LOGICAL_ID), is_claimed=True))
    assert 'solution.node.default_child.override_logical_id("Shows")' in failure(step)


def test_present__known_and_another_stacks__fails_with_the_command_that_settles_it() -> None:
    step = look(replace(present(), **KNOWN), seen("ACTIVE", OTHER_STACK))
    told = failure(step)
    assert f"it belongs to the resource Movies of the stack {OTHER_STACK[STACK_ID_TAG]}" in told
    assert (
        f"aws personalize tag-resource --resource-arn {ARN} --tags tagKey={STACK_ID_TAG},"
        f"tagValue={OWNER.stack_id}; otherwise choose another solution_name" in told
    )


@pytest.mark.parametrize("tags", NOT_OURS)
def test_present__not_ours_in_a_rollback__is_done_without_effect(tags: dict[str, str]) -> None:
    """The update that is taken back could not change it either."""
    goal = replace(present(generated=False), was_known=True, is_undone=True)
    assert isinstance(look(goal, replace(seen("ACTIVE", tags), is_claimed=True)), Done)


def test_present__hash_of_another_spelling__is_put_right_when_the_meaning_is_the_same() -> None:
    step = look(replace(present(generated=False), is_unchanged=True), seen("ACTIVE", OTHER_HASH))
    assert isinstance(step, Retag)
    assert step.add == {CONFIG_HASH_TAG: HASH}


# Before an id is answered


@pytest.mark.parametrize(
    ("tags", "created", "status", "version_status", "expected"),
    [
        (OWN, AFTER, "ACTIVE", None, ""),  # its own event, delivered twice
        (OWN, NOW - timedelta(minutes=4), "ACTIVE", None, ""),
        (OWN, OLD, "ACTIVE", None, "it has existed since 2026-03-01 11:54"),
        ({}, OLD, "ACTIVE", None, "it has existed since"),
        (OWN, OLD, "DELETE PENDING", None, ""),  # waited for
        (OWN, OLD, "CREATE FAILED", None, ""),  # made anew
        (OWN, OLD, "CREATE FAILED", "ACTIVE", "it has existed since"),
        (OTHER_STACK, AFTER, "ACTIVE", None, OTHER_STACK[STACK_ID_TAG]),
        (
            OTHER_LOGICAL_ID,
            AFTER,
            "ACTIVE",
            None,
            "it belongs to the resource Shows, which this stack no longer has",
        ),
    ],
)
def test_refusal__what_bears_the_name_already__is_refused_unless_the_request_made_it(
    tags: dict[str, str], created: datetime, status: str, version_status: str | None, expected: str
) -> None:
    more = {"latestSolutionVersion": version(version_status)} if version_status else {}
    goal = replace(present(), asked_at=SINCE)
    refused = refusal(goal, seen(status, tags, creationDateTime=created, **more))
    assert (expected in str(refused)) if expected else refused is None


@pytest.mark.parametrize("tags", [OWN, OTHER_LOGICAL_ID])
def test_refusal__another_resource_of_the_stack_has_it__is_named(tags: dict[str, str]) -> None:
    refused = refusal(replace(present(), asked_at=SINCE), replace(seen("ACTIVE", tags), is_claimed=True))
    assert "of this stack" in str(refused)


@pytest.mark.parametrize("tags", [{}, OWN, OTHER_LOGICAL_ID])
def test_refusal__to_be_adopted__is_not_refused(tags: dict[str, str]) -> None:
    goal = replace(present(generated=False), asked_at=SINCE, adopts=True)
    assert refusal(goal, seen("ACTIVE", tags, creationDateTime=OLD)) is None


@pytest.mark.parametrize(
    ("tags", "is_claimed"), [(OTHER_STACK, False), (OTHER_LOGICAL_ID, True), (OWN, True)]
)
def test_refusal__to_be_adopted_and_anothers__is_refused(tags: dict[str, str], is_claimed: bool) -> None:
    """A Delete by its id would let go of what another resource has, or delete it."""
    goal = replace(present(generated=False), asked_at=SINCE, adopts=True)
    observed = replace(seen("ACTIVE", tags, creationDateTime=OLD), is_claimed=is_claimed)
    assert "adopting it failed" in str(refusal(goal, observed))


# Adoption


ADOPTED = {**OWN, ADOPTED_TAG: "true"}
LIVE = {"datasetGroupArn": REQUEST["datasetGroupArn"]}


def adopting(**request: Any) -> Present:
    return replace(present(generated=False, **request), adopts=True)


def keeping(*, quiet: float = 0.0) -> AbsentSolution:
    return replace(absent(quiet=quiet), keeps_adopted=True)


@pytest.mark.parametrize("tags", [{}, FOREIGN, {CONFIG_HASH_TAG: "ffffffffffff"}])
def test_adoption__nobodys_and_as_declared__all_marks_are_set_in_one_step(tags: dict[str, str]) -> None:
    step = look(adopting(), seen(tags=tags, **LIVE))

    assert isinstance(step, Adopt)
    assert step.add == ADOPTED
    assert step.remove == frozenset()


def test_adoption__what_is_logged__is_what_it_was_and_no_tag() -> None:
    step = look(adopting(tags={"team": "secret"}), seen(tags={}, performAutoTraining=True, **LIVE))

    assert isinstance(step, Adopt)
    assert "'performAutoTraining': True" in str(step)
    assert "secret" not in str(step)


@pytest.mark.parametrize(
    ("tags", "is_claimed", "named"),
    [
        (OTHER_STACK, False, OTHER_STACK[STACK_ID_TAG]),
        (OTHER_LOGICAL_ID, True, 'override_logical_id("Shows")'),
    ],
)
def test_adoption__of_what_belongs_to_another__fails_and_names_it(
    tags: dict[str, str], is_claimed: bool, named: str
) -> None:
    step = look(adopting(), replace(seen(tags=tags, **LIVE), is_claimed=is_claimed))

    assert isinstance(step, Fail)
    assert step.discard is None
    assert "(AlreadyExists)" in failure(step)
    assert named in failure(step)
    assert tags[LOGICAL_ID_TAG] in failure(step)


@pytest.mark.parametrize("tags", [OTHER_LOGICAL_ID, {STACK_ID_TAG: OWNER.stack_id}, OWN])
def test_adoption__of_what_the_stack_has_no_more__marks_it_as_there_before(tags: dict[str, str]) -> None:
    step = look(replace(adopting(), asked_at=SINCE), seen(tags=tags, creationDateTime=OLD, **LIVE))

    assert isinstance(step, Adopt)
    assert ADOPTED_TAG in step.add


def test_adoption__not_as_declared__fails_with_the_differences() -> None:
    step = look(adopting(), seen(tags={}, eventType="watch", **LIVE))

    assert isinstance(step, Fail)
    assert step.discard is None
    assert failure(step).splitlines()[1:] == ["  eventType is watch, declared is nothing"]


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        *((status, Wait) for status in (*CREATING, *DELETING, *UNKNOWN)),
        ("CREATE FAILED", Fail),
    ],
)
@pytest.mark.parametrize("expired", [False, True])
def test_adoption__not_active__waits_or_fails_and_never_deletes(
    status: str, expected: type, expired: bool
) -> None:
    step = look(adopting(), seen(status, {}, **LIVE), expired=expired)

    assert isinstance(step, Fail if expired else expected)
    assert not isinstance(step, Fail) or step.discard is None


def test_adoption__not_asked_for__touches_nothing() -> None:
    step = look(present(generated=False), seen(tags={}, **LIVE))

    assert "(AlreadyExists)" in failure(step)
    assert "adopt_existing takes the solution over" in failure(step)


def test_adopted__the_next_look__brings_the_rest_to_what_is_declared() -> None:
    step = look(adopting(), seen(tags=ADOPTED, performAutoTraining=True, **LIVE))

    assert step == Configure({"performAutoTraining": False})
    assert isinstance(look(adopting(), seen(tags=ADOPTED, **LIVE)), Done)


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("expired", [False, True])
@pytest.mark.parametrize("adopts", [False, True])
def test_adopted__whatever_its_status__no_update_deletes_it(status: str, expired: bool, adopts: bool) -> None:
    goal = replace(present(generated=False), adopts=adopts)

    step = look(goal, seen(status, ADOPTED, **LIVE), expired=expired)

    assert not isinstance(step, Delete)
    assert not isinstance(step, Fail) or step.discard is None


@pytest.mark.parametrize("status", [status for status in STATUSES if status not in DELETING])
@pytest.mark.parametrize("trains", [False, True])
def test_delete__of_what_was_adopted__takes_all_our_marks_off_and_no_other_tag(
    status: str, trains: bool
) -> None:
    training = version("CREATE IN_PROGRESS")
    observed = seen(status, {**ADOPTED, "team": "recs"}, (training,), performAutoTraining=trains)

    step = look(keeping(), observed, expired=True)

    assert step == Retag({}, frozenset(ADOPTED))


def test_delete__of_what_was_adopted_once_the_argument_is_left_out__deletes() -> None:
    assert look(absent(), seen(tags=ADOPTED)) == Delete()


def test_delete__of_what_the_stack_made_itself__deletes_though_adoption_is_asked_for() -> None:
    assert look(keeping(), seen(tags=OWN)) == Delete()


@pytest.mark.parametrize(
    ("later", "expired", "expected"), [(4, False, Wait), (5, False, Done), (0, True, Done)]
)
@pytest.mark.parametrize("tags", [{}, OTHER_STACK])
def test_delete__not_adopted_yet__waits_for_an_adoption_that_may_be_under_way(
    tags: dict[str, str], later: float, expired: bool, expected: type
) -> None:
    step = look(keeping(quiet=5), seen(tags=tags), later=later, expired=expired)

    assert isinstance(step, expected)


def test_delete__of_somebody_elses_without_adoption__does_not_wait() -> None:
    assert look(absent(quiet=5), seen(tags={})) == Done({})
