"""The fixture `personalize`: one simulated service, and every client in the process reaches it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError, EndpointConnectionError
from botocore.httpsession import URLLib3Session

from personalize_local.pytest_plugin import _require
from personalize_local.testing import in_process
from personalize_local.testing.in_process import SimulatedPersonalize
from personalize_local.testing.interception import UnservedClientError
from personalize_local.testing.server_process import LocalAws

RECIPE = "arn:aws:personalize:::recipe/aws-user-personalization-v2"
MADE_AT_IMPORT = boto3.client("personalize")


def campaign(personalize: SimulatedPersonalize) -> str:
    client = personalize.client
    group = client.create_dataset_group(name="movies")["datasetGroupArn"]
    personalize.advance(1)
    solution = client.create_solution(
        name="movies", datasetGroupArn=group, recipeArn=RECIPE, performAutoTraining=False
    )["solutionArn"]
    personalize.advance(1)
    version = client.create_solution_version(solutionArn=solution)["solutionVersionArn"]
    personalize.advance(1200)
    arn: str = client.create_campaign(name="home", solutionVersionArn=version)["campaignArn"]
    return arn


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """No socket can be opened."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "bind", refuse)


@pytest.mark.usefixtures("offline")
def test_events__put_through_any_client__are_kept(personalize: SimulatedPersonalize) -> None:
    group = personalize.client.create_dataset_group(name="movies")["datasetGroupArn"]
    personalize.advance(1)
    tracker = personalize.client.create_event_tracker(name="site", datasetGroupArn=group)
    personalize.advance(1)
    event = {"eventType": "buy", "sentAt": personalize.now, "itemId": "jaws"}
    for client in (personalize.events, boto3.client("personalize-events")):
        client.put_events(trackingId=tracker["trackingId"], sessionId="s", eventList=[event])

    [account] = personalize.simulator.state()["accounts"]
    assert [kept["itemId"] for kept in account["datasets"][0]["events"]] == ["jaws", "jaws"]
    personalize.fail_next("PutEvents", "InvalidInputException")
    with pytest.raises(ClientError, match="InvalidInputException"):
        personalize.events.put_events(trackingId="t", sessionId="s", eventList=[event])


@pytest.mark.usefixtures("offline")
def test_clients__made_anywhere_and_any_time__reach_one_service(personalize: SimulatedPersonalize) -> None:
    MADE_AT_IMPORT.create_dataset_group(name="movies")
    session = boto3.session.Session(aws_access_key_id="a", aws_secret_access_key="b", region_name="us-east-1")

    for client in (
        MADE_AT_IMPORT,
        personalize.client,
        boto3.client("personalize"),
        session.client("personalize"),
    ):
        assert [group["name"] for group in client.list_dataset_groups()["datasetGroups"]] == ["movies"]

    elsewhere = boto3.client("personalize", region_name="eu-west-1")
    assert elsewhere.list_dataset_groups()["datasetGroups"] == []


@pytest.mark.parametrize("name", ["first", "second"])
def test_state__of_each_test__is_empty(personalize: SimulatedPersonalize, name: str) -> None:
    assert personalize.client.list_dataset_groups()["datasetGroups"] == []
    assert personalize.now == in_process.START
    personalize.client.create_dataset_group(name=name)


@pytest.mark.usefixtures("offline")
def test_clock__advanced__brings_a_campaign_that_recommends(personalize: SimulatedPersonalize) -> None:
    arn = campaign(personalize)
    described = personalize.client.describe_campaign(campaignArn=arn)["campaign"]
    assert described["status"] == "CREATE PENDING"

    personalize.advance(5)
    personalize.recommend("jaws", "alien")

    assert personalize.client.list_campaigns()["campaigns"][0]["status"] == "ACTIVE"
    answer = personalize.runtime.get_recommendations(campaignArn=arn, userId="ann")
    assert [item["itemId"] for item in answer["itemList"]] == ["jaws", "alien"]
    assert personalize.now == in_process.START + timedelta(seconds=1207)


def test_fail_next__an_operation__fails_so_often_and_is_without_effect(
    personalize: SimulatedPersonalize,
) -> None:
    personalize.fail_next("CreateDatasetGroup", "LimitExceededException", "too many", times=2)

    for _ in range(2):
        with pytest.raises(ClientError, match="too many") as failed:
            personalize.client.create_dataset_group(name="movies")
        assert failed.value.response["Error"]["Code"] == "LimitExceededException"
    assert personalize.client.list_dataset_groups()["datasetGroups"] == []
    personalize.client.create_dataset_group(name="movies")

    assert [(call.operation, call.outcome) for call in personalize.calls] == [
        ("CreateDatasetGroup", "LimitExceededException"),
        ("CreateDatasetGroup", "LimitExceededException"),
        ("ListDatasetGroups", "ok"),
        ("CreateDatasetGroup", "ok"),
    ]


def test_fail_next__of_the_runtime__fails(personalize: SimulatedPersonalize) -> None:
    personalize.fail_next("GetRecommendations", "ResourceNotFoundException")
    arn = "arn:aws:personalize:us-east-1:000000000000:campaign/home"
    with pytest.raises(personalize.runtime.exceptions.ResourceNotFoundException):
        personalize.runtime.get_recommendations(campaignArn=arn)


def test_fail_next__an_error_that_may_pass__is_tried_again_by_botocore(
    personalize: SimulatedPersonalize,
) -> None:
    personalize.fail_next("ListSolutions", "ThrottlingException")
    config = Config(retries={"mode": "standard", "total_max_attempts": 2})

    assert boto3.client("personalize", config=config).list_solutions()["solutions"] == []

    assert [call.outcome for call in personalize.calls] == ["ThrottlingException", "ok"]


def test_fail_creation__of_a_kind__is_described_as_failed(personalize: SimulatedPersonalize) -> None:
    personalize.fail_creation("campaign", "Not enough users")
    arn = campaign(personalize)
    personalize.advance(5)

    described = personalize.client.describe_campaign(campaignArn=arn)["campaign"]
    assert (described["status"], described["failureReason"]) == ("CREATE FAILED", "Not enough users")


@pytest.mark.parametrize("call", [lambda p: p.fail_next("Train", "A"), lambda p: p.fail_creation("movie")])
def test_failures__of_what_there_is_not__are_refused(personalize: SimulatedPersonalize, call: Any) -> None:
    with pytest.raises(ValueError, match="unknown"):
        call(personalize)


def test_other_services__and_servers_of_this_machine__are_left_alone(
    personalize: SimulatedPersonalize,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        closed = f"http://127.0.0.1:{taken.getsockname()[1]}"
    config = Config(retries={"total_max_attempts": 1})
    for service, operation in (("sts", "get_caller_identity"), ("personalize", "list_solutions")):
        client = boto3.client(service, endpoint_url=closed, config=config)  # type: ignore[call-overload]
        with pytest.raises(EndpointConnectionError):
            getattr(client, operation)()
    assert personalize.calls == []


# Of other partitions, with FIPS, dual-stack and interface endpoints, and through another host.
CLIENTS: dict[str, dict[str, Any]] = {
    "signed": {},
    "unsigned": {"config": Config(signature_version=UNSIGNED)},
    "china": {"region_name": "cn-north-1"},
    "fips": {"config": Config(use_fips_endpoint=True)},
    "dual stack": {"config": Config(use_dualstack_endpoint=True)},
    "interface": {"endpoint_url": "https://vpce-0a-1b.personalize.us-east-1.vpce.amazonaws.com"},
    "unsigned interface": {
        "endpoint_url": "https://vpce-0a-1b.personalize.us-east-1.vpce.amazonaws.com",
        "config": Config(signature_version=UNSIGNED),
    },
    "proxy": {"endpoint_url": "https://gateway.example"},
    "unsigned proxy": {
        "endpoint_url": "https://gateway.example",
        "config": Config(signature_version=UNSIGNED),
    },
}


@pytest.mark.usefixtures("offline")
@pytest.mark.parametrize("settings", CLIENTS.values(), ids=CLIENTS)
def test_clients__of_any_kind__do_not_leave_the_process(
    personalize_simulator: SimulatedPersonalize, settings: dict[str, Any]
) -> None:
    assert boto3.client("personalize", **settings).list_solutions()["solutions"] == []
    assert [call.operation for call in personalize_simulator.calls] == ["ListSolutions"]


@pytest.mark.usefixtures("offline")
def test_clients__unsigned__are_in_the_region_of_their_endpoint(
    personalize_simulator: SimulatedPersonalize,
) -> None:
    boto3.client("personalize", region_name="eu-west-1").create_dataset_group(name="movies")
    unsigned = boto3.client("personalize", region_name="eu-west-1", config=Config(signature_version=UNSIGNED))
    assert len(unsigned.list_dataset_groups()["datasetGroups"]) == 1
    assert personalize_simulator.client.list_dataset_groups()["datasetGroups"] == []


@pytest.mark.usefixtures("offline", "personalize_simulator")
@pytest.mark.parametrize(
    ("service", "call"),
    [
        ("personalize", lambda client: client.list_metric_attributions()),
        (
            "personalize-runtime",
            lambda client: client.get_action_recommendations(campaignArn="arn:aws:personalize:::campaign/x"),
        ),
        (
            "personalize-events",
            lambda client: client.put_events(
                trackingId="t",
                sessionId="s",
                eventList=[{"eventType": "click", "sentAt": datetime(2026, 1, 1, tzinfo=UTC)}],
            ),
        ),
    ],
)
def test_operations__that_are_not_simulated__fail(service: Any, call: Any) -> None:
    with pytest.raises(ClientError):
        call(boto3.client(service))


@pytest.mark.usefixtures("offline")
def test_profiles__that_no_file_has__bring_credentials_that_are_none(
    personalize_simulator: SimulatedPersonalize,
) -> None:
    session = boto3.session.Session(profile_name="no-such-profile")

    assert session.client("personalize").list_solutions()["solutions"] == []
    assert session.get_credentials().access_key == "test"
    assert session.region_name == "us-east-1"
    assert len(personalize_simulator.calls) == 1


def test_profiles__that_the_test_has_written__are_read(
    personalize_simulator: SimulatedPersonalize, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "config"
    config.write_text(
        "[profile mine]\nregion = eu-west-1\naws_access_key_id = a\naws_secret_access_key = b\n"
    )
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    session = boto3.session.Session(profile_name="mine")

    assert (session.region_name, session.get_credentials().access_key) == ("eu-west-1", "a")
    assert session.client("personalize").list_solutions()["solutions"] == []
    assert personalize_simulator.calls[0].scope.region == "eu-west-1"


def test_lookups__of_personalize_by_another_library__are_refused_and_others_are_not(
    personalize_simulator: SimulatedPersonalize,
) -> None:
    del personalize_simulator
    with pytest.raises(UnservedClientError, match="serves clients of boto3, botocore and aiobotocore"):
        urllib.request.urlopen("https://personalize-runtime.eu-west-1.amazonaws.com/", timeout=5)
    assert socket.getaddrinfo("127.0.0.1", 80)


def test_simulated__inside_another__answers_in_its_place_until_it_ends(
    personalize_simulator: SimulatedPersonalize,
) -> None:
    with in_process.simulated() as inner:
        inner.client.create_dataset_group(name="movies")
        assert personalize_simulator.calls == []
    assert personalize_simulator.client.list_dataset_groups()["datasetGroups"] == []


def test_alias__the_short_name__is_the_same_service(
    personalize: SimulatedPersonalize, personalize_simulator: SimulatedPersonalize
) -> None:
    assert personalize is personalize_simulator


class TestScopes:
    """Tests that share a service, in this order."""

    def test_of_a_class__first__creates(self, class_personalize_simulator: SimulatedPersonalize) -> None:
        class_personalize_simulator.client.create_dataset_group(name="movies")

    def test_of_a_class__second__finds_it(self, class_personalize_simulator: SimulatedPersonalize) -> None:
        assert len(class_personalize_simulator.client.list_dataset_groups()["datasetGroups"]) == 1


def test_simulated__the_users_environment__does_not_lead_past_it_and_comes_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    theirs = {
        "AWS_PROFILE": "mine",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
        "AWS_ENDPOINT_URL_PERSONALIZE": "http://127.0.0.1:2",
        "AWS_ACCESS_KEY_ID": "real",
        "AWS_DEFAULT_REGION": "eu-west-1",
    }
    for name, value in theirs.items():
        monkeypatch.setenv(name, value)
    before, send, session = dict(os.environ), URLLib3Session.send, boto3.DEFAULT_SESSION

    with in_process.simulated() as personalize:
        arn = personalize.client.create_dataset_group(name="movies")["datasetGroupArn"]
        assert arn == "arn:aws:personalize:eu-west-1:000000000000:dataset-group/movies"
        assert boto3.client("s3").meta.region_name == "eu-west-1"
        assert boto3.client("personalize")._request_signer._credentials.access_key == "test"

    assert dict(os.environ) == before
    assert URLLib3Session.send is send
    assert boto3.DEFAULT_SESSION is session


def test_local_aws__beside_it__is_another_account(
    personalize: SimulatedPersonalize, local_aws: LocalAws
) -> None:
    local_aws.client("personalize").create_dataset_group(name="movies")

    assert personalize.client.list_dataset_groups()["datasetGroups"] == []
    assert personalize.calls[0].operation == "ListDatasetGroups"


@pytest.mark.process
def test_plugin__imported__loads_nothing_that_takes_time() -> None:
    script = """
import sys, pytest
before = set(sys.modules)
import personalize_local.pytest_plugin
slow = {"boto3", "botocore", "ministack", "hypercorn", "aws_cdk", "urllib.request", "asyncio"}
loaded = {name for name in set(sys.modules) - before}
assert not slow & loaded, slow & loaded
assert len(loaded) < 5, loaded
"""
    path = str(Path(__file__).parents[3] / "local")
    subprocess.run([sys.executable, "-c", script], env=os.environ | {"PYTHONPATH": path}, check=True)


def test_fixtures__of_what_is_not_installed__say_what_to_install() -> None:
    with pytest.raises(pytest.fail.Exception, match=r"pip install 'cdk-personalize\[local\]'"):
        _require("no_such_module", "local")
