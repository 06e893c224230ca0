"""Physical ids and properties that are not valid, and secrets in them."""

from __future__ import annotations

import importlib.util
import io
import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from personalize_provider import framework
from personalize_provider.aws.errors import InvalidPropertiesError, LifecycleError
from personalize_provider.engine.identity import CONFIG_HASH_TAG, LOGICAL_ID_TAG, STACK_ID_TAG
from support.handler.bad_events import (
    CAMPAIGN,
    HANDLERS,
    KINDS,
    OWN,
    RESPONSE_URL,
    SECRET,
    SOLUTION,
    Sample,
    event,
    failure,
    no_call,
)
from support.virtual_time.provider_world import CONTEXT, PROPERTIES, STACK_ID, World, tag_list

of_each_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.noun)


def foreign(own: str) -> tuple[str, ...]:
    """The same in another account, Region and partition."""
    return (
        own.replace("123456789012", "999999999999"),
        own.replace("us-east-1", "eu-west-1"),
        own.replace("arn:aws:", "arn:aws-cn:"),
    )


def finish(at: World, merged: dict[str, Any]) -> None:
    """Let the waiter go on until the request is complete."""
    for _ in range(20):
        if framework.is_complete(merged, CONTEXT)["IsComplete"]:
            return
        at.simulator.advance(5)
    raise AssertionError("never complete")


# Physical ids


@of_each_kind
@pytest.mark.parametrize("number", range(3))
@pytest.mark.parametrize("type_", ["Update", "Delete"])
@pytest.mark.parametrize("handler", HANDLERS)
def test_physical_id__of_another_account_or_region__is_refused(
    at: World, handler: str, type_: str, number: int, kind: Sample
) -> None:
    arn = foreign(kind.own)[number]
    assert str(failure(handler, kind.event(type_, arn))) == (
        f"resource Movies: {type_} failed: {arn} is not in the stack's own account, Region and partition, "
        "and nothing was done to it; delete it where it is, and keep it out of this stack (RetainResources "
        "of DeleteStack)"
    )
    assert no_call(at)


NO_RESOURCE = (
    "",
    "films-Movies-1B2C3D4E5F",
    "AWSCDK::CustomResourceProviderFramework::CREATE_FAILED",
    "AWSCDK::CustomResourceProviderFramework::MISSING_PHYSICAL_ID",
    "arn:aws:s3:::movies",
    OWN.replace(":solution/", ":filter/"),
    OWN.replace(":personalize:", ":forecast:").replace("123456789012", "999999999999"),
    f"{OWN}/236f000b",
    foreign(OWN)[0] + "/236f000b",
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


@of_each_kind
@pytest.mark.parametrize("physical", NO_RESOURCE)
def test_delete__id_of_no_resource__looks_only_for_what_the_properties_would_make(
    at: World, physical: str, kind: Sample
) -> None:
    at.stacks.status = "DELETE_IN_PROGRESS"
    sent = kind.event("Delete", physical.replace(":solution/", f":{kind.noun}/"))
    answer = framework.on_event(sent, CONTEXT)
    assert answer["PhysicalResourceId"] == sent["PhysicalResourceId"]  # the framework takes no other
    finish(at, json.loads(json.dumps({**sent, **answer})))
    calls = at.simulator.calls()
    noun = kind.noun.title()
    assert {call.operation for call in calls} == {"ListTagsForResource", f"Delete{noun}", f"Describe{noun}"}
    at.stacks.status = "CREATE_IN_PROGRESS"
    made = framework.on_event(kind.event(), CONTEXT)["PhysicalResourceId"]
    assert {arn for call in calls for arn in call.request.values()} == {made}


@of_each_kind
@pytest.mark.parametrize("physical", NO_RESOURCE)
def test_delete__id_of_no_resource_and_bad_properties__is_done_without_a_call(
    at: World, physical: str, kind: Sample
) -> None:
    flags: dict[str, Any] = {"waitForTrainingOnDelete": {}, "hasPromoter": [], "adoptExisting": {}}
    sent = kind.event("Delete", physical, unheardOf={"deep": [[]]}, tags="none", **flags)
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
OF_EACH_KIND = {
    "a 10 MB name",
    "10 MB in keys",
    "nested deep where unknown",
    "100,000 tags",
    "2,000 tags",
    "10,000 unknown keys",
    "name with a path",
    "tags as strings",
    "tag key twice",
    "stack's tag",
    "hash's tag",
}
"""What is wrong with the properties of any kind."""

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
    "tag key twice": (lambda: {"tags": [TAG, TAG]}, "the key 'k' appears 2 times"),
    "stack's tag": (lambda: {"tags": tag_list(**{STACK_ID_TAG: f"{STACK_ID}0"})}, f"key: '{STACK_ID_TAG}'"),
    "id's tag": (lambda: {"tags": tag_list(**{LOGICAL_ID_TAG: "Shows"})}, f"key: '{LOGICAL_ID_TAG}'"),
    "hash's tag": (lambda: {"tags": tag_list(**{CONFIG_HASH_TAG: "0" * 12})}, f"key: '{CONFIG_HASH_TAG}'"),
    "boolean": (lambda: {"performHPO": "yes"}, "performHPO, value: yes"),
    "boolean with space": (lambda: {"performHPO": "true "}, "performHPO, value: true "),
    "wait": (lambda: {"waitForTrainingOnDelete": "yes"}, "waitForTrainingOnDelete"),
    "keys alike": (lambda: {"eventtype": "a", "EventType": "b"}, '"EventType"'),
}


ARN = f"{OWN}/1a2b"
BAD_CAMPAIGNS: dict[str, tuple[Callable[[], dict[str, Any]], str]] = {
    "no solution": (lambda: {"solutionArn": None}, "Invalid value for parameter solutionArn"),
    "solution of another kind": (lambda: {"solutionArn": f"{OWN}/1a2b"}, "valid: the ARN of a solution"),
    "solution of another type": (lambda: {"solutionArn": [OWN]}, "value: of type list, valid: the ARN"),
    "TPS": (lambda: {"minProvisionedTPS": "0"}, "minProvisionedTPS, value: 0, valid min value: 1"),
    "version of another": (
        lambda: {"solutionVersionArn": f"{OWN}s/1a2b"},
        f"valid: {OWN}/ and the id of a version, or $LATEST",
    ),
    "version of another type": (
        lambda: {"solutionVersionArn": [ARN]},
        "Invalid type for parameter solutionV",
    ),
    "promoter": (lambda: {"hasPromoter": "yes"}, "Invalid type for parameter hasPromoter"),
    "flag": (
        lambda: {"campaignConfig": {"syncWithLatestSolutionVersion": "yes"}},
        "campaignConfig.syncWithLatestSolutionVersion, value: yes",
    ),
    "influence": (
        lambda: {"campaignConfig": {"rankingInfluence": {"POPULARITY": "x"}}},
        "campaignConfig.rankingInfluence.POPULARITY",
    ),
    "training": (
        lambda: {"performAutoTraining": "false"},
        'Unknown parameter in input: "performAutoTraining"',
    ),
}


@pytest.mark.parametrize(
    ("kind", "case"),
    [
        *((SOLUTION, case) for case in BAD_PROPERTIES),
        *((CAMPAIGN, case) for case in (*sorted(OF_EACH_KIND), *BAD_CAMPAIGNS)),
    ],
    ids=lambda value: value.noun if isinstance(value, Sample) else value,
)
@pytest.mark.parametrize("type_", ["Create", "Update"])
@pytest.mark.parametrize("handler", HANDLERS)
def test_properties__that_make_no_request__are_one_failure(
    at: World, handler: str, type_: str, kind: Sample, case: str
) -> None:
    properties, said = {**BAD_PROPERTIES, **BAD_CAMPAIGNS}[case]
    error = failure(handler, kind.event(type_, **properties()))
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
        event("Delete", foreign(OWN)[0]),
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
