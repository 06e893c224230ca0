"""The stacks of an environment: the data, and the solutions that are trained on it."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_personalize as personalize
from constructs import Construct
from settings import Settings

from cdk_personalize import PersonalizeProvider, Recipe, Solution


class Movies(cdk.Stage):
    """One environment. Its construct id is the prefix of its stack names."""

    def __init__(
        self, scope: Construct, construct_id: str, *, settings: Settings, env: cdk.Environment
    ) -> None:
        super().__init__(scope, construct_id, env=env)
        self.data = MovieData(self, "Data", settings=settings)
        self.recommendations = MovieRecommendations(
            self, "Recommendations", settings=settings, dataset_group=self.data.dataset_group_arn
        )


class MovieData(cdk.Stack):
    """The dataset group."""

    def __init__(self, scope: Construct, construct_id: str, *, settings: Settings) -> None:
        super().__init__(scope, construct_id)
        # Environments may share an account, where names are unique.
        name = f"movies-{scope.node.id.lower()}"
        group = personalize.CfnDatasetGroup(self, "DatasetGroup", name=name)
        group.apply_removal_policy(settings.removal_policy)
        self.dataset_group_arn = group.attr_dataset_group_arn


class MovieRecommendations(cdk.Stack):
    """The solutions. Deleting and recreating this stack loses no data."""

    def __init__(
        self, scope: Construct, construct_id: str, *, settings: Settings, dataset_group: str
    ) -> None:
        super().__init__(scope, construct_id)
        PersonalizeProvider(self, log_retention=settings.log_retention)
        for name, recipe in {
            "ForYou": Recipe.USER_PERSONALIZATION_V2,
            "Ranked": Recipe.PERSONALIZED_RANKING_V2,
        }.items():
            Solution(
                self,
                name,
                dataset_group=dataset_group,
                recipe=recipe,
                auto_training=settings.auto_training,
                removal_policy=settings.removal_policy,
            )
