"""The entry points for the CDK provider framework.

`on_event` returns the physical id and changes nothing, so a Delete always finds what a crash or a lost answer
leaves behind. `is_complete` makes all changes. The framework's waiter calls it until it is done; an exception
there is final.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from personalize_provider.aws.errors import LifecycleError
from personalize_provider.engine.clock import SystemClock
from personalize_provider.engine.first_event import ATTEMPT, Attempt
from personalize_provider.engine.kind import Desired
from personalize_provider.engine.lifecycle import begin, proceed, read
from personalize_provider.engine.log import logger
from personalize_provider.engine.steps import Wait
from personalize_provider.kinds import KINDS

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

_CLOCK = SystemClock()

WORK_SECONDS = 30.0
"""How long one invocation works at most.

The rest of its two minutes is for a look that has begun by then, in case all of its calls are slow.
"""

_OLD = "OldResourceProperties"

# The limit of Step Functions on an input, less the room for the response URL, which the framework hides.
# https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
_MOST_BYTES = 262_144 - 4_096


# The event holds a credential, so it isn't logged, whatever POWERTOOLS_LOGGER_LOG_EVENT says.
_with_log = logger.inject_lambda_context(clear_state=True, log_event=False)


@_with_log
def on_event(event: Mapping[str, Any], context: LambdaContext) -> dict[str, Any]:  # noqa: ARG001 (Lambda passes it)
    """Answer a request's first event with its physical id and with what later events need to know.

    Raises:
        InvalidPropertiesError: the service would not accept the properties.
        LifecycleError: CloudFormation sends no such event, the resource belongs to someone else, or
            CloudFormation doesn't say what the stack is doing.
    """
    desired = read(event, KINDS)
    identity, attempt = begin(desired, _CLOCK)
    logger.info("identity", physical_id=identity, attempt=attempt.to_event())
    return _fitting(event, desired, {"PhysicalResourceId": identity, ATTEMPT: attempt.to_event()})


def _fitting(event: Mapping[str, Any], desired: Desired, answer: dict[str, Any]) -> dict[str, Any]:
    """The answer, with shorter old properties if the framework's next event would be too large.

    A rollback swaps the old and the new properties of its update. So only the new properties can make a
    request fail: a rollback has them as the old ones.
    """
    answers = [answer, *({**answer, _OLD: old} for old in desired.essentials())]
    sizes = [_size({**event, **shorter}) for shorter in answers]
    fitting = [shorter for shorter, size in zip(answers, sizes, strict=True) if size <= _MOST_BYTES]
    if not fitting and desired.request.type != "Delete":  # a Delete that fails keeps the whole stack
        raise LifecycleError(
            f"resource {desired.request.logical_id}",
            desired.request.type,
            f"its event has {sizes[-1]} bytes, and the provider framework accepts {_MOST_BYTES}",
            "shorten the properties",
        )
    return fitting[0] if fitting else answer


def _size(event: Mapping[str, Any]) -> int:
    """Bytes of an event as the framework serializes it."""
    try:
        written = json.dumps(event, ensure_ascii=False, separators=(",", ":"))
    except RecursionError:  # old properties can be of any depth
        return sys.maxsize
    return len(written.encode(errors="backslashreplace"))


@_with_log
def is_complete(event: Mapping[str, Any], context: LambdaContext) -> dict[str, Any]:  # noqa: ARG001
    """Work on a request for a short while.

    Raises:
        LifecycleError: the request has failed; the stack's events show the message.
    """
    desired = read(event, KINDS)
    step = proceed(desired, Attempt.from_event(event), _CLOCK, until=_CLOCK.now() + WORK_SECONDS)
    if isinstance(step, Wait):
        return {"IsComplete": False}
    return {"IsComplete": True} if step is None else {"IsComplete": True, "Data": dict(step.attributes)}
