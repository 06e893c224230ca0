"""What the provider promises, whatever happens, as checks of an account that has gone quiet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from personalize_provider.engine.identity import LOGICAL_ID_TAG, STACK_ID_TAG, Owner, digest
from support.virtual_time.account import Account
from support.virtual_time.managed import SOLUTION, Managed
from support.virtual_time.stack_engine import Request, Stack

_ENDED = ("_COMPLETE", "_FAILED")
_DONE = {"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"}


@dataclass
class Promises:
    """The promises, and what others did in the account, for which the provider is not responsible.

    Attributes:
        account: The account.
        kind: What the stacks' resources are.
        stacks: All stacks that were ever made.
        foreign: Resources that others made, by ARN, with the number of the provider's effects before that.
        retained: Resources that a stack retained, by ARN, with the number of effects before that.
        untagged: Resources whose tags were removed: under an explicit name they look like foreign ones.
        altered: Resources of the stacks that were changed or deleted by hand since their last deploy.
        chosen: The version that a promoter last chose for a campaign, by ARN, and when it was created.
        promoted: Campaigns that a promoter created.
        adopts: Whether the stacks adopt foreign resources, which may then be changed but not deleted.
        moved: Resources whose stack is no longer the one in their tags.
        started_over: Whether functions of the framework's were killed: it may then answer twice.
    """

    account: Account
    kind: Managed = SOLUTION
    stacks: list[Stack] = field(default_factory=list)
    foreign: dict[str, int] = field(default_factory=dict)
    retained: dict[str, int] = field(default_factory=dict)
    untagged: set[str] = field(default_factory=set)
    altered: set[str] = field(default_factory=set)
    moved: set[str] = field(default_factory=set)
    chosen: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    promoted: set[str] = field(default_factory=set)
    started_over: bool = False
    adopts: bool = False

    def broken_always(self) -> Iterator[str]:
        """Promises that are broken, of those that hold at any moment."""
        yield from self._foreign_touches()
        yield from self._retained_touches()
        yield from self._versions_named()
        yield from self._names_generated_twice()
        owners: dict[str, str] = {}
        for stack in self.stacks:
            # A resource that failed is known by the id it would have had, which may be another's.
            for logical_id, resource in stack.resources.items() if stack.status in _DONE else ():
                if resource.data.get("status") == "AWAITING_VERSION":
                    continue  # its name is free for others
                known = owners.setdefault(resource.physical_id, f"{stack.stack_id} {logical_id}")
                by_hand = resource.physical_id in self.altered  # deleted, and its name free for others
                if known != f"{stack.stack_id} {logical_id}" and not by_hand:
                    yield f"{resource.physical_id} belongs to {known} and to {stack.stack_id} {logical_id}"

    def broken_when_quiet(self) -> Iterator[str]:
        """Promises that are broken, of all. Nothing must be under way, and nothing go wrong any more."""
        yield from self.broken_always()
        resources = self.kind.all(self.account.call)
        yield from self._leaks(resources)
        yield from self._orphans(resources)
        yield from self._marks_left(resources)
        yield from self._versions_lost(resources)
        for request in self.account.engine.requests:
            yield from self._answers(request)
        for stack in self.stacks:
            if stack.status in _DONE:
                yield from self._resources(stack, resources)
        yield from self._rules()

    def _names_generated_twice(self) -> Iterator[str]:
        """Generated names that two resources of a stack have, also of campaigns that await their version."""
        for stack in self.stacks:
            unnamed = [each for each in stack.resources.values() if "name" not in each.properties]
            ids = Counter(each.physical_id for each in unnamed if stack.status in _DONE)
            for arn in (arn for arn, times in ids.items() if times > 1 and arn not in self.altered):
                yield f"{ids[arn]} resources of {stack.stack_id} have {arn}"

    @property
    def _owned(self) -> set[str]:
        """What the stacks have, still have to delete, gave up, or retained."""
        owned = {resource.physical_id for stack in self.stacks for _, resource in stack.known}
        return owned | {arn for stack in self.stacks for arn in (*stack.given_up, *stack.retained)}

    def _foreign_touches(self) -> Iterator[str]:
        for number, (operation, arn) in enumerate(self.account.effects):
            if self.adopts and operation not in {
                self.kind.operation("Create"),
                self.kind.operation("Delete"),
            }:
                continue
            if number >= self.foreign.get(arn, number + 1):
                yield f"{operation} touched {arn}, which is foreign"

    def _retained_touches(self) -> Iterator[str]:
        """Resources that were retained and deleted all the same. What was adopted since is a stack's."""
        for arn, number in self.retained.items():
            since = [operation for operation, touched in self.account.effects[number:] if touched == arn]
            if since[:1] == [self.kind.operation("Delete")]:
                yield f"{since[0]} touched {arn}, which was retained"

    def _versions_named(self) -> Iterator[str]:
        """Updates of a campaign that name a version: the stacks here declare none."""
        for update in self.account.updates:
            if "campaignArn" in update and "solutionVersionArn" in update:
                yield f"an update changed the version of {update['campaignArn']}"

    def _versions_lost(self, resources: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
        """Campaigns that a promoter gave a version, and that serve another one."""
        for arn, (version, created) in self.chosen.items():
            campaign = resources.get(arn)
            if campaign is None or campaign["creationDateTime"] != created:
                continue
            update = campaign.get("latestCampaignUpdate", {})
            if version not in {campaign["solutionVersionArn"], update.get("solutionVersionArn")}:
                yield f"{arn} serves {campaign['solutionVersionArn']}, not {version}, which a promoter chose"

    def _orphans(self, resources: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
        """Resources with a stack's tags that no resource names, although no template retains them."""
        ids = {stack.stack_id for stack in self.stacks}
        for arn in resources.keys() - self._owned - self.untagged:
            is_marked = self.account.tags(arn).get(STACK_ID_TAG) in ids
            is_going = resources[arn]["status"].startswith("DELETE")
            if is_marked and not is_going and not self._is_out_of_reach(arn):
                yield f"leak: {arn} has the tags of a stack in which no resource has it"

    def _leaks(self, resources: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
        create = self.kind.operation("Create")
        made = {arn for operation, arn in self.account.effects if operation == create}
        for arn in made & resources.keys() - self._owned - self.untagged - self.foreign.keys():
            if not resources[arn]["status"].startswith("DELETE") and not self._is_out_of_reach(arn):
                yield f"leak: {arn} ({resources[arn]['status']}) is in no stack"

    def _rules(self) -> Iterator[str]:
        """Rules that still call a function, and those of stacks that are gone."""
        owners = {
            digest(Owner(request.event["StackId"], request.event["LogicalResourceId"]).tags): stack
            for request in self.account.engine.requests
            if (stack := self.account.engine.stacks[request.event["StackId"]])
        }
        for name, rule in self.account.rules.items():
            if rule.targets or owners[name[-12:]].status == "DELETE_COMPLETE":
                yield f"the rule {name} is left, with {len(rule.targets)} targets"

    def _marks_left(self, resources: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
        """Foreign resources with the tags of a stack that no longer has them."""
        for arn in self.foreign.keys() & resources.keys() - self._owned - self.untagged:
            is_marked = STACK_ID_TAG in self.account.tags(arn)
            if is_marked and not self._is_out_of_reach(arn):
                yield f"leak: {arn} has the tags of a stack that doesn't have it"

    def _is_out_of_reach(self, arn: str) -> bool:
        return (
            self._will_be_found(arn)
            or self._was_disowned(arn)
            or self._was_never_asked_for(arn)
            or self._was_created_too_slowly(arn)
            or self._has_two_owners(arn)
        )

    def _has_two_owners(self, arn: str) -> bool:
        """Whether two Creates made it, because it was deleted by hand in between.

        After a stack refactoring, the tags name neither of the two, and each leaves it to the other.
        """
        made = [
            request.event["LogicalResourceId"]
            for request in self.account.engine.requests
            if request.event["RequestType"] == "Create"
            and any(
                answer["Status"] == "SUCCESS" and answer["PhysicalResourceId"] == arn
                for _, answer in request.answers
            )
        ]
        return arn in self.altered and len({*made}) > 1

    def _will_be_found(self, arn: str) -> bool:
        """Whether a stack knows a resource without its id, and can delete it by that."""
        tags = self.account.tags(arn)
        return any(
            stack.stack_id == tags.get(STACK_ID_TAG)
            and logical_id == tags.get(LOGICAL_ID_TAG)
            and not resource.physical_id.startswith("arn:")
            for stack in self.stacks
            for logical_id, resource in stack.known
        )

    def _was_disowned(self, arn: str) -> bool:
        """Whether the framework answered a create that was delivered twice for both, with its own marker.

        One of the two never reached the provider. The framework takes the other's Delete for its own and
        drops it: no provider can help that.
        """
        tags = self.account.tags(arn)
        return any(
            request.deliveries > 1
            and request.event["StackId"] == tags.get(STACK_ID_TAG)
            and request.event["LogicalResourceId"] == tags.get(LOGICAL_ID_TAG)
            and any(answer["PhysicalResourceId"].endswith("CREATE_FAILED") for _, answer in request.answers)
            for request in self.account.engine.requests
        )

    def _was_never_asked_for(self, arn: str) -> bool:
        """Whether a rollback's Update, which alone leads to it, was lost to the account's limit of functions.

        The framework could not call the provider, and answered for it.
        """
        tags = self.account.tags(arn)
        return any(
            request.event["RequestType"] == "Update"
            and request.event["StackId"] == tags.get(STACK_ID_TAG)
            and request.event["LogicalResourceId"] == tags.get(LOGICAL_ID_TAG)
            and any("Rate Exceeded" in answer.get("Reason", "") for _, answer in request.answers)
            for request in self.account.engine.requests
        )

    def _was_created_too_slowly(self, arn: str) -> bool:
        """Whether a rollback's Update waited its whole time for a creation that takes longer than that.

        A canceled update's replacement can't be deleted before it is created, and a rollback must not fail.
        """
        functions, tags = self.account.functions, self.account.tags(arn)
        total = functions.timing.total
        return self.kind.creation(self.account.simulator.durations) > total and any(
            request.event["RequestType"] == "Update"
            and request.event["StackId"] == tags.get(STACK_ID_TAG)
            and request.event["LogicalResourceId"] == tags.get(LOGICAL_ID_TAG)
            and any(at - request.began_at >= total for at, _ in request.answers)
            for request in self.account.engine.requests
        )

    def _answers(self, request: Request) -> Iterator[str]:
        event = request.event
        kind = f"{event['RequestType']} {event['LogicalResourceId']} {event['RequestId']}"
        count = len(request.answers)
        if request.heard and not count:
            yield f"stuck: {kind} was never answered"
        functions = self.account.functions
        if count > request.deliveries and functions.answers_once and not self.started_over:
            yield f"{kind} was answered {count} times"
        for at, answer in request.answers:
            if answer["bytes"] > 4096:
                yield f"{kind}: an answer of {answer['bytes']} bytes"
            if request.deliveries == 1 and not self.started_over:
                limit = functions.timing.total + functions.latest_after_deadline
                if at - request.began_at > limit:
                    yield f"stuck: {kind} took {at - request.began_at:.0f} s"

    def _resources(self, stack: Stack, resources: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
        for logical_id, resource in stack.resources.items():
            if resource.physical_id in self.altered | self.untagged:
                continue
            found = resources.get(resource.physical_id)
            is_awaited = resource.data.get("status") == "AWAITING_VERSION"
            if found is None:
                if not is_awaited:
                    yield f"{stack.status} {logical_id}: {resource.physical_id} does not exist"
                continue
            tags = self.account.tags(resource.physical_id)
            if is_awaited and tags.get(STACK_ID_TAG) != stack.stack_id:
                continue  # another owner has taken the name
            if resource.physical_id in self.promoted and found["status"] != "ACTIVE":
                continue  # the promoter's business, until the next deploy
            wanted = resource.properties
            live = {**self.kind.described(found), "status": found["status"]}
            expected = {**self.kind.declared(wanted), "status": "ACTIVE"}
            if live != expected:
                yield f"{stack.status} {logical_id}: {resource.physical_id} is {live}, not {expected}"
            for tag in wanted.get("tags", ()):
                if tags.get(tag["tagKey"]) != tag["tagValue"]:
                    yield f"{stack.status} {logical_id}: {resource.physical_id} lacks the tag {tag}"


def assert_kept(at: Account, *stacks: Stack, **others: Any) -> None:
    """All promises are kept, now that it is quiet; the keywords are fields of `Promises`."""
    assert list(Promises(at, stacks=list(stacks), **others).broken_when_quiet()) == []


def ends_clean(at: Account, stack: Stack, **others: Any) -> None:
    """All promises are kept, and the teardown, with nothing in the way, leaves nothing."""
    assert stack.status.endswith(_ENDED)
    assert_kept(at, stack, **others)
    at.faults.pending.clear()
    for _ in range(2):
        if stack.status != "DELETE_COMPLETE":
            stack.delete()
            at.time.run()
    assert stack.status == "DELETE_COMPLETE"
    assert SOLUTION.all(at.call) == {}
    assert at.rules == {}
    assert_kept(at, stack, **others)
