"""A team's recommendations, managed by the platform's provider."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_personalize as personalize
from constructs import Construct
from platform_stack import SERVICE_TOKEN

from cdk_personalize import PersonalizeProvider, Recipe, Solution


class Team(cdk.Stack):
    """A dataset group and a solution."""

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        group = personalize.CfnDatasetGroup(self, "DatasetGroup", name=construct_id.lower())
        provider = PersonalizeProvider.from_service_token(
            self, "Provider", cdk.Fn.import_value(SERVICE_TOKEN)
        )
        solution = Solution(
            self,
            "Recommender",
            dataset_group=group.attr_dataset_group_arn,
            recipe=Recipe.USER_PERSONALIZATION_V2,
            provider=provider,
        )
        cdk.CfnOutput(self, "SolutionArn", value=solution.solution_arn)
        cdk.CfnOutput(self, "Status", value=solution.status)
