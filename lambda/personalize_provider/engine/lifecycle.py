"""What every transport does with a request: read it, begin it once, and work on it until it is done."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from personalize_provider.aws import sdk
from personalize_provider.aws.errors import (
    CALL_ERRORS,
    LifecycleError,
    SupersededError,
    is_denied,
    is_unreachable,
    refused,
)
from personalize_provider.engine.clock import Clock
from personalize_provider.engine.first_event import Attempt
from personalize_provider.engine.identity import LOGICAL_ID_TAG, Owner
from personalize_provider.engine.kind import Claim, Desired, Kind, Resource
from personalize_provider.engine.log import logger
from personalize_provider.engine.reconciler import reconcile
from personalize_provider.engine.request import NOT_CREATED, Request
from personalize_provider.engine.stack import UNKNOWN, StackState, is_named_elsewhere
from personalize_provider.engine.stack_watch import Patience, StackWatch
from personalize_provider.engine.steps import Done, Wait

_Answer = TypeVar("_Answer")

# Well within the minute that the framework's function has.
_PATIENCE_SECONDS = 40.0
_CLAIM_SECONDS = 10.0
_NOT_CLEANED_UP = Wait("what a canceled update began still exists")


def read(event: Mapping[str, Any], kinds: Mapping[str, Kind]) -> Desired:
    """Read an event, and add its ids to the log's keys.

    Raises:
        InvalidPropertiesError: the service would not accept the properties.
        LifecycleError: CloudFormation sends no such event, or it is about a resource of another account.
    """
    request = Request.from_event(event, kinds)
    logger.append_keys(
        request_id=request.request_id,
        request_type=request.type,
        stack_id=request.stack_id,
        logical_id=request.logical_id,
        physical_id=request.physical_id,
    )
    return desired_by(request, kinds)


def desired_by(request: Request, kinds: Mapping[str, Kind]) -> Desired:
    """What a request wants, with its properties read and validated.

    The Delete of an unknown type is about the resource that its physical id names. If that names none, there
    is nothing to do: a failure would only keep the stack from being deleted.

    Raises:
        InvalidPropertiesError, LifecycleError: as `read`.
    """
    named = next((kind for kind in kinds.values() if kind.ids.fullmatch(request.physical_id)), None)
    kind = kinds.get(request.resource_type, named)
    if kind is None:
        return Desired(request)
    if named is not None:
        _refuse_other_account(request)
    return kind.read(request)


def _refuse_other_account(request: Request) -> None:
    """Refuse a resource outside of the stack's own account and Region.

    Every id that the provider answers with is in the stack's account and Region, so such a request is a
    mistake or a forgery. A look there would be the first step to change something that isn't the stack's, and
    a Delete that succeeds would leave behind a resource that its user believes to be deleted. A stack that
    waits for such a Delete can go on without the resource.
    """
    if not request.physical_id.startswith(Owner(request.stack_id, request.logical_id).arn("")):
        raise LifecycleError(
            f"resource {request.logical_id}",
            request.type,
            f"{request.physical_id} is not in the stack's own account, Region and partition, "
            "and nothing was done to it",
            "delete it where it is, and keep it out of this stack (RetainResources of DeleteStack)",
        )


def begin(desired: Desired, clock: Clock, patience: float = _PATIENCE_SECONDS) -> tuple[str, Attempt]:
    """Determine the physical id, the deadline, and what the stack is doing; changes nothing.

    Args:
        desired: What the request wants.
        clock: Tells and passes time.
        patience: For how many seconds to ask CloudFormation and Personalize.

    Returns:
        The id to answer with, and what later events need to know.

    Raises:
        SupersededError: the stack can't want this any more.
        LifecycleError: what the request creates already exists, or CloudFormation or Personalize don't
            answer.
    """
    now = clock.now()
    watch = StackWatch(desired.request, sdk.cloudformation(), clock, now)
    stack = _stack_at_first(desired.request, watch, patience)
    stack, identity = _identity(desired, stack, watch, now + patience - clock.now())
    attempt = Attempt(
        started_at=now,
        deadline=now + float(os.environ["TOTAL_TIMEOUT_SECONDS"]),
        stack=stack,
        abandoned=desired.abandoned(identity),
        predecessor=desired.predecessor(identity),
    )
    return identity, attempt


def _identity(
    desired: Desired, stack: StackState, watch: StackWatch, patience: float
) -> tuple[StackState, str]:
    """The id to answer with, and the state of the stack that it follows from.

    The Update of a rollback may need another id than an ordinary one. Where that makes a difference, the
    state must not be an old reading, from the update that is rolled back or from an earlier rollback.
    """
    ask = watch.patience(patience)
    identity = _identify(desired, ask, is_rolling_back=stack.is_rolling_back)
    if desired.request.type == "Update" and stack != UNKNOWN:
        other = _identify(desired, ask, is_rolling_back=not stack.is_rolling_back)
        if identity != other:
            certain = watch.note(patience, is_certain=True)
            identity = identity if certain.is_rolling_back == stack.is_rolling_back else other
            stack = certain
    if isinstance(identity, LifecycleError):
        raise identity
    return stack, identity


def _identify(desired: Desired, patience: Patience, *, is_rolling_back: bool) -> str | LifecycleError:
    """The id to answer with, or why the request fails."""

    def ask(call: Callable[[], _Answer]) -> _Answer:
        try:
            return patience(call)
        except CALL_ERRORS as error:
            operation = getattr(error, "operation_name", "calling AWS")
            raise refused(f"resource {desired.request.logical_id}", operation, error) from error

    try:
        return desired.identify(
            ask,
            lambda arn, tags: ask(lambda: _is_claimed(desired, arn, tags)),
            is_rolling_back=is_rolling_back,
        )
    except LifecycleError as error:
        return error


def _is_claimed(desired: Desired, arn: str, tags: Mapping[str, str]) -> bool:
    request, tagged = desired.request, tags.get(LOGICAL_ID_TAG, "")
    return is_named_elsewhere(sdk.cloudformation(), request.stack_id, request.logical_id, arn, tagged)


def proceed(desired: Desired, attempt: Attempt, clock: Clock, until: float) -> Done | Wait | None:
    """Work on a request for a short while.

    Args:
        desired: What the request wants, with the id that was answered.
        attempt: What `begin` noted.
        clock: Tells and passes time.
        until: When to return a Wait rather than continue, in seconds since the epoch.

    Returns:
        Done, or Wait to be called again; None if the request is about no resource at all.

    Raises:
        LifecycleError: the request has failed; the message is for the stack's events.
    """
    request = desired.request
    watch = StackWatch(request, sdk.cloudformation(), clock, attempt.started_at)
    ask = watch.patience(_CLAIM_SECONDS)

    def is_claimed(arn: str, tags: Mapping[str, str]) -> bool:
        return ask(lambda: _is_claimed(desired, arn, tags))

    def work_on(resource: Resource) -> Done | Wait:
        return reconcile(resource, attempt, clock, lambda: watch.check(attempt.stack, resource.label), until)

    resource = desired.resource(attempt, clock.now, is_claimed)
    if resource is None:
        return None
    try:
        step = work_on(resource)
    except LifecycleError as error:
        if request.type == "Delete" and request.physical_id == NOT_CREATED:
            # Nothing was made, so nothing has to be found.
            logger.warning("could not look for what was never made", error=str(error))
            return Done({})
        # After a failure no later request cleans up after a canceled update.
        if isinstance(error, SupersededError) or _is_cleaned_up(desired, attempt, clock, is_claimed, work_on):
            raise
        return _NOT_CLEANED_UP
    if isinstance(step, Done) and not _is_cleaned_up(desired, attempt, clock, is_claimed, work_on):
        return _NOT_CLEANED_UP
    return step


def _stack_at_first(request: Request, watch: StackWatch, patience: float) -> StackState:
    """What the stack is doing when the request begins.

    If CloudFormation refuses to say, the request may be late. An Update continues, because it may be that of
    a rollback that finds everything in place, and CloudFormation is asked again before any change. A Delete
    continues, because such a stack can only be cleaned up.
    """
    try:
        return watch.note(patience)
    except LifecycleError as error:
        cause = error.__cause__
        is_refused = isinstance(cause, CALL_ERRORS) and (is_unreachable(cause) or is_denied(cause))
        if request.type == "Create" or not is_refused:
            raise
        logger.warning("could not read the state of the stack", error=str(error))
        return UNKNOWN


def _is_cleaned_up(
    desired: Desired,
    attempt: Attempt,
    clock: Clock,
    is_claimed: Claim,
    work_on: Callable[[Resource], Done | Wait],
) -> bool:
    """Whether what a canceled update began is gone, or nothing more can be done about it.

    A cleanup that fails must not fail the rollback, but it is retried until the deadline.
    """
    resource = desired.cleanup(attempt, clock.now, is_claimed) if attempt.abandoned else None
    if resource is None:
        return True
    try:
        return isinstance(work_on(resource), Done)
    except LifecycleError as error:
        logger.error(_NOT_CLEANED_UP.reason, error=str(error))
        return isinstance(error, SupersededError) or clock.now() >= attempt.deadline
