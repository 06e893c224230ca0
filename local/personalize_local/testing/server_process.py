"""The local AWS as a separate process that ends with the test process."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from personalize_local import address
from personalize_local.background import Record, StateDir
from personalize_local.testing import assembly

if TYPE_CHECKING:
    from aws_cdk import Stack

_ROOT = Path(__file__).resolve().parents[2]
_OWN_COMMAND = (sys.executable, "-m", "personalize_local")
_STARTS_WITHIN = 30.0
# CloudFormation's reason for the resources that were in progress when another one failed.
_CANCELLED = re.compile(r"Resource (creation|update) cancelled", re.IGNORECASE)
_LONGEST_TEMPLATE = 51200  # characters of a TemplateBody
_TEMPLATES = "personalize-local-templates"
_OTHER_STARTS_WITHIN = 300.0  # uvx may have to install it first


class DeployError(Exception):
    """A deploy or a deletion failed. The text begins with the first failure.

    Attributes:
        stack: The name of the stack.
        status: The last status, such as `ROLLBACK_COMPLETE`.
        reasons: The failures, oldest first, each with logical id and reason.
    """

    def __init__(self, stack: str, status: str, reasons: Sequence[str]) -> None:
        first, *others = reasons or ["no resource says why"]
        super().__init__("\n".join([first, f"stack {stack} is {status}", *others]))
        self.stack = stack
        self.status = status
        self.reasons = list(reasons)


@dataclass(frozen=True)
class LocalAws:
    """A running local AWS: ministack with a simulated Amazon Personalize.

    Attributes:
        record: The process and its port.
    """

    record: Record
    _clients: dict[str, Any] = field(default_factory=dict, compare=False)

    @property
    def endpoint(self) -> str:
        """The endpoint URL of every service."""
        return self.record.endpoint

    @property
    def environment(self) -> dict[str, str]:
        """An environment for other processes, in which AWS clients, the AWS CLI and the CDK call it.

        It is that of this process, with fake credentials and without variables that name other endpoints.
        """
        return address.environment(os.environ, self.endpoint)

    def client(self, service: str, **settings: str) -> Any:
        """Return a boto3 client for it. `settings` are arguments of `boto3.client`, such as `region_name`."""
        key = json.dumps([service, settings], sort_keys=True)
        if key not in self._clients:
            defaults = {
                "endpoint_url": self.endpoint,
                "region_name": address.REGION,
                "aws_access_key_id": "test",
                "aws_secret_access_key": "test",
            }
            config = Config(
                retries={"mode": "standard", "total_max_attempts": 1},
                inject_host_prefix=False,
                # Whatever the user's environment says of them.
                proxies={},
                use_fips_endpoint=False,
                use_dualstack_endpoint=False,
            )
            self._clients[key] = boto3.session.Session().client(
                cast(Any, service), config=config, **(defaults | settings)
            )
        return self._clients[key]

    def control(self, method: str, path: str, body: Mapping[str, object] | None = None) -> Any:
        """Call the simulator's own endpoints, for example `control("POST", "clock", {"advance": 60})`.

        Raises:
            ValueError: There is no such control, or the body is wrong. The text contains the server's
                message.
        """
        return self._call(method, f"/_personalize/{path}", body)

    def reset(self) -> None:
        """Delete everything in all services."""
        self._call("POST", "/_ministack/reset")

    def deploy(self, stack: Stack, parameters: Mapping[str, str] | None = None) -> dict[str, str]:
        """Create or update a CDK stack and the stacks that it depends on, as `cdk deploy` does.

        Its assets are uploaded. You need not bootstrap.

        Args:
            stack: The stack. It can be in a stage. It is synthesized.
            parameters: Values for the template's parameters.

        Returns:
            The stack's outputs.

        Raises:
            DeployError: A stack failed and was rolled back.
            ValueError: It needs Docker, which the local AWS does not support.
        """
        for artifact in assembly.stacks_for(stack):
            assembly.publish(artifact, self.client("s3"), self.client("ssm"))
            given = parameters if artifact.name == stack.stack_name else None
            self._deploy(artifact.name, artifact.template, given or {})
        return self.outputs(stack.stack_name)

    def destroy(self, stack: Stack) -> None:
        """Delete a CDK stack that was deployed here.

        Raises:
            DeployError: A resource could not be deleted.
        """
        described = self.client("cloudformation").describe_stacks(StackName=stack.stack_name)
        stack_id = described["Stacks"][0]["StackId"]
        status = self.delete(stack.stack_name)
        if status != "DELETE_COMPLETE":
            raise DeployError(stack.stack_name, status, self._failures(stack_id))

    def apply(self, name: str, template: Mapping[str, object], *, update: bool = False, **more: Any) -> str:
        """Create or update a stack through CloudFormation and wait for the end.

        Args:
            name: The stack's name.
            template: The template.
            update: Whether the stack exists.
            more: More arguments of CloudFormation's CreateStack or UpdateStack.

        Returns:
            The last status of the stack, also if the operation failed.
        """
        cloudformation = self.client("cloudformation")
        operation = cloudformation.update_stack if update else cloudformation.create_stack
        operation(
            StackName=name,
            **self._template(json.dumps(template)),
            Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"],
            **more,
        )
        return self.settled(name)

    def _template(self, text: str) -> dict[str, str]:
        """The template as an argument: a long one has to be in S3, as the CDK CLI puts it there."""
        if len(text) <= _LONGEST_TEMPLATE:
            return {"TemplateBody": text}
        s3 = self.client("s3")
        s3.create_bucket(Bucket=_TEMPLATES)
        s3.put_object(Bucket=_TEMPLATES, Key="template.json", Body=text.encode())
        return {"TemplateURL": f"{self.endpoint}/{_TEMPLATES}/template.json"}

    def delete(self, name: str) -> str:
        """Delete a stack, wait for the end, and return the last status."""
        cloudformation = self.client("cloudformation")
        stack_id = cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackId"]
        cloudformation.delete_stack(StackName=name)
        return self.settled(stack_id)

    def stacks(self) -> set[str]:
        """The names of the stacks that exist."""
        stacks = self.client("cloudformation").describe_stacks()["Stacks"]
        return {stack["StackName"] for stack in stacks if stack["StackStatus"] != "DELETE_COMPLETE"}

    def settled(self, name: str, seconds: float = 300.0) -> str:
        """Wait until the status of a stack no longer changes, and return it.

        Raises:
            TimeoutError: It still changes after this many seconds.
        """
        began = time.monotonic()
        while True:
            stack = self.client("cloudformation").describe_stacks(StackName=name)["Stacks"][0]
            status = str(stack["StackStatus"])
            if not status.endswith("_IN_PROGRESS"):
                return status
            waited = time.monotonic() - began
            if waited > seconds:
                raise TimeoutError(f"stack {name} is still {status} after {seconds} s")
            # Polls less often the longer it takes: each poll costs 10 ms of CPU time.
            time.sleep(min(max(0.05, waited / 20), 0.5))

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
            raise DeployError(name, status, self._failures(name))

    def _failures(self, name: str) -> list[str]:
        pages = self.client("cloudformation").get_paginator("describe_stack_events").paginate(StackName=name)
        return failures([event for page in pages for event in page["StackEvents"]])

    def _call(self, method: str, path: str, body: Mapping[str, object] | None = None) -> Any:
        request = urllib.request.Request(  # noqa: S310 (http by construction)
            self.endpoint + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json", "Accept": "application/json"},
        )
        try:
            with _opener().open(request, timeout=30) as response:
                return json.loads(response.read() or b"null")
        except urllib.error.HTTPError as error:
            raise ValueError(f"{method} {path} was refused: {_help(error)}") from error


def _help(error: urllib.error.HTTPError) -> str:
    """The server's error message, with the list of controls."""
    text = error.read().decode(errors="replace")
    try:
        answer = json.loads(text)
        known = [f"\n  {control}" for control in answer.get("known", ())]
        return f"{answer['error']}{'; the controls are:' if known else ''}{''.join(known)}"
    except (ValueError, KeyError, TypeError, AttributeError):
        return f"{error.code} {error.reason}: {text}"


@cache
def _opener() -> urllib.request.OpenerDirector:
    return urllib.request.build_opener(urllib.request.ProxyHandler({}))


def failures(events: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the failures in the last operation on a stack, oldest first.

    Args:
        events: The stack's events, newest first, as in DescribeStackEvents.
    """
    found: list[str] = []
    for event in events:
        status, reason = event["ResourceStatus"], event.get("ResourceStatusReason")
        if status.endswith("_FAILED") and reason and not _CANCELLED.fullmatch(reason):
            found.insert(0, f"{event['LogicalResourceId']}: {reason}")
        is_stack = event["PhysicalResourceId"] == event["StackId"]
        if is_stack and status in ("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "DELETE_IN_PROGRESS"):
            break
    return found


def command_of(configured: Sequence[str], *, is_installed: bool, own_scripts: str) -> Sequence[str] | None:
    """Return the command that starts the local AWS.

    Args:
        configured: The command that the user has configured, if any. It has priority.
        is_installed: Whether the extra `local` is installed in this interpreter, the second choice.
        own_scripts: The folder of this interpreter's scripts. Without the extra, a `personalize-local` there
            does not work. One elsewhere on PATH, for example from pipx, is the third choice.

    Returns:
        The command, or None if there is none.
    """
    if configured:
        return configured
    if is_installed:
        return _OWN_COMMAND
    folders = [
        folder
        for folder in os.get_exec_path()
        if not (Path(folder).exists() and Path(own_scripts).exists() and Path(folder).samefile(own_scripts))
    ]
    found = shutil.which("personalize-local", path=os.pathsep.join(folders))
    return None if found is None else [found]


@contextlib.contextmanager
def running(
    state_dir: Path, arguments: Sequence[str] = (), command: Sequence[str] = _OWN_COMMAND
) -> Iterator[LocalAws]:
    """Return a context manager that runs a server. The server ends with this process at the latest.

    Args:
        state_dir: The folder for its files and its log.
        arguments: More arguments of `personalize-local serve`.
        command: The command `personalize-local`. Default: - this interpreter's.

    Raises:
        RuntimeError: It did not start. The text contains its log.
    """
    is_own = command == _OWN_COMMAND
    full = [*command, "serve", "--port", "0", "--until-eof", "--state-dir", str(state_dir), *arguments]
    state_dir.mkdir(parents=True, exist_ok=True)
    log = state_dir / "test.log"
    with log.open("wb") as output, _process(full, output, is_own=is_own) as process:
        try:
            seconds = _STARTS_WITHIN if is_own else _OTHER_STARTS_WITHIN
            yield LocalAws(_started(process, StateDir(state_dir), log, seconds))
        finally:
            cast(IO[bytes], process.stdin).close()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=15)
            process.kill()


def _process(command: Sequence[str], output: IO[bytes], *, is_own: bool) -> subprocess.Popen[bytes]:
    environment = dict(os.environ)
    # Another environment's interpreter must not import the packages of this one.
    path = environment.pop("PYTHONPATH", None)
    if is_own:
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, (str(_ROOT), path)))
    try:
        return subprocess.Popen(  # noqa: S603 (our own command, or the user's)
            command, stdin=subprocess.PIPE, stdout=output, stderr=output, env=environment
        )
    except OSError as error:
        raise RuntimeError(f"the local AWS did not start: {command[0]}: {error.strerror}") from error


def _started(process: subprocess.Popen[bytes], state: StateDir, log: Path, seconds: float) -> Record:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        record = state.live()
        if record is not None:
            return record
        time.sleep(0.02)
    raise RuntimeError(f"the local AWS did not start:\n{log.read_text()}")
