"""A stack with most of what the library has."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_personalize as personalize
from constructs import Construct

from cdk_personalize import (
    AutoTraining,
    EventParameters,
    EventsConfig,
    HpoConfig,
    HpoResourceConfig,
    PersonalizeProvider,
    Recipe,
    Solution,
    SolutionConfig,
    TrainingDataConfig,
)


class Storefront(cdk.Stack):
    """Recommendations for a shop, with a provider inside a VPC."""

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        PersonalizeProvider(self, total_timeout=cdk.Duration.minutes(45), vpc=ec2.Vpc(self, "Vpc", max_azs=2))
        dataset_group = personalize.CfnDatasetGroup(self, "DatasetGroup", name="storefront")
        ranking = Solution(
            self,
            "Ranking",
            dataset_group=dataset_group,
            recipe=Recipe.PERSONALIZED_RANKING_V2,
            auto_training=AutoTraining.every(days=14),
            removal_policy=cdk.RemovalPolicy.RETAIN,
            solution_config=SolutionConfig(
                events_config=EventsConfig(
                    event_parameters_list=[EventParameters(event_type="buy", weight=1.0)]
                ),
                training_data_config=TrainingDataConfig(included_dataset_columns={"Items": ["ITEM_ID"]}),
            ),
        )
        similar = Solution(
            self,
            "Similar",
            dataset_group=dataset_group,
            recipe=Recipe.SIMILAR_ITEMS,
            perform_hpo=True,
            solution_config=SolutionConfig(
                hpo_config=HpoConfig(hpo_resource_config=HpoResourceConfig(max_number_of_training_jobs=4))
            ),
        )
        cdk.Tags.of(ranking).add("team", "search")
        cdk.CfnOutput(self, "SimilarArn", value=similar.solution_arn)
