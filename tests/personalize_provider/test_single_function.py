"""The function behind crhelper, called as CloudFormation and EventBridge call it. How it fares when things go
wrong is in tests/reliability."""

from __future__ import annotations

import http.server
import io
import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, cast

import pytest
from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.exceptions import ClientError

from personalize_provider import single_function
from personalize_provider.aws import cfn_response as answer
from personalize_provider.aws import sdk
from personalize_provider.aws.cfn_response import NotAnsweredError, respond
from personalize_provider.aws.errors import LifecycleError
from personalize_provider.aws.poll_rule import pack, unpack
from personalize_provider.engine.log import logger
from personalize_provider.single_function import NOT_CREATED, handler
from support.virtual_time.event_rules import PREFIX
from support.virtual_time.provider_world import PROPERTIES, STACK_ID, World, world

URL = "https://cloudformation-custom-resource-response.s3.amazonaws.com/?X-Amz-Signature=secret"


class Answers(list[tuple[str, dict[str, Any]]]):
    """What was PUT, and where."""


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> World:
    """A world that the function lives in, with no rule that polls."""
    made = world(total_timeout=120)
    monkeypatch.setattr(sdk, "personalize", lambda: made.client)
    monkeypatch.setattr(sdk, "cloudformation", lambda: made.stacks)
    monkeypatch.setattr(sdk, "events", lambda: SimpleNamespace(list_targets_by_rule=no_rule))
    monkeypatch.setattr(single_function, "_CLOCK", made.time)
    monkeypatch.setenv("TOTAL_TIMEOUT_SECONDS", "120")
    monkeypatch.setenv("POLL_RULE_PREFIX", PREFIX)
    return made


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Answers:
    made = Answers()

    def put(url: str, data: bytes) -> str:
        made.append((url, json.loads(data)))
        return ""

    monkeypatch.setattr(answer, "_put", put)
    return made


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """All that the provider, crhelper and everybody else log, at whatever level they are told to."""
    written = io.StringIO()
    registered, root = logger.registered_handler, logging.StreamHandler(written)
    before = registered.setStream(written)  # type: ignore[attr-defined]
    logging.root.addHandler(root)
    yield written
    logging.root.removeHandler(root)
    registered.setStream(before)  # type: ignore[attr-defined]


def context() -> LambdaContext:
    return cast(
        LambdaContext,
        SimpleNamespace(
            function_name="provider",
            function_version="$LATEST",
            memory_limit_in_mb=256,
            invoked_function_arn="arn:aws:lambda:us-east-1:123456789012:function:provider",
            aws_request_id="lambda-request",
            get_remaining_time_in_millis=lambda: 300_000,
        ),
    )


def event(type_: str, physical: str | None = None, **members: Any) -> dict[str, Any]:
    """An event as CloudFormation sends it."""
    made: dict[str, Any] = {
        "RequestType": type_,
        "ResponseURL": URL,
        "StackId": STACK_ID,
        "RequestId": "4d6a7c1e-0000-4000-8000-000000000000",
        "LogicalResourceId": "Movies",
        "ResourceType": "Custom::PersonalizeSolution",
        "ServiceToken": PROPERTIES["ServiceToken"],
        "ResourceProperties": dict(PROPERTIES),
    }
    if physical is not None:
        made["PhysicalResourceId"] = physical
    if type_ == "Update":
        made["OldResourceProperties"] = dict(PROPERTIES)
    return {**made, **members}


def no_rule(**_request: str) -> None:
    error = {"Code": "ResourceNotFoundException", "Message": "Rule does not exist."}
    raise ClientError({"Error": error}, "ListTargetsByRule")


def only(answers: Answers) -> dict[str, Any]:
    [(url, body)] = answers
    assert url == URL
    return body


def test_create__is_answered_once_with_the_arn_and_all_attributes(at: World, answers: Answers) -> None:
    handler(event("Create"), context())
    body = only(answers)
    [arn] = at.solutions()
    assert (body["Status"], body["PhysicalResourceId"]) == ("SUCCESS", arn)
    assert body["Data"]["solutionArn"] == arn
    assert set(body["Data"]) == {
        "solutionArn",
        "name",
        "status",
        "datasetGroupArn",
        "recipeArn",
        "eventType",
        "creationDateTime",
    }


def test_delete__is_answered_without_the_two_minutes_that_crhelper_waits(at: World, answers: Answers) -> None:
    arn = at.created()
    began = at.time.now()
    handler(event("Delete", arn), context())
    assert only(answers)["Status"] == "SUCCESS"
    assert at.time.now() - began < 30


def test_log__of_a_whole_request__has_no_response_url(
    at: World, answers: Answers, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POWERTOOLS_LOGGER_LOG_EVENT", "true")
    handler(event("Create"), context())
    handler(event("Create", ResourceProperties={"performHPO": "yes"}), context())
    at.fault("CreateSolution", "InvalidInputException")
    handler(event("Create", LogicalResourceId="Other"), context())
    assert [body["Status"] for _, body in answers] == ["SUCCESS", "FAILED", "FAILED"]
    assert "CreateSolution" in log.getvalue()
    assert "secret" not in log.getvalue()


def test_create__bad_properties__fails_with_all_of_them_and_an_id_that_stands_for_nothing(
    at: World, answers: Answers
) -> None:
    handler(event("Create", ResourceProperties={"performHPO": "yes", "unheardOf": "x" * 200}), context())
    body = only(answers)
    assert (body["Status"], body["PhysicalResourceId"], body["Data"]) == ("FAILED", NOT_CREATED, {})
    assert "performHPO" in body["Reason"]
    assert "unheardOf" in body["Reason"]
    assert len(body["Reason"]) > 256
    assert at.calls() == {}

    answers.clear()
    handler(event("Delete", NOT_CREATED, ResourceProperties={"performHPO": "yes"}), context())
    assert only(answers)["Status"] == "SUCCESS"
    assert at.calls() == {}


def test_update__that_can_not_begin__answers_with_the_old_id(at: World, answers: Answers) -> None:
    at.stacks.status = "UPDATE_COMPLETE"
    handler(event("Update", "the old id"), context())
    body = only(answers)
    assert (body["Status"], body["PhysicalResourceId"]) == ("FAILED", "the old id")
    assert "out of date" in body["Reason"]
    assert at.calls() == {}


@pytest.mark.parametrize(("age", "left"), [(0, False), (400, True)])
def test_create__that_can_not_begin__its_delete_finds_what_its_twin_made_and_nothing_older(
    at: World, answers: Answers, age: float, left: bool
) -> None:
    arn = at.created()
    at.simulator.advance(age)
    at.stacks.updated = at.simulator.clock.now()
    at.stacks.status = "UPDATE_COMPLETE"
    handler(event("Create"), context())
    assert answers[-1][1]["PhysicalResourceId"] == NOT_CREATED
    at.stacks.status = "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS"
    handler(event("Delete", NOT_CREATED), context())
    assert answers[-1][1]["Status"] == "SUCCESS"
    assert at.solutions() == ([arn] if left else [])


def test_delete__of_another_stacks_solution__leaves_it_alone_and_says_so(at: World, answers: Answers) -> None:
    """A shared provider's role could delete it."""
    arn = at.created()
    other = STACK_ID.replace("stack/films/", "stack/others/")
    assert other != STACK_ID
    handler(event("Delete", arn, StackId=other), context())
    assert f"it belongs to the resource Movies of the stack {STACK_ID}" in only(answers)["Reason"]
    assert at.solutions() == [arn]
    assert at.solution(arn)["status"] == "ACTIVE"


@pytest.mark.parametrize(("type_", "looks"), [("Create", 1), ("Update", 2)])
def test_properties__that_no_rule_could_carry__are_refused_before_any_effect(
    at: World, answers: Answers, type_: str, looks: int
) -> None:
    columns = {"Items": [os.urandom(40).hex() for _ in range(50)]}
    properties = {
        **PROPERTIES,
        "solutionConfig": {
            "trainingDataConfig": {"includedDatasetColumns": columns},
            "algorithmHyperParameters": {f"p{n}": os.urandom(100).hex() for n in range(40)},
        },
    }
    arn = at.created()
    handler(event(type_, arn if type_ == "Update" else None, ResourceProperties=properties), context())
    assert "an EventBridge rule accepts 8192" in only(answers)["Reason"]
    assert at.calls() == {"ListTagsForResource": looks}


def test_event__that_is_packed__is_the_same_unpacked() -> None:
    sent = event("Create", ResourceProperties={**PROPERTIES, "note": "ä" * 9000})
    packed = pack(sent)
    assert len(packed) < 8192
    assert unpack(json.loads(packed)) == sent
    assert unpack(sent) is sent


BAD = [
    None,
    [],
    "text",
    {},
    event("Create") | {"ResponseURL": 1},
    {"RequestType": "Create", "StackId": STACK_ID},
]


@pytest.mark.usefixtures("at")
@pytest.mark.parametrize("bad", BAD)
def test_event__without_anybody_to_answer__fails_and_answers_nobody(answers: Answers, bad: Any) -> None:
    """Also not the one before, whose URL crhelper would still have."""
    handler(event("Create"), context())
    answers.clear()
    with pytest.raises(LifecycleError, match="reading the event failed"):
        handler(bad, context())
    assert answers == []


@pytest.mark.parametrize(
    ("members", "problem"),
    [
        ({"ResourceType": "Custom::Other"}, "ResourceType"),
        ({"StackId": "stack"}, "StackId"),
        ({"ResourceProperties": []}, "ResourceProperties"),
    ],
)
def test_event__that_is_not_cloudformations__is_a_failure_that_says_why(
    at: World, answers: Answers, members: dict[str, Any], problem: str
) -> None:
    handler(event("Create", **members), context())
    body = only(answers)
    assert body["Status"] == "FAILED"
    assert problem in body["Reason"]
    assert at.calls() == {}


@pytest.mark.parametrize("carried", [None, "x", {}, {"PhysicalResourceId": "id", "Attempt": {}}])
def test_poll__that_no_first_event_made__is_a_failure_without_a_call(
    at: World, answers: Answers, carried: Any
) -> None:
    handler(event("Create", CrHelperPoll=True, CrHelperData=carried), context())
    assert only(answers)["Status"] == "FAILED"
    assert at.calls() == {}


@pytest.mark.process
def test_import__makes_no_client() -> None:
    """crhelper alone makes three as soon as its resource is made."""
    script = """
import botocore.session
made = []
botocore.session.Session.create_client = lambda self, name, *a, **k: made.append(name)
from personalize_provider import single_function
single_function._Resource({})
assert made == [], made
import os
assert "AWS_SAM_LOCAL" not in os.environ
"""
    path = os.pathsep.join(path for path in sys.path if path)
    ran = subprocess.run(
        [sys.executable, "-c", script], env={"PYTHONPATH": path}, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr


# The answer itself


@pytest.fixture
def server() -> Iterator[tuple[str, list[Any]]]:
    """An address, and what is PUT there; `replies` in front of the list are the statuses to come."""
    seen: list[Any] = []
    statuses: list[int] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            seen.append((self.path, self.headers["Content-Type"], json.loads(body)))
            self.send_response(statuses.pop(0) if statuses else 200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    running = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    seen.append(statuses)
    yield f"http://127.0.0.1:{running.server_port}/answer?X-Amz-Signature=secret", seen
    running.shutdown()
    thread.join()
    running.server_close()


def test_respond__puts_json_without_a_content_type(server: tuple[str, list[Any]], at: World) -> None:
    url, seen = server
    respond(url, {"Status": "SUCCESS", "Reason": "ä"}, at.time)
    assert seen[1:] == [("/answer?X-Amz-Signature=secret", "", {"Status": "SUCCESS", "Reason": "ä"})]


def test_respond__not_taken_at_first__tries_again(server: tuple[str, list[Any]], at: World) -> None:
    url, seen = server
    seen[0] += [503, 500]
    respond(url, {}, at.time)
    assert len(seen) == 1 + 3


def test_respond__refused_for_good__is_given_up_and_said_in_the_log(
    server: tuple[str, list[Any]], at: World, log: io.StringIO
) -> None:
    url, seen = server
    seen[0] += [403]
    respond(url, {}, at.time)
    assert len(seen) == 1 + 1
    assert "refuses the answer" in log.getvalue()
    assert "secret" not in log.getvalue()


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:1/?secret", "http://127.0.0.1:1/ secret\x00", "file:///secret", "http://[secret"],
)
def test_respond__nobody_there__fails_without_the_url(at: World, log: io.StringIO, url: str) -> None:
    with pytest.raises(NotAnsweredError) as raised:
        respond(url, {}, at.time)
    assert "secret" not in str(raised.value) + log.getvalue()
    assert raised.value.__cause__ is None
