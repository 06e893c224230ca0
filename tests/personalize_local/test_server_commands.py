"""`python -m personalize_local`, as a shell and make use it."""

from __future__ import annotations

import contextlib
import inspect
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import boto3
import pytest

import personalize_local.__main__ as cli
from personalize_local import background
from personalize_local.background import Record, StateDir
from personalize_local.simulator import Clock
from personalize_local.testing.server_process import LocalAws
from support.processes.local_process import Shell, alive

pytestmark = pytest.mark.process


def test_start__nothing_runs__a_detached_server_answers(shell: Shell) -> None:
    began = time.monotonic()
    result = shell.run("start", "--port", "0")
    record = shell.record()
    assert result.returncode == 0
    assert f"The local AWS runs at http://127.0.0.1:{record.port}" in result.stdout
    assert time.monotonic() - began < 15
    assert record.mode == "background"
    assert os.getsid(record.pid) == record.pid
    assert background.get(record, "health") == {"service": "personalize-local", "run": record.run}


def test_start__with_options__hands_them_to_the_server(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[tuple[str, ...]] = []

    def start(_: StateDir, port: int, arguments: tuple[str, ...]) -> Record:
        started.append(arguments)
        return Record.of_this_process(port, "background", "run")

    monkeypatch.setattr(background, "start", start)
    options = ["--enforce-iam", "--verbose", "--lambda-concurrency", "3", "--time-scale", "1200.0"]
    options += ["--allow-origin", "http://localhost:3000", "--allow-origin", "https://app.example.com"]
    cli.main(["start", "--port", "0", "--state-dir", str(shell.state.path), *options])
    assert started == [tuple(options)]


@pytest.mark.parametrize(
    ("option", "value", "expected"),
    [
        ("--lambda-concurrency", "0", "a whole number of 1 or more"),
        ("--lambda-concurrency", "many", "a whole number of 1 or more"),
        ("--port", "65536", "a port: expected 0 to 65535"),
        ("--port", "http", "a port: expected 0 to 65535"),
        ("--time-scale", "0", "a number above 0, at most 1,000,000"),
        ("--time-scale", "1e7", "a number above 0, at most 1,000,000"),
        ("--time-scale", "nan", "a number above 0, at most 1,000,000"),
        ("--time-scale", "fast", "a number above 0, at most 1,000,000"),
    ],
)
def test_serve__with_a_number_that_is_not_possible__says_what_is(
    option: str, value: str, expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["serve", option, value])
    assert ended.value.code == 2
    assert f"argument {option}: {value} is not {expected}\n" in capsys.readouterr().err


def test_time_scale__the_most_of_the_command__is_the_most_of_the_clock() -> None:
    assert Clock(scale=cli.FASTEST).scale == cli.FASTEST
    with pytest.raises(ValueError, match="at most 1,000,000"):
        Clock(scale=cli.FASTEST + 1)


def test_start__one_runs__is_reused(shell: Shell) -> None:
    shell.run("start", "--port", "0")
    first = shell.record()
    again = shell.run("start")
    assert again.returncode == 0
    assert str(first.port) in again.stdout
    assert shell.record() == first


def test_start__twice_at_once__one_server(shell: Shell) -> None:
    starts = [shell.open("start", "--port", "0") for _ in range(2)]
    texts = [start.communicate(timeout=60)[0] for start in starts]
    record = shell.record()
    assert all(record.endpoint in text for text in texts)


def test_start__default_port_taken__takes_another_and_says_so(shell: Shell) -> None:
    # Whoever has it, this test or the machine: it is taken.
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(OSError):
            stack.enter_context(socket.create_server(("127.0.0.1", 4566)))
        result = shell.run("start")
    assert "Port 4566 is in use, so the local AWS uses" in result.stdout
    assert shell.record().port != 4566


@pytest.mark.parametrize("command", ["start", "serve"])
def test_port__asked_for_and_taken__is_one_line_that_says_what_to_do(shell: Shell, command: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        result = shell.run(command, "--port", str(port))
    assert result.returncode == 1
    assert result.stderr == (
        f"error: port {port} of 127.0.0.1 is in use; "
        "choose another with --port, or leave it out to use a free port\n"
    )


def test_start__server_ends_at_once__shows_the_log(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    shell.state.path.mkdir()
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(
        background.StartError, match=r"ended with status 1 while it started\n.*server.log is empty"
    ):
        background.start(shell.state, 0)


def test_start__server_never_answers__gives_up_and_ends_it(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell.state.path.mkdir()
    script = tmp_path / "hangs"
    script.write_text(f"#!/bin/sh\necho $$ > {tmp_path}/pid\necho deaf\nexec sleep 60\n")
    script.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(script))
    monkeypatch.setattr(background, "START_SECONDS", 0.5)
    with pytest.raises(background.StartError, match=r"did not answer within 0 s\n(.|\n)*deaf"):
        background.start(shell.state, 0)
    assert not alive(int((tmp_path / "pid").read_text()))


def test_stop__background__ends_it(shell: Shell) -> None:
    shell.run("start", "--port", "0")
    record = shell.record()
    result = shell.run("stop")
    assert result.returncode == 0
    assert result.stdout == f"The local AWS at {record.endpoint} has ended.\n"
    assert not alive(record.pid)
    assert shell.state.live() is None


def test_stop__nothing_runs__is_fine(shell: Shell) -> None:
    result = shell.run("stop")
    assert (result.returncode, result.stdout) == (0, "No local AWS runs here.\n")


def test_serve__in_the_foreground__is_found_left_alone_by_stop_and_ended_by_ctrl_c(shell: Shell) -> None:
    with shell.open("serve", "--port", "0") as server:
        assert server.stdout is not None
        assert server.stdout.readline().startswith("The local AWS runs at http://127.0.0.1:")
        record = shell.record()
        assert record.endpoint in shell.run("start").stdout
        stopped = shell.run("stop")
        assert (stopped.returncode, "Ctrl-C" in stopped.stdout) == (0, True)
        second = shell.run("serve")
        assert (second.returncode, record.endpoint in second.stderr) == (1, True)
        server.send_signal(signal.SIGINT)
        assert server.wait(timeout=10) == 0
    assert shell.state.live() is None


def test_status__running_and_not__says_so(shell: Shell) -> None:
    assert shell.run("status").returncode == 1
    shell.run("start", "--port", "0")
    status = shell.run("status")
    assert (status.returncode, shell.record().endpoint in status.stdout) == (0, True)


def test_allow_origin__that_is_none__is_refused(shell: Shell) -> None:
    result = shell.run("start", "--allow-origin", "*")
    assert result.returncode == 2
    assert "--allow-origin: '*' is not an origin: give scheme, host and port" in result.stderr


def test_start__one_runs_and_options_are_given__says_that_they_are_not_taken(shell: Shell) -> None:
    shell.run("start", "--port", "0")
    assert "It keeps its other options" in shell.run("start", "--enforce-iam").stdout
    assert "It keeps its other options" in shell.run("start", "--port", "1").stdout


def test_start__one_runs_and_a_time_scale_is_given__changes_its_clock(shell: Shell) -> None:
    shell.run("start", "--port", "0", "--time-scale", "2")
    started = shell.run("start", "--time-scale", "1200")
    assert started.returncode == 0
    assert "Each real second is now 1200 seconds on its clock" in started.stdout
    assert "It keeps" not in started.stdout
    before = clock(shell)
    time.sleep(0.1)
    assert clock(shell) - before >= timedelta(seconds=100)


def clock(shell: Shell) -> datetime:
    """The time in the local AWS."""
    request = urllib.request.Request(f"{shell.record().endpoint}/_personalize/clock", b'{"advance": 0}')
    with urllib.request.urlopen(request) as answer:
        return datetime.fromisoformat(json.load(answer)["now"])


def test_leftovers__a_dataset_group__is_listed_and_fails(shell: Shell) -> None:
    shell.run("start", "--port", "0")
    assert shell.run("leftovers").stdout == "Nothing is left in the local AWS.\n"
    personalize = boto3.session.Session().client(
        "personalize",
        endpoint_url=shell.record().endpoint,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    arn = personalize.create_dataset_group(name="films")["datasetGroupArn"]
    result = shell.run("leftovers")
    assert result.returncode == 1
    assert result.stdout.startswith(f"Still in the local AWS:\n  {arn}  ")
    assert " -m personalize_local stop\n" in result.stdout


def test_leftovers__stacks__are_listed_with_what_failed_in_them(shell: Shell) -> None:
    shell.run("start", "--port", "0")
    aws = LocalAws(shell.record())
    group = {"Type": "AWS::Personalize::DatasetGroup", "Properties": {"Name": "films"}}
    for name in ("CDKToolkit", "Movies"):
        aws.apply(name, {"Resources": {"Group": group} if name == "Movies" else {"Topic": TOPIC}})
    (found,) = aws.client("personalize").list_dataset_groups()["datasetGroups"]
    aws.client("personalize").create_solution(
        name="films",
        datasetGroupArn=found["datasetGroupArn"],
        recipeArn="arn:aws:personalize:::recipe/aws-user-personalization-v2",
        performAutoTraining=False,
    )
    assert aws.delete("Movies") == "DELETE_FAILED"
    # A profile that the user has must not matter.
    result = shell.run("leftovers", AWS_PROFILE="production")
    assert result.returncode == 1, result.stderr
    assert "  stack Movies  DELETE_FAILED\n    Group  DELETE_FAILED: " in result.stdout
    assert "CDKToolkit" not in result.stdout


def test_leftovers__one_of_everything__is_listed_once(local_aws: LocalAws) -> None:
    local_aws.control("POST", "durations", {"dataset_group": 0, "solution_create": 0, "solution_version": 0})
    personalize = local_aws.client("personalize")
    group = personalize.create_dataset_group(name="films")["datasetGroupArn"]
    schema = personalize.create_schema(name="clicks", schema=_schema())["schemaArn"]
    dataset = personalize.create_dataset(
        name="clicks", schemaArn=schema, datasetGroupArn=group, datasetType="Interactions"
    )["datasetArn"]
    solution = personalize.create_solution(
        name="films",
        datasetGroupArn=group,
        recipeArn="arn:aws:personalize:::recipe/aws-user-personalization-v2",
        performAutoTraining=False,
    )["solutionArn"]
    version = personalize.create_solution_version(solutionArn=solution)["solutionVersionArn"]
    campaign = personalize.create_campaign(name="films", solutionVersionArn=version)["campaignArn"]
    listed = [line.split()[0] for line in cli.leftovers(local_aws.control("GET", ""))]
    assert sorted(listed) == sorted([group, schema, dataset, solution, version, campaign])


def test_leftovers__an_import_job__is_a_record_and_not_listed() -> None:
    arn = "arn:aws:personalize:us-east-1:000000000000:dataset-import-job/films"
    job = {"datasetImportJobArn": arn, "status": "ACTIVE"}
    assert list(cli.leftovers({"accounts": [{"datasetImportJobs": [job]}]})) == []


TOPIC = {"Type": "AWS::SNS::Topic"}


def stale(state: StateDir, **changes: object) -> None:
    record = Record.of_this_process(9, "background", "run")
    state.write(replace(record, **changes))  # type: ignore[arg-type]


def test_state__process_is_dead__is_forgotten(shell: Shell) -> None:
    with subprocess.Popen(["true"]) as process:
        pass
    stale(shell.state, pid=process.pid)
    assert shell.run("status").returncode == 1
    assert not (shell.state.path / "server.json").exists()


def test_state__number_is_another_process_now__that_one_is_left_alone(shell: Shell) -> None:
    with subprocess.Popen(["sleep", "60"]) as other:
        stale(shell.state, pid=other.pid)
        assert shell.run("stop").stdout == "No local AWS runs here.\n"
        assert other.poll() is None
        other.kill()


def test_state__port_is_another_server_now__is_forgotten(shell: Shell, local_aws: LocalAws) -> None:
    stale(shell.state, port=local_aws.record.port)
    assert shell.state.live() is None


@pytest.mark.parametrize("text", ["", "{", "[]", json.dumps({"pid": 1})])
def test_state__file_is_broken__is_as_none(shell: Shell, text: str) -> None:
    shell.state.path.mkdir()
    (shell.state.path / "server.json").write_text(text)
    assert shell.run("status").returncode == 1


def test_help__every_command_is_in_the_docstring(shell: Shell) -> None:
    text = shell.run("--help").stdout
    listed = inspect.cleandoc(cli.__doc__ or "")
    for command in ("serve", "start", "stop", "status", "exec", "env", "leftovers"):
        assert command in text
        assert re.search(rf"^ *{command} ", listed, re.MULTILINE)


def _schema() -> str:
    names = {"USER_ID": "string", "ITEM_ID": "string", "TIMESTAMP": "long"}
    fields = [{"name": name, "type": kind} for name, kind in names.items()]
    return json.dumps(
        {
            "type": "record",
            "name": "Interactions",
            "namespace": "com.amazonaws.personalize.schema",
            "fields": fields,
        }
        | {"version": "1.0"}
    )
