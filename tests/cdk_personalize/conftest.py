"""Fixtures for the tests of the constructs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Template

DATASET_GROUP = "arn:aws:personalize:us-east-1:123456789012:dataset-group/movies"


@pytest.fixture
def app() -> cdk.App:
    return cdk.App()


@pytest.fixture
def stack(app: cdk.App) -> cdk.Stack:
    return cdk.Stack(app, "Stack")


@pytest.fixture
def dataset_group() -> str:
    return DATASET_GROUP


@pytest.fixture(scope="session")
def solutions() -> Callable[[cdk.Stack], dict[str, dict[str, Any]]]:
    """Synthesize a stack and return its solutions: each resource by its logical id."""

    def find(stack: cdk.Stack) -> dict[str, dict[str, Any]]:
        resources = Template.from_stack(stack).to_json()["Resources"]
        return {
            name: item for name, item in resources.items() if item["Type"] == "Custom::PersonalizeSolution"
        }

    return find
