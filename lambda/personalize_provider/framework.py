"""The transport for the CDK provider framework.

`on_event` answers with an identity and changes nothing, so a crash or a lost answer always leaves
something that a Delete can find. All changes are made by `is_complete`, which the framework's waiter
calls until it is done; an exception there is final.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from personalize_provider.aws.errors import LifecycleError
from personalize_provider.engine.clock import SystemClock
from personalize_provider.engine.first_event import ATTEMPT, Attempt
from personalize_provider.engine.lifecycle import begin, proceed, read
from personalize_provider.engine.log import logger
from personalize_provider.engine.request import Request
from personalize_provider.engine.steps import Wait
from personalize_provider.kinds.solution.desired import essentials, physical_id

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

_CLOCK = SystemClock()

WORK_SECONDS = 30.0
"""How long one invocation works at the most.

The rest of its two minutes is for a look that has begun by then, should every call of it be slow.
"""

_OLD = "OldResourceProperties"

# What Step Functions takes as an input, less the room for the response URL, which the framework hides.
# https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
_MOST_BYTES = 262_144 - 4_096


# The event holds a credential: it is not logged, whatever POWERTOOLS_LOGGER_LOG_EVENT says.
_with_log = logger.inject_lambda_context(clear_state=True, log_event=False)


@_with_log
def on_event(event: Mapping[str, Any], context: LambdaContext) -> dict[str, Any]:  # noqa: ARG001 (Lambda passes it)
    """Answer a request's first event with its physical id and what later events need to know.

    Raises:
        InvalidPropertiesError: the properties make no request to the service.
        LifecycleError: the event is none of CloudFormation's, is about somebody else's solution, or
            CloudFormation doesn't say what the stack is doing.
    """
    request = read(event)
    physical_id(request)  # properties that make no request are told without a call
    identity, attempt = begin(request, _CLOCK)
    logger.info("identity", physical_id=identity, attempt=attempt.to_event())
    return _as_it_fits(event, request, {"PhysicalResourceId": identity, ATTEMPT: attempt.to_event()})


def _as_it_fits(event: Mapping[str, Any], request: Request, answer: dict[str, Any]) -> dict[str, Any]:
    """An answer that makes room where the framework adds it to an event which the waiter would not take.

    A rollback has the same properties as its update, the other way round. So what is refused is refused for
    the new properties alone, which a rollback has as the old ones.
    """
    answers = [answer, *({**answer, _OLD: old} for old in essentials(request.old_properties))]
    sizes = [_size({**event, **shorter}) for shorter in answers]
    fitting = [shorter for shorter, size in zip(answers, sizes, strict=True) if size <= _MOST_BYTES]
    if not fitting and request.type != "Delete":  # one that fails keeps the whole stack
        raise LifecycleError(
            f"resource {request.logical_id}",
            request.type,
            f"its event has {sizes[-1]} bytes, and the provider framework carries {_MOST_BYTES}",
            "shorten the properties",
        )
    return fitting[0] if fitting else answer


def _size(event: Mapping[str, Any]) -> int:
    """Bytes of an event as the framework writes it down."""
    try:
        written = json.dumps(event, ensure_ascii=False, separators=(",", ":"))
    except RecursionError:  # old properties may be anything
        return sys.maxsize
    return len(written.encode(errors="backslashreplace"))


@_with_log
def is_complete(event: Mapping[str, Any], context: LambdaContext) -> dict[str, Any]:  # noqa: ARG001
    """Work on a request for a short while.

    Raises:
        LifecycleError: the request has failed; the message is what the stack's events show.
    """
    request = read(event)
    step = proceed(request, Attempt.from_event(event), _CLOCK, until=_CLOCK.now() + WORK_SECONDS)
    if isinstance(step, Wait):
        return {"IsComplete": False}
    return {"IsComplete": True} if step is None else {"IsComplete": True, "Data": dict(step.attributes)}
