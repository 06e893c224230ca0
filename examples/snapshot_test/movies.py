"""A stack that recommends movies."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_personalize as personalize
from constructs import Construct

from cdk_personalize import AutoTraining, Recipe, Solution


class Movies(cdk.Stack):
    """A dataset group, and a solution that is trained every week."""

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        self.dataset_group = personalize.CfnDatasetGroup(self, "DatasetGroup", name="movies")
        recommender = Solution(
            self,
            "Recommender",
            dataset_group=self.dataset_group.attr_dataset_group_arn,
            recipe=Recipe.USER_PERSONALIZATION_V2,
            auto_training=AutoTraining.every(days=7),
        )
        cdk.CfnOutput(self, "SolutionArn", value=recommender.solution_arn)
