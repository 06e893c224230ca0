"""Answers of another shape than the service model's: no Python exception may come of one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

import botocore.session
import pytest
from botocore.model import ListShape, MapShape, Shape, StructureShape
from botocore.parsers import ResponseParserError
from hypothesis import event, given, settings
from hypothesis import strategies as st

from personalize_local.simulator import Response, Scope
from personalize_provider.aws import sdk
from personalize_provider.aws.errors import CALL_ERRORS, LifecycleError
from personalize_provider.aws.reading import read
from personalize_provider.aws.sdk import Personalize
from personalize_provider.engine.request import Request
from personalize_provider.engine.steps import Done, Effect, Fail, Wait
from personalize_provider.kinds.campaign.desired import DesiredCampaign
from personalize_provider.kinds.campaign.resource import Campaign
from personalize_provider.kinds.owned.effects import Delete
from personalize_provider.kinds.owned.resource import OwnedResource
from personalize_provider.kinds.solution.effects import StopTraining
from personalize_provider.kinds.solution.resource import Solution
from support.virtual_time.provider_world import client_of, goal_of, request

OPERATIONS = [
    ("personalize", "DescribeSolution"),
    ("personalize", "CreateSolution"),
    ("personalize", "UpdateSolution"),
    ("personalize", "DeleteSolution"),
    ("personalize", "ListTagsForResource"),
    ("personalize", "TagResource"),
    ("personalize", "UntagResource"),
    ("personalize", "ListSolutionVersions"),
    ("personalize", "StopSolutionVersionCreation"),
    ("personalize", "ListCampaigns"),
    ("personalize", "DescribeCampaign"),
    ("personalize", "CreateCampaign"),
    ("personalize", "UpdateCampaign"),
    ("personalize", "DeleteCampaign"),
    ("personalize", "DescribeDataset"),
    ("personalize", "DeleteDataset"),
    ("cloudformation", "DescribeStacks"),
    ("cloudformation", "DescribeStackEvents"),
    ("cloudformation", "ListStackResources"),
    ("events", "PutRule"),
    ("events", "PutTargets"),
    ("events", "ListTargetsByRule"),
    ("events", "RemoveTargets"),
    ("events", "DeleteRule"),
]


@cache
def session() -> botocore.session.Session:
    return botocore.session.Session()  # reads the service models once


def declared(protocol: type) -> set[str]:
    """The operations that a Protocol has."""
    return {name for name in vars(protocol) if not name.startswith("_")}


_OTHER = st.sampled_from([None, 5, -1.5, True, "", "CREATE_FAILED", [], [None], {}, {"a": 1}, [{}], ["x"]])


@cache
def output(service: str, operation: str) -> StructureShape | None:
    return session().get_service_model(service).operation_model(operation).output_shape  # type: ignore[no-any-return]


def values(shape: Shape, *, wrong: bool) -> st.SearchStrategy[Any]:
    """Values of a shape: every member of a structure may be left out, and with `wrong` be anything."""
    right: st.SearchStrategy[Any]
    match shape:
        case StructureShape():
            right = st.fixed_dictionaries(
                {}, optional={name: values(member, wrong=wrong) for name, member in shape.members.items()}
            )
        case MapShape():
            right = st.dictionaries(st.text(max_size=3), values(shape.value, wrong=wrong), max_size=2)
        case ListShape():
            right = st.lists(values(shape.member, wrong=wrong), max_size=2)
        case _:
            right = {
                "string": st.sampled_from(["", "ACTIVE", "CREATE_IN_PROGRESS", "rate(0 days)", "x" * 300]),
                "boolean": st.booleans(),
                "timestamp": st.datetimes(timezones=st.just(UTC)),
                "blob": st.binary(max_size=3),
            }.get(shape.type_name, st.integers() | st.floats())
            if shape.type_name in {"integer", "long"}:
                right = st.integers()
    return st.one_of(right, right, right, _OTHER) if wrong else right


def is_typed(value: Any, shape: Shape) -> bool:
    match shape:
        case StructureShape():
            members = shape.members
            return isinstance(value, dict) and all(
                key in members and is_typed(item, members[key]) for key, item in value.items()
            )
        case MapShape():
            return isinstance(value, dict) and all(is_typed(item, shape.value) for item in value.values())
        case ListShape():
            return isinstance(value, list) and all(is_typed(item, shape.member) for item in value)
    kinds: dict[str, type | tuple[type, ...]] = {
        "string": str,
        "boolean": bool,
        "timestamp": datetime,
        "integer": int,
        "long": int,
    }
    return isinstance(value, kinds.get(shape.type_name, (int, float)))


def test_operations__of_the_tests__are_all_that_the_provider_calls() -> None:
    called = declared(sdk.Personalize) | declared(sdk.CloudFormation) | declared(sdk.Events)
    assert {botocore.xform_name(operation) for _, operation in OPERATIONS} == called


@pytest.mark.parametrize(("service", "operation"), OPERATIONS)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_read__any_answer__is_typed_or_waited_for(service: str, operation: str, data: st.DataObject) -> None:
    shape = output(service, operation)
    answer = data.draw(values(shape, wrong=True)) if shape is not None else {}
    if not isinstance(answer, Mapping):
        return  # botocore's parsers answer with nothing else
    try:
        whole = read(operation, shape, {**answer, "ResponseMetadata": {}})
    except ResponseParserError as error:
        event(str(error))
        return
    assert whole.pop("ResponseMetadata") == {}
    assert shape is None or is_typed(whole, shape)
    assert all(whole[name] is not None for name in whole)


@pytest.mark.parametrize(("service", "operation"), OPERATIONS)
def test_read__nothing_but_lists__are_empty(service: str, operation: str) -> None:
    if operation.startswith("Describe") and operation != "DescribeStackEvents":
        with pytest.raises(ResponseParserError, match="it has no "):
            read(operation, output(service, operation), {})
        return
    whole = read(operation, output(service, operation), {})
    assert all(value == [] for value in whole.values())


@pytest.mark.parametrize(
    ("operation", "answer", "problem"),
    [
        ("DescribeSolution", {"solution": None}, "it has no solution"),
        ("DescribeSolution", {"solution": {}}, "it has no solution"),
        ("DescribeSolution", {"solution": []}, "solution does not have its type"),
        ("DescribeCampaign", {"campaign": {}}, "it has no campaign"),
        ("ListTagsForResource", {"tags": "x"}, "tags does not have its type"),
        ("ListTagsForResource", {"tags": [None]}, "tags does not have its type"),
        ("ListTagsForResource", {"tags": [{"tagKey": "a"}]}, "tags has an item without tagValue"),
        (
            "ListTagsForResource",
            {"tags": [{"tagKey": 5, "tagValue": "x"}]},
            "tags has an item without tagKey",
        ),
        ("ListSolutionVersions", {"solutionVersions": [{}]}, "an item without solutionVersionArn"),
    ],
)
def test_read__what_decides_is_missing__is_said(operation: str, answer: dict[str, Any], problem: str) -> None:
    """To go on without could mean to leave somebody's solution, or to touch somebody else's."""
    with pytest.raises(ResponseParserError, match=problem):
        read(operation, output("personalize", operation), answer)


def test_read__members_that_matter_less__are_left_out() -> None:
    solution = {"status": "ACTIVE", "performHPO": "yes", "latestSolutionVersion": [], "recipeArn": None}
    whole = read("DescribeSolution", output("personalize", "DescribeSolution"), {"solution": solution})
    assert whole == {"solution": {"status": "ACTIVE"}}


# The same over the wire, with what botocore makes of it, and up to the decision


def _body(operation: str, data: st.DataObject) -> Any:
    shape = output("personalize", operation)
    assert shape is not None
    answer = data.draw(values(shape, wrong=True), label=operation)
    return json.loads(json.dumps(answer, default=lambda value: data.draw(_OTHER) or str(value)))


SOLUTION = "arn:aws:personalize:us-east-1:123456789012:solution/movies"
CAMPAIGN = "arn:aws:personalize:us-east-1:123456789012:campaign/movies"


def campaign(type_: str, physical: str = "", **properties: str) -> Request:
    own = {"solutionArn": SOLUTION, **properties}
    asked = replace(request(type_, {}, physical), properties=own)
    return replace(asked, resource_type="Custom::PersonalizeCampaign")


def resource(asked: Request, client: Personalize) -> OwnedResource[Any, Any]:
    goal: Any
    if asked.resource_type == "Custom::PersonalizeCampaign":
        goal = DesiredCampaign.read(asked).goal(0)
        return Campaign(goal, client, lambda: 1_000_000.0, lambda _arn, _tags: False)
    goal = goal_of(asked, since=0)
    return Solution(goal, client, lambda: 1_000_000.0, lambda _arn, _tags: False)


GOALS = [
    request("Create", {}),
    request("Create", {"name": "movies", "performAutoTraining": "true"}),
    request("Create", {"name": "movies", "adoptExisting": "true"}),
    request("Delete", {}, "arn:aws:personalize:us-east-1:123456789012:solution/movies"),
    request("Delete", {"name": "movies"}, "arn:aws:personalize:us-east-1:123456789012:solution/movies"),
    campaign("Create"),
    campaign("Create", name="movies", solutionVersionArn=f"{SOLUTION}/1a2b"),
    campaign("Create", name="movies", hasPromoter="true", adoptExisting="true"),
    campaign("Delete", CAMPAIGN, name="movies", hasPromoter="true"),
]


@pytest.mark.parametrize("asked", GOALS, ids=lambda asked: f"{asked.resource_type[19:]}-{asked.type}")
@settings(max_examples=80, deadline=None)
@given(data=st.data())
def test_look__any_json__leads_to_a_step_or_to_an_error_that_may_pass(
    asked: Any, data: st.DataObject
) -> None:
    def respond(target: str, _body_sent: bytes, _scope: Scope) -> Response:
        body = _body(target.rpartition(".")[2], data)
        return Response(200, {"content-type": "application/x-amz-json-1.1"}, json.dumps(body).encode())

    found = resource(asked, client_of(respond))
    for _ in range(3):
        try:
            step = found.look(expired=False)
            if isinstance(step, Effect):
                found.act(step)
        except CALL_ERRORS:
            continue
        if isinstance(step, Fail):
            assert isinstance(step.error, LifecycleError)
        elif isinstance(step, Done):
            assert all(isinstance(value, str) for value in step.attributes.values())
        else:
            assert isinstance(step, Wait | Effect)


@pytest.mark.parametrize(
    "body", [b"[]", b"5", b'"text"', b"null", b'{"solution": "text"}', b'{"solution": 5}']
)
def test_answer__json_that_botocore_cannot_parse__names_the_operation(body: bytes) -> None:
    client = client_of(lambda *_: Response(200, {"content-type": "application/x-amz-json-1.1"}, body))
    with pytest.raises(CALL_ERRORS) as raised:
        client.describe_solution(solutionArn="arn:aws:personalize:us-east-1:123456789012:solution/movies")
    assert raised.value.operation_name == "DescribeSolution"
    assert "DescribeSolution" in str(raised.value)


def test_pages__the_same_token_for_ever__end() -> None:
    version = {"solutionVersionArn": "v", "status": "CREATE PENDING"}
    answers: dict[str, Any] = {
        "ListTagsForResource": {"tags": []},
        "DescribeSolution": {"solution": {"status": "ACTIVE", "latestSolutionVersion": version}},
        "ListSolutionVersions": {"solutionVersions": [version], "nextToken": "again"},
    }

    def respond(target: str, _sent: bytes, _scope: Scope) -> Response:
        if target.endswith("DeleteSolution"):
            error = {"__type": "ResourceInUseException", "message": "in training"}
            return Response(400, {"content-type": "application/x-amz-json-1.1"}, json.dumps(error).encode())
        return Response(200, {}, json.dumps(answers[target.rpartition(".")[2]]).encode())

    asked = request("Delete", {})
    arn = goal_of(asked, 0).arn  # type: ignore[union-attr]
    goal = goal_of(request("Delete", {}, arn), 0)
    assert goal is not None
    solution = Solution(goal, client_of(respond), lambda: 1.0, lambda _arn, _tags: False)
    assert solution.look(expired=False) == Delete()
    solution.act(Delete())
    assert isinstance(solution.look(expired=False), StopTraining)
