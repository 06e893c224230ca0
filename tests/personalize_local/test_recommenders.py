"""Recommenders of domain dataset groups."""

from __future__ import annotations

from typing import Any

import pytest

from personalize_local.authorization import permissions
from support.requests.sample_data import INTERACTIONS_SCHEMA, Sample, csv_of
from support.virtual_time.imported_data import dataset, imported, small
from support.virtual_time.simulated import Simulated

TOP_PICKS = "aws-vod-top-picks"


@pytest.fixture
def domain(sim: Simulated) -> str:
    """A dataset group of the domain VIDEO_ON_DEMAND."""
    return sim.create_group("shows", domain="VIDEO_ON_DEMAND")


@pytest.fixture
def recommender(sim: Simulated, domain: str) -> str:
    arn = created(sim, domain)
    sim.advance(1200)
    return arn


def request(sim: Simulated, group: str, recipe: str = TOP_PICKS, **members: object) -> dict[str, Any]:
    return {"name": "picks", "datasetGroupArn": group, "recipeArn": sim.recipe(recipe)} | members


def created(sim: Simulated, group: str, recipe: str = TOP_PICKS, **members: object) -> str:
    return str(sim.call("CreateRecommender", **request(sim, group, recipe, **members))["recommenderArn"])


def described(sim: Simulated, arn: str) -> dict[str, Any]:
    return dict(sim.call("DescribeRecommender", recommenderArn=arn)["recommender"])


def statuses(sim: Simulated, arn: str, *seconds: float) -> list[str]:
    seen = [described(sim, arn)["status"]]
    for second in seconds:
        sim.advance(second)
        seen.append(described(sim, arn)["status"])
    return seen


def test_create__of_a_use_case__trains_and_becomes_active(sim: Simulated, domain: str) -> None:
    arn = created(sim, domain, tags=[{"tagKey": "team", "tagValue": "web"}])
    assert arn == "arn:aws:personalize:us-east-1:123456789012:recommender/picks"
    assert statuses(sim, arn, 600, 600) == ["CREATE PENDING", "CREATE IN_PROGRESS", "ACTIVE"]
    now = described(sim, arn)
    assert now["recommenderConfig"] == {"minRecommendationRequestsPerSecond": 1}
    assert (now["datasetGroupArn"], now["recipeArn"]) == (domain, sim.recipe(TOP_PICKS))
    [listed] = sim.call("ListRecommenders", datasetGroupArn=domain)["recommenders"]
    assert listed == now
    assert sim.call("ListRecommenders", datasetGroupArn=sim.group) == {"recommenders": []}
    assert sim.call("ListTagsForResource", resourceArn=arn)["tags"] == [{"tagKey": "team", "tagValue": "web"}]


def test_create__planned_to_fail__gives_the_reason_and_can_be_deleted(sim: Simulated, domain: str) -> None:
    sim.fail("recommender", reason="Dataset has fewer than 1000 interactions")
    arn = created(sim, domain)
    sim.advance(1200)
    now = described(sim, arn)
    assert (now["status"], now["failureReason"]) == (
        "CREATE FAILED",
        "Dataset has fewer than 1000 interactions",
    )
    sim.call("DeleteRecommender", recommenderArn=arn)
    sim.advance(1)
    assert sim.refusal("DescribeRecommender", recommenderArn=arn)[0] == "ResourceNotFoundException"


def test_create__in_a_custom_group__is_refused_in_the_words_of_the_service(sim: Simulated) -> None:
    assert sim.refusal("CreateRecommender", **request(sim, sim.group)) == (
        "InvalidInputException",
        "Please use a domains-specific Dataset Group to create the Recommender",
    )


@pytest.mark.parametrize(
    ("recipe", "config", "words"),
    [
        ("aws-sims", {}, "must be that of a use case of the domain VIDEO_ON_DEMAND: got aws-sims"),
        ("aws-ecomm-recommended-for-you", {}, "must be that of a use case of the domain VIDEO_ON_DEMAND"),
        (
            "aws-vod-most-popular",
            {"itemExplorationConfig": {"explorationWeight": "0.3"}},
            "itemExplorationConfig is not supported by aws-vod-most-popular",
        ),
        (
            TOP_PICKS,
            {"itemExplorationConfig": {"explorationWeight": "3"}},
            "explorationWeight must be a number from 0 to 1",
        ),
    ],
)
def test_create__against_the_use_case__is_refused(
    sim: Simulated, domain: str, recipe: str, config: dict[str, object], words: str
) -> None:
    refused = request(sim, domain, recipe, recommenderConfig=config)
    code, message = sim.refusal("CreateRecommender", **refused)
    assert (code, words in message) == ("InvalidInputException", True), message


def test_create__unknown_recipe_or_group_or_taken_name__is_refused(sim: Simulated, domain: str) -> None:
    assert sim.refusal("CreateRecommender", **request(sim, domain, "aws-vod-x"))[0] == (
        "ResourceNotFoundException"
    )
    assert sim.refusal("CreateRecommender", **request(sim, f"{domain}-2"))[0] == "ResourceNotFoundException"
    created(sim, domain)
    assert sim.refusal("CreateRecommender", **request(sim, domain))[0] == "ResourceAlreadyExistsException"


def test_create__beyond_a_quota__is_refused(sim: Simulated, domain: str) -> None:
    sim.service.set_limits(recommenders_per_dataset_group=2, recommenders=3)
    for number in range(2):
        created(sim, domain, name=f"r{number}")
    code, message = sim.refusal("CreateRecommender", **request(sim, domain, name="r2"))
    assert (code, "More than 2 recommenders" in message) == ("LimitExceededException", True)
    other = sim.create_group("films-2", domain="VIDEO_ON_DEMAND")
    created(sim, other, name="r2")
    assert sim.refusal("CreateRecommender", **request(sim, other, name="r3")) == (
        "LimitExceededException",
        "More than 3 recommenders in this account and Region",
    )


def test_stop_and_start__go_through_the_documented_statuses(sim: Simulated, recommender: str) -> None:
    assert sim.call("StopRecommender", recommenderArn=recommender) == {"recommenderArn": recommender}
    assert statuses(sim, recommender, 1, 1) == ["STOP PENDING", "STOP IN_PROGRESS", "INACTIVE"]
    assert sim.refusal("StopRecommender", recommenderArn=recommender)[0] == "ResourceInUseException"
    sim.call("StartRecommender", recommenderArn=recommender)
    assert statuses(sim, recommender, 2, 3) == ["START PENDING", "START IN_PROGRESS", "ACTIVE"]
    code, message = sim.refusal("StartRecommender", recommenderArn=recommender)
    assert (code, "it can be started when its status is INACTIVE" in message) == (
        "ResourceInUseException",
        True,
    )


def test_delete__of_a_stopped_one__is_done_and_of_a_busy_one_refused(
    sim: Simulated, domain: str, recommender: str
) -> None:
    assert recommender in sim.refusal("DeleteDatasetGroup", datasetGroupArn=domain)[1]
    sim.call("StopRecommender", recommenderArn=recommender)
    code, message = sim.refusal("DeleteRecommender", recommenderArn=recommender)
    assert (code, "when its status is ACTIVE or INACTIVE or CREATE FAILED" in message) == (
        "ResourceInUseException",
        True,
    )
    sim.advance(2)
    sim.call("DeleteRecommender", recommenderArn=recommender)
    assert statuses(sim, recommender, 0.5) == ["DELETE PENDING", "DELETE IN_PROGRESS"]
    sim.advance(0.5)
    sim.call("DeleteDatasetGroup", datasetGroupArn=domain)


def test_update__of_the_rate__is_in_force_when_its_own_status_is_active(
    sim: Simulated, recommender: str
) -> None:
    changes = {"minRecommendationRequestsPerSecond": 4, "enableMetadataWithRecommendations": True}
    sim.call("UpdateRecommender", recommenderArn=recommender, recommenderConfig=changes)
    for operation in ("UpdateRecommender", "StopRecommender", "DeleteRecommender"):
        code, message = sim.refusal(operation, recommenderArn=recommender, recommenderConfig=changes)
        assert (code, "update in progress" in message) == ("ResourceInUseException", True)
    now = described(sim, recommender)
    assert (now["status"], now["recommenderConfig"]) == ("ACTIVE", {"minRecommendationRequestsPerSecond": 1})
    assert (
        now["latestRecommenderUpdate"]["status"],
        now["latestRecommenderUpdate"]["recommenderConfig"],
    ) == (
        "CREATE PENDING",
        changes,
    )
    sim.advance(5)
    now = described(sim, recommender)
    assert (now["latestRecommenderUpdate"]["status"], now["recommenderConfig"]) == ("ACTIVE", changes)
    assert now["lastUpdatedDateTime"] == now["latestRecommenderUpdate"]["lastUpdatedDateTime"]


def test_update__of_the_columns__takes_a_training(sim: Simulated, recommender: str) -> None:
    columns = {"trainingDataConfig": {"excludedDatasetColumns": {"ITEMS": ["GENRES"]}}}
    sim.call("UpdateRecommender", recommenderArn=recommender, recommenderConfig=columns)
    sim.advance(1199)
    assert described(sim, recommender)["latestRecommenderUpdate"]["status"] == "CREATE IN_PROGRESS"
    sim.advance(1)
    before = described(sim, recommender)
    assert before["recommenderConfig"].items() >= columns.items()
    sim.call("UpdateRecommender", recommenderArn=recommender, recommenderConfig=columns)
    assert described(sim, recommender) == before


def test_update__planned_to_fail__leaves_the_old_configuration(sim: Simulated, recommender: str) -> None:
    sim.fail("recommender_update", reason="no capacity")
    config = {"minRecommendationRequestsPerSecond": 4}
    sim.call("UpdateRecommender", recommenderArn=recommender, recommenderConfig=config)
    sim.advance(5)
    now = described(sim, recommender)
    assert now["recommenderConfig"] == {"minRecommendationRequestsPerSecond": 1}
    assert now["latestRecommenderUpdate"]["failureReason"] == "no capacity"


def test_update__during_the_creation__is_refused(sim: Simulated, domain: str) -> None:
    arn = created(sim, domain)
    assert sim.refusal("UpdateRecommender", recommenderArn=arn, recommenderConfig={})[0] == (
        "ResourceInUseException"
    )


@pytest.mark.parametrize("recipe", [TOP_PICKS, "aws-vod-most-popular"])
def test_training__of_data__is_measured_and_recommends(sim: Simulated, domain: str, recipe: str) -> None:
    sim.group = domain
    rows = [(user, item, at, "Watch", value) for user, item, at, _, value in small().interactions]
    content = csv_of(INTERACTIONS_SCHEMA, rows)
    imported(sim, content, dataset(sim, domain="VIDEO_ON_DEMAND"))
    arn = created(sim, domain, recipe)
    sim.advance(1200)
    assert {"coverage", "precision_at_5"} <= described(sim, arn)["modelMetrics"].keys()
    items = sim.call("GetRecommendations", recommenderArn=arn, userId="user-0001")["itemList"]
    assert items
    watched = {item for user, item, *_ in rows if user == "user-0001"}
    # Of the two only Top picks for you leaves out what the user watched.
    assert bool(watched & {entry["itemId"] for entry in items}) is (recipe != TOP_PICKS)


@pytest.fixture
def watching(sim: Simulated, domain: str) -> tuple[str, str]:
    """A recommender that was trained on random data, and its dataset."""
    sim.group = domain
    arn = dataset(sim, domain="VIDEO_ON_DEMAND")
    imported(sim, watched(small().shuffled()), arn)
    recommender = created(sim, domain)
    sim.advance(1200)
    return recommender, arn


def watched(data: Sample) -> bytes:
    rows = [(user, item, at, "Watch", value) for user, item, at, _, value in data.interactions]
    return csv_of(INTERACTIONS_SCHEMA, rows)


def scored(sim: Simulated, recommender: str) -> dict[str, float]:
    answer = sim.call("GetRecommendations", recommenderArn=recommender, userId="user-0001")
    return {entry["itemId"]: entry["score"] for entry in answer["itemList"]}


NDCG = "normalized_discounted_cumulative_gain_at_25"
COLUMNS = {"trainingDataConfig": {"excludedDatasetColumns": {"ITEMS": ["GENRES"]}}}


def test_update__of_the_columns__trains_on_the_data_of_that_time(
    sim: Simulated, watching: tuple[str, str]
) -> None:
    recommender, arn = watching
    before = described(sim, recommender)["modelMetrics"]
    scores = scored(sim, recommender)
    imported(sim, watched(small()), arn, name="better")
    rate = {"minRecommendationRequestsPerSecond": 2}
    sim.call("UpdateRecommender", recommenderArn=recommender, recommenderConfig=rate)
    sim.advance(5)
    assert described(sim, recommender)["modelMetrics"] == before
    sim.call("UpdateRecommender", recommenderArn=recommender, recommenderConfig=COLUMNS)
    sim.advance(1199)
    assert described(sim, recommender)["modelMetrics"] == before
    # What the user watched by the new data is left out at once; the scores are those of the old model.
    meanwhile = scored(sim, recommender)
    both = scores.keys() & meanwhile.keys()
    assert both
    assert all(meanwhile[item] == scores[item] for item in both)
    sim.advance(1)
    now = described(sim, recommender)
    assert now["latestRecommenderUpdate"]["status"] == "ACTIVE"
    assert now["modelMetrics"][NDCG] > 1.5 * before[NDCG]
    assert any(score != meanwhile.get(item) for item, score in scored(sim, recommender).items())


def test_update__of_the_columns_with_too_little_data__fails_and_the_old_model_serves(
    sim: Simulated, watching: tuple[str, str]
) -> None:
    recommender, arn = watching
    before = described(sim, recommender)
    rows = [("u1", f"i{n}", n, "Watch", 1) for n in range(1000)]
    imported(sim, csv_of(INTERACTIONS_SCHEMA, rows), arn, name="too-little")
    sim.call("UpdateRecommender", recommenderArn=recommender, recommenderConfig=COLUMNS)
    sim.advance(1200)
    now = described(sim, recommender)
    assert now["latestRecommenderUpdate"]["status"] == "CREATE FAILED"
    assert "users" in now["latestRecommenderUpdate"]["failureReason"]
    assert (now["status"], now["modelMetrics"]) == ("ACTIVE", before["modelMetrics"])
    assert now["recommenderConfig"] == before["recommenderConfig"]


def test_training__of_too_little_data__fails(sim: Simulated, domain: str) -> None:
    sim.group = domain
    rows = [("u1", f"i{n}", n, "Watch", 1) for n in range(1000)]
    imported(sim, csv_of(INTERACTIONS_SCHEMA, rows), dataset(sim, domain="VIDEO_ON_DEMAND"))
    arn = created(sim, domain)
    sim.advance(1200)
    assert described(sim, arn)["status"] == "CREATE FAILED"
    assert "25 users" in described(sim, arn)["failureReason"]


def test_training__without_data__has_no_metrics(sim: Simulated, recommender: str) -> None:
    assert "modelMetrics" not in described(sim, recommender)


def test_permissions__of_a_create__are_on_the_group_and_the_new_recommender(
    sim: Simulated, domain: str
) -> None:
    needed = permissions("CreateRecommender", request(sim, domain), sim.scope, lambda _: {})
    assert {(one.action, one.resource) for one in needed} == {
        ("personalize:CreateRecommender", domain),
        ("personalize:CreateRecommender", sim.scope.arn("recommender", "picks")),
    }
