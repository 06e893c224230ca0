"""Roles that a service must be able to assume, where IAM is enforced. ministack takes any role.

Step Functions and EventBridge Scheduler refuse a state machine or a schedule whose role doesn't trust them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import ministack.app as gateway
from ministack.core import iam_evaluator, responses
from ministack.services import iam, scheduler, stepfunctions
from ministack.services.cloudformation import provisioners

Answer = tuple[int, dict[str, str], bytes]

_MACHINE = (
    "Neither the global service principal states.amazonaws.com, nor the regional one is authorized to assume "
    "the provided role."
)
_SCHEDULE = "The execution role you provide must allow AWS EventBridge Scheduler to assume the role."


class UntrustedRoleError(Exception):
    """A template has a role that its service can't assume."""


def register() -> None:
    """Let services refuse roles that don't trust them."""
    types = provisioners._RESOURCE_HANDLERS
    machines, schedules = types["AWS::StepFunctions::StateMachine"], types["AWS::Scheduler::Schedule"]

    def machine_role(data: Mapping[str, Any]) -> Any:
        return data.get("roleArn")

    def schedule_role(_name: str, body: Mapping[str, Any]) -> Any:
        return (body.get("Target") or {}).get("RoleArn")

    for name in ("_create_state_machine", "_update_state_machine"):
        checked = _checked(getattr(stepfunctions, name), "states", machine_role, _refuse_machine)
        setattr(stepfunctions, name, checked)
    for name in ("_create_schedule", "_update_schedule"):
        checked = _checked(getattr(scheduler, name), "scheduler", schedule_role, _refuse_schedule)
        setattr(scheduler, name, checked)
    # Templates don't use these calls, or ignore their responses.
    machines["create"] = _checked(
        machines["create"], "states", lambda _, given, __: given.get("RoleArn"), _fail_with(_MACHINE)
    )
    schedules["create"] = _checked(
        schedules["create"], "scheduler", lambda _, given, __: schedule_role("", given), _fail_with(_SCHEDULE)
    )


def is_assumable(role_arn: str, service: str) -> bool:
    """Whether a service can assume a role. Without enforcement of IAM it always can.

    Args:
        role_arn: The role.
        service: The service's name in its principal, such as `states`.
    """
    if not gateway.AUTH:
        return True
    role = iam._roles.get_scoped(responses.get_account_id(), None, role_arn.rpartition("/")[2])
    regional = f"{service}.{responses.get_region()}.amazonaws.com"
    return role is not None and trusts(role["AssumeRolePolicyDocument"], f"{service}.amazonaws.com", regional)


def trusts(document: str, *principals: str) -> bool:
    """Whether a trust policy names one of some service principals."""
    found = json.loads(document).get("Statement", [])
    statements = found if isinstance(found, list) else [found]
    return any(
        one.get("Effect") == "Allow"
        and iam_evaluator._service_principal_matches(one.get("Principal"), principal)
        for one in statements
        for principal in principals
    )


def _checked(
    call: Callable[..., Any], service: str, role_of: Callable[..., Any], refuse: Callable[[], Any]
) -> Callable[..., Any]:
    def checked(*arguments: Any) -> Any:
        role = role_of(*arguments)
        return call(*arguments) if not role or is_assumable(role, service) else refuse()

    return checked


def _refuse_machine() -> Answer:
    answer: Answer = responses.error_response_json("AccessDeniedException", _MACHINE, 400)
    return answer


def _refuse_schedule() -> Answer:
    answer: Answer = scheduler._error(400, "ValidationException", _SCHEDULE)
    return answer


def _fail_with(reason: str) -> Callable[[], None]:
    def fail() -> None:
        raise UntrustedRoleError(reason)

    return fail
