"""Templates of users' stacks. Logical ids and properties are an interface."""

from __future__ import annotations

import aws_cdk as cdk
import pytest
from app import MovieRecommendations
from syrupy.assertion import SnapshotAssertion

from cdk_personalize.testing.syrupy import TemplateSnapshotExtension
from support.requests import stacks


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
