"""The template: all of it in a snapshot, and assertions on what matters."""

from __future__ import annotations

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Template
from movies import Movies
from syrupy.assertion import SnapshotAssertion

from cdk_personalize import AutoTraining, Recipe
from cdk_personalize.testing import has_solution
from cdk_personalize.testing.syrupy import TemplateSnapshotExtension


@pytest.fixture(scope="module")
def stack() -> Movies:
    return Movies(cdk.App(), "Movies")


def test_template(stack: Movies, snapshot: SnapshotAssertion) -> None:
    assert stack == snapshot.use_extension(TemplateSnapshotExtension)


def test_solution_is_trained_weekly_on_the_movies(stack: Movies) -> None:
    has_solution(
        Template.from_stack(stack),
        dataset_group=stack.dataset_group.attr_dataset_group_arn,
        recipe=Recipe.USER_PERSONALIZATION_V2,
        auto_training=AutoTraining.every(days=7),
    )
