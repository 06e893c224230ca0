"""EventBridge Scheduler, where ministack fires no universal target and checks no role.

A state machine and every `arn:aws:scheduler:::aws-sdk:SERVICE:ACTION` are called by the role of the schedule.
In a template, the start, the end and the time zone of a schedule are kept.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ministack.services import eventbridge, scheduler
from ministack.services.cloudformation import provisioners

from personalize_local.ministack import sdk_tasks

_UNIVERSAL = "arn:aws:scheduler:::aws-sdk:"
_STATE_MACHINE = ":states:"
_KEPT = ("ScheduleExpressionTimezone", "StartDate", "EndDate")

Properties = Mapping[str, Any]
Provisioned = tuple[str, dict[str, str]]


def register() -> None:
    """Let schedules reach their targets."""
    invoke, reset = eventbridge._invoke_target, scheduler.reset
    handlers = provisioners._RESOURCE_HANDLERS["AWS::Scheduler::Schedule"]
    create, update = handlers["create"], handlers["update"]

    def invoke_target(
        target: Mapping[str, Any], event: Mapping[str, Any], rule: Mapping[str, Any], view: Any = None
    ) -> None:
        call = _call(target) if event.get("Source") == "aws.scheduler" else None
        if call is None:
            invoke(target, event, rule, view)
        else:
            sdk_tasks.call(*call, target.get("RoleArn"))

    def reset_all() -> None:
        scheduler._schedule_last_fired.clear()
        reset()

    def create_schedule(logical_id: str, properties: Properties, stack_name: str) -> Provisioned:
        return _kept(create(logical_id, properties, stack_name), properties)

    def update_schedule(name: str, old: Properties, new: Properties, stack_name: str) -> Provisioned:
        return _kept(update(name, old, new, stack_name), new)

    eventbridge._invoke_target = invoke_target
    scheduler.reset = reset_all
    handlers |= {"create": create_schedule, "update": update_schedule}


def _call(target: Mapping[str, Any]) -> tuple[str, Any] | None:
    """The call that a target is, and its parameters."""
    arn, given = str(target["Arn"]), target.get("Input") or "{}"
    if arn.startswith(_UNIVERSAL):
        return sdk_tasks.SDK + arn.removeprefix(_UNIVERSAL), json.loads(given)
    if _STATE_MACHINE in arn:
        return f"{sdk_tasks.SDK}sfn:startExecution", {"StateMachineArn": arn, "Input": given}
    return None


def _kept(made: Provisioned, properties: Properties) -> Provisioned:
    schedule = scheduler._schedules.get(f"{properties.get('GroupName', 'default')}/{made[0]}")
    if schedule is not None:
        schedule |= {name: properties[name] for name in _KEPT if name in properties}
    return made
