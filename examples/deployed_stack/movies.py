"""A stack that recommends movies."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_personalize as personalize
from constructs import Construct

from cdk_personalize import AutoTraining, Recipe, Solution


class Movies(cdk.Stack):
    """A dataset group and a solution, with optional automatic training."""

    def __init__(self, scope: Construct, construct_id: str, *, trained_every_days: int | None = None) -> None:
        super().__init__(scope, construct_id)
        group = personalize.CfnDatasetGroup(self, "DatasetGroup", name="movies")
        training = AutoTraining.DISABLED
        if trained_every_days is not None:
            training = AutoTraining.every(days=trained_every_days)
        solution = Solution(
            self,
            "Recommender",
            dataset_group=group.attr_dataset_group_arn,
            recipe=Recipe.USER_PERSONALIZATION_V2,
            auto_training=training,
        )
        cdk.CfnOutput(self, "SolutionArn", value=solution.solution_arn)
        cdk.CfnOutput(self, "Status", value=solution.status)
