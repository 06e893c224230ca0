"""A local AWS for tests: a server of its own for each pytest process, ended with it whatever happens.

A test module asks for it with `pytest_plugins = ["local_aws"]` and the fixture `local_aws`; each test finds
it empty. Under pytest-xdist every worker starts its own, on a port of its own.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, cast

import boto3
import pytest
from botocore.config import Config

from personalize_local.address import ACCOUNT, REGION
from personalize_local.background import Record, StateDir

_ROOT = Path(__file__).resolve().parents[2] / "local"
_STARTS_WITHIN = 30.0


@dataclass(frozen=True)
class LocalAws:
    """A running server.

    Attributes:
        record: Its process and address.
    """

    record: Record
    _clients: dict[str, Any] = field(default_factory=dict, compare=False)

    @property
    def endpoint(self) -> str:
        """The endpoint URL."""
        return self.record.endpoint

    def client(self, service: str, **settings: str) -> Any:
        """A boto3 client for it; `settings` are those of `boto3.client`, such as `region_name`."""
        key = json.dumps([service, settings], sort_keys=True)
        if key not in self._clients:
            defaults = {
                "endpoint_url": self.endpoint,
                "region_name": REGION,
                "aws_access_key_id": "test",
                "aws_secret_access_key": "test",
            }
            config = Config(retries={"mode": "standard", "total_max_attempts": 1})
            self._clients[key] = boto3.session.Session().client(
                cast(Any, service), config=config, **(defaults | settings)
            )
        return self._clients[key]

    def control(self, method: str, path: str, body: Mapping[str, object] | None = None) -> Any:
        """Call the simulator's own endpoints, for example `control("POST", "clock", {"advance": 60})`."""
        return self._call(method, f"/_personalize/{path}", body)

    def reset(self) -> None:
        """Forget everything, in every service."""
        self._call("POST", "/_ministack/reset")

    def deploy(self, name: str, template: Mapping[str, object], *, update: bool = False, **more: Any) -> str:
        """Create or update a stack through CloudFormation and wait for the end.

        Returns:
            The stack's last status.
        """
        cloudformation = self.client("cloudformation")
        operation = cloudformation.update_stack if update else cloudformation.create_stack
        operation(
            StackName=name,
            TemplateBody=json.dumps(template),
            Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"],
            **more,
        )
        return self.settled(name)

    def destroy(self, name: str) -> str:
        """Delete a stack and wait for the end; the last status."""
        cloudformation = self.client("cloudformation")
        stack_id = cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackId"]
        cloudformation.delete_stack(StackName=name)
        return self.settled(stack_id)

    def settled(self, name: str, seconds: float = 60.0) -> str:
        """A stack's status once it no longer changes."""
        deadline = time.monotonic() + seconds
        while True:
            stack = self.client("cloudformation").describe_stacks(StackName=name)["Stacks"][0]
            status = str(stack["StackStatus"])
            if not status.endswith("_IN_PROGRESS"):
                return status
            if time.monotonic() > deadline:
                raise TimeoutError(f"stack {name} is still {status} after {seconds} s")
            time.sleep(0.05)

    def outputs(self, name: str) -> dict[str, str]:
        """A stack's outputs."""
        stack = self.client("cloudformation").describe_stacks(StackName=name)["Stacks"][0]
        return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}

    def reasons(self, name: str) -> list[str]:
        """The reasons in a stack's events, oldest first."""
        events = self.client("cloudformation").describe_stack_events(StackName=name)["StackEvents"]
        return [
            event["ResourceStatusReason"] for event in reversed(events) if event.get("ResourceStatusReason")
        ]

    def _call(self, method: str, path: str, body: Mapping[str, object] | None = None) -> Any:
        request = urllib.request.Request(
            self.endpoint + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json", "Accept": "application/json"},
        )
        with _opener().open(request, timeout=30) as response:
            return json.loads(response.read() or b"null")


@cache
def _opener() -> urllib.request.OpenerDirector:
    return urllib.request.build_opener(urllib.request.ProxyHandler({}))


@contextlib.contextmanager
def running(state_dir: Path, arguments: Sequence[str] = ()) -> Iterator[LocalAws]:
    """A server for as long as the block runs, and no longer than this process.

    Args:
        state_dir: Where it is remembered and logs.
        arguments: More arguments of `python -m personalize_local serve`.
    """
    command = [sys.executable, "-m", "personalize_local", "serve", "--port", "0", "--until-eof"]
    command += ["--state-dir", str(state_dir), *arguments]
    state_dir.mkdir(parents=True, exist_ok=True)
    log = state_dir / "test.log"
    with (
        log.open("wb") as output,
        subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=output,
            env=os.environ | {"PYTHONPATH": str(_ROOT)},
        ) as process,
    ):
        try:
            yield LocalAws(_started(process, StateDir(state_dir), log))
        finally:
            assert process.stdin is not None
            process.stdin.close()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=15)
            process.kill()


def _started(process: subprocess.Popen[bytes], state: StateDir, log: Path) -> Record:
    deadline = time.monotonic() + _STARTS_WITHIN
    while time.monotonic() < deadline and process.poll() is None:
        record = state.live()
        if record is not None:
            return record
        time.sleep(0.02)
    raise RuntimeError(f"the local AWS did not start:\n{log.read_text()}")


@pytest.fixture(scope="session")
def _server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    with running(tmp_path_factory.mktemp("local-aws")) as aws:
        yield aws


@pytest.fixture(scope="session")
def _enforcing_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    with running(tmp_path_factory.mktemp("local-aws-iam"), ["--enforce-iam"]) as aws:
        yield aws


@pytest.fixture
def local_aws(_server: LocalAws) -> LocalAws:
    """An empty local AWS that allows every call."""
    _server.reset()
    return _server


@pytest.fixture
def enforcing_aws(_enforcing_server: LocalAws) -> LocalAws:
    """An empty local AWS that enforces policies; the key `test` is the account's root."""
    _enforcing_server.reset()
    return _enforcing_server


__all__ = ["ACCOUNT", "REGION", "LocalAws", "enforcing_aws", "local_aws", "running"]
