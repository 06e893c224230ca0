"""The embedded AWS as one process: what it serves, listens on and leaves behind."""

from __future__ import annotations

import io
import json
import os
import signal
import socket
import sys
import threading
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from personalize_local.address import ACCOUNT, REGION, PortTakenError, bind
from personalize_local.server import environment
from personalize_local.testing.server_process import LocalAws, running
from support.processes.local_process import alive, descendants, listening

PYTHON = """
import os, time, boto3

def handler(event, context):
    if "sleep" in event:
        return time.sleep(event["sleep"])
    arn = boto3.client("personalize").list_dataset_groups()["datasetGroups"][0]["datasetGroupArn"]
    return {"arn": arn, "environment": dict(os.environ)}
"""
NODE = "exports.handler = async (event) => ({ node: process.version, event })"

pytestmark = pytest.mark.process

linux = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


def function(aws: LocalAws, name: str, runtime: str, file: str, code: str) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as zip_file:
        zip_file.writestr(file, code)
    aws.client("lambda").create_function(
        FunctionName=name,
        Runtime=runtime,
        Role=f"arn:aws:iam::{ACCOUNT}:role/any",
        Handler="index.handler",
        Code={"ZipFile": archive.getvalue()},
        Timeout=60,
    )


def invoke(aws: LocalAws, name: str, event: object) -> Any:
    answer = aws.client("lambda").invoke(FunctionName=name, Payload=json.dumps(event))
    return json.loads(answer["Payload"].read())


@pytest.fixture
def busy(local_aws: LocalAws) -> LocalAws:
    """A server that has run a function in Python and one in Node."""
    local_aws.control("POST", "durations", {"dataset_group": 0})
    local_aws.client("personalize").create_dataset_group(name="films")
    function(local_aws, "python", "python3.13", "index.py", PYTHON)
    function(local_aws, "node", "nodejs22.x", "index.js", NODE)
    return local_aws


def test_functions__in_python_and_node__run_and_find_personalize(busy: LocalAws) -> None:
    assert invoke(busy, "python", {})["arn"] == (
        f"arn:aws:personalize:{REGION}:{ACCOUNT}:dataset-group/films"
    )
    answer = invoke(busy, "node", {"a": 1})
    assert answer["node"].startswith("v")
    assert answer["event"] == {"a": 1}


def test_functions__their_environment__has_nothing_of_the_users(busy: LocalAws) -> None:
    seen = invoke(busy, "python", {})["environment"]
    assert seen["AWS_ENDPOINT_URL"] == busy.endpoint
    assert seen["AWS_ACCESS_KEY_ID"] != "test"
    assert "PYTHONPATH" not in seen
    assert "AWS_PROFILE" not in seen


def test_functions__the_users_aws_files__lead_nowhere_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / ".aws" / "config"
    config.parent.mkdir()
    config.write_text("[default]\nignore_configured_endpoint_urls = true\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("AWS_CONFIG_FILE")
    with running(tmp_path / "state") as aws:
        aws.control("POST", "durations", {"dataset_group": 0})
        aws.client("personalize").create_dataset_group(name="films")
        function(aws, "python", "python3.13", "index.py", PYTHON)
        assert "arn" in invoke(aws, "python", {})


@linux
def test_sockets__all_of_the_process__are_on_the_loopback(busy: LocalAws) -> None:
    invoke(busy, "python", {})
    invoke(busy, "node", {})
    pids = {busy.record.pid, *descendants(busy.record.pid)}
    assert len(pids) >= 3
    sockets = set().union(*(listening(pid) for pid in pids))
    assert sockets == {("tcp", "127.0.0.1", busy.record.port)}


def test_scope__another_region_and_account__has_its_own_resources(busy: LocalAws) -> None:
    elsewhere = busy.client("personalize", region_name="eu-west-1", aws_access_key_id="111122223333")
    assert elsewhere.list_dataset_groups()["datasetGroups"] == []
    arn = elsewhere.create_dataset_group(name="films")["datasetGroupArn"]
    assert arn == "arn:aws:personalize:eu-west-1:111122223333:dataset-group/films"


def test_reset__of_ministack__forgets_personalize_too(busy: LocalAws) -> None:
    busy.reset()
    assert busy.client("personalize").list_dataset_groups()["datasetGroups"] == []


def test_control__that_is_refused__says_what_there_is_and_what_was_expected(local_aws: LocalAws) -> None:
    with pytest.raises(ValueError, match="no control at GET") as unknown:
        local_aws.control("GET", "nothing")
    assert "\n  POST /_personalize/clock\n" in str(unknown.value)

    with pytest.raises(ValueError, match=r'POST /_personalize/clock .*: expected {"advance": seconds}'):
        local_aws.control("POST", "clock", {"seconds": 1})


@linux
def test_lambda__more_executions_than_allowed__are_throttled(tmp_path: Path) -> None:
    with running(tmp_path, ["--lambda-concurrency", "1"]) as aws:
        function(aws, "python", "python3.13", "index.py", PYTHON)
        function(aws, "node", "nodejs22.x", "index.js", NODE)
        invoke(aws, "node", {})
        first = threading.Thread(target=_call_that_is_cut_off, args=(aws, 50))
        first.start()
        _wait_for_workers(aws.record.pid, 2)
        with pytest.raises(ClientError) as refused:
            invoke(aws, "node", {})
        answer = refused.value.response
        assert answer["ResponseMetadata"]["HTTPStatusCode"] == 429
        assert answer["Error"]["Code"] == "TooManyRequestsException"
        assert "account concurrency cap 1 reached" in answer["Error"]["Message"]
        os.kill(aws.record.pid, signal.SIGTERM)
        first.join()


def test_lambda__executions_within_the_limit__are_not_throttled(tmp_path: Path) -> None:
    with running(tmp_path, ["--lambda-concurrency", "1"]) as aws:
        function(aws, "node", "nodejs22.x", "index.js", NODE)
        assert [invoke(aws, "node", {"n": n})["event"]["n"] for n in range(3)] == [0, 1, 2]


def test_start__nothing_cached__answers_within_seconds(tmp_path: Path) -> None:
    began = time.monotonic()
    with running(tmp_path) as aws:
        assert aws.control("GET", "health")["run"] == aws.record.run
        assert time.monotonic() - began < 10


@linux
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_end__while_a_function_runs__leaves_no_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))  # SIGKILL leaves the data folder behind
    with running(tmp_path) as aws:
        function(aws, "python", "python3.13", "index.py", PYTHON)
        function(aws, "node", "nodejs22.x", "index.js", NODE)
        invoke(aws, "node", {})
        call = threading.Thread(
            target=_call_that_is_cut_off, args=(aws, 1 if number == signal.SIGKILL else 50)
        )
        call.start()
        workers = _wait_for_workers(aws.record.pid, 2)
        os.kill(aws.record.pid, number)
        began = time.monotonic()
        while any(alive(pid) for pid in (aws.record.pid, *workers)):
            assert time.monotonic() - began < 8
            time.sleep(0.05)
        call.join()


def _call_that_is_cut_off(aws: LocalAws, seconds: int) -> None:
    try:
        invoke(aws, "python", {"sleep": seconds})
    except (BotoCoreError, ClientError):
        return


def _wait_for_workers(pid: int, count: int) -> set[int]:
    deadline = time.monotonic() + 20
    while len(descendants(pid)) < count:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    time.sleep(0.5)  # past the worker's own start, into the function
    return descendants(pid)


def test_end__input_closes__data_folder_and_record_are_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    monkeypatch.setenv("TMPDIR", str(data))
    with running(tmp_path) as aws:
        function(aws, "node", "nodejs22.x", "index.js", NODE)
        invoke(aws, "node", {})
        assert list(data.iterdir())
    assert list(data.iterdir()) == []
    assert not alive(aws.record.pid)
    assert not (tmp_path / "server.json").exists()


@linux
def test_delete_stack__with_a_function__ends_its_process(local_aws: LocalAws) -> None:
    role = {"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": ACCOUNT}}]}
    properties = {
        "FunctionName": "node",
        "Runtime": "nodejs22.x",
        "Handler": "index.handler",
        "Role": {"Fn::GetAtt": ["Role", "Arn"]},
        "Code": {"ZipFile": NODE},
    }
    resources = {
        "Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": role}},
        "Function": {"Type": "AWS::Lambda::Function", "Properties": properties},
    }
    local_aws.apply("Stack", {"Resources": resources})
    before = descendants(local_aws.record.pid)
    invoke(local_aws, "node", {})
    (worker,) = descendants(local_aws.record.pid) - before
    local_aws.delete("Stack")
    deadline = time.monotonic() + 5
    while alive(worker):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_bind__taken__names_the_port() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(PortTakenError, match=f"port {port} of 127.0.0.1 is in use"):
            bind(port)


def test_environment__of_a_user_with_a_profile_and_settings__leads_nowhere_else() -> None:
    users = {
        "PATH": "/bin",
        "AWS_PROFILE": "production",
        "AWS_ENDPOINT_URL_S3": "https://s3.example.com",
        "LAMBDA_EXECUTOR": "docker",
        "SERVICES": "s3",
        "PERSIST_STATE": "1",
        "PYTHONPATH": "local",
        "AUTH": "true",
    }
    made = environment(users, 4566, Path("/data"))
    assert made["PATH"] == "/bin"
    assert not made.keys() & {"AWS_PROFILE", "AWS_ENDPOINT_URL_S3", "SERVICES", "PERSIST_STATE", "PYTHONPATH"}
    assert (made["LAMBDA_EXECUTOR"], made["AUTH"], made["GATEWAY_PORT"]) == ("local", "false", "4566")
    assert (made["BIND_HOST"], made["MINISTACK_HOST"]) == ("127.0.0.1", "127.0.0.1")


def test_environment__of_a_limit_of_executions__is_that_of_the_call_not_of_the_user() -> None:
    users = {"LAMBDA_ACCOUNT_CONCURRENCY": "7"}
    assert "LAMBDA_ACCOUNT_CONCURRENCY" not in environment(users, 4566, Path("/data"))
    made = environment(users, 4566, Path("/data"), lambda_concurrency=3)
    assert made["LAMBDA_ACCOUNT_CONCURRENCY"] == "3"
