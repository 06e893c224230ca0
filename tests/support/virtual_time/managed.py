"""The kinds of resources that tests of the provider go through: the same test for each of them."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from personalize_local.simulator import Durations, ServiceError
from support.virtual_time.provider_world import GROUP, V2

Call = Callable[..., dict[str, Any]]
"""Calls Personalize as another caller in the account: `call("ListSolutions", maxResults=100)`."""


Advance = Callable[[float], object]
"""Lets so many seconds pass."""


@dataclass(frozen=True)
class Managed:
    """A kind of resource.

    Attributes:
        noun: As in its ARNs.
        type: Its CloudFormation type.
        declared: What a stack's properties ask for, as strings.
        described: The same of a resource as the service describes it.
        foreign: The Create request, without the name, of one that a stack has nothing to do with.
        creation: How many seconds the creation of one takes.
        prepare: Makes what must be there before any of them.
    """

    noun: str
    type: str
    declared: Callable[[Mapping[str, Any]], dict[str, str]]
    described: Callable[[Mapping[str, Any]], dict[str, str]]
    foreign: Mapping[str, Any] = field(hash=False)
    creation: Callable[[Durations], float] = lambda durations: durations.solution_create
    prepare: Callable[[Call, Advance], None] = lambda call, advance: None  # noqa: ARG005

    def operation(self, verb: str) -> str:
        """For example `CreateSolution`."""
        return f"{verb}{self.noun.title()}"

    def describe(self, call: Call, arn: str) -> dict[str, Any]:
        """One of them."""
        described: dict[str, Any] = call(self.operation("Describe"), **{f"{self.noun}Arn": arn})[self.noun]
        return described

    def all(self, call: Call) -> dict[str, dict[str, Any]]:
        """All that exist, by ARN."""
        listed = call(f"{self.operation('List')}s", maxResults=100)[f"{self.noun}s"]
        return {arn: self.describe(call, arn) for arn in (each[f"{self.noun}Arn"] for each in listed)}

    def by_hand(self, call: Call, name: str) -> str:
        """One that somebody makes beside the stacks; empty if the name is taken."""
        try:
            made: str = call(self.operation("Create"), name=name, **self.foreign)[f"{self.noun}Arn"]
        except ServiceError:
            return ""
        return made


def _declared_solution(properties: Mapping[str, Any]) -> dict[str, str]:
    return {
        "recipeArn": properties.get("recipeArn", ""),
        "performAutoTraining": properties.get("performAutoTraining", "false"),
    }


def _solution(described: Mapping[str, Any]) -> dict[str, str]:
    automatic = str(described["performAutoTraining"]).lower()
    return {"recipeArn": described.get("recipeArn", ""), "performAutoTraining": automatic}


def _declared_campaign(properties: Mapping[str, Any]) -> dict[str, str]:
    return {
        "solutionArn": properties["solutionArn"],
        "minProvisionedTPS": properties.get("minProvisionedTPS", "1"),
    }


def _campaign(described: Mapping[str, Any]) -> dict[str, str]:
    return {
        "solutionArn": described["solutionVersionArn"].rpartition("/")[0],
        "minProvisionedTPS": str(described["minProvisionedTPS"]),
    }


SERVED = GROUP.replace(":dataset-group/films", ":solution/served")
"""A solution that exists beside the stacks, for campaigns."""
SERVED_TOO = f"{SERVED}-too"
UNTRAINED = f"{SERVED}-later"
"""One that has no version yet."""

_BY_HAND = {"datasetGroupArn": GROUP, "recipeArn": V2, "performAutoTraining": False}


def _make_served(call: Call, advance: Advance) -> None:
    """The solutions that campaigns serve, and one without an ACTIVE version."""
    make_solutions(call, advance, SERVED, SERVED_TOO, UNTRAINED)


def make_solutions(call: Call, advance: Advance, *arns: str) -> None:
    """Solutions, which have an ACTIVE version but for `UNTRAINED`."""
    for arn in arns:
        call("CreateSolution", name=arn.rpartition("/")[2], **_BY_HAND)
        advance(60)
        if arn != UNTRAINED:
            call("CreateSolutionVersion", solutionArn=arn)
    advance(3000)


def _make_group(call: Call, advance: Advance) -> None:
    """One more dataset group."""
    call("CreateDatasetGroup", name="shows")
    advance(60)


SOLUTION = Managed("solution", "Custom::PersonalizeSolution", _declared_solution, _solution, foreign=_BY_HAND)
CAMPAIGN = Managed(
    "campaign",
    "Custom::PersonalizeCampaign",
    _declared_campaign,
    _campaign,
    foreign={"solutionVersionArn": f"{SERVED}/$LATEST"},
    creation=lambda durations: durations.campaign,
    prepare=_make_served,
)


class _EventInteractions(Managed):
    """The hidden dataset of each dataset group that has had an event tracker; its tracker makes it."""

    def all(self, call: Call) -> dict[str, dict[str, Any]]:
        """Those of the groups `films` and `shows`, if they are there."""
        found = {}
        for group in ("films", "shows"):
            arn = GROUP.replace(":dataset-group/films", f":dataset/{group}/EVENT_INTERACTIONS")
            with contextlib.suppress(ServiceError):
                found[arn] = self.describe(call, arn)
        return found

    def by_hand(self, call: Call, name: str) -> str:  # noqa: ARG002
        """That of another dataset group."""
        return track(call, "shows")


def track(call: Call, group: str) -> str:
    """Make an event tracker in a dataset group, and return the ARN of the dataset that it makes."""
    arn = GROUP.replace("films", group)
    call("CreateEventTracker", name=group, datasetGroupArn=arn)
    return arn.replace(":dataset-group/", ":dataset/") + "/EVENT_INTERACTIONS"


EVENT_INTERACTIONS = _EventInteractions(
    "dataset", "Custom::PersonalizeEventInteractions", lambda _: {}, lambda _: {}, {}, prepare=_make_group
)
