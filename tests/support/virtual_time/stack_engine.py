"""CloudFormation as a custom resource meets it, in virtual time: stacks, their operations, and requests.

AWS says little on what a rollback sends after a replacement, and engines differ, so the differences are
settings of a `Stack`. What is certain is kept: an answer counts once, one of more than 4,096 bytes or none by
the ServiceTimeout is a failure, a failed resource is deleted by the id in its answer, an unanswered create by
an id that is made up.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from support.virtual_time.call_faults import client_error
from support.virtual_time.clock import Signal, Task, VirtualTime
from support.virtual_time.stack_rules import (
    Answer,
    Event,
    Properties,
    Resource,
    create,
    delete,
    reversal,
    reverse_update,
    told_properties,
    update,
)

Template = Mapping[str, Properties]
Deliver = Callable[[Mapping[str, Any]], None]

MOST_BYTES = 4096
_CLEANUP_ATTEMPTS = 3
_PAGE = 100


@dataclass
class Request:
    """One request to the provider, and the answers to it.

    Attributes:
        event: What was sent.
        began_at: When.
        answers: Each answer and when it came; only the first counts.
        answered: That there is one.
        heard: Whether CloudFormation still listened.
        deliveries: How often the event was sent.
    """

    event: Mapping[str, Any]
    began_at: float
    answers: list[tuple[float, dict[str, Any]]] = field(default_factory=list)
    answered: Signal = field(default_factory=Signal)
    heard: bool = True
    deliveries: int = 1


class Engine:
    """CloudFormation: all stacks of the account, and the answers that they wait for."""

    def __init__(self, time: VirtualTime, seed: int, service_timeout: float) -> None:
        self.time = time
        self.service_timeout = service_timeout
        self.random = random.Random(seed)
        self.stacks: dict[str, Stack] = {}
        self.requests: list[Request] = []
        self.deliver: Deliver
        # Before a stack deletes resources: makes what depends on them fit those that will be left.
        self.fit_dependents: Callable[[Stack, Mapping[str, Resource]], None] = lambda _stack, _left: None

    def create(self, name: str, template: Template, **settings: Any) -> Stack:
        """Begin the creation of a new stack."""
        unique = f"{self.random.getrandbits(64):016x}"
        stack_id = f"arn:aws:cloudformation:us-east-1:123456789012:stack/{name}/{unique}"
        stack = Stack(self, name, stack_id, **settings)
        self.stacks[stack_id] = stack
        stack.create(template)
        return stack

    def describe_stacks(self, stack_id: str, lag: float = 0.0) -> dict[str, Any]:
        """DescribeStacks of one stack, as botocore answers: what a replica that is late shows.

        Raises:
            ClientError: it shows no such stack yet.
        """
        stack = self.stacks[stack_id]
        shown = [state for at, *state in stack.history if at + lag <= self.time.now()]
        if not shown:
            missing = f"Stack with id {stack_id} does not exist"
            raise client_error("DescribeStacks", "ValidationError", missing)
        status, updated = shown[-1]
        described = {"StackName": stack.name, "StackId": stack_id, "StackStatus": status}
        return {"Stacks": [described | ({"LastUpdatedTime": updated} if updated else {})]}

    def describe_stack_events(self, stack_id: str, token: str = "", lag: float = 0.0) -> dict[str, Any]:
        """DescribeStackEvents of one stack, newest first, a hundred a page; what is new may not show yet."""
        stack = self.stacks[stack_id]
        until, first = map(float, token.split()) if token else (self.time.now() - stack.events_lag - lag, 0)
        shown = [
            {**event, "Timestamp": datetime.fromtimestamp(at, UTC)}
            for at, event in stack.events
            if at <= until
        ][::-1]
        more = int(first) + _PAGE
        next_token = {"NextToken": f"{until!r} {more}"} if more < len(shown) else {}
        return {"StackEvents": shown[int(first) : more], **next_token}

    def list_stack_resources(self, stack_id: str) -> dict[str, Any]:
        """ListStackResources of one stack: what it has, has still to delete, and is creating."""
        stack = self.stacks[stack_id]
        listed = [(key, "UPDATE_COMPLETE", resource.physical_id) for key, resource in stack.known]
        listed += [(key, "CREATE_IN_PROGRESS", "") for key in stack.creating - stack.resources.keys()]
        names = ("LogicalResourceId", "ResourceStatus", "PhysicalResourceId")
        return {"StackResourceSummaries": [dict(zip(names, each, strict=True)) for each in listed]}

    def respond(self, path: str, body: str) -> int:
        """Take an answer, PUT to a request's URL."""
        request = self.requests[int(path.partition("?")[0].strip("/"))]
        request.answers.append((self.time.now(), {**json.loads(body), "bytes": len(body.encode())}))
        self.time.set(request.answered)
        return 200

    def send(self, event: Mapping[str, Any]) -> Request:
        """Send a request to the provider."""
        number = len(self.requests)
        signed = datetime.fromtimestamp(self.time.now(), UTC).strftime("%Y%m%dT%H%M%SZ")
        url = f"https://cloudformation.test/{number}?X-Amz-Date={signed}&X-Amz-Expires=7200"
        ids = {"RequestId": f"request-{number}", "ResponseURL": url}
        request = Request({**event, **ids}, self.time.now())
        self.requests.append(request)
        self.deliver(request.event)
        return request

    def deliver_again(self, request: Request) -> None:
        """Let Lambda deliver an event once more."""
        request.deliveries += 1
        self.deliver(request.event)


@dataclass
class Stack:
    """One stack.

    Attributes:
        engine: The CloudFormation that it is in.
        name: Its name; others may have had it before.
        stack_id: Its ARN.
        reverses_replaced: What a rollback sends for a resource that was replaced: `nothing` but the Delete of
            the new one, or a reverse Update first, by the `new id` or the `old id`.
        forgets_failed_replacement: The rollback never deletes the id that a failed replacement answered with,
            as in ministack 1.5.33.
        waits_for_others: Whether an operation whose resource has failed waits for the others' answers.
        on_failure: What a failed creation leads to.
        events_lag: Seconds until DescribeStackEvents shows an event.
        retained: Physical ids that it had, and that were left when it let go of them.
        review_seconds: For how long it was in review before its creation, as after CreateChangeSet.
        others: How many resources of other kinds a rollback tells of.
    """

    engine: Engine
    name: str
    stack_id: str
    reverses_replaced: Literal["nothing", "new id", "old id"] = "nothing"
    forgets_failed_replacement: bool = False
    waits_for_others: bool = True
    on_failure: Literal["ROLLBACK", "DELETE", "DO_NOTHING"] = "ROLLBACK"
    events_lag: float = 0.0
    review_seconds: float = 0.0
    others: int = 0
    status: str = ""
    updated: datetime | None = None
    history: list[tuple[float, str, datetime | None]] = field(default_factory=list, init=False)
    resources: dict[str, Resource] = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)
    given_up: list[str] = field(default_factory=list)
    events: list[tuple[float, dict[str, Any]]] = field(default_factory=list)
    retained: list[str] = field(default_factory=list)

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, value)
        if name == "status" and value:
            self.history.append((self.engine.time.now(), value, self.updated))

    def __post_init__(self) -> None:
        self.creating: set[str] = set()
        if self.review_seconds:
            began = self.engine.time.now() - self.review_seconds
            self.history.append((began, "REVIEW_IN_PROGRESS", None))
        self._cancelled = Signal()
        self._to_reverse: dict[str, tuple[str, Properties]] = {}
        self._to_clean: list[tuple[str, Resource]] = []

    @property
    def busy(self) -> bool:
        """Whether an operation is under way."""
        return self.status.endswith("_IN_PROGRESS")

    @property
    def known(self) -> list[tuple[str, Resource]]:
        """What the stack has and what it has still to delete, with the logical id."""
        waiting = [] if self.status.endswith("COMPLETE") else self._to_clean
        return [*self.resources.items(), *waiting]

    # Operations. Each returns at once; the stack's status tells how it goes.

    def create(self, template: Template) -> None:
        """Create every resource."""
        self._begin("CREATE_IN_PROGRESS", lambda: self._create(template))

    def update(self, template: Template) -> None:
        """Make the stack what a template says."""
        self.updated = datetime.fromtimestamp(self.engine.time.now(), UTC)
        self._cancelled = Signal()
        self._tell(self.name, self.stack_id, "UPDATE_IN_PROGRESS")
        self._begin("UPDATE_IN_PROGRESS", lambda: self._update(template))

    def cancel_update(self) -> None:
        """Roll back an update that is under way."""
        assert self.status == "UPDATE_IN_PROGRESS"
        self.engine.time.set(self._cancelled)

    def continue_rollback(self) -> None:
        """Try a failed rollback again."""
        assert self.status == "UPDATE_ROLLBACK_FAILED"
        self._begin("UPDATE_ROLLBACK_IN_PROGRESS", self._roll_back)

    def delete(self) -> None:
        """Delete the stack, also while it is being created."""
        self.engine.time.set(self._cancelled)
        self._begin("DELETE_IN_PROGRESS", self._delete)

    # What sends no request.

    def refactor(self, old: str, new: str, to: Stack | None = None) -> None:
        """Give a resource another logical id, or another stack, as CloudFormation's stack refactoring does.

        If there is one of that id, the two change places.
        """
        target = to or self
        moved, there = self.resources.pop(old), target.resources.pop(new, None)
        target.resources[new] = moved
        if there is not None:
            self.resources[old] = there

    def let_go(self, logical_id: str) -> None:
        """Remove a resource whose policy is to retain what it is."""
        self.retained.append(self.resources.pop(logical_id).physical_id)

    def _begin(self, status: str, operation: Callable[[], None]) -> None:
        self.status = status
        self.engine.time.spawn(f"{self.name} {status}", operation)

    def _create(self, template: Template) -> None:
        self.creating = set(template)
        outcomes = self._all({key: self._later(key, create(new)) for key, new in template.items()})
        self.creating = set()
        for key, new in template.items():
            self.resources[key] = self._resource(key, outcomes.get(key), new)
        if self.status != "CREATE_IN_PROGRESS":
            return  # deleted meanwhile, with what is known now
        if self._succeeded(outcomes):
            self.engine.fit_dependents(self, self.resources)
            self.status = "CREATE_COMPLETE"
        elif self.on_failure == "DO_NOTHING":
            self.status = "CREATE_FAILED"
        else:
            deleting = self.on_failure == "DELETE"
            self.status = "DELETE_IN_PROGRESS" if deleting else "ROLLBACK_IN_PROGRESS"
            self._delete_resources("DELETE" if deleting else "ROLLBACK")

    def _delete(self) -> None:
        # The operation that this one stopped writes down what it has made before anything is deleted.
        self.engine.time.sleep(0.1)
        self.engine.fit_dependents(self, {})
        self._clean_up()  # what a rollback that failed had still to delete
        self._delete_resources("DELETE")

    def _delete_resources(self, operation: str) -> None:
        outcomes = self._all(
            {key: self._later(key, delete(old)) for key, old in self.resources.items()}, waits=True
        )
        self.resources = {key: old for key, old in self.resources.items() if not outcomes[key].succeeded}
        self.status = f"{operation}_FAILED" if self.resources else f"{operation}_COMPLETE"

    def _update(self, template: Template) -> None:
        old = self.resources
        changed = {
            key: new for key, new in template.items() if key not in old or old[key].properties != dict(new)
        }
        requests = {
            key: self._later(key, update(old[key], new) if key in old else create(new))
            for key, new in changed.items()
        }
        self.creating = changed.keys() - old.keys()
        outcomes = self._all(requests)
        self.creating = set()
        if not self._cancelled.is_set and self._succeeded(outcomes):
            made = {key: self._resource(key, outcomes[key], new) for key, new in changed.items()}
            self._to_clean = [(key, was) for key, was in old.items() if key not in template]
            self._to_clean += [
                (key, old[key])
                for key, new in made.items()
                if key in old and new.physical_id != old[key].physical_id
            ]
            self.resources = {key: made.get(key) or old[key] for key in template}
            self.engine.fit_dependents(self, self.resources)
            self.status = "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"
            self._clean_up()
            self.status = "UPDATE_COMPLETE"
            return
        done = {
            key: Resource(a.physical_id, changed[key], a.data) for key, a in outcomes.items() if a.succeeded
        }
        self.engine.fit_dependents(self, {**old, **done})
        self._plan_rollback(changed, outcomes)
        self.status = "UPDATE_ROLLBACK_IN_PROGRESS"
        self._roll_back()

    def _plan_rollback(self, changed: Template, outcomes: Mapping[str, Answer]) -> None:
        self._to_reverse, self._to_clean = {}, []
        for key, new in changed.items():
            outcome, old = outcomes.get(key), self.resources.get(key)
            if old is None:
                self._to_clean.append((key, self._resource(key, outcome, new)))
                continue
            sent = reversal(update(old, new), outcome)
            succeeded = outcome is not None and outcome.succeeded
            if sent.type == "Update" or (not succeeded and self.forgets_failed_replacement):
                self._to_reverse[key] = (old.physical_id, new)
                continue
            self._to_clean.append((key, Resource(sent.physical_id, new)))
            if succeeded and self.reverses_replaced != "nothing":
                by = sent.physical_id if self.reverses_replaced == "new id" else old.physical_id
                self._to_reverse[key] = (by, new)

    def _roll_back(self) -> None:
        self._tell(self.name, self.stack_id, "UPDATE_ROLLBACK_IN_PROGRESS")
        for number in range(self.others):
            self._tell(f"Other{number}", "id", "UPDATE_COMPLETE")
        requests = {
            key: self._later(key, reverse_update(by, self.resources[key].properties, new))
            for key, (by, new) in self._to_reverse.items()
        }
        outcomes = self._all(requests, waits=True)
        for key, outcome in outcomes.items():
            if outcome.succeeded:
                self.resources[key] = self._resource(key, outcome, self.resources[key].properties)
                del self._to_reverse[key]
        if self._to_reverse:
            self.status = "UPDATE_ROLLBACK_FAILED"
            return
        self.engine.fit_dependents(self, self.resources)
        self.status = "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS"
        self._clean_up()
        self.status = "UPDATE_ROLLBACK_COMPLETE"

    def _clean_up(self) -> None:
        for _ in range(_CLEANUP_ATTEMPTS):
            outcomes = self._all(
                {f"{key} {old.physical_id}": self._later(key, delete(old)) for key, old in self._to_clean},
                waits=True,
            )
            self._to_clean = [
                (key, old)
                for key, old in self._to_clean
                if not outcomes[f"{key} {old.physical_id}"].succeeded
            ]
            if not self._to_clean:
                return
        self.given_up += [old.physical_id for _, old in self._to_clean]

    # Requests

    def _later(self, logical_id: str, event: Event) -> Callable[[], Answer]:
        body = event.body(self.stack_id, logical_id)
        return lambda: self._request(body)

    def _request(self, event: Mapping[str, Any]) -> Answer:
        engine = self.engine
        if event["RequestType"] == "Update":
            self._tell(
                event["LogicalResourceId"],
                event["PhysicalResourceId"],
                "UPDATE_IN_PROGRESS",
                ResourceProperties=told_properties(event),
            )
        request = engine.send(event)
        if not engine.time.wait(request.answered, engine.service_timeout):
            request.heard = False
            return self._failed(Answer(succeeded=False, reason="no answer within the ServiceTimeout"))
        _, answer = request.answers[0]
        if answer["bytes"] > MOST_BYTES:
            return self._failed(Answer(succeeded=False, reason="Response object is too long."))
        outcome = Answer(
            succeeded=answer["Status"] == "SUCCESS",
            physical_id=answer["PhysicalResourceId"],
            data=answer.get("Data") or {},
            reason=answer["Reason"],
        )
        return outcome if outcome.succeeded else self._failed(outcome)

    def _tell(self, logical_id: str, physical_id: str, status: str, **more: str) -> None:
        ids = {"LogicalResourceId": logical_id, "PhysicalResourceId": physical_id}
        self.events.append((self.engine.time.now(), {**ids, "ResourceStatus": status, **more}))

    def _failed(self, outcome: Answer) -> Answer:
        self.reasons.append(outcome.reason)
        return outcome

    def _all(self, requests: Mapping[str, Callable[[], Answer]], *, waits: bool = False) -> dict[str, Answer]:
        """Make requests at once; the outcomes of those that are waited for."""
        time, first_sent = self.engine.time, len(self.engine.requests)
        tasks = {key: time.spawn(f"{self.name} {key}", request) for key, request in requests.items()}
        enough = Signal()

        def watch(task: Task) -> None:
            time.wait(task)
            failed = not task.value.succeeded and not (waits or self.waits_for_others)
            if failed or all(other.is_set for other in tasks.values()):
                time.set(enough)

        for task in tasks.values():
            time.spawn("watch", lambda task=task: watch(task))  # type: ignore[misc]
        if not waits:
            time.spawn("cancel", lambda: time.set(enough, time.wait(self._cancelled)))
        if tasks:
            time.wait(enough)
        left = [key for key, task in tasks.items() if not task.is_set]
        if left:
            for request in self.engine.requests[first_sent:]:
                if not request.answered.is_set and request.event["StackId"] == self.stack_id:
                    request.heard = False
        return {key: task.value for key, task in tasks.items() if task.is_set}

    def _resource(self, logical_id: str, outcome: Answer | None, properties: Properties) -> Resource:
        made_up = f"{self.name}-{logical_id}-{self.engine.random.getrandbits(48):012X}"
        if outcome is None or not outcome.physical_id:
            return Resource(made_up, properties)
        return Resource(outcome.physical_id, properties, outcome.data)

    @staticmethod
    def _succeeded(outcomes: Mapping[str, Answer]) -> bool:
        return all(outcome.succeeded for outcome in outcomes.values())
