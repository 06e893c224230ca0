"""The peer on crhelper in virtual time: crhelper's real code, EventBridge modelled."""

from __future__ import annotations

import contextlib
import importlib
import json
import sys
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any
from unittest import mock
from urllib.parse import urlsplit

import boto3

from personalize_provider.aws import sdk
from support.virtual_time.account import Account
from support.virtual_time.functions import Executions, Handler

_HANDLER = Path(__file__).with_name("crhelper_handler")
_FUNCTION_SECONDS = 300
_CALL = 0.2  # seconds of a call to EventBridge or Lambda


class CrhelperFunction(Executions):
    """The one function of the peer, and the schedules that call it until they are deleted."""

    handler: Handler

    def _receive(self, event: Mapping[str, Any]) -> None:
        self.run(self.handler, event, _FUNCTION_SECONDS)

    def client(self, service: str, **_settings: Any) -> Any:
        """What the function gets of `boto3.client`."""
        if service == "personalize":
            return sdk.personalize()
        return _Schedules(self) if service == "events" else _Anything(self)


class _Anything:
    """A client whose calls take their time and change nothing."""

    def __init__(self, function: CrhelperFunction) -> None:
        self._function = function

    def __getattr__(self, _operation: str) -> Any:
        return self._called

    def _called(self, **_request: Any) -> None:
        self._function.sleep(_CALL)


class _Schedules(_Anything):
    """EventBridge's rules."""

    def __init__(self, function: CrhelperFunction) -> None:
        super().__init__(function)
        self._inputs: dict[str, str] = {}

    def put_rule(self, *, Name: str, ScheduleExpression: str, **_more: str) -> dict[str, str]:  # noqa: N803
        self._function.sleep(_CALL)
        minutes = int(ScheduleExpression.removeprefix("rate(").partition(" ")[0])
        self._inputs[Name] = ""
        self._function.time.spawn(Name, lambda: self._tick(Name, minutes * 60))
        return {"RuleArn": f"arn:aws:events:us-east-1:123456789012:rule/{Name}"}

    def put_targets(self, *, Rule: str, Targets: list[dict[str, str]]) -> None:  # noqa: N803
        self._function.sleep(_CALL)
        (target,) = Targets
        self._inputs[Rule] = target["Input"]

    def delete_rule(self, *, Name: str) -> None:  # noqa: N803
        self._function.sleep(_CALL)
        del self._inputs[Name]

    def _tick(self, name: str, seconds: float) -> None:
        while True:
            self._function.time.sleep(seconds)
            if name not in self._inputs:
                return
            self._function.deliver(json.loads(self._inputs[name]))


@contextlib.contextmanager
def crhelper_in(made: Account) -> Iterator[dict[str, str]]:
    """Have the peer carry an account's requests while the block runs; what it wants of a solution."""
    function = CrhelperFunction(made.time, made.engine.respond, made.functions.timing)
    made.functions = function
    made.engine.deliver = function.deliver

    def answer(url: str, body: Mapping[str, Any], _verify: object) -> None:
        function.sleep(_CALL)
        made.engine.respond(urlsplit(url).path, json.dumps(body))

    with (
        mock.patch.object(boto3, "client", function.client),
        mock.patch.object(sys, "path", [str(_HANDLER), *sys.path]),
    ):
        sys.modules.pop("index", None)
        index = importlib.import_module("index")
        index.helper._send = partial(index.helper._send, send_response=answer)
        function.handler = index.handler
        yield {"name": "movies"}
