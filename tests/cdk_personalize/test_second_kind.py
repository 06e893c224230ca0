"""A second kind of resource is one more folder and one registration: nothing else changes for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Template
from constructs import Construct

from cdk_personalize import InvalidConstructError, PersonalizeProvider
from cdk_personalize.dataset_group.arn import DatasetGroupArn
from cdk_personalize.kinds import KINDS
from cdk_personalize.model.findings import path_of
from cdk_personalize.model.kind import Kind
from cdk_personalize.model.structures import Spelled, Structure, members_problems
from cdk_personalize.model.value_types import Text
from cdk_personalize.provider.resource import ManagedResource
from cdk_personalize.testing import template_of

HASH = "0" * 64
GROUP = "arn:aws:personalize:us-east-1:123456789012:dataset-group/movies"

TOY = Kind(
    name="toy",
    resource_type="Custom::PersonalizeToy",
    created_in=("dataset-group",),
    reads=("DescribeToy",),
    creates=("CreateToy",),
    changes=("DeleteToy", "TagResource"),
)


@dataclass(frozen=True, kw_only=True)
class ToyRequest:
    toy_name: Annotated[str, Text(min=1, max=5), Spelled("name")]
    dataset_group: Annotated[Any, DatasetGroupArn(), Spelled("datasetGroupArn")]


class Toy(ManagedResource):
    KIND = TOY

    def __init__(self, scope: Construct, id: str, **arguments: Any) -> None:
        request = ToyRequest(**arguments)
        if problems := [*members_problems(request)]:
            raise InvalidConstructError(path_of(scope, id), problems)
        super().__init__(scope, id)
        properties = Structure(ToyRequest).wire(request)
        self._define(properties, PersonalizeProvider.get_or_create(scope))


@pytest.fixture(autouse=True)
def registered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(KINDS, TOY.resource_type, TOY)


@pytest.fixture
def template(stack: cdk.Stack) -> dict[str, Any]:
    toy = Toy(stack, "Toy", toy_name="bear", dataset_group=GROUP)
    cdk.Tags.of(toy).add("team", "search")
    template: dict[str, Any] = Template.from_stack(stack).to_json()
    return template


def resources(template: dict[str, Any], type_: str) -> dict[str, dict[str, Any]]:
    return {name: item["Properties"] for name, item in template["Resources"].items() if item["Type"] == type_}


def test_toy__in_a_stack__is_a_custom_resource_of_the_stacks_provider(template: dict[str, Any]) -> None:
    [toy] = resources(template, "Custom::PersonalizeToy").values()

    assert toy.pop("ServiceToken")["Fn::GetAtt"][0].startswith("PersonalizeProviderFrameworkframeworkonEvent")
    assert toy == {
        "ServiceTimeout": "2100",
        "name": "bear",
        "datasetGroupArn": GROUP,
        "tags": [{"tagKey": "team", "tagValue": "search"}],
    }


def statements(template: dict[str, Any], role: str) -> Iterator[tuple[list[str], str]]:
    """The actions of each statement in a role, with its conditions."""
    [found] = [
        properties
        for name, properties in resources(template, "AWS::IAM::Role").items()
        if name.startswith(f"PersonalizeProvider{role}Role")
    ]
    for statement in found["Policies"][0]["PolicyDocument"]["Statement"]:
        actions = statement["Action"]
        yield [actions] if isinstance(actions, str) else actions, str([*statement.get("Condition", {})])


def test_toy__in_a_stack__is_the_providers_to_manage(template: dict[str, Any]) -> None:
    own = {
        "OnEvent": [(["personalize:DescribeToy"], "[]")],
        "IsComplete": [
            (["personalize:CreateToy"], "['StringEquals']"),
            (["personalize:DeleteToy", "personalize:TagResource"], "['StringEqualsIfExists']"),
            (["personalize:DescribeToy"], "[]"),
        ],
    }
    for role, expected in own.items():
        # After all others: a released template keeps its statements in their places.
        assert [*statements(template, role)][-len(expected) :] == expected


def test_toy__with_too_many_tags_or_a_wrong_argument__is_refused_by_its_own_name(stack: cdk.Stack) -> None:
    with pytest.raises(InvalidConstructError, match="toy_name must have 1 to 5 characters: got 'crocodile'"):
        Toy(stack, "Wrong", toy_name="crocodile", dataset_group=GROUP)
    toy = Toy(stack, "Toy", toy_name="bear", dataset_group=GROUP)
    for number in range(48):
        cdk.Tags.of(stack).add(str(number), "x", include_resource_types=["Custom::PersonalizeToy"])

    with pytest.raises(
        RuntimeError, match=r"Tags.of\(toy\).*exclude_resource_types=\['Custom::PersonalizeToy"
    ):
        Template.from_stack(cdk.Stack.of(toy))


def test_toy__in_a_snapshot__keeps_what_its_properties_say() -> None:
    def with_hash(type_: str) -> dict[str, Any]:
        return {"Resources": {"It": {"Type": type_, "Properties": {"name": f"{HASH}.zip"}}}}

    assert template_of(with_hash("Custom::PersonalizeToy")) == with_hash("Custom::PersonalizeToy")
    assert template_of(with_hash("Custom::Another")) != with_hash("Custom::Another")
