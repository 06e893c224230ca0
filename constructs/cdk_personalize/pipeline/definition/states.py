"""The pieces that states are written with: JSONata, SDK integrations, retries, catches, waits."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

State = dict[str, Any]
States = dict[str, State]

FIRST_WAIT, LONGEST_WAIT, GROWTH = 30, 300, 1.5
"""Seconds between two looks at something that takes long, and how they grow."""

_PROMOTION = 3 * 3600

# Throttles and faults of the service. Quotas look like throttles (rule 120), so there is a limit. Errors
# that the service's model does not name, such as a ThrottlingException, are a `...Exception` of the service.
_RETRY_LIMIT: State = {
    "IntervalSeconds": 2,
    "BackoffRate": 2,
    "MaxAttempts": 8,
    "MaxDelaySeconds": 120,
    "JitterStrategy": "FULL",
}
# For the look of a loop. Without jitter, because its delays bound the events of a run: a retry also delays
# the next look (`budget.py`).
LOOK_RETRIES: Mapping[str, int] = {
    "IntervalSeconds": 60,
    "BackoffRate": 2,
    "MaxAttempts": 8,
    "MaxDelaySeconds": LONGEST_WAIT,
}
# Something else changes the resource: a deploy, or a creation that still runs.
_BUSY: State = {"IntervalSeconds": 120, "BackoffRate": 1, "MaxAttempts": 30, "JitterStrategy": "FULL"}

_ERRORS_OF = {
    "personalize": "Personalize",
    "sfn": "Sfn",
    "ssm": "Ssm",
    "cloudwatch": "CloudWatch",
    "cloudformation": "CloudFormation",
}
_THROTTLES = {
    "Personalize": ["LimitExceededException"],
    "Sfn": ["ThrottlingException"],
    "Ssm": ["ThrottlingException", "TooManyUpdatesException", "InternalServerErrorException"],
    "CloudWatch": ["InternalServiceException"],
    "CloudFormation": ["ThrottlingException"],
}


def promotion_timeout(timeout: int) -> int:
    """Seconds for a campaign to serve a version; it takes minutes."""
    return min(timeout, _PROMOTION)


def jsonata(text: str) -> str:
    """A JSONata expression as the value of a field."""
    return f"{{% {text} %}}"


CAUSE = jsonata("$states.errorOutput.Cause & ''")
"""The cause of an error in a catcher. It is a text even if there is none: an undefined value is an error."""


def literal(value: object) -> str:
    """A value in JSONata: JSON is a part of it."""
    return json.dumps(value, ensure_ascii=False)


def personalize(action: str) -> str:
    """What an error of Personalize is called in a state machine."""
    return f"Personalize.{action}Exception"


def task(
    action: str,
    arguments: Mapping[str, Any] | str,
    *,
    comment: str,
    busy: bool = False,
    repeated: bool = False,
    retry_also: tuple[str, ...] = (),
    catch: list[State] | None = None,
    **fields: Any,
) -> State:
    """An SDK integration.

    Args:
        action: Such as `personalize:createCampaign`.
        arguments: The request, in the names of state machines, or JSONata of it.
        comment: What it is for.
        busy: Retry for an hour while the resource is being changed.
        repeated: It is the look of a loop.
        retry_also: More errors to retry.
        catch: The catchers, in their order.
        fields: More fields, such as `Assign` and `Next`.
    """
    service = _ERRORS_OF[action.partition(":")[0]]
    names = [
        *(f"{service}.{name}" for name in _THROTTLES[service]),
        f"{service}.{service}Exception",
        f"{service}.SdkClientException",
        *retry_also,
    ]
    retry = [{"ErrorEquals": names, **(LOOK_RETRIES if repeated else _RETRY_LIMIT)}]
    if busy:
        retry.append({"ErrorEquals": [personalize("ResourceInUse")], **_BUSY})
    return {
        "Type": "Task",
        "Comment": comment,
        "Resource": f"arn:aws:states:::aws-sdk:{action}",
        "Arguments": arguments,
        "Retry": retry,
        **({"Catch": catch} if catch else {}),
        **fields,
    }


def integration(resource: str, arguments: Mapping[str, Any], *, comment: str, **fields: Any) -> State:
    """An optimized integration, such as `events:putEvents`."""
    return {
        "Type": "Task",
        "Comment": comment,
        "Resource": f"arn:aws:states:::{resource}",
        "Arguments": arguments,
        **fields,
    }


def retry(*errors: str) -> list[State]:
    """Retries of these errors."""
    return [{"ErrorEquals": list(errors), **_RETRY_LIMIT}]


def catch(*errors: str, then: str, **assign: Any) -> State:
    """A catcher. Without errors it catches all."""
    return {
        "ErrorEquals": list(errors or ("States.ALL",)),
        **({"Assign": assign} if assign else {}),
        "Next": then,
    }


def fails(at: str, then: str) -> State:
    """The catcher of everything else in a state that is called `at`: the run fails."""
    return catch(
        then=then,
        failure={
            "at": at,
            "error": jsonata("$states.errorOutput.Error & ''"),
            "cause": CAUSE,
        },
    )


def failure(at: str, error: str, cause: str) -> State:
    """What to assign where the run fails without an error of a service. `cause` is JSONata."""
    return {"failure": {"at": at, "error": error, "cause": jsonata(cause)}}


def choice(comment: str, *rules: tuple[str, str] | tuple[str, str, State], default: str) -> State:
    """A choice of conditions, each with where it leads, and what to assign on the way."""
    choices = [
        {
            "Condition": jsonata(rule[0]),
            "Next": rule[1],
            **({"Assign": rule[2]} if len(rule) == 3 else {}),  # noqa: PLR2004 (the length of the tuple)
        }
        for rule in rules
    ]
    return {"Type": "Choice", "Comment": comment, "Choices": choices, "Default": default}


def wait(comment: str, then: str, counter: str = "polls") -> State:
    """The wait of a loop, which grows with a counter.

    A branch of a Parallel has a counter of its own: it must not assign a variable that the states outside
    assign too ("Variable scope" in the Step Functions Developer Guide).
    """
    return {
        "Type": "Wait",
        "Comment": f"{comment} First {FIRST_WAIT} seconds, growing to {LONGEST_WAIT}.",
        "Seconds": jsonata(f"$floor($min([{FIRST_WAIT} * $power({GROWTH}, ${counter}), {LONGEST_WAIT}]))"),
        "Assign": {counter: jsonata(f"${counter} + 1")},
        "Next": then,
    }


def machine(comment: str, start: str, states: States, timeout: int) -> dict[str, Any]:
    """A whole definition."""
    return {
        "Comment": comment,
        "QueryLanguage": "JSONata",
        "StartAt": start,
        "TimeoutSeconds": timeout,
        "States": states,
    }
