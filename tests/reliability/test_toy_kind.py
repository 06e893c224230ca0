"""A toy kind that the constructs, the handler and the simulator register, in virtual time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Template
from constructs import Construct

import cdk_personalize.kinds
import personalize_local.simulator.kinds
import personalize_provider.kinds
from cdk_personalize import PersonalizeProvider
from cdk_personalize.model.kind import Kind as ConstructKind
from cdk_personalize.model.structures import Spelled, Structure
from cdk_personalize.model.value_types import Text
from cdk_personalize.provider.resource import ManagedResource
from personalize_provider.aws import sdk
from personalize_provider.aws.reading import if_found
from personalize_provider.engine.first_event import Attempt
from personalize_provider.engine.identity import Owner, arns_of
from personalize_provider.engine.kind import Ask, Claim, Desired, Kind
from personalize_provider.engine.steps import Done, Effect, Step, Wait
from support.virtual_time import simulated_toy, stack_rules
from support.virtual_time.account import Account, account
from support.virtual_time.event_rules import OneFunction
from support.virtual_time.framework_runtime import FrameworkRuntime
from support.virtual_time.provider_world import GROUP

TYPE = "Custom::PersonalizeToy"


# The construct: a name that can't be changed, and tags.


@dataclass(frozen=True, kw_only=True)
class ToyRequest:
    toy_name: Annotated[str, Text(min=1, max=63), Spelled("name")]


class Toy(ManagedResource):
    KIND = ConstructKind(
        name="toy",
        resource_type=TYPE,
        created_in=("dataset-group",),
        reads=("DescribeMetricAttribution",),
        creates=("CreateMetricAttribution",),
        changes=("DeleteMetricAttribution", "TagResource"),
    )

    def __init__(self, scope: Construct, id: str, **arguments: Any) -> None:
        super().__init__(scope, id)
        self._define(
            Structure(ToyRequest).wire(ToyRequest(**arguments)), PersonalizeProvider.get_or_create(scope)
        )


# The handler's kind. A metric attribution stands in for the toy: botocore knows it, and nothing else uses it.


@dataclass(frozen=True)
class DesiredToy(Desired):
    def identify(self, ask: Ask, is_claimed: Claim, *, is_rolling_back: bool) -> str:  # noqa: ARG002
        request = self.request
        named = Owner(request.stack_id, request.logical_id).arn(
            f"metric-attribution/{request.properties['name']}"
        )
        return request.physical_id if request.type == "Delete" else named

    def resource(self, attempt: Attempt, now: Callable[[], float], is_claimed: Claim) -> DesiredToy:  # noqa: ARG002
        return self

    @property
    def label(self) -> str:
        return f"toy {self.request.physical_id}"

    def look(self, *, expired: bool) -> Step:  # noqa: ARG002
        client: Any = sdk.personalize()
        arn = self.request.physical_id
        found = if_found(lambda: client.describe_metric_attribution(metricAttributionArn=arn))
        if found is None:
            return Done({}) if self.request.type == "Delete" else Effect()
        if (status := found["metricAttribution"]["status"]) != "ACTIVE":
            return Wait(status)
        tags = client.list_tags_for_resource(resourceArn=arn)["tags"]
        return Done({"arn": arn}) if tags == self.request.properties["tags"] and not self._ends else Effect()

    def act(self, effect: Effect) -> None:  # noqa: ARG002
        client: Any = sdk.personalize()
        arn, name, tags = self.request.physical_id, *map(self.request.properties.get, ("name", "tags"))
        if self._ends:
            client.delete_metric_attribution(metricAttributionArn=arn)
        elif if_found(lambda: client.describe_metric_attribution(metricAttributionArn=arn)):
            client.tag_resource(resourceArn=arn, tags=tags)
        else:
            output = {"roleArn": "arn:aws:iam::123456789012:role/toy"}
            request = {"name": name, "datasetGroupArn": GROUP, "metrics": [], "metricsOutputConfig": output}
            client.create_metric_attribution(**request)
            client.tag_resource(resourceArn=arn, tags=tags)

    @property
    def _ends(self) -> bool:
        return self.request.type == "Delete"


@pytest.fixture
def at(transport: FrameworkRuntime | OneFunction, monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    """An account where all three know the kind."""
    monkeypatch.setitem(cdk_personalize.kinds.KINDS, TYPE, Toy.KIND)
    monkeypatch.setitem(
        personalize_provider.kinds.KINDS, TYPE, Kind(TYPE, arns_of("metric-attribution"), DesiredToy)
    )
    monkeypatch.setitem(personalize_local.simulator.kinds.KINDS, simulated_toy.KIND.noun, simulated_toy.KIND)
    monkeypatch.setattr(stack_rules, "RESOURCE_TYPE", TYPE)
    with account(transport, durations=simulated_toy.WithToy(toy=3)) as made:
        yield made


def declared(name: str, size: str) -> dict[str, Mapping[str, Any]]:
    """The properties of a toy, as an app declares it."""
    stack = cdk.Stack()
    toy = Toy(stack, "Toy", toy_name=name)
    cdk.Tags.of(toy).add("size", size)
    [found] = Template.from_stack(stack).find_resources(TYPE).values()
    return {
        "Bear": {**found["Properties"], "ServiceToken": "arn:aws:lambda:us-east-1:123456789012:function:p"}
    }


def toys(at: Account) -> dict[str, dict[str, str]]:
    """The tags of all toys by name."""
    listed = at.call("ListMetricAttributions")["metricAttributions"]
    return {toy["name"]: at.tags(toy["metricAttributionArn"]) for toy in listed}


def test_toy__declared_in_an_app__is_created_updated_replaced_and_deleted(at: Account) -> None:
    stack = at.deploy("films", declared("brown", "small"))
    assert (stack.status, toys(at)) == ("CREATE_COMPLETE", {"brown": {"size": "small"}}), stack.reasons

    stack.update(declared("brown", "large"))
    at.time.run()
    assert (stack.status, toys(at)) == ("UPDATE_COMPLETE", {"brown": {"size": "large"}}), stack.reasons

    stack.update(declared("white", "large"))
    at.time.run()
    assert (stack.status, toys(at)) == ("UPDATE_COMPLETE", {"white": {"size": "large"}}), stack.reasons

    stack.delete()
    at.time.run()
    assert (stack.status, toys(at)) == ("DELETE_COMPLETE", {}), stack.reasons
