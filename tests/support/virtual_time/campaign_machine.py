"""The random stacks with campaigns in place of solutions, and a promoter beside them.

Each draw of `machine` stands for the same thing that happens to a campaign: another recipe is another
solution, automatic training a higher minimum TPS.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import rule

from personalize_local.simulator import Durations
from personalize_provider.engine.goal import GIVEN_UP_SECONDS
from personalize_provider.engine.identity import STACK_ID_TAG
from support.virtual_time.account import campaign
from support.virtual_time.adopting_machine import RandomAdoptingStacks
from support.virtual_time.call_faults import CallFault
from support.virtual_time.draws import picks
from support.virtual_time.machine import AT_REST, RandomStacks
from support.virtual_time.managed import CAMPAIGN, SERVED, SERVED_TOO, UNTRAINED, Managed
from support.virtual_time.promoter import promote_as
from support.virtual_time.provider_world import SIMS
from support.virtual_time.stack_engine import Stack, Template
from support.virtual_time.stack_rules import Resource

_SETTLES_SECONDS = 120.0
_OPERATIONS = dict.fromkeys(("ListSolutionVersions", "StopSolutionVersionCreation"), "ListSolutionVersions")


class WithCampaigns(RandomStacks):
    """What a machine does to campaigns in place of solutions."""

    kind: ClassVar[Managed] = CAMPAIGN

    @rule(pick=picks)
    def train(self, pick: int) -> None:
        """Train a solution that campaigns serve."""
        self._try("CreateSolutionVersion", solutionArn=(SERVED, SERVED_TOO, UNTRAINED)[pick % 3])

    serve: Any = None  # nothing beside the stacks' campaigns

    def end_campaigns(self) -> None:
        """Nothing: the stacks do that."""

    def _free(self) -> None:
        """Nothing keeps a campaign from being deleted."""

    def _template(self, template: Template) -> Template:
        """Each name once: two campaigns that await their version don't meet in the service."""
        named: dict[str, Mapping[str, Any]] = {}
        names: set[str] = set()
        for key, drawn in super()._template(template).items():
            solution = {**drawn, "name": None if drawn.get("name") in names else drawn.get("name")}
            names.add(str(solution["name"]))
            named[key] = _campaign(solution)
        return named

    def _durations(self, drawn: Durations) -> Durations:
        return replace(
            drawn,
            campaign=drawn.solution_create,
            campaign_update=drawn.solution_update,
            solution_create=0,
            solution_visible=0,
        )

    def _fault(self, drawn: CallFault) -> CallFault:
        operation = _OPERATIONS.get(drawn.operation, drawn.operation.replace("Solution", "Campaign"))
        # A Create lists versions as well, so two such faults could kill the functions of a request for good.
        times = min(drawn.times, 3) if drawn.kind.startswith("killed") else drawn.times
        return replace(drawn, operation=operation, times=times)

    def _by_hand(self, name: str) -> str:
        return self.kind.by_hand(self.account.call, name)

    def _change(self, arn: str, on: bool) -> None:
        self._try("UpdateCampaign", campaignArn=arn, minProvisionedTPS=3 if on else 1)


class _WithPromoter(WithCampaigns):
    """And what promotes: people, who also train."""

    @rule(pick=picks, which=picks, after=st.sampled_from([0.0, 0.0, 0.5, 2.0, 5.0, 15.0]))
    def promote(self, pick: int, which: int, after: float) -> None:
        """Create or update a campaign with a version, a while after what is declared was read."""
        stacks = [stack for stack in self._alive() if stack.resources]
        if not stacks:
            return
        stack = stacks[pick % len(stacks)]
        logical_id = sorted(stack.resources)[which % len(stack.resources)]
        resource = stack.resources[logical_id]
        was_at_rest = stack.status in AT_REST
        has_promoter = resource.properties.get("hasPromoter") == "true"
        # Without a promoter in the template, nobody creates a campaign that is being deleted.
        if "configHash" not in resource.data or not (was_at_rest or has_promoter):
            return
        if has_promoter:
            self.account.time.run(after)
        is_sure = was_at_rest and stack.status in AT_REST and stack.resources.get(logical_id) is resource
        self._promote(stack, logical_id, resource, is_sure=is_sure)

    def _promote(self, stack: Stack, logical_id: str, resource: Resource, *, is_sure: bool) -> None:
        arn = resource.physical_id
        was_there = arn in self._there()
        tags = self.account.tags(arn) if was_there else {}
        is_anothers = tags.get(STACK_ID_TAG, stack.stack_id) != stack.stack_id
        if is_anothers or (was_there and arn in self.promises.foreign and not self.adopts):
            return
        versions = self._versions(resource.properties["solutionArn"])
        if not versions or (not is_sure and not self._is_still_asked_for(stack, logical_id, arn)):
            return
        version = versions[len(self.account.engine.requests) % len(versions)]
        refused = promote_as(
            self.account, arn, resource.properties, resource.data, version, stack, logical_id
        )
        self.tally["promotions refused" if refused else "promotions"] += 1
        if refused:
            return
        if not is_sure:  # by what was declared before the deploy that is under way
            self.promises.altered.add(arn)
        if not was_there:
            self.promises.promoted.add(arn)
        self.promises.chosen[arn] = (version, self.kind.describe(self.account.call, arn)["creationDateTime"])

    def _is_still_asked_for(self, stack: Stack, logical_id: str, arn: str) -> bool:
        """Whether the resource is not gone yet: a delete looks only so long for what a promotion creates."""
        of_it = {"StackId": stack.stack_id, "LogicalResourceId": logical_id}.items()
        requests = reversed(self.account.engine.requests)
        last = next((request for request in requests if of_it <= request.event.items()), None)
        delete = {"RequestType": "Delete", "PhysicalResourceId": arn}.items()
        is_late = (
            last is not None
            and delete <= last.event.items()
            and last.began_at + GIVEN_UP_SECONDS < self.account.time.now()
        )
        return arn in {resource.physical_id for _, resource in stack.known} and not is_late

    def _versions(self, solution_arn: str) -> list[str]:
        listed = self.account.call("ListSolutionVersions", solutionArn=solution_arn)["solutionVersions"]
        return [each["solutionVersionArn"] for each in listed if each["status"] == "ACTIVE"]

    @rule(pick=picks)
    def serve(self, pick: int) -> None:
        """Promote twice, with time for the stacks to come to rest."""
        for _ in range(2):
            self.account.time.run(_SETTLES_SECONDS)
            self.promote(pick, pick, 0.0)


class RandomCampaigns(_WithPromoter):
    """Campaigns that come, change and go."""

    tally: ClassVar[Counter[str]] = Counter()


class RandomAdoptingCampaigns(_WithPromoter, RandomAdoptingStacks):
    """As `RandomCampaigns`, with adoption."""

    tally: ClassVar[Counter[str]] = Counter()


def _campaign(solution: Mapping[str, Any]) -> Mapping[str, Any]:
    """The campaign that stands for a drawn solution."""
    other = UNTRAINED if "tags" in solution else SERVED_TOO
    return campaign(
        other if solution.get("recipeArn") == SIMS else SERVED,
        name=solution.get("name"),
        adoptExisting=solution.get("adoptExisting"),
        tags=solution.get("tags"),
        minProvisionedTPS="2" if solution.get("performAutoTraining") == "true" else None,
        hasPromoter="true" if "waitForTrainingOnDelete" in solution else None,
    )
