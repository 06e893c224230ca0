"""The transport for the CDK provider framework.

`on_event` answers with an identity and changes nothing, so a crash or a lost answer always leaves
something that a Delete can find. All changes are made by `is_complete`, which the framework's waiter
calls until it is done; an exception there is final.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from personalize_provider.attempt import ATTEMPT, Attempt
from personalize_provider.clock import SystemClock
from personalize_provider.lifecycle import begin, proceed, read
from personalize_provider.log import logger
from personalize_provider.solution.goal import physical_id
from personalize_provider.steps import Wait

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

_CLOCK = SystemClock()

WORK_SECONDS = 30.0
"""How long one invocation works at the most.

The rest of its two minutes is for a look that has begun by then, should every call of it be slow.
"""


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
    return {"PhysicalResourceId": identity, ATTEMPT: attempt.to_event()}


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
