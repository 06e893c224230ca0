"""`exec` and `env`: a command that is meant for the local AWS reaches it, or nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from personalize_local.address import environment
from personalize_local.background import Record
from personalize_local.testing.server_process import LocalAws
from support.processes.local_process import ROOT, Shell

pytestmark = pytest.mark.process

# What a shell may have, and each of which leads some client past the local AWS or signs for somebody else.
USERS = {
    "AWS_PROFILE": "production",
    "AWS_DEFAULT_PROFILE": "production",
    "AWS_SESSION_TOKEN": "token",
    "AWS_ENDPOINT_URL_STS": "https://sts.example.com",
    "AWS_ENDPOINT_URL_S3": "https://s3.example.com",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
    "AWS_USE_FIPS_ENDPOINT": "true",
    "AWS_USE_DUALSTACK_ENDPOINT": "true",
    "AWS_CA_BUNDLE": "/nonexistent",
    "AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/production",
    "AWS_WEB_IDENTITY_TOKEN_FILE": "/nonexistent",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:1/",
    "AWS_REGION": "eu-west-1",
    "CDK_PROFILE": "production",
    "HTTP_PROXY": "http://127.0.0.1:1",
    "http_proxy": "http://127.0.0.1:1",
    "NO_PROXY": "intra.example.com, other.example.com",
}
ACCOUNT = "import boto3; print(boto3.client('sts').get_caller_identity()['Account'])"


def test_exec__for_a_user_with_every_setting__reaches_the_local_aws(shell: Shell, tmp_path: Path) -> None:
    config = tmp_path / ".aws" / "config"
    config.parent.mkdir()
    config.write_text("[default]\nignore_configured_endpoint_urls = true\nregion = eu-west-1\n")
    shell.run("start", "--port", "0")
    result = shell.run("exec", "--", sys.executable, "-c", ACCOUNT, **USERS, HOME=str(tmp_path))
    assert (result.returncode, result.stdout) == (0, "000000000000\n"), result.stderr


def test_exec__options_status_and_output__are_the_commands(shell: Shell) -> None:
    shell.run("start", "--port", "0")
    script = "import sys; print(sys.argv[1:]); sys.exit(7)"
    for words in (["exec"], ["exec", "--"], ["exec", "--state-dir", str(shell.state.path), "--"]):
        result = shell.run(*words, sys.executable, "-c", script, "--state-dir", "x", "--", "--all")
        assert (result.returncode, result.stdout) == (7, "['--state-dir', 'x', '--', '--all']\n")


def test_exec__nothing_runs__runs_nothing(shell: Shell, tmp_path: Path) -> None:
    result = shell.run("exec", "--", "touch", str(tmp_path / "ran"))
    assert (result.returncode, result.stdout) == (1, "")
    assert f"no local AWS runs here ({shell.state.path}): start one with `" in result.stderr
    assert "`touch` was not run" in result.stderr
    assert not (tmp_path / "ran").exists()


def test_exec__another_server_has_the_port__runs_nothing(shell: Shell, local_aws: LocalAws) -> None:
    record = Record.of_this_process(local_aws.record.port, "background", "another")
    shell.state.write(record)
    assert shell.run("exec", "--", "echo", "ran").stdout == ""


def test_exec__no_command_or_an_unknown_one__says_so(shell: Shell) -> None:
    assert "name the command to run: " in shell.run("exec", "--").stderr
    shell.run("start", "--port", "0")
    result = shell.run("exec", "--", "no-such-program")
    assert (result.returncode, result.stderr) == (127, "error: no-such-program: no such command\n")
    assert shell.run("exec", str(ROOT)).returncode == 126


def test_env__for_a_user_with_every_setting__leads_an_sdk_to_the_server(shell: Shell) -> None:
    shell.run("start", "--port", "0")
    words = shell.run("env", **USERS).stdout.split()
    assert {"-uAWS_PROFILE", "-uAWS_ENDPOINT_URL_S3", "-uAWS_USE_FIPS_ENDPOINT"} <= set(words)
    assert "NO_PROXY=intra.example.com,other.example.com,127.0.0.1,localhost" in words
    command = ["env", *words, sys.executable, "-c", ACCOUNT]
    called = subprocess.run(command, env=os.environ | USERS, capture_output=True, text=True, check=False)
    assert called.stdout == "000000000000\n", called.stderr


def test_env__export__is_read_by_a_shell(shell: Shell) -> None:
    shell.run("start", "--port", "0")
    text = shell.run("env", "--export", AWS_PROFILE="production").stdout
    script = f'{text}echo "$AWS_ENDPOINT_URL ${{AWS_PROFILE-none}}"'
    result = subprocess.run(
        ["/bin/sh", "-c", script],
        env={"AWS_PROFILE": "production"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout == f"{shell.record().endpoint} none\n"


def test_env__nothing_runs__fails_with_the_next_step(shell: Shell) -> None:
    result = shell.run("env")
    assert result.returncode == 1
    assert f"PYTHONPATH={ROOT} {sys.executable} -m personalize_local start`" in result.stderr


# The last three fail before they look for a server, and the first after.
@pytest.mark.parametrize("words", ["env", "env --no-such-option", "env extra", "env --state-dir"])
def test_env__fails_for_whatever_reason__env_runs_nothing(shell: Shell, words: str) -> None:
    printed = shell.run(*words.split()).stdout
    result = subprocess.run(
        ["/bin/sh", "-c", f"env {printed.strip()} echo ran"], capture_output=True, text=True, check=False
    )
    assert result.returncode != 0
    assert result.stdout == ""
    assert "no-local-aws-runs" in result.stderr


@pytest.mark.parametrize("words", ["env --export", "env --exp", "env --export --no-such-option"])
def test_env__export_fails__what_follows_in_the_shell_reaches_no_account(shell: Shell, words: str) -> None:
    printed = shell.run(*words.split(), **USERS).stdout
    script = 'eval "$1"; echo "$? $AWS_ENDPOINT_URL ${AWS_PROFILE-none} $AWS_ACCESS_KEY_ID"'
    result = subprocess.run(
        ["/bin/sh", "-c", script, "sh", printed],
        env=os.environ | USERS,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.stdout == "1 http://no-local-aws-runs.invalid none test\n"


def test_serve__what_it_prints__can_be_pasted_into_another_shell(shell: Shell, tmp_path: Path) -> None:
    tools = tmp_path / "node_modules" / ".bin"
    tools.mkdir(parents=True)
    for name in ("cdk", "aws"):
        tool = tools / name
        tool.write_text(f'#!/bin/sh\necho "{name} $AWS_ENDPOINT_URL $*"\n')
        tool.chmod(0o755)
    # As under make: the programs and the package are found by variables that another shell has not.
    path = f"{tools}{os.pathsep}{os.environ['PATH']}"
    command = [sys.executable, "-m", "personalize_local", "serve", "--port", "0"]
    with subprocess.Popen(
        command,
        cwd=shell.folder,
        env=os.environ | {"PYTHONPATH": str(ROOT), "PATH": path},
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stdout is not None
        lines = iter(server.stdout.readline, "Press Ctrl-C to stop it.\n")
        printed = [line.strip() for line in lines if line.startswith("    ")]
        outputs = [
            subprocess.run(
                ["/bin/sh", "-c", line],
                cwd=shell.folder,
                env={"PATH": "/usr/bin:/bin"},
                capture_output=True,
                text=True,
                check=False,
            )
            for line in printed
        ]
        endpoint = shell.record().endpoint
        server.send_signal(signal.SIGINT)
    assert [(output.stdout, output.stderr) for output in outputs] == [
        (f"cdk {endpoint} deploy\n", ""),
        (f"aws {endpoint} personalize list-solutions\n", ""),
    ]


def test_environment__of_every_aws_variable__keeps_what_is_harmless_and_no_other() -> None:
    made = environment({**USERS, "AWS_PAGER": "", "AWS_OF_A_LATER_RELEASE": "1", "HOME": "/home"}, "http://x")
    assert made["AWS_PAGER"] == ""
    assert made["HOME"] == "/home"
    assert "AWS_OF_A_LATER_RELEASE" not in made
    kept = {name for name in USERS if name in made}
    assert kept == {
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
        "AWS_REGION",
        "HTTP_PROXY",
        "http_proxy",
        "NO_PROXY",
    }
    assert made["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] == "false"
    assert made["AWS_REGION"] == "us-east-1"


def test_fixture__for_a_user_with_every_setting__its_clients_reach_the_local_aws(
    local_aws: LocalAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in USERS.items():
        if "PROFILE" not in name:
            monkeypatch.setenv(name, value)
    monkeypatch.delenv("NO_PROXY")
    fresh = LocalAws(local_aws.record)
    assert fresh.client("sts").get_caller_identity()["Account"] == "000000000000"
    assert "AWS_SESSION_TOKEN" not in fresh.environment
    ran = subprocess.run(
        [sys.executable, "-c", ACCOUNT], env=fresh.environment, capture_output=True, text=True, check=False
    )
    assert ran.stdout == "000000000000\n", ran.stderr
