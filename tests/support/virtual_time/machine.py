"""Random lives of stacks with random faults: a state machine that hypothesis drives."""

from __future__ import annotations

import contextlib
import random
from collections import Counter
from collections.abc import Sequence
from typing import Any, ClassVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from personalize_local.simulator import Durations, Failure, Limits, ServiceError
from personalize_provider.engine.identity import CONFIG_HASH_TAG, LOGICAL_ID_TAG, STACK_ID_TAG
from support.virtual_time.account import account, template
from support.virtual_time.call_faults import CallFault
from support.virtual_time.draws import TRAINING_SECONDS, durations, faults, moments, picks, seconds, templates
from support.virtual_time.event_rules import OneFunction
from support.virtual_time.framework_runtime import FrameworkRuntime
from support.virtual_time.managed import SOLUTION, Managed
from support.virtual_time.promises import Promises
from support.virtual_time.provider_world import GROUP, V2, tag_list
from support.virtual_time.stack_engine import Stack, Template

_FINAL_TRIES = 4
_BETWEEN_OPERATIONS = 4.0  # no pipeline is quicker: requests are told apart by their time
_SETTLES_SECONDS = 30.0
_OLD_SECONDS = 400.0  # of what is younger, no version can have been trained
AT_REST = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE")
_LAGS = ((0.0,), (0.0,), (0.0,), (0.5,), (1.0,), (2.0,), (6.0,), (0.0, 1.0), (0.0, 2.0, 0.5), (6.0, 0.0))

_ONE = template(C={})


class RandomStacks(RuleBasedStateMachine):
    """Stacks that come, change and go in one account.

    Attributes:
        runtime: What carries requests; the framework's process is shared by all lives.
        tally: What all lives together have met.
        adopts: Whether solutions with an explicit name are adopted.
        kind: What the stacks' resources are.
        lags: How late CloudFormation's replicas may be, in seconds; each life has one of these.
    """

    runtime: ClassVar[FrameworkRuntime | OneFunction]
    tally: ClassVar[Counter[str]] = Counter()
    adopts: ClassVar[bool] = False
    kind: ClassVar[Managed] = SOLUTION
    lags: ClassVar[Sequence[Sequence[float]]] = _LAGS

    @initialize(
        seed=st.integers(0, 1_000_000),
        durations=durations,
        rate=st.sampled_from([None, None, 1]),
        concurrency=st.sampled_from([None, None, None, 6]),
        template=templates,
        first=st.lists(faults, max_size=3),
    )
    def open_account(
        self,
        seed: int,
        durations: Durations,
        rate: int | None,
        concurrency: int | None,
        template: Template,
        first: list[CallFault],
    ) -> None:
        """Begin with a stack in creation and its first faults."""
        self._exit = contextlib.ExitStack()
        limits = Limits(requests_per_second=rate, solutions_per_dataset_group=100)
        opened = account(
            self.runtime,
            total_timeout=60,
            durations=self._durations(durations),
            limits=limits,
            concurrency=concurrency,
            seed=seed,
        )
        self.account = self._exit.enter_context(opened)
        # By the seed, and not drawn, so that the lives of older seeds stay what they were.
        self.account.lags = random.Random(seed).choice(self.lags)
        self.kind.prepare(self.account.call, self.account.simulator.advance)
        self.promises = Promises(self.account, self.kind, adopts=self.adopts)
        self._framework_kills = 0
        if isinstance(self.runtime, FrameworkRuntime):
            self.account.functions.kill_framework = self._kills_framework
        self.tally["sequences"] += 1
        self.account.inject(*map(self._fault, first))
        self._prepare()
        self.promises.stacks.append(self.account.engine.create("films", self._template(template)))
        self.account.time.run(1)

    # What the stacks' owner does.

    @rule(
        name=st.sampled_from(["films", "shows", "news"]),
        template=templates,
        reverses=st.sampled_from(["nothing", "new id", "old id"]),
        forgets=st.booleans(),
        waits=st.booleans(),
        on_failure=st.sampled_from(["ROLLBACK", "ROLLBACK", "DELETE", "DO_NOTHING"]),
        events_lag=st.sampled_from([0.0, 0.0, 3.0]),
    )
    def create(
        self,
        name: str,
        template: Template,
        reverses: str,
        forgets: bool,
        waits: bool,
        on_failure: str,
        events_lag: float,
    ) -> None:
        """Create a stack, if there is none of that name."""
        if any(stack.name == name for stack in self._alive()):
            return
        settings = {"reverses_replaced": reverses, "forgets_failed_replacement": forgets}
        settings |= {"waits_for_others": waits, "on_failure": on_failure, "events_lag": events_lag}
        self.promises.stacks.append(self.account.engine.create(name, self._template(template), **settings))

    @rule(pick=picks, template=templates)
    def update(self, pick: int, template: Template) -> None:
        """Update a stack."""
        stack = self._pick(pick, "CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE")
        if stack is not None:
            self.account.time.run(_BETWEEN_OPERATIONS)
            stack.update(self._template(template))

    @rule(pick=picks, after=moments)
    def cancel_update(self, pick: int, after: float) -> None:
        """Cancel an update, a while after it began."""
        stack = self._pick(pick, "UPDATE_IN_PROGRESS")
        if stack is not None:
            self.account.time.run(after)
            if stack.status == "UPDATE_IN_PROGRESS":
                stack.cancel_update()

    @rule(pick=picks)
    def continue_rollback(self, pick: int) -> None:
        """Try a failed rollback again."""
        stack = self._pick(pick, "UPDATE_ROLLBACK_FAILED")
        if stack is not None:
            stack.continue_rollback()

    @rule(pick=picks)
    def delete(self, pick: int) -> None:
        """Delete a stack, also one that is being created."""
        stacks = [s for s in self._alive() if not s.busy or s.status == "CREATE_IN_PROGRESS"]
        if stacks:
            stacks[pick % len(stacks)].delete()

    @rule(pick=picks, which=picks, new=st.sampled_from(["A", "B", "C", "D"]))
    def change_logical_id(self, pick: int, which: int, new: str) -> None:
        """Refactor a stack: a resource gets another logical id, or two change theirs."""
        self.account.time.run(_SETTLES_SECONDS)
        stack = self._pick(pick, *AT_REST)
        if stack is not None and stack.resources:
            old = sorted(stack.resources)[which % len(stack.resources)]
            if old != new:
                stack.refactor(old, new)
                self.tally["logical ids changed"] += 1

    @rule(pick=picks, to=picks, which=picks, new=st.sampled_from(["A", "B", "C", "D"]), told=st.booleans())
    def move(self, pick: int, to: int, which: int, new: str, told: bool) -> None:
        """Move a resource to another stack, whose id its tags get now, or only when a deploy asks for it."""
        if self._pick(pick, *AT_REST) is None:
            return
        self._quiet()
        if len(self._alive()) == 1:
            self.promises.stacks.append(self.account.engine.create("news", self._template(_ONE)))
        self.account.time.run(_OLD_SECONDS)
        stack, other = self._pick(pick, *AT_REST), self._pick(to, *AT_REST)
        if stack is None or other is None or stack is other or not stack.resources or new in other.resources:
            return
        old = sorted(stack.resources)[which % len(stack.resources)]
        arn = stack.resources[old].physical_id
        if len(stack.resources) > 1 and arn in self._there() - self.promises.foreign.keys():
            stack.refactor(old, new, other)
            self.promises.moved.add(arn)
            self.tally["moves"] += 1
            if told:
                self._tell_where_they_are()

    @rule(pick=picks, which=picks)
    def let_go(self, pick: int, which: int) -> None:
        """Remove a resource whose solution is retained."""
        stack = self._pick(pick, *AT_REST)
        if stack is None or not stack.resources:
            return
        self._quiet()
        key = sorted(stack.resources)[which % len(stack.resources)]
        arn = stack.resources[key].physical_id
        self.account.time.run(_OLD_SECONDS)
        # After somebody deleted it by hand, another stack may have made one of that name.
        others = {
            resource.physical_id
            for other in self.promises.stacks
            if other is not stack
            for _, resource in other.known
        }
        there = self.kind.all(self.account.call)
        is_its_own = arn in there.keys() - self.promises.foreign.keys() - others
        if stack.status in AT_REST and is_its_own:
            stack.let_go(key)
            if there[arn]["status"] != "CREATE FAILED":  # which a new Create replaces
                self.promises.retained[arn] = len(self.account.effects)
            self.tally["retained"] += 1

    @rule(after=seconds)
    def pass_time(self, after: float) -> None:
        """Let things go on for a while."""
        self.account.time.run(after)

    # What others do.

    @rule(name=st.sampled_from(["movies", "shows"]))
    def take_name(self, name: str) -> None:
        """Make a solution that no stack owns."""
        arn = self._by_hand(name)
        if arn:
            self.promises.altered.add(arn)  # should a stack have had one of that name
            self.promises.foreign[arn] = len(self.account.effects)

    @rule(pick=picks)
    def delete_by_hand(self, pick: int) -> None:
        """Delete one of the stacks' solutions."""
        arn = self._ours(pick)
        own = {f"{self.kind.noun}Arn": arn}
        if arn and self._try(self.kind.operation("Delete"), **own) is not None:
            self.promises.altered.add(arn)

    @rule(pick=picks)
    def untag_by_hand(self, pick: int) -> None:
        """Remove the tags of one of the stacks' solutions."""
        arn = self._ours(pick)
        if arn:
            self.promises.untagged.add(arn)
            self._try(
                "UntagResource", resourceArn=arn, tagKeys=[STACK_ID_TAG, LOGICAL_ID_TAG, CONFIG_HASH_TAG]
            )

    @rule(pick=picks, on=st.booleans())
    def update_by_hand(self, pick: int, on: bool) -> None:
        """Switch automatic training of one of the stacks' solutions."""
        arn = self._ours(pick)
        if arn:
            self.promises.altered.add(arn)
            self._change(arn, on)

    @rule(pick=picks)
    def train(self, pick: int) -> None:
        """Train one of the stacks' solutions."""
        arn = self._ours(pick)
        if arn:
            self._try("CreateSolutionVersion", solutionArn=arn)

    @rule(pick=picks)
    def serve(self, pick: int) -> None:
        """Let a campaign use one of the stacks' solutions."""
        arn = self._ours(pick)
        version = self.account.describe(arn).get("latestSolutionVersion") if arn else None
        if arn and version and version["status"] == "ACTIVE":
            name = f"campaign-{arn.rpartition('/')[2]}"[:63]
            self._try("CreateCampaign", name=name, solutionVersionArn=version["solutionVersionArn"])

    @rule()
    def end_campaigns(self) -> None:
        """Delete all campaigns."""
        for campaign in self.account.call("ListCampaigns")["campaigns"]:
            self._try("DeleteCampaign", campaignArn=campaign["campaignArn"])

    # Faults.

    @rule(fault=faults)
    def set_fault(self, fault: CallFault) -> None:
        """Inject a fault into coming calls of the provider."""
        self.account.inject(self._fault(fault))

    @rule()
    def lift(self) -> None:
        """Remove the pending faults."""
        self.account.faults.pending.clear()

    @rule(kind=st.sampled_from(["solution", "solution_update"]))
    def fail_in_the_service(self, kind: str) -> None:
        """Let the next solution or update end in CREATE FAILED."""
        self.account.simulator.fail_next(
            Failure(kind.replace("solution", self.kind.noun), "*", "out of data")
        )

    @rule(pick=picks)
    def deliver_again(self, pick: int) -> None:
        """Let Lambda deliver one of the latest events twice."""
        requests = self.account.engine.requests[-8:]
        if requests:
            self.account.engine.deliver_again(requests[pick % len(requests)])
            self.tally["duplicates"] += 1

    @rule(kills=st.integers(1, 3))
    def kill_framework(self, kills: int) -> None:
        """Let functions of the framework's end in the middle."""
        self._framework_kills += kills
        self.promises.started_over = True

    # What must hold.

    @invariant()
    def holds(self) -> None:
        """What holds at any moment."""
        if hasattr(self, "promises"):
            self._check(list(self.promises.broken_always()))

    @rule()
    @precondition(lambda self: hasattr(self, "promises"))
    def settle(self) -> None:
        """Let all come to its end, without further faults."""
        self._quiet()
        self._check(list(self.promises.broken_when_quiet()))

    def teardown(self) -> None:
        """Take everything down: nothing of the stacks' may be left."""
        if not hasattr(self, "promises"):
            return
        try:
            self._take_down()
        finally:
            self.tally["faults injected"] += sum(self.account.faults.injected.values())
            self.tally["requests"] += len(self.account.engine.requests)
            self._exit.close()

    def _take_down(self) -> None:
        self._quiet()
        self.account.functions.concurrency = None
        self._tell_where_they_are()
        for _ in range(_FINAL_TRIES):
            self._free()
            for stack in self._alive():
                self._keep_out(stack)
                stack.delete()
            self._quiet()
            self.account.time.run(TRAINING_SECONDS)  # which a solution may be told to wait for
        self._check(list(self.promises.broken_when_quiet()))
        self._check(
            [f"stuck: {stack.name} is {stack.status}: {stack.reasons[-1:]}" for stack in self._alive()]
        )

    def _tell_where_they_are(self) -> None:
        """Do what the refusal of a solution that was moved asks for."""
        for arn in self.promises.moved & self._there():
            for stack in self._alive():
                if arn in {resource.physical_id for resource in stack.resources.values()}:
                    self._try("TagResource", resourceArn=arn, tags=tag_list(**{STACK_ID_TAG: stack.stack_id}))
        self.promises.moved.clear()

    def _keep_out(self, stack: Stack) -> None:
        """Do the other thing that the refusal asks for: let a stack go without what it never had."""
        there = self._there()
        for key, resource in list(stack.resources.items()):
            if any("otherwise keep the resource out" in reason for reason in stack.reasons):
                tags = self.account.tags(resource.physical_id) if resource.physical_id in there else {}
                if tags.get(STACK_ID_TAG, stack.stack_id) != stack.stack_id:
                    del stack.resources[key]

    def _quiet(self) -> None:
        self.lift()
        self._framework_kills = 0
        self.account.time.run()

    def _check(self, broken: list[str]) -> None:
        for kind, word in (("leaks", "leak"), ("foreign touches", "touched"), ("stuck waits", "stuck")):
            self.tally[kind] += sum(word in line for line in broken)
        assert not broken, "\n".join(broken)

    def _kills_framework(self) -> bool:
        if self._framework_kills:
            self._framework_kills -= 1
            self.tally["framework functions killed"] += 1
            return True
        return False

    def _prepare(self) -> None:
        """What is there before the first stack."""

    def _there(self) -> set[str]:
        """The ARNs of all resources of the kind."""
        return set(self.kind.all(self.account.call))

    # What differs between the kinds.

    def _durations(self, drawn: Durations) -> Durations:
        return drawn

    def _fault(self, drawn: CallFault) -> CallFault:
        return drawn

    def _by_hand(self, name: str) -> str:
        made: str = self._try("CreateSolution", name=name, datasetGroupArn=GROUP, recipeArn=V2).get(
            "solutionArn", ""
        )
        return made

    def _change(self, arn: str, on: bool) -> None:
        self._try("UpdateSolution", solutionArn=arn, performAutoTraining=on)

    def _free(self) -> None:
        """Remove what keeps the resources from being deleted."""
        self.end_campaigns()

    def _template(self, template: Template) -> Template:
        return template

    def _alive(self) -> list[Stack]:
        return [stack for stack in self.promises.stacks if stack.status not in {"DELETE_COMPLETE"}]

    def _pick(self, pick: int, *statuses: str) -> Stack | None:
        stacks = [stack for stack in self._alive() if stack.status in statuses]
        return stacks[pick % len(stacks)] if stacks else None

    def _ours(self, pick: int) -> str | None:
        made = {arn for operation, arn in self.account.effects if operation == self.kind.operation("Create")}
        there = sorted(made & self._there() - self.promises.foreign.keys())
        return there[pick % len(there)] if there else None

    def _try(self, operation: str, **members: object) -> Any:
        try:
            return self.account.call(operation, **members)
        except ServiceError:
            return {}


def lives(sequences: int, *, derandomize: bool = False) -> settings:
    """Settings for so many lives. A failure is reported as drawn: shrinking takes minutes."""
    return settings(
        max_examples=sequences,
        stateful_step_count=25,
        deadline=None,
        derandomize=derandomize,
        database=None,
        print_blob=False,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
