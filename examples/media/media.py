"""A stack with the recommendations of a streaming service."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from catalog import Catalog
from constructs import Construct

from cdk_personalize import (
    AutoTraining,
    ContinuousHyperParameterRange,
    EventParameters,
    EventsConfig,
    HpoConfig,
    HpoResourceConfig,
    HyperParameterRanges,
    IntegerHyperParameterRange,
    Recipe,
    Solution,
    SolutionConfig,
)


class Media(cdk.Stack):
    """Four solutions on one catalog, each tagged with the surface that it serves."""

    def __init__(
        self, scope: Construct, construct_id: str, *, auto_training: AutoTraining = AutoTraining.DISABLED
    ) -> None:
        super().__init__(scope, construct_id, description="Recommendations of a streaming service")
        catalog = Catalog(self, "Catalog")
        home = Solution(
            self,
            "Home",
            dataset_group=catalog.dataset_group_arn,
            recipe=Recipe.USER_PERSONALIZATION_V2,
            auto_training=auto_training,
            solution_config=SolutionConfig(
                events_config=EventsConfig(
                    event_parameters_list=[
                        # A viewer who left in the first half did not like it.
                        EventParameters(event_type="watch", event_value_threshold=0.5, weight=1.0),
                        EventParameters(event_type="trailer", weight=0.2),
                    ]
                )
            ),
        )
        # By title and synopsis, so unwatched films are included. New ones join between trainings.
        more_like_this = Solution(
            self,
            "MoreLikeThis",
            dataset_group=catalog.dataset_group_arn,
            recipe=Recipe.SEMANTIC_SIMILARITY,
            auto_training=auto_training,
            perform_incremental_update=True,
        )
        also_watched = Solution(
            self,
            "AlsoWatched",
            dataset_group=catalog.dataset_group_arn,
            recipe=Recipe.SIMS,
            auto_training=auto_training,
            perform_hpo=True,
            solution_config=SolutionConfig(
                hpo_config=HpoConfig(
                    hpo_resource_config=HpoResourceConfig(
                        max_number_of_training_jobs=10, max_parallel_training_jobs=5
                    ),
                    algorithm_hyper_parameter_ranges=HyperParameterRanges(
                        continuous_hyper_parameter_ranges=[
                            ContinuousHyperParameterRange(
                                name="popularity_discount_factor", min_value=0.2, max_value=0.8
                            )
                        ],
                        integer_hyper_parameter_ranges=[
                            IntegerHyperParameterRange(
                                name="min_cointeraction_count", min_value=1, max_value=5
                            )
                        ],
                    ),
                )
            ),
        )
        trending = Solution(
            self,
            "Trending",
            dataset_group=catalog.dataset_group_arn,
            recipe=Recipe.TRENDING_NOW,
            auto_training=auto_training,
            solution_config=SolutionConfig(
                feature_transformation_parameters={"trend_discovery_frequency": "30 minutes"}
            ),
        )

        for solution, surface in (
            (home, "home"),
            (trending, "home"),
            (more_like_this, "film"),
            (also_watched, "film"),
        ):
            solution.node.add_dependency(catalog)  # created after the datasets, and deleted before them
            cdk.Tags.of(solution).add("surface", surface)
            alarm_on_failed_trainings(solution)
            cdk.CfnOutput(self, f"{solution.node.id}Arn", value=solution.solution_arn)


def alarm_on_failed_trainings(solution: Solution) -> cloudwatch.Alarm:
    """Create an alarm on a solution's failed trainings.

    AWS documents a second dimension, SolutionVersionArn, but not whether there is a series without it
    (https://docs.aws.amazon.com/personalize/latest/dg/cloudwatch-metrics.html). Check that the alarm gets
    data before you rely on it.
    """
    return solution.metric_training_errors(period=cdk.Duration.hours(1)).create_alarm(
        solution,
        "FailedTraining",
        threshold=1,
        evaluation_periods=1,
        treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,  # most hours have no training
    )
