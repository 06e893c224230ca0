"""CDK's provider framework, its own JavaScript, with everything outside of its functions handed in."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import count
from pathlib import Path
from typing import IO, Any, Protocol

import aws_cdk

_BRIDGE = Path(__file__).with_suffix(".js")
_RUNTIME = "package/custom-resources/lib/provider-framework/runtime/"
ON_EVENT_ARN = "arn:aws:lambda:us-east-1:123456789012:function:on-event"
IS_COMPLETE_ARN = "arn:aws:lambda:us-east-1:123456789012:function:is-complete"


class FunctionError(Exception):
    """A function of the framework's threw.

    Attributes:
        payload: What Lambda answers its caller then.
    """

    def __init__(self, payload: Mapping[str, str]) -> None:
        super().__init__(payload["errorMessage"])
        self.payload = payload


class RefusedError(Exception):
    """A call that the framework makes is refused."""


class Outside(Protocol):
    """What the framework's functions reach. Each may raise RefusedError."""

    def invoke(self, *, function: str, payload: Mapping[str, Any]) -> Mapping[str, Any]:
        """Invoke one of our functions: its `payload`, and `error` if it threw."""
        ...

    def start_execution(self, *, input: str) -> Mapping[str, Any]:
        """Start the waiter."""
        ...

    def respond(self, *, path: str, body: str) -> int:
        """PUT an answer to CloudFormation; the HTTP status."""
        ...

    def sleep(self, *, seconds: float) -> None:
        """Let time pass."""
        ...


class FrameworkRuntime:
    """A Node process with the framework's three functions."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._calls = count()

    def call(self, handler: str, event: Mapping[str, Any], outside: Outside) -> None:
        """Run one of the functions to its end.

        Args:
            handler: `onEvent`, `isComplete` or `onTimeout`.
            event: What the function is invoked with.
            outside: What it reaches.

        Raises:
            FunctionError: the function threw.
        """
        call = next(self._calls)
        message = self._exchange({"call": call, "handler": handler, "event": event})
        while message["op"] not in {"return", "throw"}:
            try:
                answer = {"result": getattr(outside, message["op"])(**message["payload"])}
            except RefusedError as refused:
                answer = {"error": str(refused)}
            message = self._exchange({"call": call, **answer})
        if message["op"] == "throw":
            raise FunctionError(message["payload"])

    def _exchange(self, message: Mapping[str, Any]) -> dict[str, Any]:
        # Each line that Node gets is answered by exactly one for the same call: nothing may run between.
        to_node, from_node = self._pipes()
        to_node.write(json.dumps(message) + "\n")
        to_node.flush()
        line = from_node.readline()
        if not line:
            raise RuntimeError("the framework's process has ended")
        answer: dict[str, Any] = json.loads(line)
        assert answer["call"] == message["call"]
        return answer

    def _pipes(self) -> tuple[IO[str], IO[str]]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        return self._process.stdin, self._process.stdout


@contextlib.contextmanager
def framework_runtime() -> Iterator[FrameworkRuntime]:
    """The framework of the aws-cdk-lib that is installed, for as long as the block runs."""
    environment = {
        "USER_ON_EVENT_FUNCTION_ARN": ON_EVENT_ARN,
        "USER_IS_COMPLETE_FUNCTION_ARN": IS_COMPLETE_ARN,
        "WAITER_STATE_MACHINE_ARN": "arn:aws:states:us-east-1:123456789012:stateMachine:waiter",
    }
    with subprocess.Popen(
        ["node", str(_BRIDGE), str(_code() / "framework.js")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={"PATH": os.environ["PATH"], **environment},
        text=True,
    ) as process:
        try:
            yield FrameworkRuntime(process)
        finally:
            process.kill()
            for pipe in (process.stdin, process.stdout):
                assert pipe is not None
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="provider-framework-")


@cache
def _code() -> Path:
    """The framework's code, out of the package that jsii runs: what a deploy puts into its functions."""
    folder = Path(_folder().name)
    (package,) = Path(aws_cdk.__file__).parent.joinpath("_jsii").glob("aws-cdk-lib@*.tgz")
    with tarfile.open(package) as archive:
        for member in archive:
            if member.name.startswith(_RUNTIME) and member.name.endswith(".js"):
                file = archive.extractfile(member)
                assert file is not None
                (folder / Path(member.name).name).write_bytes(file.read())
    return folder
