"""The next step for a campaign, and what an update of one sends."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personalize_provider.engine.identity import ADOPTED_TAG, STACK_ID_TAG
from personalize_provider.engine.steps import Done, Fail, Wait
from personalize_provider.kinds.campaign.config import settings, update_request
from personalize_provider.kinds.campaign.decide import newest_active
from personalize_provider.kinds.campaign.effects import CreateWith
from personalize_provider.kinds.owned.effects import Adopt, Configure, Delete, Retag
from support.handler.campaign_goals import (
    ARN,
    HASH,
    SOLUTION,
    A,
    B,
    absent,
    look,
    present,
    seen,
    update,
    version,
)
from support.handler.solution_goals import AFTER, BEFORE, CREATING, DELETING, OWN, STATUSES, failure

LATEST = f"{SOLUTION}/$LATEST"
AWAITING = Done({"campaignArn": ARN, "name": "live", "status": "AWAITING_VERSION", "configHash": HASH})
SERVING = Done({"campaignArn": ARN, "name": "live", "status": "ACTIVE", "configHash": HASH})
ROLLBACK = {"restores": True, "is_undone": True, "was_known": True}
FOREIGN = {STACK_ID_TAG: "arn:aws:cloudformation:us-east-1:123456789012:stack/shows/1"}


# The first version


@pytest.mark.parametrize(
    ("promoter", "declared", "newest", "step"),
    [
        (False, None, "", AWAITING),
        (False, None, B, CreateWith(B)),
        (True, None, B, AWAITING),
        (False, A, "", CreateWith(A)),
        (True, A, B, CreateWith(A)),
        (False, LATEST, "", AWAITING),
        (False, LATEST, B, CreateWith(LATEST)),
        (True, LATEST, B, CreateWith(LATEST)),
    ],
    ids=[
        "none",
        "newest",
        "promoter",
        "fixed",
        "fixed beside a promoter",
        "no latest",
        "latest",
        "latest beside",
    ],
)
def test_nothing_there__version_by_what_is_declared(
    promoter: bool, declared: str | None, newest: str, step: object
) -> None:
    request = {} if declared is None else {"solutionVersionArn": declared}
    goal = present(promoter=promoter, **request)
    assert look(goal, None, newest=newest if goal.needs_version else "") == step


@pytest.mark.parametrize("declared", [None, LATEST])
def test_nothing_there__rollback__creates_nothing(declared: str | None) -> None:
    request = {} if declared is None else {"solutionVersionArn": declared}
    goal = present(goal=ROLLBACK, **request)
    assert not goal.needs_version
    assert look(goal, None) == AWAITING


def test_newest__versions_in_any_order__is_the_youngest_active_one() -> None:
    versions = [version(A, hour=2), version(B, hour=3), version(f"{SOLUTION}/cccc", "CREATE FAILED", 4)]
    assert newest_active(versions) == newest_active(reversed(versions)) == B
    assert newest_active([version(A, "CREATE IN_PROGRESS")]) == newest_active([]) == ""
    assert newest_active([{"solutionVersionArn": A, "status": "ACTIVE"}]) == A


# Updates


@pytest.mark.parametrize(
    ("declared", "changes"),
    [
        ({"minProvisionedTPS": 2}, {"minProvisionedTPS": 2}),
        (
            {"campaignConfig": {"enableMetadataWithRecommendations": True}},
            {"minProvisionedTPS": 1, "campaignConfig": {"enableMetadataWithRecommendations": True}},
        ),
        ({"solutionVersionArn": B}, {"minProvisionedTPS": 1, "solutionVersionArn": B}),
        ({"solutionVersionArn": A}, {}),
        ({"solutionVersionArn": LATEST}, {}),
    ],
    ids=["tps", "config", "fixed", "fixed already", "latest"],
)
def test_active__something_differs__is_sent_whole_and_without_a_version_of_our_own(
    declared: dict[str, Any], changes: dict[str, Any]
) -> None:
    assert look(present(**declared), seen()) == (Configure(changes) if changes else SERVING)


def test_active__config_no_longer_declared__is_taken_back() -> None:
    live = seen(campaignConfig={"syncWithLatestSolutionVersion": True})
    assert look(present(), live) == Configure({"minProvisionedTPS": 1, "campaignConfig": {}})


def test_active__config_declared_and_tps_differs__is_sent_whole() -> None:
    config = {"itemExplorationConfig": {"explorationWeight": "0.30"}}
    live = seen(campaignConfig={"itemExplorationConfig": {"explorationWeight": "0.3"}})
    assert look(present(campaignConfig=config), live) == SERVING
    assert look(present(campaignConfig=config, minProvisionedTPS=2), live) == Configure(
        {"minProvisionedTPS": 2, "campaignConfig": config}
    )
    other = {"itemExplorationConfig": {"explorationWeight": "0.4"}}
    assert look(present(campaignConfig=other), live) == Configure(
        {"minProvisionedTPS": 1, "campaignConfig": other}
    )


@pytest.mark.parametrize("status", CREATING)
def test_active__any_update_in_progress__is_waited_for(status: str) -> None:
    live = seen(latestCampaignUpdate=update(status, solutionVersionArn=B))
    assert look(present(minProvisionedTPS=2), live) == Wait(f"update {status}")
    assert look(present(), live) == Wait(f"update {status}")


def test_active__update_that_was_sent__is_done_when_it_is_active() -> None:
    """Rule 154: the latest update must be ACTIVE and be the one that was sent."""
    goal = present(minProvisionedTPS=2)
    stale = seen(latestCampaignUpdate=update("ACTIVE", BEFORE))
    assert look(goal, stale) == Configure({"minProvisionedTPS": 2})
    assert look(goal, seen(latestCampaignUpdate=update("ACTIVE", minProvisionedTPS=2))) == SERVING


def test_active__update_that_was_sent_failed__reports_the_reason() -> None:
    failed = update("CREATE FAILED", minProvisionedTPS=2, failureReason="out of capacity")
    step = look(present(minProvisionedTPS=2), seen(latestCampaignUpdate=failed))
    assert "campaign live: UpdateCampaign failed: out of capacity" in failure(step)
    assert isinstance(step, Fail)
    assert step.discard is None


@pytest.mark.parametrize(
    "other", [{"solutionVersionArn": B}, {"minProvisionedTPS": 1}], ids=["promotion", "older settings"]
)
def test_active__failed_update_of_somebody_else__is_not_ours(other: dict[str, Any]) -> None:
    failed = update("CREATE FAILED", **{"minProvisionedTPS": 2, **other}, failureReason="bad version")
    step = look(present(minProvisionedTPS=2), seen(latestCampaignUpdate=failed))
    assert step == Configure({"minProvisionedTPS": 2})


def test_active__promotion_after_ours__keeps_its_version() -> None:
    live = seen(latestCampaignUpdate=update("ACTIVE", solutionVersionArn=B, minProvisionedTPS=2))
    assert look(present(minProvisionedTPS=2), live) == SERVING


def test_active__fixed_version_and_a_promotion_to_another__is_brought_back() -> None:
    live = seen(latestCampaignUpdate=update("ACTIVE", solutionVersionArn=B))
    assert look(present(solutionVersionArn=A), live) == Configure(
        {"minProvisionedTPS": 1, "solutionVersionArn": A}
    )


configs = st.fixed_dictionaries(
    {},
    optional={
        "enableMetadataWithRecommendations": st.booleans(),
        "syncWithLatestSolutionVersion": st.booleans(),
        "itemExplorationConfig": st.dictionaries(
            st.sampled_from(["explorationWeight", "explorationItemAgeCutOff"]),
            st.sampled_from(["0.3", "30", "1.0"]),
        ),
        "rankingInfluence": st.dictionaries(st.sampled_from(["POPULARITY", "FRESHNESS"]), st.floats(0, 1)),
    },
)
campaigns = st.fixed_dictionaries(
    {"minProvisionedTPS": st.integers(1, 3)}, optional={"campaignConfig": configs}
)


@given(declared=campaigns, live=campaigns, served=st.sampled_from([A, B]))
def test_update__any_change__never_names_a_version_and_settles(
    declared: dict[str, Any], live: dict[str, Any], served: str
) -> None:
    live = {**live, "solutionVersionArn": served}
    changes = update_request(declared, live)
    assert "solutionVersionArn" not in changes
    after = {**live, **changes}
    assert update_request(declared, after) == {}
    assert settings(after) == settings(declared)


# Failed creations


def test_create_failed__of_this_request__reports_the_reason_and_is_discarded() -> None:
    step = look(present(), seen("CREATE FAILED", failureReason="out of capacity"), newest=A)
    assert "campaign live: CreateCampaign failed: out of capacity" in failure(step)
    assert isinstance(step, Fail)
    assert step.discard == Delete()


def test_create_failed__of_an_earlier_request__is_deleted() -> None:
    assert look(present(), seen("CREATE FAILED", creationDateTime=BEFORE)) == Delete()


@pytest.mark.parametrize("created", [BEFORE, AFTER])
def test_create_failed__of_a_promoter__leaves_the_name_free(created: Any) -> None:
    assert look(present(promoter=True), seen("CREATE FAILED", creationDateTime=created)) == Delete()


def test_create_failed__adopted__is_never_deleted() -> None:
    live = seen("CREATE FAILED", {**OWN, ADOPTED_TAG: "true"})
    for promoter in (False, True):
        step = look(present(promoter=promoter), live)
        assert isinstance(step, Fail)
        assert step.discard is None


@pytest.mark.parametrize(
    ("promoter", "created", "discard"),
    [(False, AFTER, Delete()), (False, BEFORE, None), (True, AFTER, None)],
    ids=["ours", "older", "a promoter's"],
)
def test_deadline__still_being_created__discards_only_what_this_request_made(
    promoter: bool, created: Any, discard: Delete | None
) -> None:
    live = seen("CREATE IN_PROGRESS", creationDateTime=created)
    step = look(present(promoter=promoter), live, later=60, expired=True)
    assert isinstance(step, Fail)
    assert step.discard == discard


# Whose it is


def test_foreign__generated_or_not__is_left_alone() -> None:
    step = look(present(generated=False), seen(tags=FOREIGN))
    assert "it belongs to the resource an unknown one of the stack" in failure(step)
    assert "choose another campaign_name" in failure(step)
    # Another stack took the name while the campaign awaited its version.
    assert look(present(generated=False, goal=ROLLBACK), seen(tags=FOREIGN)) == AWAITING
    assert look(absent(is_undone=True), seen(tags=FOREIGN)) == Done({})
    assert look(absent(), seen(tags={})) == Done({})
    assert "campaign live: DeleteCampaign failed: its tags say" in failure(look(absent(), seen(tags=FOREIGN)))


def test_promoters__without_a_tag__gets_it() -> None:
    step = look(present(), seen(tags={}))
    assert step == Retag(OWN, frozenset())


def test_adoption__same_solution__keeps_the_version_and_logs_what_was() -> None:
    step = look(
        present(generated=False, goal={"adopts": True}, minProvisionedTPS=2), seen(tags={"team": "recs"})
    )
    assert isinstance(step, Adopt)
    assert step.was == {"minProvisionedTPS": 1, "campaignConfig": {}}


def test_adoption__other_solution__is_refused() -> None:
    live = seen(tags={}, solutionVersionArn=f"{SOLUTION}s/aaaa")
    message = failure(look(present(generated=False, goal={"adopts": True}), live))
    assert f"solutionArn is {SOLUTION}s, declared is {SOLUTION}" in message


def test_named__other_solution__needs_another_name() -> None:
    live = seen(tags={**OWN, "cdk-personalize:config-hash": "0"}, solutionVersionArn=f"{SOLUTION}s/aaaa")
    goal = present(generated=False, goal={"was_known": True})
    assert "change campaign_name as well" in failure(look(goal, live))


# Deletes


@pytest.mark.parametrize("status", STATUSES)
def test_delete__each_status__waits_or_deletes(status: str) -> None:
    is_busy = status in (*CREATING, *DELETING)
    assert look(absent(), seen(status)) == (Wait(f"status {status}") if is_busy else Delete())


def test_delete__being_updated__waits() -> None:
    live = seen(latestCampaignUpdate=update("CREATE IN_PROGRESS"))
    assert look(absent(), live) == Wait("update CREATE IN_PROGRESS")


def test_delete__nothing_there__is_looked_for_until_the_quiet_time_is_over() -> None:
    goal = absent(quiet=30, is_raced=True)
    assert isinstance(look(goal, None, later=29), Wait)
    assert look(goal, None, later=30) == Done({})


def test_nothing_there__stack_not_known__creates_nothing_in_place_and_takes_a_replacement_for_one() -> None:
    unknown = {**ROLLBACK, "is_stack_known": False}
    assert present(goal=unknown).needs_version
    assert not present(goal={**unknown, "before": present()}).needs_version
    assert not present(goal={**ROLLBACK, "is_stack_known": True}).needs_version
