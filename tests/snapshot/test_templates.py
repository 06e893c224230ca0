"""Templates of users' stacks. Logical ids and properties are an interface."""

from __future__ import annotations

import aws_cdk as cdk
import pytest
from app import MovieRecommendations
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from cdk_personalize.testing.syrupy import TemplateSnapshotExtension
from support.requests import pipelines, stacks


@pytest.fixture
def snapshot(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.use_extension(TemplateSnapshotExtension)


def test_template__reference_stack__stays_as_it_is(snapshot: SnapshotAssertion) -> None:
    assert MovieRecommendations(cdk.App(), "MovieRecommendations") == snapshot


def test_template__every_property__stays_as_it_is(snapshot: SnapshotAssertion) -> None:
    stack = cdk.Stack(cdk.App(), "EveryProperty")
    stacks.every_property(stack, "arn:aws:personalize:us-east-1:123456789012:dataset-group/movies")
    cdk.Tags.of(stack).add("cost-center", "42")

    assert stack == snapshot


def test_template__every_property_of_campaigns__stays_as_it_is(snapshot: SnapshotAssertion) -> None:
    stack = cdk.Stack(cdk.App(), "EveryPropertyOfCampaigns")
    stacks.every_property_of_campaigns(stack, "arn:aws:personalize:us-east-1:123456789012:solution/movies")

    assert stack == snapshot


def test_template__resources_of_pipelines__stay_as_they_are(snapshot: SnapshotAssertion) -> None:
    """Without their properties: the definitions of state machines are no interface."""
    stack = cdk.Stack(cdk.App(), "EveryPropertyOfPipelines")
    pipelines.largest(stack)
    resources = pipelines.template(stack)["Resources"]

    assert {
        name: resource["Type"] for name, resource in resources.items() if name.startswith("Train")
    } == snapshot.use_extension(JSONSnapshotExtension)
