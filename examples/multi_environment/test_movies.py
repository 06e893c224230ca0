"""What must hold in each environment."""

from __future__ import annotations

import aws_cdk as cdk
import pytest
from app import dev, prod
from aws_cdk.assertions import Template
from movies import Movies

from cdk_personalize import AutoTraining, Recipe
from cdk_personalize.testing import has_solution

RECIPES = [Recipe.USER_PERSONALIZATION_V2, Recipe.PERSONALIZED_RANKING_V2]


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.name)
def test_dev_trains_nothing_and_leaves_nothing(recipe: Recipe) -> None:
    has_solution(
        Template.from_stack(dev.recommendations),
        recipe=recipe,
        auto_training=AutoTraining.DISABLED,
        removal_policy=cdk.RemovalPolicy.DESTROY,
    )


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.name)
def test_prod_trains_weekly_and_is_kept(recipe: Recipe) -> None:
    has_solution(
        Template.from_stack(prod.recommendations),
        recipe=recipe,
        auto_training=AutoTraining.every(days=7),
        removal_policy=cdk.RemovalPolicy.RETAIN,
    )


@pytest.mark.parametrize(
    ("environment", "policy", "days"), [(dev, "Delete", 7), (prod, "Retain", 365)], ids=["dev", "prod"]
)
def test_data_and_logs(environment: Movies, policy: str, days: int) -> None:
    data = Template.from_stack(environment.data)
    data.has_resource("AWS::Personalize::DatasetGroup", {"DeletionPolicy": policy})
    recommendations = Template.from_stack(environment.recommendations)
    recommendations.all_resources_properties("AWS::Logs::LogGroup", {"RetentionInDays": days})


def test_environments_share_no_name() -> None:
    groups = [
        group["Properties"]["Name"]
        for stage in (dev, prod)
        for group in Template.from_stack(stage.data).find_resources("AWS::Personalize::DatasetGroup").values()
    ]
    assert len(set(groups)) == 2
