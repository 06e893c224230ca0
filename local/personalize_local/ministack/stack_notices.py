"""The events that CloudFormation sends to EventBridge: each status of a stack and of its resources.

ministack sends none. The events have the form of "Stack Status Change event detail" and "Resource
Status Change event detail" in the CloudFormation User Guide.
"""

from __future__ import annotations

import json
from typing import Any

from ministack.services import eventbridge
from ministack.services.cloudformation import changesets, handlers, stacks

_STACK = "AWS::CloudFormation::Stack"


def register() -> None:
    """Send each event of a stack to EventBridge. Before `stack_events`, which holds some of them back."""
    add_event = stacks._add_event

    def add_and_tell(*event: str, **more: str) -> None:
        add_event(*event, **more)
        _tell(*event, **more)

    for module in (stacks, handlers, changesets):  # each has bound the function
        module._add_event = add_and_tell


def _tell(
    stack_id: str,
    stack_name: str,
    logical_id: str,
    resource_type: str,
    status: str,
    reason: str = "",
    physical_id: str = "",
    detailed_status: str = "",  # noqa: ARG001 (events in EventBridge have none)
) -> None:
    detail: dict[str, Any] = {
        "stack-id": stack_id,
        "status-details": {"status": status, "status-reason": reason},
    }
    is_stack = resource_type == _STACK and logical_id == stack_name
    if not is_stack:
        detail |= {
            "logical-resource-id": logical_id,
            "physical-resource-id": physical_id,
            "resource-type": resource_type,
        }
    entry = {
        "Source": "aws.cloudformation",
        "DetailType": f"CloudFormation {'Stack' if is_stack else 'Resource'} Status Change",
        "Detail": json.dumps(detail),
        "Resources": [stack_id],
    }
    eventbridge._put_events({"Entries": [entry]}, allow_aws_source=True)
