"""The calls that the provider makes, and the clients that it makes them with."""

from __future__ import annotations

import ast
import io
from functools import cache
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore import xform_name
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
    ResponseStreamingError,
)
from botocore.parsers import ResponseParserError

import personalize_provider
from cdk_personalize.provider.timing import IS_COMPLETE_SECONDS
from personalize_provider.aws import sdk
from personalize_provider.aws.errors import CALL_ERRORS, NEVER_ANSWERED, error_code, error_message, may_pass

SOURCES = sorted(Path(personalize_provider.__path__[0]).rglob("*.py"))
METHODS = {
    service: {
        xform_name(operation)
        for operation in botocore.session.Session().get_service_model(service).operation_names
    }
    for service in ("personalize", "cloudformation")
}


def declared(protocol: type) -> set[str]:
    """The operations that a Protocol has."""
    return {name for name in vars(protocol) if not name.startswith("_")}


def used(service: str) -> set[str]:
    """Botocore's methods for a service that the code names."""
    return {
        node.attr
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr in METHODS[service]
    }


def test_protocols__code__declare_exactly_what_it_calls() -> None:
    assert used("personalize") == declared(sdk.Personalize)
    assert used("cloudformation") == declared(sdk.CloudFormation)


def test_protocols__botocore__knows_every_operation() -> None:
    assert declared(sdk.Personalize) <= METHODS["personalize"]
    assert declared(sdk.CloudFormation) <= METHODS["cloudformation"]


# A look and an effect: the solution, its tags, its versions, the stack, and four trainings stopped.
CALLS_OF_A_TICK = 8


@pytest.mark.parametrize("make", [sdk.personalize, sdk.cloudformation])
def test_clients__made_once__with_bounded_time(make: Any) -> None:
    client = make()
    assert client is make()
    config = client.meta.config
    assert config.retries["total_max_attempts"] == 1
    assert (config.connect_timeout + config.read_timeout) * CALLS_OF_A_TICK < IS_COMPLETE_SECONDS
    assert "cdk-personalize" in config.user_agent_extra


# Answers that are not whole


@cache
def session() -> botocore.session.Session:
    made = botocore.session.Session()  # reads the service models once
    made.set_credentials("test", "test")
    return made


def answering(status: int, body: bytes, service: str = "personalize") -> Any:
    """A client as the provider makes it, whose requests are all answered so."""
    config = Config(retries={"mode": "standard", "total_max_attempts": 1})
    client = session().create_client(service, region_name="us-east-1", config=config)

    def answer(request: AWSPreparedRequest, **_event: Any) -> AWSResponse:
        return AWSResponse(request.url, status, {}, Raw(body))

    client.meta.events.register(f"before-send.{service}", answer)
    return sdk.whole_answers(client)


class Raw(io.BytesIO):
    """A body as the HTTP client has it."""

    def stream(self, **_options: Any) -> Any:
        yield self.read()


ARN = "arn:aws:personalize:us-east-1:123456789012:solution/movies"
CALLS: dict[str, dict[str, Any]] = {
    "DescribeSolution": {"solutionArn": ARN},
    "CreateSolution": {"name": "movies", "datasetGroupArn": ARN},
    "UpdateSolution": {"solutionArn": ARN},
    "ListTagsForResource": {"resourceArn": ARN},
    "ListSolutionVersions": {"solutionArn": ARN},
    "ListCampaigns": {"solutionArn": ARN},
    "DescribeCampaign": {"campaignArn": ARN},
    "CreateCampaign": {"name": "movies", "solutionVersionArn": ARN},
    "UpdateCampaign": {"campaignArn": ARN},
    "DescribeDataset": {"datasetArn": ARN},
}
WITHOUT_MEMBERS: dict[str, dict[str, Any]] = {
    "DeleteSolution": {"solutionArn": ARN},
    "DeleteCampaign": {"campaignArn": ARN},
    "DeleteDataset": {"datasetArn": ARN},
    "StopSolutionVersionCreation": {"solutionVersionArn": f"{ARN}/236f000b"},
    "TagResource": {"resourceArn": ARN, "tags": []},
    "UntagResource": {"resourceArn": ARN, "tagKeys": []},
}


def call(client: Any, operation: str) -> Any:
    parameters = {**CALLS, **WITHOUT_MEMBERS, "DescribeStacks": {"StackName": "films"}}[operation]
    return getattr(client, xform_name(operation))(**parameters)


def test_calls__of_the_tests__are_all_that_the_provider_makes() -> None:
    assert {xform_name(name) for name in {**CALLS, **WITHOUT_MEMBERS}} == declared(sdk.Personalize)


CUT_BODIES = (b"", b" ", b'{"solution": {"name": "mov', b'{"', b"<html>", "\ufffd".encode())


@pytest.mark.parametrize("body", CUT_BODIES)
@pytest.mark.parametrize("operation", CALLS)
def test_answer__cut_short__raises_what_may_pass(operation: str, body: bytes) -> None:
    with pytest.raises(ResponseStreamingError, match=f"the answer to {operation} is cut short") as raised:
        call(answering(200, body), operation)
    assert raised.value.operation_name == operation
    assert may_pass(raised.value, age=3600)


@pytest.mark.parametrize("operation", WITHOUT_MEMBERS)
@pytest.mark.parametrize("body", [b"", b"{}"])
def test_answer__empty_where_no_member_is_due__is_whole(operation: str, body: bytes) -> None:
    assert call(answering(200, body), operation).keys() == {"ResponseMetadata"}


LISTS = {
    "ListTagsForResource": "tags",
    "ListSolutionVersions": "solutionVersions",
    "ListCampaigns": "campaigns",
}


@pytest.mark.parametrize("body", [b"{}", b" {}\n"])
@pytest.mark.parametrize("operation", sorted(name for name in CALLS if not name.startswith("Describe")))
def test_answer__of_an_empty_object__is_whole_and_its_list_is_empty(operation: str, body: bytes) -> None:
    answer = call(answering(200, body), operation)
    del answer["ResponseMetadata"]
    assert answer == ({LISTS[operation]: []} if operation in LISTS else {})


def test_answer__whole__is_as_it_is() -> None:
    answer = call(answering(200, b'{"solutionArn": "arn", "unheardOf": 1}'), "CreateSolution")
    assert answer["solutionArn"] == "arn"


@pytest.mark.parametrize("body", [b"", b'{"__type": "ResourceNot', b"<html>Bad Gateway</html>"])
@pytest.mark.parametrize("status", [400, 403, 500, 502, 503])
@pytest.mark.parametrize("operation", [*CALLS, *WITHOUT_MEMBERS])
def test_answer__error_without_a_readable_body__raises_what_may_pass(
    operation: str, status: int, body: bytes
) -> None:
    with pytest.raises(ResponseStreamingError, match=f"the answer to {operation} is cut short") as raised:
        call(answering(status, body), operation)
    assert raised.value.operation_name == operation
    assert may_pass(raised.value, age=3600)


@pytest.mark.parametrize(
    ("status", "code"), [(400, "ResourceInUseException"), (500, "InternalFailure"), (503, "ANewOne")]
)
def test_answer__error_of_the_service__is_its_own(status: int, code: str) -> None:
    body = f'{{"__type": "com.amazonaws.personalize#{code}", "message": "its own words"}}'.encode()
    with pytest.raises(ClientError) as raised:
        call(answering(status, body), "DeleteSolution")
    assert raised.value.operation_name == "DeleteSolution"
    assert error_code(raised.value) == code
    assert error_message(raised.value) == "its own words"


STACK = (
    b'<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><DescribeStacksResult>'
    b"<Stacks><member><StackName>films</StackName><StackStatus>CREATE_IN_PROGRESS</StackStatus></member></Stacks>"
    b"</DescribeStacksResult></DescribeStacksResponse>"
)


def test_answer__of_cloudformation__is_read() -> None:
    answer = call(answering(200, STACK, "cloudformation"), "DescribeStacks")
    assert answer["Stacks"][0]["StackStatus"] == "CREATE_IN_PROGRESS"


@pytest.mark.parametrize("status", [200, 400, 500, 503])
@pytest.mark.parametrize("body", [b"", STACK[:120], STACK[:-9], b"{}", b"\xff\xfe"])
def test_answer__of_cloudformation_cut_short__raises_what_may_pass(status: int, body: bytes) -> None:
    with pytest.raises(CALL_ERRORS) as raised:
        call(answering(status, body, "cloudformation"), "DescribeStacks")
    assert isinstance(raised.value, ResponseStreamingError | ResponseParserError)
    assert raised.value.operation_name == "DescribeStacks"
    assert may_pass(raised.value, age=3600)


@pytest.mark.parametrize("service", ["personalize", "cloudformation"])
@pytest.mark.parametrize("error", [ReadTimeoutError, ConnectTimeoutError, EndpointConnectionError])
def test_error__of_the_network__says_which_operation_it_is_about(
    service: str, error: type[BotoCoreError]
) -> None:
    client = answering(200, b"", service)
    operation = "DescribeStacks" if service == "cloudformation" else "DescribeSolution"

    def break_down(**_event: Any) -> None:
        raise error(endpoint_url="https://aws")

    client.meta.events.register_first(f"before-send.{service}", break_down)
    with pytest.raises(error) as raised:
        call(client, operation)
    assert raised.value.operation_name == operation


def test_error__of_the_network__says_whether_the_service_has_ever_answered() -> None:
    client = answering(400, b'{"__type": "InvalidInputException", "message": "no"}')
    down = True

    def break_down(**_event: Any) -> None:
        if down:
            raise EndpointConnectionError(endpoint_url="https://aws")

    client.meta.events.register_first("before-send.personalize", break_down)
    with pytest.raises(EndpointConnectionError) as first:
        call(client, "DescribeSolution")
    assert getattr(first.value, NEVER_ANSWERED)
    down = False
    with pytest.raises(ClientError):  # an error is an answer
        call(client, "DescribeSolution")
    down = True
    with pytest.raises(EndpointConnectionError) as later:
        call(client, "DescribeSolution")
    assert not getattr(later.value, NEVER_ANSWERED)


@pytest.mark.parametrize("make", [sdk.personalize, sdk.cloudformation])
def test_clients__of_the_provider__take_whole_answers_only(
    make: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = make.__wrapped__()
    monkeypatch.setattr(client._request_signer, "sign", lambda *_arguments, **_more: None)
    service = client.meta.service_model.service_name
    client.meta.events.register(
        f"before-send.{service}", lambda request, **_event: AWSResponse(request.url, 503, {}, Raw(b""))
    )
    operation = "DescribeStacks" if service == "cloudformation" else "DescribeSolution"
    with pytest.raises(ResponseStreamingError, match=f"the answer to {operation} is cut short"):
        call(client, operation)


def test_import__no_client_is_made() -> None:
    for path in SOURCES:
        for statement in ast.parse(path.read_text()).body:
            if isinstance(statement, ast.Assign | ast.AnnAssign | ast.Expr):
                named = {node.attr for node in ast.walk(statement) if isinstance(node, ast.Attribute)}
                assert not named & {"create_client", "Session", "environ"}, path


@pytest.mark.parametrize("service", ["cloudformation", "events", "personalize"])
def test_loader__each_service_that_has_a_client__is_there_with_every_type(service: str) -> None:
    loader = sdk._session().get_component("data_loader")
    assert loader.load_service_model(service, "service-2")
    assert loader.load_service_model(service, "endpoint-rule-set-1")


def test_loader__clients_of_the_provider__are_the_services_it_names() -> None:
    made = {
        node.args[0].value
        for node in ast.walk(ast.parse(Path(sdk.__file__).read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "create_client"
        and isinstance(node.args[0], ast.Constant)
    }
    assert made == set(sdk._session().get_component("data_loader").list_available_services("service-2"))
