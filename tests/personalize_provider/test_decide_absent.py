"""`decide` for a solution that must be gone, against everything that can be observed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from personalize_provider.aws.reading import canonical_status
from personalize_provider.engine.identity import (
    STACK_ID_TAG,
)
from personalize_provider.engine.steps import Done, Fail, Step, Wait
from personalize_provider.kinds.owned.effects import Delete
from personalize_provider.kinds.solution.decide import opening
from personalize_provider.kinds.solution.effects import StopTraining
from support.handler.solution_goals import (
    AFTER,
    ARN,
    BEFORE,
    CREATING,
    DELETING,
    NOW,
    OFF,
    OLD,
    OTHER_HASH,
    OTHER_LOGICAL_ID,
    OTHER_STACK,
    OWN,
    OWNER,
    SINCE,
    STATUSES,
    UNMARKED,
    absent,
    failure,
    look,
    seen,
    spellings,
    update,
    version,
)


@pytest.mark.parametrize(
    ("quiet", "later", "expected"),
    [
        (0, 0, "Done"),
        (5, 0, "Wait"),
        (5, 4.9, "Wait"),
        (5, 5, "Done"),
        (30, 0, "Wait"),
        (30, 29.9, "Wait"),
        (30, 30, "Done"),
    ],
)
def test_absent__nothing_there__done_once_nothing_can_appear(
    quiet: float, later: float, expected: str
) -> None:
    step = look(absent(quiet=quiet), None, later=later)
    assert type(step).__name__ == expected
    assert not isinstance(step, Done) or step.attributes == {}


def test_absent__nothing_appeared_by_a_deadline_shorter_than_the_grace__done() -> None:
    assert look(absent(quiet=30), None, later=10, expired=True) == Done({})


@pytest.mark.parametrize("tags", UNMARKED)
@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("expired", [True, False])
def test_absent__not_ours__done_without_effect(tags: dict[str, str], status: str, expired: bool) -> None:
    observed = seen(status, tags, (version("CREATE PENDING"),), performAutoTraining=True)
    assert look(absent(), observed, expired=expired) == Done({})


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("expired", [True, False])
def test_absent__another_stacks__fails_and_names_it_but_in_a_rollback(status: str, expired: bool) -> None:
    """It may have been moved to this stack: to succeed would leave it, training."""
    observed = seen(status, OTHER_STACK, performAutoTraining=True)
    step = look(absent(), observed, expired=expired)
    if status in DELETING:
        assert step == Done({})
    else:
        assert OTHER_STACK[STACK_ID_TAG] in failure(step)
    for goal in (replace(absent(), is_undone=True), replace(absent(), is_id_made_up=True)):
        assert look(goal, observed, expired=expired) == Done({})


@pytest.mark.parametrize("status", STATUSES)
def test_absent__tags_of_another_logical_id__is_as_if_they_were_its_own(status: str) -> None:
    """CloudFormation sends the id: the logical id has changed."""
    for tags in (OTHER_LOGICAL_ID, {STACK_ID_TAG: OWNER.stack_id}):
        assert look(absent(), seen(status, tags)) == look(absent(), seen(status, OWN))


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("tags", [OTHER_LOGICAL_ID, OWN])
def test_absent__another_resource_of_the_stack_has_it__waits_and_leaves_it(
    status: str, tags: dict[str, str]
) -> None:
    observed = replace(seen(status, tags), is_claimed=True)
    assert isinstance(look(absent(quiet=5), observed, later=4), Wait)
    assert look(absent(quiet=5), observed, later=5) == Done({})


@pytest.mark.parametrize(
    ("created", "leaves_older", "is_undone", "expected"),
    [
        (AFTER, False, False, Delete),
        (NOW - timedelta(minutes=4), False, False, Delete),  # clocks differ
        (AFTER, True, True, Delete),
        (OLD, False, False, Fail),  # an earlier operation may have made it
        (OLD, True, False, Done),
        (OLD, False, True, Done),
    ],
)
def test_absent__id_made_up__deletes_only_what_the_operation_may_have_made(
    created: datetime, leaves_older: bool, is_undone: bool, expected: type
) -> None:
    goal = replace(
        absent(generated=True),
        is_id_made_up=True,
        operation_began=SINCE,
        leaves_older=leaves_older,
        is_undone=is_undone,
    )
    step = look(goal, seen("ACTIVE", OWN, creationDateTime=created), later=60)
    assert isinstance(step, expected)
    assert opening(goal, SINCE) is None
    if expected is Fail:
        assert "it existed before the stack's last update" in failure(step)


ABSENT = {
    "CREATE PENDING": Wait("status CREATE PENDING"),
    "CREATE IN_PROGRESS": Wait("status CREATE IN_PROGRESS"),
    "ACTIVE": Delete(),
    "CREATE FAILED": Delete(),
    "DELETE PENDING": Wait("status DELETE PENDING"),
    "DELETE IN_PROGRESS": Wait("status DELETE IN_PROGRESS"),
    "CREATE THROTTLED": Delete(),  # the service says whether it may
    "INACTIVE": Delete(),
    "": Delete(),
}


@pytest.mark.parametrize(("status", "expected"), [(s, e) for n, e in ABSENT.items() for s in spellings(n)])
@pytest.mark.parametrize(("generated", "tags"), [(False, OWN), (False, OTHER_HASH), (True, {}), (True, OWN)])
def test_absent__ours__decides_by_status(
    status: str, expected: Step, generated: bool, tags: dict[str, str]
) -> None:
    assert look(absent(generated=generated), seen(status, tags)) == expected


@pytest.mark.parametrize("status", [word for name in CREATING for word in spellings(name)])
def test_absent__update_runs__waits_before_all_else(status: str) -> None:
    observed = seen(
        versions=(version("CREATE PENDING"),),
        performAutoTraining=True,
        latestSolutionUpdate=update(status),
    )
    assert look(absent(), observed) == Wait(f"update {canonical_status(status)}")


def test_absent__automatic_training_on__is_switched_off_before_trainings_are_stopped() -> None:
    assert look(absent(), seen(versions=(version("CREATE PENDING"),), performAutoTraining=True)) == OFF


def test_absent__create_failed_with_automatic_training__is_not_updated() -> None:
    assert look(absent(), seen("CREATE FAILED", performAutoTraining=True)) == Delete()


@pytest.mark.parametrize(
    ("latest", "expected"),
    [
        (update("ACTIVE", BEFORE, performAutoTraining=False), OFF),
        (update("ACTIVE", performAutoTraining=True), OFF),
        (update("ACTIVE", performAutoTraining=False), Delete()),
        (update("CREATE FAILED", performAutoTraining=False), Delete()),
    ],
)
def test_absent__automatic_training_stays_on__is_switched_off_once(
    latest: dict[str, Any], expected: Step
) -> None:
    assert look(absent(), seen(performAutoTraining=True, latestSolutionUpdate=latest)) == expected


RUNNING, STOPPING = version("CREATE IN_PROGRESS", "11111111"), version("CREATE STOPPING", "22222222")
QUEUED, OVER = version("create_pending", "33333333"), version("ACTIVE", "44444444")
ENDED = tuple(version(status) for status in ("ACTIVE", "CREATE FAILED", "CREATE STOPPED", "SOMETHING NEW"))


@pytest.mark.parametrize(
    ("versions", "stopped", "waited"),
    [
        ((RUNNING,), ("11111111",), "version 11111111 is CREATE IN_PROGRESS"),
        ((QUEUED, OVER), ("33333333",), "version 33333333 is CREATE PENDING"),
        (
            (RUNNING, STOPPING, QUEUED),
            ("11111111", "33333333"),
            "version 11111111 is CREATE IN_PROGRESS; version 22222222 is CREATE STOPPING; "
            "version 33333333 is CREATE PENDING",
        ),
        ((STOPPING, OVER), (), "version 22222222 is CREATE STOPPING"),
    ],
)
def test_absent__versions_in_training__are_stopped_or_waited_for(
    versions: tuple[dict[str, Any], ...], stopped: tuple[str, ...], waited: str
) -> None:
    expected = StopTraining(tuple(f"{ARN}/{name}" for name in stopped)) if stopped else Wait(waited)
    assert look(absent(), seen(versions=versions)) == expected
    assert look(absent(wait=True), seen(versions=versions)) == Wait(waited)
    assert waited in failure(look(absent(wait=True), seen(versions=versions), expired=True))


@pytest.mark.parametrize(("running", "stopped"), [(3, 3), (4, 3), (20, 3)])
def test_absent__many_versions_in_training__at_most_three_are_stopped_at_once(
    running: int, stopped: int
) -> None:
    versions = tuple(version("CREATE IN_PROGRESS", f"{number:08}") for number in range(running))
    step = look(absent(), seen(versions=versions))
    assert step == StopTraining(tuple(f"{ARN}/{number:08}" for number in range(stopped)))


@pytest.mark.parametrize("wait", [True, False])
def test_absent__no_version_in_training__deletes(wait: bool) -> None:
    assert look(absent(wait=wait), seen(versions=ENDED)) == Delete()
