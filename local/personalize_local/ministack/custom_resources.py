"""Custom resources whose function cannot be loaded, so that no response would come.

Such a function fails before its code can respond to CloudFormation. AWS retries it twice and then waits until
`ServiceTimeout`, an hour by default. Locally the reason is known at once, so the request fails with it. If
the function fails later, the wait is as on AWS.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ministack.services import lambda_svc
from ministack.services.cloudformation import custom_resource

from personalize_local.ministack.workers import FAILED_TO_LOAD


def register() -> None:
    """Make the request to a function that cannot be loaded fail. Needs `workers`, which reports that."""
    execute = lambda_svc._execute_function_with_config_scope

    def execute_function(function: Mapping[str, Any], event: object) -> Mapping[str, Any]:
        result: Mapping[str, Any] = execute(function, event)
        if result.get(FAILED_TO_LOAD) and isinstance(event, Mapping) and "ResponseURL" in event:
            name = (function.get("config") or function).get("FunctionName", "")
            token = str(event["ResponseURL"]).rpartition("/")[2]
            custom_resource.deliver_response(token, _refusal(event, name, result["body"]))
        return result

    lambda_svc._execute_function_with_config_scope = execute_function


def _refusal(event: Mapping[str, Any], function: str, error: Mapping[str, object]) -> Mapping[str, object]:
    """The response in place of the function's. After a Create it has no id: nothing was created."""
    reason = f"function {function} could not be loaded: {error['errorType']}: {error['errorMessage']}"
    answer = {name: event[name] for name in ("StackId", "RequestId", "LogicalResourceId")}
    return answer | {
        "Status": "FAILED",
        "Reason": reason,
        "PhysicalResourceId": event.get("PhysicalResourceId"),
    }
