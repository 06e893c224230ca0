"""`decide` for a solution that must exist, against everything that can be observed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from personalize_provider.aws.reading import canonical_status
from personalize_provider.engine.steps import Done, Effect, Fail, Wait
from personalize_provider.kinds.owned.effects import Configure, Create, Delete, Retag
from personalize_provider.kinds.solution.decide import opening
from support.handler.solution_goals import (
    AFTER,
    ARN,
    BEFORE,
    CREATING,
    MARKED,
    NOT_OURS,
    NOW,
    OTHER_HASH,
    OWN,
    SINCE,
    STATUSES,
    UNKNOWN,
    UNMARKED,
    absent,
    failure,
    look,
    present,
    seen,
    spellings,
    update,
)

# Statuses


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("CREATE PENDING", "CREATE PENDING"),
        ("create_pending", "CREATE PENDING"),
        ("CREATE_IN_PROGRESS", "CREATE IN_PROGRESS"),
        ("CREATE IN PROGRESS", "CREATE IN_PROGRESS"),
        ("CREATE_FAILED", "CREATE FAILED"),
        ("DELETE_IN_PROGRESS", "DELETE IN_PROGRESS"),
        ("active", "ACTIVE"),
        ("", ""),
    ],
)
def test_normalized__any_spelling__one_word(written: str, meant: str) -> None:
    assert canonical_status(written) == meant


# Before any look


@pytest.mark.parametrize("generated", [True, False])
@pytest.mark.parametrize(
    ("anew", "later", "expected"),
    [
        (True, 0, Create()),
        (True, 7.9, Create()),
        (True, 8, None),  # an invocation before this one may have made it
        (True, 3600, None),
        (False, 0, None),
    ],
)
def test_opening__present__creates_only_what_is_new_and_young(
    generated: bool, anew: bool, later: float, expected: Effect | None
) -> None:
    goal = replace(present(generated=generated), starts_anew=anew)
    assert opening(goal, SINCE + later) == expected


@pytest.mark.parametrize(("generated", "expected"), [(True, Delete()), (False, None)])
@pytest.mark.parametrize("later", [0, 7.9, 8, 3600])
def test_opening__absent__deletes_only_where_the_name_proves_the_owner(
    generated: bool, expected: Effect | None, later: float
) -> None:
    assert opening(absent(generated=generated), SINCE + later) == expected


# Present: nothing there


@pytest.mark.parametrize("generated", [True, False])
def test_present__nothing_there__creates(generated: bool) -> None:
    assert look(present(generated=generated), None) == Create()


# Present: every status, by who owns the solution
# generated name: own, other hash, unmarked, another's; explicit name: own, other hash, not ours
PRESENT = {
    "CREATE PENDING": ("Wait", "Wait", "Wait", "AlreadyExists", "Wait", "Wait", "AlreadyExists"),
    "CREATE IN_PROGRESS": ("Wait", "Wait", "Wait", "AlreadyExists", "Wait", "Wait", "AlreadyExists"),
    "ACTIVE": ("Done", "Retag", "Retag", "AlreadyExists", "Done", "NotUpdatable", "AlreadyExists"),
    "CREATE FAILED": ("Failed", "Failed", "Failed", "AlreadyExists", "Failed", "Failed", "AlreadyExists"),
    "DELETE PENDING": ("Wait", "Wait", "Wait", "Wait", "Wait", "Wait", "Wait"),
    "DELETE IN_PROGRESS": ("Wait", "Wait", "Wait", "Wait", "Wait", "Wait", "Wait"),
    "CREATE THROTTLED": ("Wait", "Wait", "Wait", "AlreadyExists", "Wait", "Wait", "AlreadyExists"),
    "INACTIVE": ("Wait", "Wait", "Wait", "AlreadyExists", "Wait", "Wait", "AlreadyExists"),
    "": ("Wait", "Wait", "Wait", "AlreadyExists", "Wait", "Wait", "AlreadyExists"),
}
PRESENT_CASES = [
    pytest.param(generated, spelling, tags, row[column], id=f"{spelling}-{generated}-{column}-{index}")
    for status, row in PRESENT.items()
    for spelling in spellings(status)
    for generated, first, others in ((True, 0, (UNMARKED, MARKED)), (False, 4, (NOT_OURS,)))
    for column, owners in enumerate(((OWN,), (OTHER_HASH,), *others), start=first)
    for index, tags in enumerate(owners)
]


def test_present_table__every_status__is_in_it() -> None:
    assert set(PRESENT) == set(STATUSES)


@pytest.mark.parametrize(("generated", "status", "tags", "expected"), PRESENT_CASES)
def test_present__status_and_owner__decides(
    generated: bool, status: str, tags: Mapping[str, str], expected: str
) -> None:
    step = look(present(generated=generated), seen(status, tags))
    match expected:
        case "AlreadyExists" | "NotUpdatable":
            assert f"({expected})" in failure(step)
            assert isinstance(step, Fail)
            assert step.discard is None
        case "Failed":
            assert "CreateSolution failed: the service gives no reason (CREATE FAILED)" in failure(step)
            assert isinstance(step, Fail)
            assert step.discard == Delete()
        case _:
            assert type(step).__name__ == expected


@pytest.mark.parametrize(("generated", "status", "tags", "expected"), PRESENT_CASES)
def test_present__deadline_passed__only_a_wait_becomes_a_failure(
    generated: bool, status: str, tags: Mapping[str, str], expected: str
) -> None:
    goal, observed = present(generated=generated), seen(status, tags)
    step = look(goal, observed, expired=True)
    if expected != "Wait":
        assert type(step) is type(look(goal, observed))
        return
    assert "not finished by the deadline" in failure(step)
    assert canonical_status(status) in failure(step)
    assert isinstance(step, Fail)
    # These cases' solutions were made by this request.
    never_active = canonical_status(status) in (*CREATING, *UNKNOWN)
    assert step.discard == (Delete() if never_active else None)


@pytest.mark.parametrize("created", [BEFORE, NOW - timedelta(seconds=6), None])
@pytest.mark.parametrize("status", [word for name in UNKNOWN for word in spellings(name)])
def test_present__deadline_passed_and_status_of_an_older_solution_unknown__is_left(
    status: str, created: datetime | None
) -> None:
    step = look(present(), seen(status, creationDateTime=created), expired=True)
    assert f"last seen: status {canonical_status(status)}".strip() in failure(step)
    assert isinstance(step, Fail)
    assert step.discard is None


@pytest.mark.parametrize("status", [word for name in CREATING for word in spellings(name)])
def test_present__deadline_passed_and_an_older_create_never_ended__is_discarded(status: str) -> None:
    step = look(present(), seen(status, creationDateTime=BEFORE), expired=True)
    assert isinstance(step, Fail)
    assert step.discard == Delete()


# Present: a solution that is ACTIVE and ours


def test_present__tags_differ__retags_before_all_else() -> None:
    goal = replace(present(tags={"a": "1", "b": "2"}), dropped_tags=frozenset({"old", "never there"}))
    tags = {**OWN, "a": "0", "old": "x", "theirs": "y"}
    busy = seen(tags=tags, latestSolutionUpdate=update("CREATE PENDING"))
    assert look(goal, busy) == Retag({"old": "x"}, frozenset({"old"}), {"a": "1", "b": "2"})


def test_present__tags_only_to_add__adds_them() -> None:
    assert look(present(tags={"a": "1"}), seen(tags={**OWN, "a": "0"})) == Retag({"a": "1"}, frozenset())


def test_present__tags_differ_in_a_rollback__proves_nothing_first() -> None:
    """It may only have the right to take off what its update was allowed to write."""
    goal = replace(present(tags={"a": "1"}), dropped_tags=frozenset({"new"}), restores=True)
    assert look(goal, seen(tags={**OWN, "new": "x"})) == Retag({}, frozenset({"new"}), {"a": "1"})


@pytest.mark.parametrize("foreign", [{"theirs": "y"}, {"aws:cloudformation:stack-id": "s"}])
def test_present__foreign_tags_beside_ours__stay(foreign: dict[str, str]) -> None:
    assert isinstance(look(present(), seen(tags={**OWN, **foreign})), Done)


@pytest.mark.parametrize("status", [word for name in CREATING for word in spellings(name)])
def test_present__update_runs__waits(status: str) -> None:
    step = look(present(performAutoTraining=True), seen(latestSolutionUpdate=update(status)))
    assert step == Wait(f"update {canonical_status(status)}")


UPDATES: tuple[dict[str, Any], ...] = (
    {},
    update("ACTIVE"),
    update("ACTIVE", BEFORE),
    update("CREATE FAILED"),
)
CARRYING: dict[str, Any] = {
    "performAutoTraining": True,
    "solutionUpdateConfig": {"autoTrainingConfig": {"schedulingExpression": "rate(7 days)"}},
}


@pytest.mark.parametrize("latest", UPDATES)
def test_present__configuration_is_as_wanted__done_whatever_the_latest_update_was(
    latest: dict[str, Any],
) -> None:
    assert isinstance(look(present(), seen(latestSolutionUpdate=latest)), Done)


@pytest.mark.parametrize(
    ("latest", "expected"),
    [
        ({}, "Configure"),
        (update("ACTIVE"), "Configure"),  # somebody else's update: it did not carry the change
        (update("CREATE FAILED"), "Configure"),
        (update("ACTIVE", BEFORE, **CARRYING), "Done"),  # made by an earlier request, and in force
        (update("CREATE FAILED", BEFORE, **CARRYING), "Configure"),
        (update("ACTIVE", **CARRYING), "Done"),  # sent, and described in other words
        (update("CREATE FAILED", **CARRYING, failureReason="no data"), "Fail"),
        (update("create_failed", **CARRYING, failureReason="no data"), "Fail"),
        (update("CREATE THROTTLED", **CARRYING), "Wait"),
    ],
)
def test_present__configuration_differs__follows_the_latest_update(
    latest: dict[str, Any], expected: str
) -> None:
    step = look(present(performAutoTraining=True), seen(latestSolutionUpdate=latest))
    assert type(step).__name__ == expected
    if expected == "Configure":
        assert step == Configure(CARRYING)
    if expected == "Fail":
        assert "UpdateSolution failed: no data (CREATE FAILED)" in failure(step)
        assert isinstance(step, Fail)
        assert step.discard is None


def test_present__done__has_every_attribute_as_a_string() -> None:
    step = look(present(), seen(recipeArn="arn:aws:personalize:::recipe/aws-sims"))
    assert step == Done(
        {
            "solutionArn": ARN,
            "name": "movies",
            "status": "ACTIVE",
            "datasetGroupArn": "",
            "recipeArn": "arn:aws:personalize:::recipe/aws-sims",
            "eventType": "",
            "creationDateTime": AFTER.isoformat(),
        }
    )


def test_present__done_without_creation_time__attribute_is_empty() -> None:
    step = look(present(), seen(creationDateTime=None))
    assert isinstance(step, Done)
    assert step.attributes["creationDateTime"] == ""


# Present: a create that failed


def test_present__create_failed__gives_the_reason_of_the_latest_version() -> None:
    observed = seen("CREATE FAILED", latestSolutionVersion={"failureReason": "too few users"})
    assert "CreateSolution failed: too few users" in failure(look(present(), observed))


@pytest.mark.parametrize("created", [BEFORE, NOW - timedelta(seconds=6), None])
def test_present__create_failed_before_this_request__is_removed(created: datetime | None) -> None:
    assert look(present(), seen("CREATE FAILED", creationDateTime=created)) == Delete()


@pytest.mark.parametrize("generated", [True, False])
@pytest.mark.parametrize("created", [BEFORE, NOW - timedelta(seconds=6), None])
def test_present__create_failed_before_this_request_and_was_trained__is_left(
    created: datetime | None, generated: bool
) -> None:
    observed = seen(
        "CREATE FAILED", creationDateTime=created, latestSolutionVersion={"failureReason": "too few users"}
    )
    step = look(present(generated=generated), observed)
    assert "CreateSolution failed: too few users (CREATE FAILED)" in failure(step)
    assert isinstance(step, Fail)
    assert step.discard is None


@pytest.mark.parametrize("created", [AFTER, NOW, NOW - timedelta(seconds=5)])
def test_present__create_failed_in_this_request__fails(created: datetime) -> None:
    assert isinstance(look(present(), seen("CREATE FAILED", creationDateTime=created)), Fail)
