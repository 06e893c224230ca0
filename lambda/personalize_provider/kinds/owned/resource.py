"""The calls to Personalize for one owned resource."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import replace
from email.utils import parsedate_to_datetime
from typing import Any, ClassVar, Generic, cast

from botocore.exceptions import ClientError

from personalize_provider.aws.errors import error_code, error_message, is_denied, is_throttle, may_pass
from personalize_provider.aws.reading import if_found
from personalize_provider.aws.sdk import Personalize, read_tags
from personalize_provider.engine.goal import Absent, Present
from personalize_provider.engine.kind import Claim
from personalize_provider.engine.log import logger
from personalize_provider.engine.request import STALE_SECONDS
from personalize_provider.engine.steps import Done, Effect, Step, Wait
from personalize_provider.kinds.owned.decide import releasing
from personalize_provider.kinds.owned.desired import A
from personalize_provider.kinds.owned.effects import Adopt, Create, Delete, Retag
from personalize_provider.kinds.owned.observed import Observed, P, is_ours

# The resource is busy, or no longer as observed: look again rather than fail.
_LOOK_AGAIN = frozenset({"ResourceInUseException", "ResourceAlreadyExistsException"})


class OwnedResource(ABC, Generic[P, A]):
    """One resource, and what one request wants of it. Each kind has a subclass.

    Args:
        goal: What the request wants.
        client: Calls Personalize.
        now: Returns the time, in seconds since the epoch.
        is_claimed: Whether another resource of the stack has the resource of this ARN with these tags.
    """

    OBSERVED: ClassVar[type[Observed[Any]]]
    """The current state of a resource of the kind."""

    def __init__(
        self,
        goal: P | A,
        client: Personalize,
        now: Callable[[], float],
        is_claimed: Claim,
    ) -> None:
        self._goal = goal
        self._client = client
        self._now = now
        self._ask_for_claim = is_claimed
        self._is_claimed = False
        self._tags: dict[str, str] | None = None
        self._without_look = self._opening()
        self._is_deleted = False
        self._is_gone = False
        self._was_as_before: bool | None = None
        self._are_tags_new = False
        self._was_there = False
        self._gone_since: float | None = None

    @abstractmethod
    def _opening(self) -> Effect | None:
        """The effect to try before the first look; None if there is none."""

    @abstractmethod
    def _decide(self, goal: P | A, observed: Any, *, expired: bool) -> Step:
        """The next step after a look."""

    @staticmethod
    @abstractmethod
    def _describe(client: Personalize, arn: str) -> Mapping[str, Any]:
        """Call the kind's Describe operation."""

    @abstractmethod
    def _call(self, effect: Effect) -> None:
        """Call the kind's Create, Update or Delete operation, or one for an effect of its own."""

    @classmethod
    def find(cls, client: Personalize, arn: str, is_claimed: Claim) -> Observed[P] | None:
        """The current state of a resource; None if it doesn't exist."""
        tags = if_found(lambda: read_tags(client, arn))
        described = None if tags is None else if_found(lambda: cls._describe(client, arn))
        if tags is None or described is None:
            return None
        return cls._seen(described, tags, is_claimed=is_claimed(arn, tags))

    @classmethod
    def _seen(
        cls,
        answer: Mapping[str, Any],
        tags: Mapping[str, str],
        lead: float = 0.0,
        *,
        is_claimed: bool = False,
    ) -> Observed[P]:
        """What an answer of `_describe` says; of an empty one, what the tags alone say."""
        return cls.OBSERVED(answer.get(cls.OBSERVED.MEMBER, {}), tags, lead, is_claimed)

    @property
    def label(self) -> str:
        """The resource in messages."""
        return self._goal.label

    def look(self, *, expired: bool) -> Step:
        """Observe the resource and decide on the next step."""
        if self._without_look is not None and not expired:
            return self._without_look
        try:
            observed = self._observe()
        except ClientError as error:
            step = self._unseen(error, expired=expired)
            if step is None:
                raise
            return step
        if isinstance(observed, Wait):
            return observed
        if observed is None and self._may_only_be_unseen:
            return self._ending if self._goal.is_known or not self._tags else Wait("it is not described yet")
        if gone := self._just_gone(observed):
            return gone
        step = self._decide(self._goal, observed, expired=expired)
        if isinstance(step, Effect) and observed is not None and not self._are_tags_new:
            # A resource with an explicit name may be another owner's by now.
            tags = if_found(self._read_tags)
            if tags is None:
                return Wait("its tags are not visible")
            self._tags = tags
            self._is_claimed = self._is_claimed_now()
            observed = replace(observed, tags=tags, is_claimed=self._is_claimed)
            step = self._decide(self._goal, observed, expired=expired)
        return self._unsettled(step, observed) or step

    def act(self, effect: Effect) -> Wait | None:
        """Apply an effect. A throttled one has changed nothing, so it is tried again without a look."""
        self._without_look = None
        return self._try(effect)

    def _try(self, effect: Effect) -> Wait | None:
        try:
            self._apply(effect)
        except ClientError as error:
            if is_throttle(error) and not isinstance(effect, Adopt):  # another owner may be adopting it
                self._without_look = effect
            code = error_code(error)
            gone = code == "ResourceNotFoundException" and not isinstance(effect, Create)
            self._is_deleted = self._is_gone = gone and isinstance(effect, Delete)
            if code not in _LOOK_AGAIN and not gone and not self._is_moot(effect, code):
                raise
            return self._refused(effect, f"{error.operation_name}: {error_message(error)}")
        return None

    def _is_moot(self, effect: Effect, code: str) -> bool:  # noqa: ARG002 (subclasses use them)
        """Whether an error says that an effect is no longer needed."""
        return False

    def _refused(self, effect: Effect, reason: str) -> Wait:  # noqa: ARG002
        """The wait after the service has refused an effect for now."""
        return Wait(reason)

    def _unseen(self, error: ClientError, *, expired: bool) -> Step | None:
        """The next step of a Delete whose look is denied: cleaning up needs no more rights than creating.

        Returns:
            None if there is no next step without a look.
        """
        goal = self._goal
        if not isinstance(goal, Absent) or may_pass(error, self._now() - goal.since):
            return None
        if self._is_gone:
            self._is_gone = False  # a create that was given up may still make it: the next look asks again
            return self._decide(goal, None, expired=expired)
        if goal.owns(self._tags or {}):
            return self._ending
        if self._tags is not None:
            return self._decide(goal, self._seen({}, self._tags), expired=expired)
        # The tags may be read, and there are none, so the resource doesn't exist.
        may_read_tags = error.operation_name != "ListTagsForResource"
        return self._decide(goal, None, expired=expired) if may_read_tags else None

    def _just_gone(self, observed: Observed[P] | None) -> Wait | None:
        """Why a resource that this request has seen isn't created again at once.

        It was deleted, by hand or by the stack's rollback. Readings of the stack may not show the
        rollback for some seconds.
        """
        if observed is not None or isinstance(self._goal, Absent):
            self._was_there, self._gone_since = observed is not None, None
            return None
        if not self._was_there:
            return None
        if self._gone_since is None:
            self._gone_since = self._now()
        is_recent = self._now() < self._gone_since + STALE_SECONDS
        return Wait("it was deleted, maybe for this stack") if is_recent else None

    def _unsettled(self, step: Step, observed: Observed[P] | None) -> Wait | None:
        """Why an in-place Update isn't done yet: a canceled update before it may still change the resource.

        For some seconds, the waiter of that update may read that the stack still waits for it. It has nothing
        left to do if the first look found the resource as the old properties describe it.
        """
        goal, is_done = self._goal, isinstance(step, Done)
        if not isinstance(goal, Present) or goal.before is None or (observed is None and not is_done):
            return None
        if self._was_as_before is None:
            found = self._decide(cast(P, goal.before), observed, expired=False)
            self._was_as_before = isinstance(found, Done)
        is_settled = self._was_as_before or self._now() >= goal.settled_at
        if is_settled or not is_done:
            return None
        self._tags = None
        return Wait("a canceled update may still change it")

    @property
    def _may_only_be_unseen(self) -> bool:
        """Whether a resource to delete may exist although it isn't described: its delete was never answered.

        To treat it as gone would leave it behind. The service's answer to a delete is more reliable.
        """
        goal, seen = self._goal, self._seen({}, self._tags or {}, is_claimed=self._is_claimed)
        return isinstance(goal, Absent) and not self._is_deleted and is_ours(goal, seen)

    @property
    def _ending(self) -> Effect:
        """The effect that ends the ownership of a resource of which only the tags are visible."""
        is_kept = releasing(self._goal, self._tags or {}) if isinstance(self._goal, Absent) else None
        return is_kept or Delete()

    def _observe(self) -> Observed[P] | Wait | None:
        self._are_tags_new = False
        # Tags first: they also tell whether the resource exists, and leave the account's one look a
        # second (rule 118) to requests that need it. Before a delete and an adoption they are read each
        # time: a resource with an explicit name may be another owner's by now.
        if self._tags is None or isinstance(self._goal, Absent) or not self._goal.owns(self._tags):
            self._tags = None
            self._tags = if_found(self._read_tags)
            self._are_tags_new = True
        if self._tags is None and isinstance(self._goal, Present):
            return None
        self._is_claimed = self._is_claimed_now()
        described = if_found(lambda: self._describe(self._client, self._goal.arn))
        if described is None:
            return None
        if self._tags is None:
            try:
                self._tags = self._read_tags()
                self._are_tags_new = True
            except ClientError as error:
                if error_code(error) != "ResourceNotFoundException":
                    raise
                # It is described, so it exists; its owner isn't visible yet.
                return Wait(f"{error.operation_name}: {error_message(error)} ({error_code(error)})")
            self._is_claimed = self._is_claimed_now()
        return self._seen(described, self._tags, self._lead(described), is_claimed=self._is_claimed)

    def _lead(self, answer: Mapping[str, Any]) -> float:
        """By how many seconds the service's clock is ahead of the function's, by the date of an answer."""
        dated = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date", "")
        try:
            return parsedate_to_datetime(dated).timestamp() - self._now()
        except (ValueError, TypeError):
            return 0.0

    def _is_claimed_now(self) -> bool:
        """Whether another resource of the stack has the resource; asked only if the tags leave that open."""
        goal, tags = self._goal, self._tags
        if tags is None:
            return False
        if not goal.is_known and isinstance(goal, Absent):
            is_open = goal.owns(tags)
        else:
            is_open = goal.owner.shares_stack_with(tags) and not goal.owner.owns(tags)
        return is_open and self._ask_for_claim(goal.arn, tags)

    def _apply(self, effect: Effect) -> None:
        match effect:
            case Retag(add, remove, add_last):
                self._tags = None
                self._tag(add)
                self._untag(remove)
                self._tag(add_last)
                self._end_quiet_time()
                return
            case Create():
                self._was_there, self._tags = False, None
        self._call(effect)
        match effect:
            case Create() if isinstance(self._goal, Present):
                self._tags = self._goal.tags  # these were just sent, so they need no call
            case Delete():
                self._is_deleted, self._was_there = True, False
                self._end_quiet_time()

    def _tag(self, tags: Mapping[str, str]) -> None:
        if tags:
            listed = [{"tagKey": key, "tagValue": value} for key, value in tags.items()]
            self._client.tag_resource(resourceArn=self._goal.arn, tags=listed)

    def _untag(self, keys: frozenset[str]) -> None:
        """Remove tags. In a rollback, a tag too many is better than a stack that can't continue."""
        goal = self._goal
        try:
            if keys:
                self._client.untag_resource(resourceArn=goal.arn, tagKeys=sorted(keys))
        except ClientError as error:
            is_kept = is_denied(error) and not may_pass(error, self._now() - goal.since)
            if not is_kept or not isinstance(goal, Present) or not goal.restores:
                raise
            logger.error("tags are left on it", resource=goal.arn, keys=sorted(keys), error=str(error))
            self._goal = replace(goal, dropped_tags=goal.dropped_tags - keys)

    def _end_quiet_time(self) -> None:
        """The resource was there and is released or deleted now, so there is nothing more to look for."""
        goal = self._goal
        if isinstance(goal, Absent) and not (goal.is_id_made_up or goal.is_raced):
            self._goal = replace(goal, quiet_seconds=0.0)

    def _read_tags(self) -> dict[str, str]:
        if isinstance(self._goal, Absent) and self._goal.name_proves_owner and self._goal.is_known:
            return {}  # they make no difference
        return read_tags(self._client, self._goal.arn)
