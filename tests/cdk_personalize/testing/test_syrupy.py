"""What `TemplateSnapshotExtension` stores; `tests/examples` runs it as a consumer does."""

from __future__ import annotations

import json

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Template

from cdk_personalize import Recipe, Solution
from cdk_personalize.testing import template_of
from cdk_personalize.testing.syrupy import TemplateSnapshotExtension

ARN = "arn:aws:personalize:us-east-1:123456789012:dataset-group/movies"


@pytest.fixture(scope="module")
def stack() -> cdk.Stack:
    stack = cdk.Stack(cdk.App(), "Movies")
    Solution(stack, "Movies", dataset_group=ARN, recipe=Recipe.SIMS)
    return stack


def test_serialize__a_stack_or_its_template__is_marked_json(stack: cdk.Stack) -> None:
    extension = TemplateSnapshotExtension()

    stored = extension.serialize(stack)

    assert json.loads(stored) == template_of(stack)
    assert extension.serialize(Template.from_stack(stack)) == stored
    assert extension.serialize(template_of(stack)) == stored


def test_serialize__anything_else__is_json() -> None:
    assert json.loads(TemplateSnapshotExtension().serialize(["a"])) == ["a"]
