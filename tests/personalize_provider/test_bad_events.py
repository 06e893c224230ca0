"""Events that are malformed or too large: each is one clear failure, without a call."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, cast

import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from personalize_provider import framework
from personalize_provider.aws import sdk
from personalize_provider.aws.errors import InvalidPropertiesError, LifecycleError, refused
from personalize_provider.kinds.solution.observed import Observed
from support.handler.bad_events import (
    ABSENT,
    ATTEMPT,
    HANDLERS,
    KINDS,
    MESSAGE_BYTES,
    OWN,
    RESPONSE_BYTES,
    event,
    failed,
    failure,
    no_call,
    response,
)
from support.handler.solution_goals import present
from support.virtual_time.provider_world import CONTEXT, GROUP, STACK_ID, START, World, world

REQUIRED = ("RequestType", "StackId", "LogicalResourceId", "RequestId", "ResourceType", "ResourceProperties")
LONGEST_STACK_ID = (
    "arn:aws-us-gov:cloudformation:us-gov-west-1:123456789012:stack/"
    + "s" * 128
    + "/1f6c2d40-aaaa-bbbb-cccc-0123456789ab"
)
LONGEST_LOGICAL_ID = "L" * 255


class NoService:
    """Any service, where none may be called."""

    def __getattr__(self, operation: str) -> Any:
        raise AssertionError(f"{operation} was called")


@pytest.fixture(scope="module")
def nowhere() -> Iterator[None]:
    """An account in which every call fails the test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sdk, "personalize", NoService)
        patch.setattr(sdk, "cloudformation", NoService)
        patch.setenv("TOTAL_TIMEOUT_SECONDS", "120")
        yield


# What the framework answers


def longest(type_: str = "Create", **properties: Any) -> dict[str, Any]:
    """An event whose ids are as long as CloudFormation has them."""
    made = event(type_, f"{LONGEST_STACK_ID.split('/')[1]}-{LONGEST_LOGICAL_ID}-1A2B3C4D5E6F", **properties)
    return {**made, "StackId": LONGEST_STACK_ID, "LogicalResourceId": LONGEST_LOGICAL_ID}


@pytest.mark.parametrize("letter", ["a", "é", "€", "😀", '"', "\\", "\n", "'", "\x01", "\ud800"])
def test_response__refusal_of_the_service__fits(letter: str) -> None:
    error = sdk_error(letter * 3_000)
    message = str(refused(f"solution {'n' * 63}", "CreateSolution", error))
    assert len(message.encode()) < MESSAGE_BYTES
    assert len(failed(longest(), message)) <= RESPONSE_BYTES


def sdk_error(message: str) -> ClientError:
    """As botocore raises it."""
    answer = {"Error": {"Code": "InvalidInputException", "Message": message}}
    return ClientError(answer, "CreateSolution")


@pytest.mark.usefixtures("at")
@pytest.mark.parametrize("letter", ["a", "é", "😀", '"', "\\", "\0", "\x7f", "\ud800"])
@pytest.mark.parametrize("handler", HANDLERS)
def test_response__bad_properties_of_any_letters__fits(handler: str, letter: str) -> None:
    sent = longest(**{letter * 300 + str(n): letter for n in range(50)}, performHPO=letter * 3_000)
    assert isinstance(failure(handler, sent), InvalidPropertiesError)


@pytest.mark.parametrize("letter", ["a", "é", "😀", '"', "\\", "\x01"])
def test_response__success_with_the_longest_values__fits(letter: str) -> None:
    arn = OWN.replace("movies", "").ljust(256, "n")
    solution = {
        "status": "ACTIVE",
        "datasetGroupArn": "g" * 256,
        "recipeArn": "r" * 256,
        "eventType": letter * 256,
        "creationDateTime": START,
    }
    data = Observed(solution, {}).attributes(replace(present(), arn=arn))
    assert data["eventType"] == letter * 256
    sent = {**longest(), "PhysicalResourceId": arn}
    assert len(response("SUCCESS", "SUCCESS", sent, data)) <= RESPONSE_BYTES


# Malformed events


@pytest.mark.parametrize("sent", [None, "Create", 1, [], [event()], True, {}])
@pytest.mark.parametrize("handler", HANDLERS)
def test_event__no_request__is_one_failure(at: World, handler: str, sent: Any) -> None:
    error = failure(handler, sent)
    assert str(error).startswith("custom resource: reading the event failed: ")
    assert no_call(at)


@pytest.mark.parametrize("type_", ["Create", "Update", "Delete"])
@pytest.mark.parametrize("member", REQUIRED)
@pytest.mark.parametrize("handler", HANDLERS)
def test_event__member_missing__is_named(at: World, handler: str, member: str, type_: str) -> None:
    sent = event(type_)
    del sent[member]
    assert f"reading the event failed: {member} is missing; " in str(failure(handler, sent))
    assert no_call(at)


@pytest.mark.parametrize("type_", ["Update", "Delete"])
@pytest.mark.parametrize("handler", HANDLERS)
def test_event__no_physical_id__is_named(at: World, handler: str, type_: str) -> None:
    sent = event(type_)
    del sent["PhysicalResourceId"]
    assert str(failure(handler, sent)) == (
        "resource Movies: reading the event failed: PhysicalResourceId is missing; "
        "call the function only through a custom resource in a CloudFormation template"
    )
    assert no_call(at)


@pytest.mark.parametrize(
    ("member", "value", "said"),
    [
        ("RequestType", "Read", "RequestType is 'Read' and not Create, Update or Delete"),
        ("RequestType", "create", "RequestType is 'create' and not"),
        ("RequestType", ["Create"], "RequestType is of type list and not"),
        ("RequestType", {}, "RequestType is of type dict and not"),
        ("StackId", [STACK_ID], "StackId is of type list and not the ARN of a CloudFormation stack"),
        ("StackId", "films", "StackId is 'films' and not the ARN of a CloudFormation stack"),
        ("StackId", OWN, f"StackId is {OWN!r} and not the ARN"),
        ("StackId", f"{STACK_ID}\n", "and not the ARN"),
        ("LogicalResourceId", 7, "LogicalResourceId is of type int and not 1 to 255 letters and digits"),
        ("LogicalResourceId", "", "LogicalResourceId is '' and not"),
        ("LogicalResourceId", "../Movies", "LogicalResourceId is '../Movies' and not"),
        ("LogicalResourceId", "M" * 256, "and not 1 to 255 letters and digits"),
        ("RequestId", None, "RequestId is of type NoneType and not a string"),
        ("RequestId", "r" * 2_000, "and not a string of at most 1024 bytes"),
        ("ResourceType", 1, "ResourceType is of type int and not a string"),
        ("ResourceType", "AWS::S3::Bucket", "ResourceType is 'AWS::S3::Bucket' and not Custom::Personalize"),
        ("ResourceType", "Custom::Other", "ResourceType is 'Custom::Other' and not Custom::Personalize"),
        ("PhysicalResourceId", {"Ref": "x"}, "PhysicalResourceId is of type dict and not a string"),
        ("PhysicalResourceId", None, "PhysicalResourceId is of type NoneType and not a string"),
        ("PhysicalResourceId", "p" * 1025, "and not a string of at most 1024 bytes"),
        ("PhysicalResourceId", "é" * 513, "and not a string of at most 1024 bytes"),
        ("PhysicalResourceId", "\ud800", r"PhysicalResourceId is '\ud800' and not a string"),
        ("ResourceProperties", "x", "ResourceProperties is 'x' and not an object"),
        ("ResourceProperties", [], "ResourceProperties is of type list and not an object"),
        ("ResourceProperties", None, "ResourceProperties is of type NoneType and not an object"),
        ("OldResourceProperties", None, "OldResourceProperties is of type NoneType and not an object"),
    ],
)
@pytest.mark.parametrize("handler", HANDLERS)
def test_event__member_of_the_wrong_kind__is_named(
    at: World, handler: str, member: str, value: Any, said: str
) -> None:
    assert said in str(failure(handler, {**event("Update"), member: value}))
    assert no_call(at)


@pytest.mark.usefixtures("at")
def test_event__much_wrong__is_one_failure() -> None:
    message = str(
        failure("on_event", {"RequestType": "Update", "StackId": 1, "ResourceType": "Custom::Other"})
    )
    for said in (
        "StackId is of type int",
        "LogicalResourceId is missing",
        "RequestId is missing",
        "PhysicalResourceId is missing",
        "ResourceProperties is missing",
        "ResourceType is 'Custom::Other'",
    ):
        assert message.count(said) == 1


@pytest.mark.parametrize(
    "attempt",
    [
        ABSENT,
        None,
        "x",
        [],
        {},
        *({key: value for key, value in ATTEMPT.items() if key != lost} for lost in ATTEMPT),
        {**ATTEMPT, "StartedAt": "1772366400"},
        {**ATTEMPT, "StartedAt": -1},
        {**ATTEMPT, "Deadline": None},
        {**ATTEMPT, "Deadline": float("nan")},
        {**ATTEMPT, "Deadline": float("inf")},
        {**ATTEMPT, "Deadline": 10**400},
        {**ATTEMPT, "Stack": "CREATE_IN_PROGRESS"},
        {**ATTEMPT, "Stack": {}},
        {**ATTEMPT, "Stack": {"status": 1, "last_updated": ""}},
        {**ATTEMPT, "Stack": {**cast(dict[str, Any], ATTEMPT["Stack"]), "else": 1}},
        {**ATTEMPT, "Abandoned": ["x"]},
    ],
)
def test_is_complete__attempt_that_is_none_of_ours__is_one_failure(at: World, attempt: Any) -> None:
    sent = {**event(), "Attempt": attempt}
    if attempt is ABSENT:
        del sent["Attempt"]
    assert "resource Movies: reading the event failed: Attempt " in str(failure("is_complete", sent))
    assert no_call(at)


# Any event


scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
MEMBERS = sorted([*event("Update"), "NoEcho", "Data"])
THOROUGH: dict[str, Any] = {
    "deadline": 1_000,
    "suppress_health_check": [HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
}


def refused_or_untouched(handler: str, sent: Any) -> None:
    """The event fails in our words, or asks for nothing; a call is an AssertionError."""
    message = ""
    try:
        answer = getattr(framework, handler)(sent, CONTEXT)
    except LifecycleError as error:
        message = str(error)
    else:
        assert answer == {"IsComplete": True}
    assert len(message.encode()) < MESSAGE_BYTES


@pytest.mark.usefixtures("nowhere")
@pytest.mark.parametrize("handler", HANDLERS)
@settings(max_examples=150, **THOROUGH)
@given(sent=anything | st.dictionaries(st.sampled_from(MEMBERS), anything))
def test_any_event__of_any_json__is_refused_without_a_call(handler: str, sent: Any) -> None:
    refused_or_untouched(handler, sent)


@pytest.mark.usefixtures("nowhere")
@pytest.mark.parametrize("handler", HANDLERS)
@settings(max_examples=150, **THOROUGH)
@given(
    member=st.sampled_from(REQUIRED),
    value=anything.filter(lambda value: not isinstance(value, str)),
)
def test_any_event__with_one_member_of_any_json__is_refused_without_a_call(
    handler: str, member: str, value: Any
) -> None:
    refused_or_untouched(handler, {**event("Update", performHPO="never"), member: value})


@pytest.mark.usefixtures("nowhere")
@pytest.mark.parametrize("handler", HANDLERS)
@settings(max_examples=150, **THOROUGH)
@given(data=st.data())
def test_any_event__with_properties_of_any_json__is_refused_without_a_call(
    handler: str, data: st.DataObject
) -> None:
    kind = data.draw(st.sampled_from(KINDS))
    properties = data.draw(st.dictionaries(st.sampled_from(kind.any), anything))
    refused_or_untouched(handler, kind.event(**properties, **kind.bad))


@settings(max_examples=100, **{**THOROUGH, "deadline": None})  # the first example loads the service model
@given(
    stack=st.from_regex(r"[a-zA-Z][a-zA-Z0-9-]{0,127}", fullmatch=True),
    logical_id=st.from_regex(r"[a-zA-Z0-9]{1,255}", fullmatch=True),
    name=st.none() | st.from_regex(r"[a-zA-Z0-9][a-zA-Z0-9_-]{0,62}", fullmatch=True),
    hpo=st.sampled_from(["true", "false", "True", "FALSE"]),
)
def test_any_event__in_order__is_answered_alike_each_time(
    stack: str, logical_id: str, name: str | None, hpo: str
) -> None:
    properties = {"performHPO": hpo} | ({"name": name} if name else {}) | {"datasetGroupArn": GROUP}
    sent = {
        **event(**properties),
        "StackId": STACK_ID.replace("films", stack),
        "LogicalResourceId": logical_id,
    }
    made = world()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sdk, "personalize", lambda: made.client)
        patch.setattr(sdk, "cloudformation", lambda: made.stacks)
        patch.setenv("TOTAL_TIMEOUT_SECONDS", "120")
        patch.setattr(framework, "_CLOCK", made.time)
        first = framework.on_event(sent, CONTEXT)
        again = framework.on_event(json.loads(json.dumps({**sent, **first})), CONTEXT)
    assert json.loads(json.dumps(first)) == first == again
    arn = first["PhysicalResourceId"]
    assert arn.startswith("arn:aws:personalize:us-east-1:123456789012:solution/")
    assert name is None or arn.endswith(f":solution/{name}")
    assert made.stacks.asked == [sent["StackId"]] * 2
