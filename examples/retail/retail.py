"""A stack with the recommendations of a shop."""

from __future__ import annotations

import aws_cdk as cdk
from alarms import alarm_on_trainings
from aws_cdk import aws_sns as sns
from constructs import Construct

from cdk_personalize import (
    AutoTraining,
    EventParameters,
    EventsConfig,
    HpoConfig,
    HpoResourceConfig,
    HyperParameterRanges,
    IntegerHyperParameterRange,
    ObjectiveSensitivity,
    OptimizationObjective,
    Recipe,
    Solution,
    SolutionConfig,
    TrainingDataConfig,
)
from data import NATIVE_TYPES, ShopData

BUYING_COUNTS_MOST = EventsConfig(
    event_parameters_list=[
        EventParameters(event_type="purchase", weight=1.0),
        EventParameters(event_type="add-to-cart", weight=0.5),
        EventParameters(event_type="view", weight=0.1),
    ]
)


class Retail(cdk.Stack):
    """Four solutions: for the start page, the weekly offers, the page of an item, and search results."""

    def __init__(
        self, scope: Construct, construct_id: str, *, auto_training: AutoTraining = AutoTraining.DISABLED
    ) -> None:
        super().__init__(scope, construct_id, description="Recommendations of a shop")
        data = ShopData(self, "Data")
        for_you = Solution(
            self,
            "ForYou",
            dataset_group=data.dataset_group_arn,
            recipe=Recipe.USER_PERSONALIZATION_V2,
            auto_training=auto_training,
            solution_config=SolutionConfig(events_config=BUYING_COUNTS_MOST),
        )
        # What a customer likes, weighted by what the shop earns. The newer recipe supports neither the
        # objective nor hyperparameter optimization.
        offers = Solution(
            self,
            "Offers",
            dataset_group=data.dataset_group_arn,
            recipe=Recipe.USER_PERSONALIZATION,
            auto_training=auto_training,
            perform_hpo=True,
            solution_config=SolutionConfig(
                optimization_objective=OptimizationObjective(
                    item_attribute="MARGIN", objective_sensitivity=ObjectiveSensitivity.MEDIUM
                ),
                hpo_config=HpoConfig(
                    hpo_resource_config=HpoResourceConfig(
                        max_number_of_training_jobs=8, max_parallel_training_jobs=4
                    ),
                    algorithm_hyper_parameter_ranges=HyperParameterRanges(
                        integer_hyper_parameter_ranges=[
                            IntegerHyperParameterRange(name="hidden_dimension", min_value=64, max_value=256)
                        ]
                    ),
                ),
            ),
        )
        similar = Solution(
            self,
            "Similar",
            dataset_group=data.dataset_group_arn,
            recipe=Recipe.SIMILAR_ITEMS,
            auto_training=auto_training,
            solution_config=SolutionConfig(algorithm_hyper_parameters={"popularity_discount_factor": 0.3}),
        )
        ranked = Solution(
            self,
            "Ranked",
            dataset_group=data.dataset_group_arn,
            recipe=Recipe.PERSONALIZED_RANKING_V2,
            auto_training=auto_training,
            solution_config=SolutionConfig(
                events_config=BUYING_COUNTS_MOST,
                training_data_config=TrainingDataConfig(excluded_dataset_columns={"Items": ["WAREHOUSE"]}),
            ),
        )

        topic = sns.Topic(self, "Alarms")
        for solution in (for_you, offers, similar, ranked):
            solution.node.add_dependency(data)  # created after the datasets, and deleted before them
            alarm_on_trainings(solution, topic, longest=cdk.Duration.hours(6))
            cdk.CfnOutput(self, f"{solution.node.id}Arn", value=solution.solution_arn)
        cdk.Tags.of(self).add("application", "shop", exclude_resource_types=NATIVE_TYPES)
