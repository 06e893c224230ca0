"""Every operation's answer, in as many states as there are, against the model's output shape."""

from __future__ import annotations

from typing import Any

import pytest

from personalize_local.simulator import Personalize
from personalize_local.simulator.engine.model import operation_model
from personalize_local.simulator.engine.operations import operations
from support.requests.answers import problems
from support.requests.avro import avro
from support.virtual_time.simulated import (
    DAY,
    OF_BATCH_JOBS,
    OF_DATA,
    OF_EVENTS_AND_FILTERS,
    OF_RECOMMENDERS_AND_RANKINGS,
    Simulated,
)

SHOP_ITEMS = avro(
    "Items",
    {"name": "PRICE", "type": "float"},
    {"name": "CATEGORY_L1", "type": "string", "categorical": True},
)


@pytest.fixture
def checking(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Check every answer as it comes; the operations that have answered so far."""
    answered: set[str] = set()
    call = Personalize.call

    def checked(service: Personalize, operation: str, *rest: Any) -> dict[str, object]:
        answer = call(service, operation, *rest)
        assert problems(operation, answer) == []
        assert (
            set(answer) or operation_model(operation).output_shape is None or operation.endswith("Resource")
        )
        answered.add(operation)
        return answer

    monkeypatch.setattr(Personalize, "call", checked)
    return answered


def look(sim: Simulated, arns: dict[str, str]) -> None:
    for kind in (
        "Campaigns",
        "DatasetGroups",
        "Datasets",
        "EventTrackers",
        "Filters",
        "Recipes",
        "Schemas",
        "SolutionVersions",
        "Solutions",
    ):
        sim.call(f"List{kind}", maxResults=1)
    for noun, arn in arns.items():
        sim.call(f"Describe{noun}", **{f"{noun[0].lower()}{noun[1:]}Arn": arn})


def test_answers__of_every_operation_in_a_whole_life__fit_the_model(
    sim: Simulated, checking: set[str]
) -> None:
    tags = [{"tagKey": "team", "tagValue": "a"}]
    group = sim.create_group("shop", domain="ECOMMERCE", tags=tags)
    schema = sim.call("CreateSchema", name="s", schema=SHOP_ITEMS, domain="ECOMMERCE")["schemaArn"]
    parts = {"name": "d", "datasetType": "Items", "datasetGroupArn": group, "schemaArn": schema}
    dataset = sim.call("CreateDataset", **parts)["datasetArn"]
    ranges = {"integerHyperParameterRanges": [{"name": "bptt", "minValue": 2, "maxValue": 32}]}
    solution = sim.create(
        datasetGroupArn=group,
        recipeArn=sim.recipe("aws-user-personalization"),
        performHPO=True,
        performAutoTraining=True,
        eventType="buy",
        solutionConfig={"hpoConfig": {"algorithmHyperParameterRanges": ranges}, "eventValueThreshold": "1"},
        tags=tags,
    )
    arns = {
        "DatasetGroup": group,
        "Schema": schema,
        "Dataset": dataset,
        "Solution": solution,
        "Recipe": sim.recipe("aws-sims"),
    }
    look(sim, arns)
    sim.advance(1)
    sim.fail("solution_version")
    failed = sim.train(solution, name="fails")
    arns["SolutionVersion"] = failed
    look(sim, arns)
    sim.advance(1200)
    look(sim, arns)
    arns["SolutionVersion"] = version = sim.train(solution)
    sim.advance(1200)
    arns["Campaign"] = campaign = sim.campaign(version, minProvisionedTPS=2, campaignConfig={})
    config = {"autoTrainingConfig": {"schedulingExpression": "rate(2 days)"}}
    sim.advance(5)
    sim.call("GetRecommendations", campaignArn=campaign, userId="ann")
    for kinds in (("solution_update", "campaign_update"), ()):
        for kind in kinds:
            sim.fail(kind)
        sim.call("UpdateSolution", solutionArn=solution, solutionUpdateConfig=config)
        sim.call("UpdateCampaign", campaignArn=campaign, minProvisionedTPS=3, campaignConfig={})
        look(sim, arns)
        sim.advance(5)
        look(sim, arns)
    sim.advance(7 * DAY)
    look(sim, arns)
    sim.call("StopSolutionVersionCreation", solutionVersionArn=sim.train(solution))
    look(sim, arns)
    sim.call("TagResource", resourceArn=solution, tags=[{"tagKey": "b", "tagValue": ""}])
    sim.call("UntagResource", resourceArn=solution, tagKeys=["b"])
    sim.call("ListTagsForResource", resourceArn=solution)
    sim.advance(1200)
    sim.call("DeleteCampaign", campaignArn=campaign)
    look(sim, arns)
    sim.advance(1)
    del arns["Campaign"]
    sim.call("DeleteSolution", solutionArn=solution)
    look(sim, arns)
    sim.advance(1)
    sim.call("DeleteDataset", datasetArn=dataset)
    sim.advance(1)
    sim.call("DeleteSchema", schemaArn=schema)
    sim.call("DeleteDatasetGroup", datasetGroupArn=group)
    elsewhere = OF_DATA | OF_EVENTS_AND_FILTERS | OF_RECOMMENDERS_AND_RANKINGS | OF_BATCH_JOBS
    assert checking | elsewhere == set(operations())


def test_answers__of_recommenders_and_rankings__fit_the_model(sim: Simulated, checking: set[str]) -> None:
    group = sim.create_group("shop", domain="ECOMMERCE")
    recipe = sim.recipe("aws-ecomm-recommended-for-you")
    parts = {"name": "r", "datasetGroupArn": group, "recipeArn": recipe}
    named = {"recommenderArn": sim.call("CreateRecommender", **parts)["recommenderArn"]}
    changes = {"itemExplorationConfig": {"explorationWeight": "0.5"}}
    solution = sim.active(datasetGroupArn=group, recipeArn=sim.recipe("aws-personalized-ranking"))
    campaign = sim.campaign(sim.trained(solution))
    sim.advance(5)
    ranked = {"campaignArn": campaign, "userId": "ann", "inputList": ["item-2", "x", "item-1"]}
    sim.call("GetPersonalizedRanking", **ranked)
    sim.fail("recommender_update")
    for operation, members in (
        ("UpdateRecommender", {"recommenderConfig": changes}),
        ("UpdateRecommender", {"recommenderConfig": changes}),
        ("StopRecommender", {}),
        ("StartRecommender", {}),
        ("DeleteRecommender", {}),
    ):
        sim.call(operation, **named, **members)
        sim.call("DescribeRecommender", **named)
        sim.call("ListRecommenders")
        sim.advance(5)
    assert checking >= OF_RECOMMENDERS_AND_RANKINGS


def test_answers__of_events_and_filters__fit_the_model(sim: Simulated, checking: set[str]) -> None:
    tracker = sim.call("CreateEventTracker", name="t", datasetGroupArn=sim.group)
    expression = "EXCLUDE ItemID WHERE Items.PRICE > $PRICE"
    sim.fail("filter")
    for name in ("fails", "narrow"):
        sim.call("CreateFilter", name=name, datasetGroupArn=sim.group, filterExpression=expression)
    arns = {
        "EventTracker": tracker["eventTrackerArn"],
        "Filter": sim.scope.arn("filter", "fails"),
    }
    look(sim, arns)
    sim.advance(1)
    look(sim, arns)
    event = {"eventType": "buy", "sentAt": 1}
    sim.call("PutEvents", trackingId=tracker["trackingId"], sessionId="s", eventList=[event])
    items = sim.dataset("Items")
    sim.call("PutItems", datasetArn=items, items=[{"itemId": "jaws"}])
    same = sim.call("DescribeDataset", datasetArn=items)["dataset"]["schemaArn"]
    sim.call("UpdateDataset", datasetArn=items, schemaArn=same)
    sim.call("DescribeDataset", datasetArn=items)
    sim.call("PutUsers", datasetArn=sim.dataset("Users"), users=[{"userId": "ann"}])
    sim.call("DeleteEventTracker", eventTrackerArn=arns["EventTracker"])
    sim.call("DeleteFilter", filterArn=arns["Filter"])
    look(sim, arns)
    assert checking >= OF_EVENTS_AND_FILTERS


def test_problems__of_answers_that_do_not_fit__are_found() -> None:
    assert problems("CreateSolution", {"solutionArn": "x"}) == [
        "CreateSolution.solutionArn does not match: x"
    ]
    assert problems("CreateSolution", {"arn": "x"})
    assert problems("DeleteSolution", {"solutionArn": "x"})
