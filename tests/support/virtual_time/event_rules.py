"""EventBridge's schedule rules and the provider of one function that they call, in virtual time."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from botocore.exceptions import ClientError, HTTPClientError

from cdk_personalize.provider.timing import SINGLE_FUNCTION_SECONDS
from personalize_local.simulator import Response
from personalize_provider import single_function
from personalize_provider.aws.errors import may_pass
from support.virtual_time.call_faults import client_error
from support.virtual_time.framework_runtime import FunctionError
from support.virtual_time.functions import Executions

PREFIX = "personalize-0a1b2c3d-0000-4000-8000-000000000000-"
_MINUTE = 60.0
_CLIENT_PAUSES = (0.5, 1.0, 2.0)
_LONGEST_NAME = 64
_LONGEST_INPUT = 8192
_MOST_TARGETS = 5
_ENDLESS = 3 * 3600.0  # a rule that is older than any request may last is let go, and found by the promises

Around = Callable[[str, Callable[[], Response]], Response]


@dataclass
class Rule:
    """A rule: its targets by their ids."""

    made_at: float
    targets: dict[str, Mapping[str, Any]] = field(default_factory=dict)


class EventRules:
    """EventBridge, as far as its client is used.

    Args:
        functions: What the rules call.
        around: What may go wrong with a call.
    """

    def __init__(self, functions: SingleFunction, around: Around) -> None:
        self.rules: dict[str, Rule] = {}
        self._functions = functions
        self._around = around

    def put_rule(self, *, Name: str, ScheduleExpression: str, **_more: str) -> Mapping[str, Any]:  # noqa: N803
        """Make a rule; it calls its targets each minute from now on."""
        assert ScheduleExpression == "rate(1 minute)"
        assert len(Name) <= _LONGEST_NAME
        assert Name.startswith(PREFIX)

        def put() -> dict[str, Any]:
            if Name not in self.rules:
                self.rules[Name] = rule = Rule(self._functions.time.now())
                self._functions.time.spawn(Name, lambda: self._tick(Name, rule))
            return {"RuleArn": f"arn:aws:events:us-east-1:123456789012:rule/{Name}"}

        return self._call("PutRule", put)

    def put_targets(self, *, Rule: str, Targets: list[dict[str, Any]]) -> Mapping[str, Any]:  # noqa: N803
        """Give a rule targets."""

        def put() -> dict[str, Any]:
            targets = self._rule("PutTargets", Rule).targets
            for target in Targets:
                if len(target["Input"]) > _LONGEST_INPUT:
                    raise client_error("PutTargets", "ValidationException", "Input is too long")
                targets[target["Id"]] = target
            if len(targets) > _MOST_TARGETS:
                raise client_error("PutTargets", "LimitExceededException", "too many targets")
            return {"FailedEntryCount": 0, "FailedEntries": []}

        return self._call("PutTargets", put)

    def list_targets_by_rule(self, *, Rule: str) -> Mapping[str, Any]:  # noqa: N803
        """The targets of a rule."""
        return self._call(
            "ListTargetsByRule",
            lambda: {"Targets": list(self._rule("ListTargetsByRule", Rule).targets.values())},
        )

    def remove_targets(self, *, Rule: str, Ids: list[str]) -> Mapping[str, Any]:  # noqa: N803
        """Take targets from a rule."""

        def remove() -> dict[str, Any]:
            targets = self._rule("RemoveTargets", Rule).targets
            for target_id in Ids:
                targets.pop(target_id, None)
            return {"FailedEntryCount": 0, "FailedEntries": []}

        return self._call("RemoveTargets", remove)

    def delete_rule(self, *, Name: str) -> Mapping[str, Any]:  # noqa: N803
        """Delete a rule without targets; one that isn't there is deleted."""

        def delete() -> dict[str, Any]:
            rule = self.rules.get(Name)
            if rule is not None and rule.targets:
                message = "Rule can't be deleted since it has targets."
                raise client_error("DeleteRule", "ValidationException", message)
            self.rules.pop(Name, None)
            return {}

        return self._call("DeleteRule", delete)

    def _tick(self, name: str, rule: Rule) -> None:
        time = self._functions.time
        while time.now() < rule.made_at + _ENDLESS:
            time.sleep(_MINUTE)
            if self.rules.get(name) is not rule:
                return
            for target in list(rule.targets.values()):
                self._functions.deliver(json.loads(target["Input"]))

    def _rule(self, operation: str, name: str) -> Rule:
        if name not in self.rules:
            raise client_error(operation, "ResourceNotFoundException", f"Rule {name} does not exist.")
        return self.rules[name]

    def _call(self, operation: str, act: Callable[[], dict[str, Any]]) -> Mapping[str, Any]:
        """Answer a call, and the client's own tries of it."""
        for pause in (*_CLIENT_PAUSES, None):
            try:
                return self._try(operation, act)
            except HTTPClientError as error:
                error.operation_name = operation  # as the provider's clients do
                if pause is None:
                    raise
            except ClientError as error:
                if pause is None or not may_pass(error, age=0):
                    raise
            self._functions.sleep(pause)
        raise AssertionError

    def _try(self, operation: str, act: Callable[[], dict[str, Any]]) -> Mapping[str, Any]:
        answered: list[dict[str, Any]] = []

        def answer() -> Response:
            answered.append(act())
            return Response(200, {}, b"")

        response = self._around(operation, answer)
        code = response.headers.get("x-amzn-errortype")
        if code:
            raise client_error(operation, code, status=response.status)
        return answered[0]


@dataclass(frozen=True)
class OneFunction:
    """The transport of a single function.

    Attributes:
        seconds: The function's time limit. It works on a request for all of it but two minutes.
    """

    seconds: int = SINGLE_FUNCTION_SECONDS


@dataclass(kw_only=True)
class SingleFunction(Executions):
    """The one function of a provider without a state machine."""

    seconds: int

    # Its waiter is a minute's rule. Lambda repeats a killed poll after one and two minutes. Then
    # the next minute's poll has its work to do.
    latest_after_deadline: ClassVar[float] = 360.0
    answers_once: ClassVar[bool] = False  # killed after its answer it is started over

    def _receive(self, event: Mapping[str, Any]) -> None:
        done = self.run(single_function.handler, event, self.seconds)
        if "error" in done:
            raise FunctionError(done["payload"])
