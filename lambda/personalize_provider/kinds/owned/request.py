"""Owned resources as the engine uses them: the physical id of a request, and the resource to reconcile.

When a deploy fails, CloudFormation deletes the new resource by the id in the answer. So a Create must not
answer with the id of a resource that existed before. An id that CloudFormation has stays, although the
logical id that it was made from may have changed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from personalize_provider.aws import sdk
from personalize_provider.aws.reading import if_found
from personalize_provider.engine.first_event import Attempt
from personalize_provider.engine.goal import Absent, Present
from personalize_provider.engine.identity import CONFIG_HASH_TAG, REPLACES_TAG, STACK_ID_TAG, Owner
from personalize_provider.engine.kind import Ask, Claim
from personalize_provider.engine.stack import UNKNOWN
from personalize_provider.kinds.owned.decide import refusal
from personalize_provider.kinds.owned.desired import A, DesiredOwned, W
from personalize_provider.kinds.owned.observed import P
from personalize_provider.kinds.owned.resource import OwnedResource


@dataclass(frozen=True)
class OwnedRequest(DesiredOwned[W, P, A]):
    """A request for an owned resource. See `Desired` for what each method returns."""

    RESOURCE: ClassVar[type[OwnedResource[Any, Any]]]

    def identify(self, ask: Ask, is_claimed: Claim, *, is_rolling_back: bool) -> str:
        """The ARN of the resource, which is known before the resource exists.

        Raises:
            LifecycleError: what the request creates already exists. Nothing was changed.
        """
        goal = self.goal(since=0.0, is_rolling_back=is_rolling_back)
        if not isinstance(goal, Present):
            return self.request.physical_id
        client = sdk.personalize()
        if is_rolling_back:
            return self._where_it_was(
                goal, lambda arn: ask(lambda: if_found(lambda: sdk.read_tags(client, arn))) or {}, is_claimed
            )
        observed = None if goal.is_known else ask(lambda: self.RESOURCE.find(client, goal.arn, is_claimed))
        refused = None if observed is None else refusal(goal, observed)
        if refused is not None:
            raise refused
        return goal.arn

    def _where_it_was(
        self, goal: Present, tags_of: Callable[[str], Mapping[str, str]], is_claimed: Claim
    ) -> str:
        """ARN of what a rollback restores: its name may have been generated for another logical id."""
        physical_id = self.request.physical_id
        if goal.arn == physical_id or not goal.name_proves_owner:
            return goal.arn
        tags = tags_of(physical_id)
        is_new = physical_id == self.old_arn  # the failed update has made it
        if not is_new and STACK_ID_TAG in tags and tags.get(CONFIG_HASH_TAG) == goal.config_hash:
            return physical_id  # also if it was moved here from another stack, whose tags it keeps
        owner = Owner(self.request.stack_id, self.request.logical_id)
        before = owner.arn(f"{self.NOUN}/{tags.get(REPLACES_TAG, '')}")
        is_replaced = owner.owns(tags) and REPLACES_TAG in tags
        if is_replaced and _is_made_from(goal, tags_of(before)):
            return before
        # Without its tags, only the stack can tell that the name now belongs to another logical id.
        is_anothers = not is_new and is_claimed(goal.arn, tags_of(goal.arn))
        return physical_id if is_anothers else goal.arn

    def resource(
        self, attempt: Attempt, now: Callable[[], float], is_claimed: Claim
    ) -> OwnedResource[P, A] | None:
        """The resource that the request is about."""
        goal = self.goal(
            attempt.started_at,
            is_rolling_back=attempt.stack.may_roll_back,
            is_stack_known=attempt.stack != UNKNOWN,
            identity=self.request.physical_id,
            predecessor=attempt.predecessor,
            operation_began=attempt.stack.began,
        )
        return None if goal is None else self.RESOURCE(goal, sdk.personalize(), now, is_claimed)

    def cleanup(
        self, attempt: Attempt, now: Callable[[], float], is_claimed: Claim
    ) -> OwnedResource[P, A] | None:
        """The replacement of a canceled update."""
        goal = self.delete_of(attempt.abandoned).goal(attempt.started_at, operation_began=attempt.stack.began)
        if not isinstance(goal, Absent):
            return None
        return self.RESOURCE(goal.of_canceled_update(), sdk.personalize(), now, is_claimed)


def _is_made_from(goal: Present, tags: Mapping[str, str]) -> bool:
    return goal.owner.shares_stack_with(tags) and tags.get(CONFIG_HASH_TAG) == goal.config_hash
