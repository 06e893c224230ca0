"""The EventBridge rule that calls the function again, each minute, until a request is done.

A logical resource has one rule, named after it, with one target for each of its requests. So the next request
finds what a crashed function left behind. A request that ends removes its own target and older ones, and the
rule if no target is left: a late request can't stop a newer one.
"""

from __future__ import annotations

import base64
import json
import os
import re
import zlib
from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import ClientError

from personalize_provider.aws.errors import CALL_ERRORS, LifecycleError, error_code
from personalize_provider.aws.sdk import Events
from personalize_provider.engine.identity import Owner, digest
from personalize_provider.engine.log import logger
from personalize_provider.engine.request import Request

MAX_INPUT = 8192
"""The limit of EventBridge on the input of a target, in characters."""

_PACKED = "CdkPersonalizePacked"
_TARGET_ID = re.compile(r"([0-9]{13,16})-([0-9a-f]{12})")  # milliseconds since the epoch, and the request
_GONE = "ResourceNotFoundException"
_HAS_TARGETS = "ValidationException"


def pack(event: Mapping[str, Any]) -> str:
    """An event as the input of a target, compressed because large properties would not fit otherwise."""
    packed = base64.b64encode(zlib.compress(json.dumps(event).encode(), 9)).decode()
    return json.dumps({_PACKED: packed})


def unpack(event: Any) -> Any:
    """The event that was packed; any other event is returned unchanged."""
    if not isinstance(event, Mapping) or set(event) != {_PACKED}:
        return event
    return json.loads(zlib.decompress(base64.b64decode(event[_PACKED])))


class PollRule:
    """The rule of a request's resource.

    Args:
        client: Calls EventBridge; created when it is first needed.
        request: The request.
        started_at: When it began, in seconds since the epoch.
    """

    def __init__(self, client: Callable[[], Events], request: Request, started_at: float) -> None:
        self._client = client
        owner = Owner(request.stack_id, request.logical_id)
        self.name = f"{os.environ['POLL_RULE_PREFIX']}{digest(owner.tags)}"
        self._since = int(started_at * 1000)
        self._mark = digest({"request": request.request_id})

    def put(self) -> str:
        """Create the rule if it doesn't exist, and return its ARN."""
        made = self._client().put_rule(
            Name=self.name, ScheduleExpression="rate(1 minute)", State="ENABLED", Description=_DESCRIPTION
        )
        return str(made.get("RuleArn", ""))

    def put_target(self, function_arn: str, event: Mapping[str, Any]) -> None:
        """Let the rule call a function with an event.

        Raises:
            LifecycleError: EventBridge doesn't accept the target.
        """
        target = {
            "Id": f"{self._since:013d}-{self._mark}",
            "Arn": function_arn,
            "Input": pack(event),
            # The next event comes in a minute.
            "RetryPolicy": {"MaximumRetryAttempts": 0, "MaximumEventAgeInSeconds": 60},
        }
        try:
            answer = self._client().put_targets(Rule=self.name, Targets=[target])
        except ClientError as error:
            if error_code(error) != _GONE:
                raise
            self.put()  # an older request has just ended, and removed the rule
            answer = self._client().put_targets(Rule=self.name, Targets=[target])
        if answer.get("FailedEntryCount"):
            why: Mapping[str, str] = next(iter(answer.get("FailedEntries", ())), {})
            raise LifecycleError(
                f"rule {self.name}",
                "PutTargets",
                why.get("ErrorMessage", "no reason given"),
                "try again",
                why.get("ErrorCode", ""),
            )

    def remove(self) -> None:
        """End the polling of this request and of older ones, and delete the rule if it has no target left."""
        client = self._client()
        try:
            ids = [target["Id"] for target in client.list_targets_by_rule(Rule=self.name)["Targets"]]
            stale = [target_id for target_id in ids if self._is_over(target_id)]
            if stale:
                client.remove_targets(Rule=self.name, Ids=stale)
        except ClientError as error:
            if error_code(error) != _GONE:
                raise
            return
        if len(stale) == len(ids):
            self._delete()

    def _delete(self) -> None:
        """Delete the rule. It has no target, so a failure must not fail the request."""
        try:
            self._client().delete_rule(Name=self.name)
        except CALL_ERRORS as error:
            # A newer request may have added its target meanwhile: then the rule belongs to that one.
            if error_code(error) not in {_GONE, _HAS_TARGETS}:
                logger.error("could not delete a rule without targets", rule=self.name, error=str(error))

    def _is_over(self, target_id: str) -> bool:
        match = _TARGET_ID.fullmatch(target_id)
        return match is not None and (match[2] == self._mark or int(match[1]) <= self._since)


_DESCRIPTION = "cdk-personalize: polls a resource during a deployment, and is deleted after that"
