"""Through boto3 and a real server: the wire, the errors and the scopes that a client sees."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.error import HTTPError

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from hypercorn.asyncio import serve
from hypercorn.config import Config as ServerConfig

from personalize_local.simulator import Clock, Fault, Personalize
from personalize_local.simulator.engine.http import App, app, caller
from personalize_local.simulator.engine.operations import operations
from support.requests.avro import avro
from support.virtual_time.simulated import (
    OF_BATCH_JOBS,
    OF_DATA,
    OF_EVENTS_AND_FILTERS,
    OF_RECOMMENDERS_AND_RANKINGS,
    START,
)

RECIPE = "arn:aws:personalize:::recipe/aws-user-personalization-v2"
AVRO = avro("Items")
NOWHERE = "arn:aws:personalize:us-east-1:123456789012:campaign/nowhere"

Clients = Callable[..., Any]


@contextmanager
def served(application: App) -> Iterator[str]:
    """Serve an application from a thread; the address of the server."""
    listener = socket.create_server(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    config = ServerConfig()
    config.bind = [f"fd://{listener.detach()}"]
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()
    server = serve(application, config, shutdown_trigger=stop.wait)  # type: ignore[arg-type]
    thread = threading.Thread(target=loop.run_until_complete, args=(server,))
    thread.start()
    try:
        yield address
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
        loop.close()


@pytest.fixture(scope="module")
def service() -> Personalize:
    return Personalize(Clock.frozen(START))


@pytest.fixture(scope="module")
def address(service: Personalize) -> Iterator[str]:
    with served(app(service)) as url:
        yield url


@pytest.fixture
def clients(address: str, service: Personalize) -> Clients:
    """Make a client of an empty Personalize, by account and Region; it does not retry."""
    service.reset()

    def client(
        account: str = "123456789012",
        region: str = "us-east-1",
        attempts: int = 1,
        service: str = "personalize",
    ) -> Any:
        return boto3.client(
            service,
            region_name=region,
            endpoint_url=address,
            aws_access_key_id=account,
            aws_secret_access_key="test",
            config=Config(retries={"mode": "standard", "total_max_attempts": attempts}),
        )

    return client


def refused(call: Callable[..., Any], **params: object) -> dict[str, Any]:
    with pytest.raises(ClientError) as error:
        call(**params)
    return dict(error.value.response)


def ask(method: str, url: str, body: bytes | None = None, **headers: str) -> tuple[int, str, bytes]:
    request = urllib.request.Request(url, method=method, data=body, headers=headers)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=10) as response:
            return response.status, response.headers["content-type"], response.read()
    except HTTPError as error:
        with error:
            return error.code, error.headers["content-type"], error.read()


def test_every_operation__through_boto3__is_understood(clients: Clients, service: Personalize) -> None:
    client = clients()
    group = client.create_dataset_group(name="films")["datasetGroupArn"]
    service.advance(1)
    schema = client.create_schema(name="s", schema=AVRO)["schemaArn"]
    dataset = client.create_dataset(name="d", datasetType="Items", schemaArn=schema, datasetGroupArn=group)[
        "datasetArn"
    ]
    solution = client.create_solution(
        name="next",
        datasetGroupArn=group,
        recipeArn=RECIPE,
        performAutoTraining=False,
        tags=[{"tagKey": "équipe", "tagValue": "チーム"}],
    )["solutionArn"]
    service.advance(1)
    described = client.describe_solution(solutionArn=solution)["solution"]
    assert (described["status"], described["creationDateTime"].timestamp()) == (
        "ACTIVE",
        START.timestamp() + 1,
    )
    events = {"eventsConfig": {"eventParametersList": [{"eventType": "buy", "weight": 0.5}]}}
    client.update_solution(solutionArn=solution, solutionUpdateConfig=events)
    service.advance(2)
    assert client.describe_solution(solutionArn=solution)["solution"]["solutionConfig"] == events
    stopped, trained = (
        client.create_solution_version(solutionArn=solution)["solutionVersionArn"] for _ in range(2)
    )
    client.stop_solution_version_creation(solutionVersionArn=stopped)
    service.advance(1200)
    version = client.describe_solution_version(solutionVersionArn=trained)["solutionVersion"]
    assert (version["status"], version["trainingHours"]) == ("ACTIVE", 2.106)
    campaign = client.create_campaign(name="c", solutionVersionArn=trained)["campaignArn"]
    service.advance(5)
    assert client.describe_campaign(campaignArn=campaign)["campaign"]["status"] == "ACTIVE"
    client.update_campaign(campaignArn=campaign, minProvisionedTPS=2)
    service.advance(5)
    assert client.describe_campaign(campaignArn=campaign)["campaign"]["minProvisionedTPS"] == 2
    recommended = clients(service="personalize-runtime").get_recommendations(
        campaignArn=campaign, userId="ann", numResults=1
    )
    assert [item["itemId"] for item in recommended["itemList"]] == ["item-1"]
    assert client.describe_dataset_group(datasetGroupArn=group)["datasetGroup"]["name"] == "films"
    assert client.describe_dataset(datasetArn=dataset)["dataset"]["status"] == "ACTIVE"
    assert client.describe_schema(schemaArn=schema)["schema"]["schema"] == AVRO
    assert client.describe_recipe(recipeArn=RECIPE)["recipe"]["recipeType"] == "USER_PERSONALIZATION"
    client.tag_resource(resourceArn=solution, tags=[{"tagKey": "a", "tagValue": ""}])
    client.untag_resource(resourceArn=solution, tagKeys=["a"])
    tags = client.list_tags_for_resource(resourceArn=solution)["tags"]
    assert tags == [{"tagKey": "équipe", "tagValue": "チーム"}]
    counts = [
        sum(
            len(page[member])
            for page in client.get_paginator(name).paginate(PaginationConfig={"PageSize": 1})
        )
        for name, member in (
            ("list_campaigns", "campaigns"),
            ("list_dataset_groups", "datasetGroups"),
            ("list_datasets", "datasets"),
            ("list_recipes", "recipes"),
            ("list_schemas", "schemas"),
            ("list_solution_versions", "solutionVersions"),
            ("list_solutions", "solutions"),
        )
    ]
    assert counts == [1, 1, 1, 22, 1, 2, 1]
    client.delete_campaign(campaignArn=campaign)
    service.advance(1)
    client.delete_solution(solutionArn=solution)
    client.delete_dataset(datasetArn=dataset)
    service.advance(1)
    client.delete_schema(schemaArn=schema)
    client.delete_dataset_group(datasetGroupArn=group)
    service.advance(1)
    assert {call.outcome for call in service.calls()} == {"ok"}
    elsewhere = OF_DATA | OF_EVENTS_AND_FILTERS | OF_RECOMMENDERS_AND_RANKINGS | OF_BATCH_JOBS
    assert {call.operation for call in service.calls()} | elsewhere == set(operations())


def test_recommenders_and_rankings__through_boto3__are_understood(
    clients: Clients, service: Personalize
) -> None:
    client, runtime = clients(), clients(service="personalize-runtime")
    group = client.create_dataset_group(name="shows", domain="VIDEO_ON_DEMAND")["datasetGroupArn"]
    service.advance(1)
    use_case = "arn:aws:personalize:::recipe/aws-vod-top-picks"
    recommender = client.create_recommender(name="r", datasetGroupArn=group, recipeArn=use_case)[
        "recommenderArn"
    ]
    ranking = "arn:aws:personalize:::recipe/aws-personalized-ranking-v2"
    solution = client.create_solution(
        name="s", datasetGroupArn=group, recipeArn=ranking, performAutoTraining=False
    )["solutionArn"]
    version = client.create_solution_version(solutionArn=solution)["solutionVersionArn"]
    service.advance(1200)
    answer = runtime.get_recommendations(recommenderArn=recommender, userId="ann", numResults=1)
    assert [item["itemId"] for item in answer["itemList"]] == ["item-1"]
    campaign = client.create_campaign(name="c", solutionVersionArn=version)["campaignArn"]
    config = {"minRecommendationRequestsPerSecond": 2}
    client.update_recommender(recommenderArn=recommender, recommenderConfig=config)
    service.advance(5)
    described = client.describe_recommender(recommenderArn=recommender)["recommender"]
    assert described["latestRecommenderUpdate"]["status"] == "ACTIVE"
    assert client.list_recommenders()["recommenders"][0]["recommenderConfig"] == config
    ranked = runtime.get_personalized_ranking(campaignArn=campaign, userId="ann", inputList=["x", "item-1"])
    assert [(item["itemId"], item["score"]) for item in ranked["personalizedRanking"]] == [
        ("item-1", 1.0),
        ("x", 0.0),
    ]
    client.stop_recommender(recommenderArn=recommender)
    service.advance(2)
    client.start_recommender(recommenderArn=recommender)
    service.advance(5)
    client.delete_recommender(recommenderArn=recommender)
    assert {call.outcome for call in service.calls()} == {"ok"}
    assert {call.operation for call in service.calls()} >= OF_RECOMMENDERS_AND_RANKINGS


def test_events_and_filters__through_boto3__are_understood(clients: Clients, service: Personalize) -> None:
    client, events = clients(), clients(service="personalize-events")
    group = client.create_dataset_group(name="films")["datasetGroupArn"]
    service.advance(1)
    items, users = (
        client.create_dataset(
            name=kind,
            datasetType=kind,
            datasetGroupArn=group,
            schemaArn=client.create_schema(name=kind, schema=avro(kind))["schemaArn"],
        )["datasetArn"]
        for kind in ("Items", "Users")
    )
    tracker = client.create_event_tracker(name="t", datasetGroupArn=group)
    expression = "EXCLUDE ItemID WHERE Items.GENRE IN ($GENRE)"
    narrow = client.create_filter(name="f", datasetGroupArn=group, filterExpression=expression)["filterArn"]
    service.advance(1)
    described = client.describe_event_tracker(eventTrackerArn=tracker["eventTrackerArn"])["eventTracker"]
    assert (described["trackingId"], described["accountId"]) == (tracker["trackingId"], "123456789012")
    assert client.describe_filter(filterArn=narrow)["filter"]["filterExpression"] == expression
    assert len(client.list_event_trackers(datasetGroupArn=group)["eventTrackers"]) == 1
    assert len(client.list_filters(datasetGroupArn=group)["Filters"]) == 1
    event = {"eventType": "buy", "itemId": "jaws", "sentAt": START, "properties": '{"price": 7}'}
    sent = {"trackingId": tracker["trackingId"], "sessionId": "s", "userId": "ann"}
    assert set(events.put_events(**sent, eventList=[event])) == {"ResponseMetadata"}
    events.put_items(datasetArn=items, items=[{"itemId": "jaws", "properties": '{"genre": "horror"}'}])
    events.put_users(datasetArn=users, users=[{"userId": "ann"}])
    [account] = service.state()["accounts"]
    kept = {"userId": "ann", "sessionId": "s", "eventType": "buy", "itemId": "jaws"}
    assert account["datasets"][2]["events"] == [
        kept | {"sentAt": START.isoformat(), "properties": {"price": 7}}
    ]
    assert [d["records"] for d in account["datasets"]] == [{"jaws": {"genre": "horror"}}, {"ann": {}}, {}]
    same = client.describe_dataset(datasetArn=items)["dataset"]["schemaArn"]
    client.update_dataset(datasetArn=items, schemaArn=same)
    described = client.describe_dataset(datasetArn=items)["dataset"]
    assert described["latestDatasetUpdate"]["status"] == "CREATE PENDING"
    client.delete_event_tracker(eventTrackerArn=tracker["eventTrackerArn"])
    client.delete_filter(filterArn=narrow)
    assert {call.outcome for call in service.calls()} == {"ok"}
    assert {call.operation for call in service.calls()} >= OF_EVENTS_AND_FILTERS


@pytest.mark.parametrize(
    ("service_name", "call", "request_", "code", "status"),
    [
        (
            "personalize-runtime",
            "get_recommendations",
            {"campaignArn": NOWHERE},
            "ResourceNotFoundException",
            404,
        ),
        ("personalize-runtime", "get_recommendations", {"userId": "ann"}, "InvalidInputException", 400),
        (
            "personalize-runtime",
            "get_recommendations",
            {"campaignArn": NOWHERE, "userId": "a" * 257},
            "ValidationException",
            400,
        ),
        (
            "personalize-events",
            "put_items",
            {"datasetArn": NOWHERE, "items": [{"itemId": "jaws"}]},
            "ResourceNotFoundException",
            404,
        ),
        (
            "personalize-events",
            "put_actions",
            {"datasetArn": NOWHERE, "actions": [{"actionId": "call"}]},
            "NotImplementedException",
            501,
        ),
    ],
)
def test_error__of_a_rest_service__has_the_status_that_the_model_gives_it(
    clients: Clients, service_name: str, call: str, request_: dict[str, object], code: str, status: int
) -> None:
    answer = refused(getattr(clients(service=service_name), call), **request_)
    assert (answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]) == (code, status)


def test_answers__of_each_protocol__have_its_content_type(address: str, clients: Clients) -> None:
    clients()
    for method, path, body in (("POST", "/recommendations", b"{}"), ("POST", "/events", b"not JSON")):
        status, kind, text = ask(method, address + path, body)
        assert (status, kind, set(json.loads(text))) == (400, "application/json", {"message"})
    target = {"x-amz-target": "AmazonPersonalize.ListSolutions"}
    status, kind, _ = ask("POST", f"{address}/", b"{}", **target)
    assert (status, kind) == (200, "application/x-amz-json-1.1")


def test_error__modelled__is_the_clients_own_exception(clients: Clients) -> None:
    client = clients()
    arn = "arn:aws:personalize:us-east-1:123456789012:solution/none"
    with pytest.raises(client.exceptions.ResourceNotFoundException) as error:
        client.describe_solution(solutionArn=arn)
    assert error.value.response["Error"]["Message"] == f"Resource Arn {arn} does not exist."
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert error.value.response["ResponseMetadata"]["RequestId"]


def test_error__of_the_shapes__names_every_violation(clients: Clients) -> None:
    error = refused(clients().create_solution, name="a b", datasetGroupArn="x")["Error"]
    assert error["Code"] == "ValidationException"
    assert error["Message"].startswith("2 validation errors detected: Value 'a b' at 'name' failed")


def test_error__operation_not_simulated__is_not_retried(clients: Clients, service: Personalize) -> None:
    error = refused(clients(attempts=3).describe_algorithm, algorithmArn="arn:aws:personalize:a:b:c")
    assert error["Error"]["Code"] == "NotImplementedException"
    assert len(service.calls()) == 1


def test_fault__retryable__is_retried_by_the_client(clients: Clients, service: Personalize) -> None:
    service.inject(Fault("ListSolutions", "InternalServerException", times=1))
    assert clients(attempts=2).list_solutions()["solutions"] == []
    assert [call.outcome for call in service.calls()] == ["InternalServerException", "ok"]


def test_scopes__of_two_accounts_and_regions__do_not_meet(clients: Clients) -> None:
    arns = {
        clients(account, region).create_dataset_group(name="films")["datasetGroupArn"]
        for account, region in (
            ("123456789012", "us-east-1"),
            ("210987654321", "us-east-1"),
            ("123456789012", "cn-north-1"),
            ("AKIAEXAMPLE", "eu-west-1"),
        )
    }
    assert arns == {
        "arn:aws:personalize:us-east-1:123456789012:dataset-group/films",
        "arn:aws:personalize:us-east-1:210987654321:dataset-group/films",
        "arn:aws-cn:personalize:cn-north-1:123456789012:dataset-group/films",
        "arn:aws:personalize:eu-west-1:000000000000:dataset-group/films",
    }


def test_caller__unsigned__is_the_default_account_in_the_default_region() -> None:
    assert caller("").arn("x", "y") == "arn:aws:personalize:us-east-1:000000000000:x/y"


def test_control__over_http__sets_what_clients_see(clients: Clients, address: str) -> None:
    client = clients()
    ask("POST", f"{address}/_personalize/durations", b'{"dataset_group": 30}')
    client.create_dataset_group(name="films")
    status, kind, body = ask("POST", f"{address}/_personalize/clock", b'{"advance": 29}')
    assert (status, kind) == (200, "application/json")
    assert client.list_dataset_groups()["datasetGroups"][0]["status"] == "CREATE IN_PROGRESS"
    ask("POST", f"{address}/_personalize/clock", b'{"advance": 1}')
    assert client.list_dataset_groups()["datasetGroups"][0]["status"] == "ACTIVE"
    assert json.loads(body)["now"] < json.loads(ask("GET", f"{address}/_personalize/")[2])["now"]


def test_page__for_a_browser__is_html(address: str, clients: Clients) -> None:
    clients().create_dataset_group(name="films")
    status, kind, body = ask("GET", f"{address}/_personalize/", Accept="text/html,*/*;q=0.8")
    assert (status, kind) == (200, "text/html; charset=utf-8")
    assert b"<td>films</td>" in body


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/"), ("POST", "/else"), ("GET", "/personalize"), ("PUT", "/")]
)
def test_path__of_nobody__says_what_there_is(address: str, method: str, path: str) -> None:
    status, kind, body = ask(method, address + path)
    assert (status, kind) == (404, "application/json")
    assert json.loads(body)["error"] == (
        f"nothing at {method} {path}: expected POST / with x-amz-target, or /_personalize/"
    )
