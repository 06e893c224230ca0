"""The whole local AWS as a process beside a test, ended with it whatever happens."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from personalize_local.address import REGION, client_environment
from personalize_local.background import Record, StateDir
from personalize_local.testing import assembly

if TYPE_CHECKING:
    from aws_cdk import Stack

_ROOT = Path(__file__).resolve().parents[2]
_STARTS_WITHIN = 30.0


class DeployError(Exception):
    """A stack did not become what it should be.

    Attributes:
        stack: Its name.
        status: Its last status, such as `ROLLBACK_COMPLETE`.
        reasons: The reasons in its events, oldest first.
    """

    def __init__(self, stack: str, status: str, reasons: Sequence[str]) -> None:
        super().__init__("\n  ".join([f"stack {stack} is {status}:", *reasons]))
        self.stack = stack
        self.status = status
        self.reasons = list(reasons)


@dataclass(frozen=True)
class LocalAws:
    """A running local AWS: ministack with a simulated Amazon Personalize.

    Attributes:
        record: Its process and address.
    """

    record: Record
    _clients: dict[str, Any] = field(default_factory=dict, compare=False)

    @property
    def endpoint(self) -> str:
        """The endpoint URL of every service."""
        return self.record.endpoint

    @property
    def environment(self) -> dict[str, str]:
        """The variables that lead AWS clients, the AWS CLI and the CDK to it, credentials included."""
        return client_environment(self.endpoint)

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
            config = Config(retries={"mode": "standard", "total_max_attempts": 1}, inject_host_prefix=False)
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

    def deploy(self, stack: Stack, parameters: Mapping[str, str] | None = None) -> dict[str, str]:
        """Deploy a CDK stack, after those that it depends on, as `cdk deploy` would: create or update.

        Its assets are uploaded, and the account looks as if it were bootstrapped.

        Args:
            stack: The stack, which may be in a stage. It is synthesized.
            parameters: Values for the template's parameters.

        Returns:
            The stack's outputs.

        Raises:
            DeployError: A stack failed; what it had changed is rolled back.
            ValueError: It needs Docker, which a local deploy has not.
        """
        for artifact in assembly.stacks_for(stack):
            assembly.publish(artifact, self.client("s3"), self.client("ssm"))
            given = parameters if artifact.name == stack.stack_name else None
            self._deploy(artifact.name, artifact.template, given or {})
        return self.outputs(stack.stack_name)

    def destroy(self, stack: Stack) -> None:
        """Delete a CDK stack that was deployed here.

        Raises:
            DeployError: Something in it could not be deleted.
        """
        described = self.client("cloudformation").describe_stacks(StackName=stack.stack_name)
        stack_id = described["Stacks"][0]["StackId"]
        status = self.delete(stack.stack_name)
        if status != "DELETE_COMPLETE":
            raise DeployError(stack.stack_name, status, self.reasons(stack_id))

    def apply(self, name: str, template: Mapping[str, object], *, update: bool = False, **more: Any) -> str:
        """Create or update a stack through CloudFormation and wait for the end.

        Args:
            name: The stack's name.
            template: What it is to be.
            update: Whether the stack is there already.
            more: More arguments of CloudFormation's CreateStack or UpdateStack.

        Returns:
            The stack's last status, which may be that of a failure.
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

    def delete(self, name: str) -> str:
        """Delete a stack and wait for the end; the last status."""
        cloudformation = self.client("cloudformation")
        stack_id = cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackId"]
        cloudformation.delete_stack(StackName=name)
        return self.settled(stack_id)

    def stacks(self) -> set[str]:
        """The names of the stacks that exist."""
        stacks = self.client("cloudformation").describe_stacks()["Stacks"]
        return {stack["StackName"] for stack in stacks if stack["StackStatus"] != "DELETE_COMPLETE"}

    def settled(self, name: str, seconds: float = 300.0) -> str:
        """A stack's status once it no longer changes.

        Raises:
            TimeoutError: It still changes after so many seconds.
        """
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

    def _deploy(self, name: str, template: Mapping[str, object], parameters: Mapping[str, str]) -> None:
        given = [{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()]
        try:
            status = self.apply(name, template, update=name in self.stacks(), Parameters=given)
        except ClientError as error:
            if "No updates are to be performed" not in str(error):
                raise
            return
        if status not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
            raise DeployError(name, status, self.reasons(name))

    def _call(self, method: str, path: str, body: Mapping[str, object] | None = None) -> Any:
        request = urllib.request.Request(  # noqa: S310 (http by construction)
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
    path = os.pathsep.join(filter(None, (str(_ROOT), os.environ.get("PYTHONPATH"))))
    state_dir.mkdir(parents=True, exist_ok=True)
    log = state_dir / "test.log"
    with (
        log.open("wb") as output,
        subprocess.Popen(  # noqa: S603 (our own command)
            command,
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=output,
            env=os.environ | {"PYTHONPATH": path},
        ) as process,
    ):
        try:
            yield LocalAws(_started(process, StateDir(state_dir), log))
        finally:
            cast(IO[bytes], process.stdin).close()
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
