"""Events that CloudFormation doesn't send, and the failures that they are."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from personalize_provider import framework
from personalize_provider.aws.errors import LifecycleError
from support.handler import framework_events
from support.virtual_time.provider_world import CONTEXT, PROPERTIES, World

SECRET = "X-Amz-Signature=c2VjcmV0"
RESPONSE_URL = f"https://cloudformation-custom-resource-response-useast1.s3.amazonaws.com/x?{SECRET}"
OWN = "arn:aws:personalize:us-east-1:123456789012:solution/movies"
ATTEMPT = {
    "StartedAt": 1_772_366_400,
    "Deadline": 1_772_366_520,
    "Stack": {"status": "CREATE_IN_PROGRESS", "last_updated": ""},
    "Abandoned": "",
}
ABSENT = object()
HANDLERS = ("on_event", "is_complete")
# CloudFormation's limits, and those of the answer to it
RESPONSE_BYTES = 4096
MESSAGE_BYTES = 1000


@dataclass(frozen=True)
class Sample:
    """A kind of resource, and what its events have.

    Attributes:
        noun: As in its ARNs.
        type: Its CloudFormation type.
        properties: Properties that are valid.
        bad: A property that makes them invalid.
        any: Properties that can be given any JSON.
    """

    noun: str
    type: str
    properties: Mapping[str, Any]
    bad: Mapping[str, Any]
    any: tuple[str, ...]

    @property
    def own(self) -> str:
        """The ARN of one."""
        return OWN.replace(":solution/", f":{self.noun}/")

    def event(self, type_: str = "Create", physical: Any = ABSENT, **properties: Any) -> dict[str, Any]:
        """An event as CloudFormation sends it, with what `on_event` adds for `is_complete`."""
        made: dict[str, Any] = {
            "ResponseURL": RESPONSE_URL,
            "ResourceType": self.type,
            "ResourceProperties": {**self.properties, **properties},
            "Attempt": ATTEMPT,
        }
        if type_ == "Update":
            made["OldResourceProperties"] = self.properties
        if physical is not ABSENT or type_ != "Create":
            made["PhysicalResourceId"] = self.own if physical is ABSENT else physical
        return {**framework_events.event(type_), **made}


SOLUTION = Sample(
    noun="solution",
    type="Custom::PersonalizeSolution",
    properties=PROPERTIES,
    bad={"performHPO": "never"},
    any=("name", "tags", "solutionConfig", "eventType"),
)
CAMPAIGN = Sample(
    noun="campaign",
    type="Custom::PersonalizeCampaign",
    properties={"ServiceToken": PROPERTIES["ServiceToken"], "solutionArn": OWN},
    bad={"minProvisionedTPS": "many"},
    any=("name", "tags", "campaignConfig", "solutionArn", "solutionVersionArn", "hasPromoter"),
)
KINDS = (SOLUTION, CAMPAIGN)


def event(type_: str = "Create", physical: Any = ABSENT, **properties: Any) -> dict[str, Any]:
    """An event about a solution."""
    return SOLUTION.event(type_, physical, **properties)


def failure(handler: str, sent: Any) -> LifecycleError:
    """The one failure of an event: short, quick, without a secret."""
    began = time.process_time()
    with pytest.raises(LifecycleError) as raised:
        getattr(framework, handler)(sent, CONTEXT)
    assert time.process_time() - began < 1
    message = str(raised.value)
    assert len(message.encode()) < MESSAGE_BYTES
    assert all(letter.isprintable() for letter in message)
    for error in chain(raised.value):
        assert SECRET not in repr(error)
        assert SECRET not in str(error)
    if isinstance(sent, dict) and isinstance(sent.get("StackId"), str):
        assert len(failed(sent, message)) <= RESPONSE_BYTES
    return raised.value


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """An error and all that it came from."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def no_call(at: World) -> bool:
    """Whether neither service was called."""
    return not at.calls() and not at.stacks.asked


def failed(sent: Mapping[str, Any], message: str) -> bytes:
    """What the provider framework tells CloudFormation about an error of ours."""
    function = "f" * 64
    stack_trace = (
        f"Error: {message}\n\nLogs: /aws/lambda/{function}\n\n"
        "    at invokeUserFunction (/var/task/framework.js:2:6)\n"
        "    at process.processTicksAndRejections (node:internal/process/task_queues:105:5)\n"
        "    at async onEvent (/var/task/framework.js:1:1000)\n"
        "    at async /var/task/cfn-response.js:1:1837\n"
        "    at async Runtime.handleOnceNonStreaming (file:///var/runtime/index.mjs:1306:29)"
    )
    return response("FAILED", stack_trace, sent)


def response(
    status: str, reason: str, sent: Mapping[str, Any], data: Mapping[str, str] | None = None
) -> bytes:
    """What `submitResponse` of the framework's cfn-response.js sends: JavaScript's JSON, in UTF-8."""
    body = {
        "Status": status,
        "Reason": reason,
        "StackId": sent["StackId"],
        "RequestId": sent.get("RequestId"),
        "PhysicalResourceId": sent.get("PhysicalResourceId")
        or "AWSCDK::CustomResourceProviderFramework::MISSING_PHYSICAL_ID",
        "LogicalResourceId": sent.get("LogicalResourceId"),
        **({} if data is None else {"Data": data}),
    }
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode(errors="backslashreplace")
