"""The templates that users' stacks become. Logical ids and properties are an interface."""

from __future__ import annotations

import json
import re
from typing import Any

import aws_cdk as cdk
import pytest
from app import MovieRecommendations
from aws_cdk.assertions import Template
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

import stacks

ASSET_HASH = re.compile(r"[0-9a-f]{64}")


@pytest.fixture
def snapshot(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.use_extension(JSONSnapshotExtension)


def _template(stack: cdk.Stack) -> Any:
    """The template without the hashes of assets, which change with every edit of the handler."""
    return json.loads(ASSET_HASH.sub("[HASH]", json.dumps(Template.from_stack(stack).to_json())))


def test_template__reference_stack__stays_as_it_is(snapshot: SnapshotAssertion) -> None:
    assert _template(MovieRecommendations(cdk.App(), "MovieRecommendations")) == snapshot


def test_template__every_property__stays_as_it_is(snapshot: SnapshotAssertion) -> None:
    stack = cdk.Stack(cdk.App(), "EveryProperty")
    stacks.every_property(stack, "arn:aws:personalize:us-east-1:123456789012:dataset-group/movies")
    cdk.Tags.of(stack).add("cost-center", "42")

    assert _template(stack) == snapshot
