"""Events and answers as the CDK provider framework passes them on."""

from __future__ import annotations

import json
from typing import Any

from personalize_provider import framework
from support.virtual_time.provider_world import CONTEXT, PROPERTIES, STACK_ID

RESPONSE_URL = "https://cloudformation-custom-resource-response.s3.amazonaws.com/?X-Amz-Signature=secret"


def event(type_: str, physical: str | None = None, **properties: Any) -> dict[str, Any]:
    """An event as CloudFormation sends it."""
    made: dict[str, Any] = {
        "RequestType": type_,
        "ResponseURL": RESPONSE_URL,
        "StackId": STACK_ID,
        "RequestId": "4d6a7c1e-0000-4000-8000-000000000000",
        "LogicalResourceId": "Movies",
        "ResourceType": "Custom::PersonalizeSolution",
        "ServiceToken": PROPERTIES["ServiceToken"],
        "ResourceProperties": {**PROPERTIES, **properties},
    }
    if physical is not None:
        made["PhysicalResourceId"] = physical
    if type_ == "Update":
        made["OldResourceProperties"] = PROPERTIES
    return json.loads(json.dumps(made))  # type: ignore[no-any-return]


def on_event(sent: dict[str, Any]) -> dict[str, Any]:
    """What the framework hands to the waiter: the event, overlaid with our answer, as JSON."""
    answer = framework.on_event(sent, CONTEXT)
    return json.loads(json.dumps({**sent, **answer}))  # type: ignore[no-any-return]
