"""Events that CloudFormation would not send, or that ask for what must not be done.

Each is one clear failure, or nothing at all where a Delete is about nothing of ours; no service is called.
"""

from __future__ import annotations

import importlib.util
import io
import json
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, cast

import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from personalize_provider import framework
from personalize_provider.aws import sdk
from personalize_provider.aws.errors import InvalidPropertiesError, LifecycleError, refused
from personalize_provider.engine.identity import CONFIG_HASH_TAG, LOGICAL_ID_TAG, STACK_ID_TAG
from personalize_provider.engine.request import Request
from personalize_provider.kinds.solution.decide import Observed, attributes
from personalize_provider.kinds.solution.desired import goal_of
from support.virtual_time.provider_world import (
    CONTEXT,
    GROUP,
    PROPERTIES,
    STACK_ID,
    START,
    World,
    tag_list,
    world,
)

SECRET = "X-Amz-Signature=c2VjcmV0"
RESPONSE_URL = f"https://cloudformation-custom-resource-response-useast1.s3.amazonaws.com/x?{SECRET}"
OWN = "arn:aws:personalize:us-east-1:123456789012:solution/movies"
FOREIGN = (
    OWN.replace("123456789012", "999999999999"),
    OWN.replace("us-east-1", "eu-west-1"),
    OWN.replace("arn:aws:", "arn:aws-cn:"),
)
ATTEMPT = {
    "StartedAt": 1_772_366_400,
    "Deadline": 1_772_366_520,
    "Stack": {"status": "CREATE_IN_PROGRESS", "last_updated": ""},
    "Abandoned": "",
}
ABSENT = object()
HANDLERS = ("on_event", "is_complete")
REQUIRED = ("RequestType", "StackId", "LogicalResourceId", "RequestId", "ResourceType", "ResourceProperties")

# CloudFormation's limits, and those of the answer to it
RESPONSE_BYTES = 4096
MESSAGE_BYTES = 1000
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


def event(type_: str = "Create", physical: Any = ABSENT, **properties: Any) -> dict[str, Any]:
    """An event as CloudFormation sends it, with what `on_event` adds for `is_complete`."""
    made: dict[str, Any] = {
        "RequestType": type_,
        "ResponseURL": RESPONSE_URL,
        "StackId": STACK_ID,
        "RequestId": "4d6a7c1e-0000-4000-8000-000000000000",
        "LogicalResourceId": "Movies",
        "ResourceType": "Custom::PersonalizeSolution",
        "ServiceToken": PROPERTIES["ServiceToken"],
        "ResourceProperties": {**PROPERTIES, **properties},
        "Attempt": ATTEMPT,
    }
    if physical is not ABSENT or type_ != "Create":
        made["PhysicalResourceId"] = OWN if physical is ABSENT else physical
    if type_ == "Update":
        made["OldResourceProperties"] = PROPERTIES
    return made


def failure(handler: str, sent: Any) -> LifecycleError:
    """The one failure of an event: short, quick, without a secret."""
    began = time.process_time()
    with pytest.raises(LifecycleError) as raised:
        getattr(framework, handler)(sent, CONTEXT)
    assert time.process_time() - began < 1
    message = str(raised.value)
    assert len(message.encode()) < MESSAGE_BYTES
    assert all(letter.isprintable() for letter in message)
    for error in chain(raised.value):
        assert SECRET not in repr(error)
        assert SECRET not in str(error)
    if isinstance(sent, dict) and isinstance(sent.get("StackId"), str):
        assert len(failed(sent, message)) <= RESPONSE_BYTES
    return raised.value


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """An error and all that it came from."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def finish(at: World, merged: dict[str, Any]) -> None:
    """Let the waiter go on until the request is complete."""
    for _ in range(20):
        if framework.is_complete(merged, CONTEXT)["IsComplete"]:
            return
        at.simulator.advance(5)
    raise AssertionError("never complete")


def no_call(at: World) -> bool:
    """Whether neither service was called."""
    return not at.calls() and not at.stacks.asked


# What the framework answers


def failed(sent: Mapping[str, Any], message: str) -> bytes:
    """What the provider framework tells CloudFormation about an error of ours."""
    function = "f" * 64
    stack_trace = (
        f"Error: {message}\n\nLogs: /aws/lambda/{function}\n\n"
        "    at invokeUserFunction (/var/task/framework.js:2:6)\n"
        "    at process.processTicksAndRejections (node:internal/process/task_queues:105:5)\n"
        "    at async onEvent (/var/task/framework.js:1:1000)\n"
        "    at async /var/task/cfn-response.js:1:1837\n"
        "    at async Runtime.handleOnceNonStreaming (file:///var/runtime/index.mjs:1306:29)"
    )
    return response("FAILED", stack_trace, sent)


def response(
    status: str, reason: str, sent: Mapping[str, Any], data: Mapping[str, str] | None = None
) -> bytes:
    """What `submitResponse` of the framework's cfn-response.js sends: JavaScript's JSON, in UTF-8."""
    body = {
        "Status": status,
        "Reason": reason,
        "StackId": sent["StackId"],
        "RequestId": sent.get("RequestId"),
        "PhysicalResourceId": sent.get("PhysicalResourceId")
        or "AWSCDK::CustomResourceProviderFramework::MISSING_PHYSICAL_ID",
        "LogicalResourceId": sent.get("LogicalResourceId"),
        **({} if data is None else {"Data": data}),
    }
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode(errors="backslashreplace")


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
    data = attributes(arn, Observed(solution, {}))
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
        "make it with a resource of type Custom::PersonalizeSolution in a CloudFormation template"
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
        ("RequestId", None, "RequestId is of type NoneType and not text"),
        ("RequestId", "r" * 2_000, "and not text of at most 1024 bytes"),
        ("ResourceType", 1, "ResourceType is of type int and not text"),
        ("ResourceType", "AWS::S3::Bucket", "ResourceType is 'AWS::S3::Bucket' and not Custom::Personalize"),
        ("ResourceType", "Custom::Other", "ResourceType is 'Custom::Other' and not Custom::Personalize"),
        ("PhysicalResourceId", {"Ref": "x"}, "PhysicalResourceId is of type dict and not text"),
        ("PhysicalResourceId", None, "PhysicalResourceId is of type NoneType and not text"),
        ("PhysicalResourceId", "p" * 1025, "and not text of at most 1024 bytes"),
        ("PhysicalResourceId", "é" * 513, "and not text of at most 1024 bytes"),
        ("PhysicalResourceId", "\ud800", r"PhysicalResourceId is '\ud800' and not text"),
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


# Physical ids


@pytest.mark.parametrize("arn", FOREIGN)
@pytest.mark.parametrize("type_", ["Update", "Delete"])
@pytest.mark.parametrize("handler", HANDLERS)
def test_physical_id__solution_of_another_account_or_region__is_refused(
    at: World, handler: str, type_: str, arn: str
) -> None:
    assert str(failure(handler, event(type_, arn))) == (
        f"resource Movies: {type_} failed: {arn} is not in the stack's own account, Region and partition, "
        "and nothing was done to it; delete it where it is, and keep it out of this stack (RetainResources "
        "of DeleteStack)"
    )
    assert no_call(at)


NO_SOLUTION = (
    "",
    "films-Movies-1B2C3D4E5F",
    "AWSCDK::CustomResourceProviderFramework::CREATE_FAILED",
    "AWSCDK::CustomResourceProviderFramework::MISSING_PHYSICAL_ID",
    "arn:aws:s3:::movies",
    OWN.replace(":solution/", ":campaign/"),
    OWN.replace(":personalize:", ":forecast:").replace("123456789012", "999999999999"),
    f"{OWN}/236f000b",
    FOREIGN[0] + "/236f000b",
    OWN.replace("movies", "../x"),
    OWN.replace("movies", "a/b"),
    OWN.replace("movies", "a/../../b"),
    OWN.replace("movies", "é"),
    OWN.replace("movies", ""),
    f"{OWN}\n",
    f" {OWN}",
    f"{OWN}{'s' * 900}",
    "x" * 1024,
    "😀" * 256,
    "\0",
)


@pytest.mark.parametrize("physical", NO_SOLUTION)
def test_delete__id_that_is_no_solution__looks_only_for_what_the_properties_would_make(
    at: World, physical: str
) -> None:
    at.stacks.status = "DELETE_IN_PROGRESS"
    answer = framework.on_event(event("Delete", physical), CONTEXT)
    assert answer["PhysicalResourceId"] == physical  # the framework takes no other
    merged = json.loads(json.dumps({**event("Delete", physical), **answer}))
    finish(at, merged)
    calls = at.simulator.calls()
    operations = {"ListTagsForResource", "DeleteSolution", "DescribeSolution"}
    assert {call.operation for call in calls} == operations
    made = goal_of(Request.from_event(event()), since=0)
    assert made is not None
    assert {arn for call in calls for arn in call.request.values()} == {made.arn}


@pytest.mark.parametrize("physical", NO_SOLUTION)
def test_delete__id_that_is_no_solution_and_bad_properties__is_done_without_a_call(
    at: World, physical: str
) -> None:
    sent = event("Delete", physical, unheardOf={"deep": [[]]}, tags="none", waitForTrainingOnDelete={})
    assert framework.is_complete(sent, CONTEXT) == {"IsComplete": True}
    assert no_call(at)


@pytest.mark.parametrize(
    "properties",
    [
        {"unheardOf": "x"},
        {"name": 7},
        {"name": "a/b"},
        {"performHPO": "perhaps"},
        {"solutionConfig": None},
        {"solutionConfig": {"eventsConfig": []}},
        {"solutionConfig": {"autoTrainingConfig": "rate(1 day)"}},
        {"tags": ["team"]},
        {"tags": [{"tagKey": ["team"]}]},
        {"tags": {"team": "search"}},
        {"tags": tag_list(**{STACK_ID_TAG: "other"})},
        {"waitForTrainingOnDelete": ["true"]},
        {"waitForTrainingOnDelete": None},
        {"datasetGroupArn": "x" * 10_000_000},
    ],
)
def test_delete__properties_of_an_older_template__still_deletes(
    at: World, properties: dict[str, Any]
) -> None:
    arn = at.created()
    at.stacks.status = "DELETE_IN_PROGRESS"
    sent = event("Delete", arn, **properties)
    merged = {**sent, **framework.on_event(sent, CONTEXT)}
    finish(at, merged)
    assert at.solutions() == []


def test_delete__type_that_create_refuses__still_deletes(at: World) -> None:
    arn = at.created()
    sent = {**event("Delete", arn), "ResourceType": "AWS::CloudFormation::CustomResource"}
    merged = {**sent, **framework.on_event(sent, CONTEXT)}
    finish(at, merged)
    assert at.solutions() == []


# Properties


def nested(levels: int) -> Any:
    value: Any = "x"
    for level in range(levels):
        value = {"k": value} if level % 2 else [value]
    return value


def parameters(count: int) -> dict[str, Any]:
    return {"solutionConfig": {"algorithmHyperParameters": {f"k{n}": "v" for n in range(count)}}}


TAG = {"tagKey": "k", "tagValue": "v"}
BAD_PROPERTIES: dict[str, tuple[Callable[[], dict[str, Any]], str]] = {
    "10 MB in one": (lambda: {"eventType": "x" * 10_000_000}, "more than 262144 characters"),
    "10 MB in many": (lambda: {"solutionConfig": ["x" * 100] * 100_000}, "more than 262144 characters"),
    "10 MB in keys": (lambda: {"k" * 1000 + str(n): "" for n in range(10_000)}, "more than 262144"),
    "a 10 MB name": (lambda: {"name": "x" * 10_000_000}, "more than 262144 characters"),
    "250 KB": (lambda: {"eventType": "x" * 250_000}, "eventType, length: 250000, valid max length: 256"),
    "nested deep": (lambda: {"solutionConfig": nested(1_000)}, "nested more than 20 levels deep"),
    "nested deep where unknown": (lambda: {"unheardOf": nested(1_000)}, "nested more than 20 levels"),
    "nested deeper": (lambda: {"eventType": nested(100_000)}, "nested more than 20 levels deep"),
    "100,000 tags": (lambda: {"tags": [TAG] * 100_000}, "more than 20000 values"),
    "2,000 tags": (lambda: {"tags": [{**TAG, "tagKey": str(n)} for n in range(2_000)]}, "max length: 200"),
    "5,000 broken tags": (lambda: {"tags": ["t"] * 5_000}, "tags[0], value: t"),
    "10,000 keys": (lambda: parameters(10_000), "more than 20000 values"),
    "1,000 keys": (
        lambda: parameters(1_000),
        "algorithmHyperParameters, length: 1000, valid max length: 100",
    ),
    "10,000 unknown keys": (lambda: {f"k{n}": "v" for n in range(10_000)}, "more than 20000 values"),
    "9,000 unknown keys": (lambda: {f"k{n}": "v" for n in range(9_000)}, 'Unknown parameter in input: "k0"'),
    "NUL": (lambda: {"eventType": "a\0b"}, r"Invalid characters in parameter eventType, value: a\x00b"),
    "surrogate": (lambda: {"eventType": "\ud800"}, r"Invalid characters in parameter eventType"),
    "name with a path": (lambda: {"name": "../x"}, "parameter name, value: '../x'"),
    "name of a version": (lambda: {"name": "movies/236f000b"}, "parameter name, value: 'movies/236f000b'"),
    "tags as strings": (lambda: {"tags": ["team=search"]}, "Invalid type for parameter tags[0]"),
    "tags as a map": (lambda: {"tags": {"team": "search"}}, "Invalid type for parameter tags, value"),
    "tags of CloudFormation": (lambda: {"tags": [{"Key": "a", "Value": "b"}]}, '"Key"'),
    "tag key twice": (lambda: {"tags": [TAG, TAG]}, "the key 'k' is there 2 times"),
    "stack's tag": (lambda: {"tags": tag_list(**{STACK_ID_TAG: f"{STACK_ID}0"})}, f"key: '{STACK_ID_TAG}'"),
    "id's tag": (lambda: {"tags": tag_list(**{LOGICAL_ID_TAG: "Shows"})}, f"key: '{LOGICAL_ID_TAG}'"),
    "hash's tag": (lambda: {"tags": tag_list(**{CONFIG_HASH_TAG: "0" * 12})}, f"key: '{CONFIG_HASH_TAG}'"),
    "boolean": (lambda: {"performHPO": "yes"}, "performHPO, value: yes"),
    "boolean with space": (lambda: {"performHPO": "true "}, "performHPO, value: true "),
    "wait": (lambda: {"waitForTrainingOnDelete": "yes"}, "waitForTrainingOnDelete"),
    "keys alike": (lambda: {"eventtype": "a", "EventType": "b"}, '"EventType"'),
}


@pytest.mark.parametrize("case", BAD_PROPERTIES)
@pytest.mark.parametrize("type_", ["Create", "Update"])
@pytest.mark.parametrize("handler", HANDLERS)
def test_properties__that_make_no_request__are_one_failure(
    at: World, handler: str, type_: str, case: str
) -> None:
    properties, said = BAD_PROPERTIES[case]
    error = failure(handler, event(type_, **properties()))
    assert isinstance(error, InvalidPropertiesError)
    assert str(error).startswith("resource Movies: reading its properties failed: ")
    assert said in "; ".join(error.problems)
    assert no_call(at)


@pytest.mark.parametrize(
    "number", ["1e400", "NaN", "Infinity", "0x10", "\uff11", "1_0", "", "9" * 5_000 + "x"]
)
@pytest.mark.parametrize("handler", HANDLERS)
def test_properties__number_that_is_none__is_named(at: World, handler: str, number: str) -> None:
    parameters = [{"eventType": "watch", "weight": number}]
    config = {"eventsConfig": {"eventParametersList": parameters}}
    message = str(failure(handler, event(solutionConfig=config)))
    assert "parameter solutionConfig.eventsConfig.eventParametersList[0].weight, value: " in message
    assert no_call(at)


@pytest.mark.parametrize("handler", HANDLERS)
def test_properties__wrong_in_several_ways__are_all_named(at: World, handler: str) -> None:
    sent = event(performHPO="yes", name="a/b", tags=[TAG, TAG], waitForTrainingOnDelete="no", eventType="x\0")
    error = failure(handler, sent)
    assert isinstance(error, InvalidPropertiesError)
    for said in ("performHPO", "parameter name", "tags", "waitForTrainingOnDelete", "eventType"):
        assert any(said in problem for problem in error.problems)
    assert no_call(at)


@pytest.mark.parametrize(
    "case", ["10 MB in one", "10 MB in many", "nested deeper", "100,000 tags", "surrogate"]
)
def test_update__old_properties_of_any_size__do_not_matter(at: World, case: str) -> None:
    old = {**PROPERTIES, **BAD_PROPERTIES[case][0]()}
    arn = at.created()
    sent = {**event("Update", arn), "OldResourceProperties": old}
    began = time.process_time()
    answer = framework.on_event(sent, CONTEXT)
    assert framework.is_complete({**sent, **answer}, CONTEXT)["IsComplete"]
    assert time.process_time() - began < 1
    assert at.solutions() == [arn]


# Secrets


@pytest.mark.usefixtures("at")
@pytest.mark.parametrize(
    "sent",
    [
        {"ResponseURL": RESPONSE_URL},
        [RESPONSE_URL],
        {**event(), "RequestType": "Read"},
        {**event(), "ResourceProperties": None},
        {**event(performHPO="yes"), "Attempt": {"ResponseURL": RESPONSE_URL}},
        event("Delete", FOREIGN[0]),
    ],
)
@pytest.mark.parametrize("handler", HANDLERS)
def test_secrets__event_that_fails__are_not_logged(log: io.StringIO, handler: str, sent: Any) -> None:
    failure(handler, sent)
    assert SECRET not in log.getvalue()
    assert "ResponseURL" not in log.getvalue()


@pytest.mark.usefixtures("at")
def test_secrets__powertools_told_to_log_events__are_not_logged(
    log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POWERTOOLS_LOGGER_LOG_EVENT", "true")
    assert framework.__spec__ is not None
    again = importlib.util.module_from_spec(framework.__spec__)  # the variable is read at the import
    assert framework.__spec__.loader is not None
    framework.__spec__.loader.exec_module(again)
    again.on_event(event(), CONTEXT)
    assert "identity" in log.getvalue()
    assert SECRET not in log.getvalue()


@pytest.mark.usefixtures("at")
def test_secrets__values_of_properties__are_not_logged(log: io.StringIO) -> None:
    config = {"algorithmHyperParameters": {"password": "hunter2"}}
    sent = event(solutionConfig=config, tags=tag_list(password="hunter2"))
    with pytest.raises(LifecycleError, match="CreateSolution failed: Provide a hyperparameter"):
        framework.is_complete({**sent, **framework.on_event(sent, CONTEXT)}, CONTEXT)
    assert '"step":"Create"' in log.getvalue()
    assert "hunter2" not in log.getvalue()


def test_secrets__values_of_changed_tags__are_not_logged(at: World, log: io.StringIO) -> None:
    arn = at.created(tags=tag_list(password="hunter1", gone="hunter3"))
    at.stacks.status = "UPDATE_IN_PROGRESS"
    sent = event("Update", arn, tags=tag_list(password="hunter2"))
    sent["OldResourceProperties"] = {**PROPERTIES, "tags": tag_list(password="hunter1", gone="hunter3")}
    finish(at, {**sent, **framework.on_event(sent, CONTEXT)})
    assert "Retag(add=['gone'], remove=['gone'], add_last=['password'])" in log.getvalue()
    assert "hunter" not in log.getvalue()


@pytest.mark.usefixtures("at")
def test_secrets__member_that_is_unknown__is_named_without_its_value() -> None:
    message = str(failure("on_event", event(password="hunter2")))
    assert 'Unknown parameter in input: "password"' in message
    assert "hunter2" not in message


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
@given(properties=st.dictionaries(st.sampled_from(["name", "tags", "solutionConfig", "eventType"]), anything))
def test_any_event__with_properties_of_any_json__is_refused_without_a_call(
    handler: str, properties: dict[str, Any]
) -> None:
    properties = {**PROPERTIES, **properties, "performHPO": "never"}
    refused_or_untouched(handler, {**event(), "ResourceProperties": properties})


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
