"""`decide` for every kind of goal against everything that can be observed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personalize_provider.aws.reading import canonical_status
from personalize_provider.engine.goal import Present
from personalize_provider.engine.identity import (
    ADOPTED_TAG,
    CONFIG_HASH_TAG,
    LOGICAL_ID_TAG,
    STACK_ID_TAG,
    Owner,
)
from personalize_provider.engine.steps import Done, Effect, Fail, Step, Wait
from personalize_provider.kinds.solution.decide import decide, opening, refusal
from personalize_provider.kinds.solution.desired import AbsentSolution
from personalize_provider.kinds.solution.effects import Adopt, Configure, Create, Delete, Retag, StopTraining
from personalize_provider.kinds.solution.observed import Observed, is_ours

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SINCE = NOW.timestamp()
BEFORE = NOW - timedelta(hours=1)
AFTER = NOW + timedelta(seconds=1)
OLD = NOW - timedelta(minutes=6)

OWNER = Owner("arn:aws:cloudformation:us-east-1:123456789012:stack/films/1a2b", "Movies")
ARN = OWNER.arn("solution/movies")
HASH = "0123456789ab"
OWN = {**OWNER.tags, CONFIG_HASH_TAG: HASH}
OTHER_HASH = {**OWN, CONFIG_HASH_TAG: "ffffffffffff"}
FOREIGN = {"team": "search"}
OTHER_STACK = {**OWN, STACK_ID_TAG: "arn:aws:cloudformation:us-east-1:123456789012:stack/films/9z9z"}
OTHER_LOGICAL_ID = {**OWN, LOGICAL_ID_TAG: "Shows"}
UNMARKED: tuple[dict[str, str], ...] = (FOREIGN, {})
MARKED = (OTHER_STACK, OTHER_LOGICAL_ID)
NOT_OURS = (*UNMARKED, *MARKED)

REQUEST: dict[str, Any] = {
    "name": "movies",
    "datasetGroupArn": "arn:aws:personalize:us-east-1:123456789012:dataset-group/films",
    "performAutoTraining": False,
}

CREATING = ("CREATE PENDING", "CREATE IN_PROGRESS")
DELETING = ("DELETE PENDING", "DELETE IN_PROGRESS")
UNKNOWN = ("CREATE THROTTLED", "INACTIVE", "")
STATUSES = (*CREATING, "ACTIVE", "CREATE FAILED", *DELETING, *UNKNOWN)


def spellings(status: str) -> tuple[str, ...]:
    """The ways in which the service and its documents write a status (rule 52)."""
    return tuple(dict.fromkeys((status, status.replace(" ", "_"), status.lower())))


def present(*, generated: bool = True, tags: Mapping[str, str] = {}, **request: Any) -> Present:
    body = {**REQUEST, **request}
    body["tags"] = [{"tagKey": key, "tagValue": value} for key, value in {**tags, **OWN}.items()]
    return Present(ARN, OWNER, generated, SINCE, body)


def absent(*, generated: bool = False, wait: bool = False, quiet: float = 0.0) -> AbsentSolution:
    return AbsentSolution(ARN, OWNER, generated, SINCE, quiet, wait_for_training=wait)


def seen(
    status: str = "ACTIVE",
    tags: Mapping[str, str] = OWN,
    versions: tuple[Mapping[str, Any], ...] = (),
    **solution: Any,
) -> Observed:
    described = {
        "solutionArn": ARN,
        "name": "movies",
        "status": status,
        "performAutoTraining": False,
        "creationDateTime": AFTER,
        **solution,
    }
    return Observed(described, tags, versions)


def update(status: str, at: datetime = AFTER, **sent: Any) -> dict[str, Any]:
    return {"status": status, "creationDateTime": at, "solutionUpdateConfig": {}, **sent}


def version(status: str, name: str = "236f000b") -> dict[str, Any]:
    return {"solutionVersionArn": f"{ARN}/{name}", "status": status}


def look(
    goal: Present | AbsentSolution, observed: Observed | None, *, later: float = 0, expired: bool = False
) -> Step:
    return decide(goal, observed, now=SINCE + later, expired=expired)


def failure(step: Step) -> str:
    assert isinstance(step, Fail)
    return str(step.error)


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


# Absent


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


OFF = Configure({"performAutoTraining": False})


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
            assert "latestSolutionVersion" not in observed.solution


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
        assert observed.solution["creationDateTime"] == AFTER or observed.status in CREATING


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
