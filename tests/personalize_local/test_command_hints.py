"""Next steps that `personalize-local` prints are followed word for word, in a plain shell."""

from __future__ import annotations

import re
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.processes.local_process import Shell

pytestmark = pytest.mark.process

PLAIN = {"PATH": "/usr/bin:/bin"}


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    shell = Shell(tmp_path)
    yield shell
    shell.run("stop")


def paste(shell: Shell, line: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", "-c", line],
        cwd=shell.folder,
        env=PLAIN,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def quoted(text: str) -> str:
    """The command between backquotes in a message."""
    found = re.search(r"with `([^`]+)`", text)
    assert found is not None, text
    return found[1]


@pytest.mark.parametrize("command", [["exec", "--", "true"], ["env"]], ids=["exec", "env"])
def test_hint__no_local_aws_runs__its_command_starts_one(shell: Shell, command: list[str]) -> None:
    start = quoted(shell.run(*command).stderr)

    started = paste(shell, f"{start} --port 0")

    assert started.returncode == 0, started.stderr
    assert shell.run(*command).returncode == 0


def test_hint__exec_without_a_command__its_example_runs_one(shell: Shell) -> None:
    shell.run("start", "--port", "0")
    said = shell.run("exec", "--").stderr
    example = said.removeprefix("error: name the command to run: ").strip()
    assert example.endswith(" -- cdk deploy")

    ran = paste(shell, example.replace("cdk deploy", "sh -c 'echo $AWS_ENDPOINT_URL'"))

    assert ran.stdout.strip() == shell.record().endpoint


@pytest.mark.parametrize("other", [["--port", "0"], []], ids=["another port", "no port"])
def test_hint__port_is_taken__either_way_out_starts_one(shell: Shell, other: list[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        refused = shell.run("start", "--port", str(taken.getsockname()[1]))
        assert "choose another with --port, or leave it out to use a free port" in refused.stderr

        started = shell.run("start", *other)

    assert started.returncode == 0, started.stderr


def test_hint__options_of_a_server_that_runs__its_command_ends_it(shell: Shell) -> None:
    shell.run("start", "--port", "0")
    said = shell.run("start", "--port", "0", "--enforce-iam").stdout
    found = re.search(r"stop it: (.+)$", said, re.MULTILINE)
    assert found is not None, said

    assert paste(shell, found[1]).returncode == 0

    assert shell.state.live() is None
    assert shell.run("start", "--port", "0", "--enforce-iam").returncode == 0


def test_hint__origin_without_a_scheme__one_like_the_example_is_allowed(shell: Shell) -> None:
    said = shell.run("start", "--allow-origin", "localhost:3000").stderr
    example = re.search(r"like (http://\S+)", said)
    assert example is not None, said

    assert shell.run("start", "--port", "0", "--allow-origin", example[1]).returncode == 0


def test_hint__leftovers_without_a_server__says_so_and_is_fine(shell: Shell) -> None:
    result = shell.run("leftovers")
    assert (result.returncode, result.stdout) == (0, "No local AWS runs here.\n")
