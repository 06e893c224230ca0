"""From data to recommendations: versions are trained on the data of their group, measured, and serve."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from personalize_local.simulator import Clock, Personalize
from personalize_local.simulator.kinds.dataset.data import DatasetData, GroupData
from personalize_local.simulator.kinds.recipes import catalog
from personalize_local.simulator.kinds.solution.learned import Training
from personalize_local.simulator.learning import csv_import
from personalize_local.simulator.learning.csv_import import File
from personalize_local.simulator.learning.table import Table, fields_of
from support.requests.avro import avro
from support.requests.sample_data import INTERACTIONS_SCHEMA, Sample, csv_of, sample
from support.virtual_time import imported_data
from support.virtual_time.imported_data import METRIC_NAMES, dataset, imported, small, with_data
from support.virtual_time.simulated import DAY, START, Simulated

NDCG = "normalized_discounted_cumulative_gain_at_25"


@pytest.fixture
def films(sim: Simulated) -> Simulated:
    """The group `films` with interactions and items."""
    return with_data(sim)


def version_of(sim: Simulated, recipe: str = "aws-user-personalization-v2", **members: object) -> str:
    """A version whose training has ended."""
    return sim.trained(sim.active(name=recipe, recipeArn=sim.recipe(recipe), **members))


def metrics(sim: Simulated, version: str) -> dict[str, float]:
    return dict(sim.call("GetSolutionMetrics", solutionVersionArn=version)["metrics"])


def serving(sim: Simulated, version: str) -> str:
    """An ACTIVE campaign of a version."""
    campaign = sim.campaign(version)
    sim.advance(5)
    return campaign


def recommended(sim: Simulated, campaign: str, **members: object) -> list[str]:
    answer = sim.call("GetRecommendations", campaignArn=campaign, **members)
    return [item["itemId"] for item in answer["itemList"]]


def failure(sim: Simulated, version: str) -> str:
    found = sim.version(version)
    assert found["status"] == "CREATE FAILED"
    return str(found["failureReason"])


def genre(item: str) -> int:
    return int(item.removeprefix("item-")) % 5


def test_version__of_data__is_measured(films: Simulated) -> None:
    version = version_of(films)
    assert films.version(version)["status"] == "ACTIVE"
    assert metrics(films, version).keys() == METRIC_NAMES
    # The same data gives the same metrics.
    assert metrics(films, films.trained(version.rpartition("/")[0])) == metrics(films, version)


def test_metrics__of_shuffled_data__are_worse(sim: Simulated) -> None:
    data = dataset(sim)
    imported(sim, small().interactions_csv, data)
    good = metrics(sim, version_of(sim))
    imported(sim, small().shuffled().interactions_csv, data, name="shuffled")
    bad = metrics(sim, version_of(sim, "aws-popularity-count"))
    worse = metrics(sim, version_of(sim, "aws-user-personalization"))
    assert good[NDCG] > 1.5 * worse[NDCG]
    assert worse[NDCG] < 1.5 * bad[NDCG]


def test_metrics__of_a_version_that_trains_or_failed__are_refused(films: Simulated) -> None:
    running = films.train(films.active())
    assert films.refusal("GetSolutionMetrics", solutionVersionArn=running)[0] == "ResourceInUseException"
    films.call("StopSolutionVersionCreation", solutionVersionArn=running)
    films.advance(5)
    assert films.refusal("GetSolutionMetrics", solutionVersionArn=running)[0] == "InvalidInputException"
    missing = films.refusal("GetSolutionMetrics", solutionVersionArn=f"{running}0")
    assert missing[0] == "ResourceNotFoundException"


def test_group_without_data__trains_as_before_and_has_no_metrics(sim: Simulated) -> None:
    dataset(sim)
    version = version_of(sim)
    code, message = sim.refusal("GetSolutionMetrics", solutionVersionArn=version)
    assert code == "NotImplementedException"
    assert "CreateDatasetImportJob" in message
    assert recommended(sim, serving(sim, version), userId="ann", numResults=2) == ["item-1", "item-2"]


@pytest.mark.parametrize(
    ("rows", "members", "reason"),
    [
        pytest.param(
            [("u1", f"i{n}", n, "View", 1) for n in range(1000)],
            {},
            "Create failed. Dataset has fewer than 25 users with at least 2 interactions each.",
            id="users",
        ),
        pytest.param([("u1", "i1", 1, "View", 1)] * 1000, {}, "fewer than 1000", id="duplicates"),
        pytest.param(
            small().interactions,
            {"eventType": "Rent"},
            "Dataset has fewer than 1000 interactions after filtering by event type: Rent",
            id="event type",
        ),
        pytest.param(
            small().interactions,
            {
                "recipe": "aws-user-personalization",
                "solutionConfig": {
                    "optimizationObjective": {"itemAttribute": "PRICE", "objectiveSensitivity": "HIGH"}
                },
            },
            "The optimization objective needs the column PRICE in the Items dataset.",
            id="objective",
        ),
    ],
)
def test_version__of_data_that_is_not_enough__fails_with_the_reason(
    sim: Simulated, rows: list[tuple[object, ...]], members: dict[str, Any], reason: str
) -> None:
    imported(sim, csv_of(INTERACTIONS_SCHEMA, rows), dataset(sim))
    version = version_of(sim, **members)
    assert reason in failure(sim, version)
    assert sim.refusal("GetSolutionMetrics", solutionVersionArn=version)[0] == "InvalidInputException"


def test_objective__of_a_column__adds_its_metric(films: Simulated) -> None:
    config = {"optimizationObjective": {"itemAttribute": "PRICE", "objectiveSensitivity": "HIGH"}}
    version = version_of(films, "aws-user-personalization", solutionConfig=config)
    assert metrics(films, version).keys() - METRIC_NAMES == {"average_rewards_at_k"}


def test_training__takes_the_data_at_its_start(sim: Simulated) -> None:
    data = dataset(sim)
    imported(sim, csv_of(INTERACTIONS_SCHEMA, small().interactions[:1200]), data)
    sim.service.put_object("s3://films/all.csv", small().interactions_csv)
    solution = sim.active()
    sim.service.set_durations(dataset_import_job=100)
    job = imported_data.start(sim, data, "s3://films/all.csv", "second")
    early = sim.train(solution)
    sim.advance(100)
    assert imported_data.job(sim, job)["status"] == "ACTIVE"
    late = sim.train(solution)
    sim.advance(1200)
    assert metrics(sim, early) != metrics(sim, late)


@pytest.mark.parametrize(("mode", "more"), [("FULL", False), ("INCREMENTAL", True)])
def test_import__again__replaces_or_adds(sim: Simulated, mode: str, more: bool) -> None:
    """The second half of the data has other items."""
    data = dataset(sim)
    rows = small().interactions[:1500]
    others = [(user, f"new-{item}", *rest) for user, item, *rest in rows]
    imported(sim, csv_of(INTERACTIONS_SCHEMA, rows), data)
    imported(sim, csv_of(INTERACTIONS_SCHEMA, others), data, name="second", importMode=mode)
    campaign = serving(sim, version_of(sim, "aws-popularity-count"))
    found = recommended(sim, campaign, numResults=200)
    assert any(item.startswith("new-") for item in found)
    assert any(item.startswith("item-") for item in found) is more


def test_automatic_training__by_its_schedule__is_measured(films: Simulated) -> None:
    solution = films.active(performAutoTraining=True)
    films.advance(8 * DAY)
    first, second = films.versions(solution)
    assert (first["trainingType"], second["trainingType"]) == ("AUTOMATIC", "AUTOMATIC")
    arns = [entry["solutionVersionArn"] for entry in (first, second)]
    assert metrics(films, arns[0]) == metrics(films, arns[1])


def test_recommendations__of_users_with_other_tastes__differ_and_are_new_to_them(films: Simulated) -> None:
    campaign = serving(films, version_of(films))
    first, second = (recommended(films, campaign, userId=f"user-{n:04}", numResults=5) for n in (1, 2))
    assert set(first) != set(second)
    known = {item for user, item, *_ in small().interactions if user == "user-0001"}
    assert not known & set(first)


def test_recommendations__of_a_user_who_is_not_known__are_the_popular_items(films: Simulated) -> None:
    campaign = serving(films, version_of(films))
    popular = films.campaign(version_of(films, "aws-popularity-count"), name="popular")
    films.advance(5)
    cold = recommended(films, campaign, userId="nobody")
    assert cold == recommended(films, popular)
    assert len(cold) == 25


def test_recommendations__after_events__follow_them(films: Simulated) -> None:
    tracker = films.call("CreateEventTracker", name="t", datasetGroupArn=films.group)["trackingId"]
    films.advance(1)
    campaign = serving(films, version_of(films))
    before = recommended(films, campaign, userId="new")
    event = {"eventType": "View", "itemId": "item-0003", "sentAt": START.timestamp()}
    films.call("PutEvents", trackingId=tracker, sessionId="s", userId="new", eventList=[event])
    after = recommended(films, campaign, userId="new")
    assert after != before
    assert sum(genre(item) == 3 for item in after[:5]) >= 3
    # An app that does not know the user sends the id of the session.
    assert recommended(films, campaign, userId="s") == after


def test_recommendations__after_events_in_a_new_dataset__follow_them(films: Simulated) -> None:
    made = films.call("CreateEventTracker", name="t", datasetGroupArn=films.group)
    films.advance(1)
    event = {"eventType": "View", "itemId": "item-0001", "sentAt": START.timestamp()}
    sent = {"sessionId": "s", "userId": "other", "eventList": [event] * 5}
    films.call("PutEvents", trackingId=made["trackingId"], **sent)
    campaign = serving(films, version_of(films))
    films.call("DeleteEventTracker", eventTrackerArn=made["eventTrackerArn"])
    films.advance(1)
    films.call("DeleteDataset", datasetArn=films.scope.arn("dataset", "films", "EVENT_INTERACTIONS"))
    films.advance(1)
    again = films.call("CreateEventTracker", name="t", datasetGroupArn=films.group)
    films.advance(1)
    before = recommended(films, campaign, userId="new")
    event["itemId"] = "item-0003"
    sent = {"sessionId": "s", "userId": "new", "eventList": [event]}
    films.call("PutEvents", trackingId=again["trackingId"], **sent)
    assert recommended(films, campaign, userId="new") != before


def test_recommendations__of_related_items__are_near_the_item(films: Simulated) -> None:
    campaign = serving(films, version_of(films, "aws-similar-items"))
    found = recommended(films, campaign, itemId="item-0003", numResults=5)
    assert "item-0003" not in found
    assert sum(genre(item) == 3 for item in found) >= 3


def test_ranking__sorts_for_the_user_with_unknown_items_last(films: Simulated) -> None:
    version = version_of(films, "aws-personalized-ranking-v2")
    campaign = serving(films, version)
    assert films.refusal("GetRecommendations", campaignArn=campaign, userId="u")[0] == "InvalidInputException"
    given = ["unknown", *(f"item-{number:04}" for number in range(10))]
    request = {"campaignArn": campaign, "userId": "user-0001", "inputList": given}
    answer = films.call("GetPersonalizedRanking", **request)
    ranked = [entry["itemId"] for entry in answer["personalizedRanking"]]
    assert (sorted(ranked), ranked[-1]) == (sorted(given), "unknown")
    scores = [entry["score"] for entry in answer["personalizedRanking"]]
    assert scores == sorted(scores, reverse=True)


def test_ranking__not_of_such_a_recipe_or_not_active__is_refused(sim: Simulated) -> None:
    campaign = serving(sim, version_of(sim))
    request = {"userId": "ann", "inputList": ["a", "b"]}
    code, _ = sim.refusal("GetPersonalizedRanking", campaignArn=campaign, **request)
    assert code == "InvalidInputException"
    ranking = sim.campaign(version_of(sim, "aws-personalized-ranking"), name="ranking")
    code, _ = sim.refusal("GetPersonalizedRanking", campaignArn=ranking, **request)
    assert code == "ResourceNotFoundException"
    sim.advance(5)
    answer = sim.call("GetPersonalizedRanking", campaignArn=ranking, **request)
    assert [entry["score"] for entry in answer["personalizedRanking"]] == [0, 0]


def test_filters__apply_to_what_was_imported(films: Simulated) -> None:
    campaign = serving(films, version_of(films))
    for name, expression in (
        ("genre", 'INCLUDE ItemID WHERE Items.GENRE IN ("genre-3")'),
        ("seen", 'INCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("Purchase")'),
    ):
        films.call("CreateFilter", name=name, datasetGroupArn=films.group, filterExpression=expression)
    films.advance(1)
    asked = {"userId": "user-0001", "numResults": 50}
    of_genre = recommended(films, campaign, filterArn=films.scope.arn("filter", "genre"), **asked)
    assert {genre(item) for item in of_genre} == {3}
    bought = {i for u, i, _, kind, _ in small().interactions if (u, kind) == ("user-0001", "Purchase")}
    assert set(recommended(films, campaign, filterArn=films.scope.arn("filter", "seen"), **asked)) == bought


def test_events__as_many_as_a_training_needs__train_without_an_import(sim: Simulated) -> None:
    dataset(sim)
    tracker = sim.call("CreateEventTracker", name="t", datasetGroupArn=sim.group)["trackingId"]
    sim.advance(1)
    rows = small().interactions[:1200]
    for number, (user, item, at, kind, value) in enumerate(rows):
        event = {"eventType": kind, "itemId": item, "sentAt": at, "eventValue": value}
        # The first event of each session comes before the user signs in.
        who = {} if number < 10 else {"userId": user}
        sim.call("PutEvents", trackingId=tracker, sessionId=f"s-{user}", eventList=[event], **who)
    version = version_of(sim, "aws-popularity-count")
    assert metrics(sim, version).keys() == METRIC_NAMES


def test_items__put_one_by_one__are_recommended_and_valued(films: Simulated) -> None:
    (items,) = (
        entry["datasetArn"]
        for entry in films.call("ListDatasets", datasetGroupArn=films.group)["datasets"]
        if entry["datasetType"] == "ITEMS"
    )
    put = [{"itemId": "brand-new", "properties": json.dumps({"price": 5.0, "genre": "genre-1"})}]
    films.call("PutItems", datasetArn=items, items=put)
    campaign = serving(films, version_of(films, "aws-popularity-count"))
    assert "brand-new" in recommended(films, campaign, numResults=500)


def test_actions__of_taken_actions__are_measured(sim: Simulated) -> None:
    schema = avro("Action_Interactions")
    rows = [(f"u{n}", f"{'ab'[n % 2]}{step}", "TAKEN", step) for n in range(400) for step in range(2 + n % 4)]
    imported(sim, csv_of(schema, rows), dataset(sim, "Action_Interactions", schema))
    found = metrics(sim, version_of(sim, "aws-next-best-action"))
    assert {"auc", "recall", "precision", "coverage"} <= found.keys()


def test_attributes__all_excluded__fail_the_training(films: Simulated) -> None:
    columns = ["GENRE", "PRICE", "CREATION_TIMESTAMP"]
    config = {"trainingDataConfig": {"excludedDatasetColumns": {"ITEMS": columns}}}
    version = version_of(films, "aws-item-attribute-affinity", solutionConfig=config)
    assert failure(films, version) == "Did not find any attribute to train on"


def test_use_case__of_one_event_type__trains_on_that() -> None:
    rows = [(f"u{n % 41}", f"i{n}", n, "Purchase" if n % 2 else "View", 1) for n in range(2400)]
    fields = tuple(fields_of(json.loads(INTERACTIONS_SCHEMA)))
    read = csv_import.read([File("a.csv", [csv_of(INTERACTIONS_SCHEMA, rows)])], fields, "INTERACTIONS")
    assert isinstance(read, Table)
    data = GroupData({"INTERACTIONS": DatasetData(fields, (read,))}, ())
    use_case = catalog()["aws-ecomm-popular-items-by-purchases"]
    model = Training(data, use_case, None, {}).run().model
    assert model.recipe_type == "POPULAR_ITEMS"
    assert {int(item.removeprefix("i")) % 2 for item, _ in model.recommend(count=25)} == {1}


def test_running_clock__big_training__blocks_no_other_call() -> None:
    """While 25,000 interactions are trained on and measured, other calls are answered at once."""
    service = Personalize(Clock())
    service.set_durations(dataset_group=0, dataset=0, dataset_import_job=0, solution_version=0)
    sim = Simulated(service)
    sim.create_group("films")
    began = time.monotonic()
    data: Sample = sample()
    imported(sim, data.interactions_csv, dataset(sim))
    generated = time.monotonic() - began
    version = sim.train(sim.active())
    slowest, answers = 0.0, 0
    while sim.version(version)["status"] != "ACTIVE":
        before = time.monotonic()
        sim.call("ListSolutions")
        slowest, answers = max(slowest, time.monotonic() - before), answers + 1
        time.sleep(0.01)
        assert time.monotonic() - began < generated + 60
    assert answers > 3
    assert slowest < 2
    assert metrics(sim, version).keys() == METRIC_NAMES


def test_advance__training_that_is_due__is_done_when_it_returns() -> None:
    service = Personalize(Clock())
    service.set_durations(dataset_group=0, dataset=0)
    sim = Simulated(service)
    sim.create_group("films")
    assert imported(sim, small().interactions_csv, dataset(sim))["status"] == "ACTIVE"
    version = sim.train(sim.active())
    sim.advance(1200)
    assert sim.version(version)["status"] == "ACTIVE"
