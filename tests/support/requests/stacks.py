"""Stacks that more than one test looks at."""

from __future__ import annotations

from aws_cdk import Stack, Tags

from cdk_personalize import (
    AutoMLConfig,
    AutoTraining,
    Campaign,
    CampaignConfig,
    CategoricalHyperParameterRange,
    ContinuousHyperParameterRange,
    EventParameters,
    EventsConfig,
    HpoConfig,
    HpoResourceConfig,
    HyperParameterRanges,
    IntegerHyperParameterRange,
    ISolution,
    ItemExplorationConfig,
    ObjectiveSensitivity,
    OptimizationObjective,
    RankingInfluence,
    Recipe,
    Solution,
    SolutionConfig,
    TrainingDataConfig,
)


def every_property(stack: Stack, dataset_group_arn: str) -> None:
    """Declare solutions that, taken together, set every property; some exclude one another.

    Golden files have been written from these: a new property gets a solution of its own.
    """
    Solution(
        stack,
        "Weighted",
        dataset_group=dataset_group_arn,
        recipe=Recipe.USER_PERSONALIZATION_V2,
        solution_name="weighted",
        auto_training=AutoTraining.every(days=3),
        solution_config=SolutionConfig(
            algorithm_hyper_parameters={"apply_recency_bias": True},
            events_config=EventsConfig(
                event_parameters_list=[
                    EventParameters(event_type="watch", event_value_threshold=0.5, weight=1.0),
                    EventParameters(event_type="like", weight=0.25),
                ]
            ),
            training_data_config=TrainingDataConfig(
                excluded_dataset_columns={"Items": ["DESCRIPTION"]},
                included_dataset_columns={"Users": ["AGE", "GENDER"]},
            ),
        ),
        wait_for_training_on_delete=True,
    )
    tuned: ISolution = Solution(
        stack,
        "Tuned",
        dataset_group=dataset_group_arn,
        recipe=Recipe.USER_PERSONALIZATION,
        event_type="watch",
        perform_hpo=True,
        solution_config=SolutionConfig(
            event_value_threshold=0.5,
            feature_transformation_parameters={"max_user_history_length_percentile": 0.95},
            hpo_config=HpoConfig(
                hpo_resource_config=HpoResourceConfig(
                    max_number_of_training_jobs=10, max_parallel_training_jobs=2
                ),
                algorithm_hyper_parameter_ranges=HyperParameterRanges(
                    integer_hyper_parameter_ranges=[
                        IntegerHyperParameterRange(name="hidden_dimension", min_value=64, max_value=128)
                    ],
                    continuous_hyper_parameter_ranges=[],
                    categorical_hyper_parameter_ranges=[
                        CategoricalHyperParameterRange(name="recency_mask", values=["true", "false"])
                    ],
                ),
            ),
            optimization_objective=OptimizationObjective(
                item_attribute="PRICE", objective_sensitivity=ObjectiveSensitivity.LOW
            ),
        ),
    )
    Tags.of(tuned).add("team", "recommendations")
    Solution(
        stack,
        "Ranged",
        dataset_group=dataset_group_arn,
        recipe=Recipe.SIMS,
        perform_hpo=True,
        solution_config=SolutionConfig(
            hpo_config=HpoConfig(
                algorithm_hyper_parameter_ranges=HyperParameterRanges(
                    continuous_hyper_parameter_ranges=[
                        ContinuousHyperParameterRange(
                            name="popularity_discount_factor", min_value=0.1, max_value=0.9
                        )
                    ],
                )
            )
        ),
    )
    Solution(
        stack,
        "Similar",
        dataset_group=dataset_group_arn,
        recipe=Recipe.SEMANTIC_SIMILARITY,
        perform_incremental_update=True,
    )
    Solution(
        stack,
        "Automatic",
        dataset_group=dataset_group_arn,
        perform_auto_ml=True,
        solution_config=SolutionConfig(auto_ml_config=AutoMLConfig(metric_name="precision_at_25")),
    )


def every_property_of_campaigns(stack: Stack, solution_arn: str) -> None:
    """Declare campaigns that, taken together, set every property; see `every_property`."""
    plain = Campaign(stack, "Plain", solution=solution_arn)
    Tags.of(plain).add("team", "recommendations")
    Campaign(
        stack,
        "Exploring",
        solution=solution_arn,
        campaign_name="exploring",
        min_provisioned_tps=2,
        campaign_config=CampaignConfig(
            item_exploration_config=ItemExplorationConfig(
                exploration_weight=0.3, exploration_item_age_cut_off=30
            ),
            enable_metadata_with_recommendations=True,
            sync_with_latest_solution_version=False,
        ),
        adopt_existing=True,
    )
    favoring = CampaignConfig(
        ranking_influence={RankingInfluence.POPULARITY: 0.25, RankingInfluence.FRESHNESS: 1.0}
    )
    Campaign.fixed(
        stack,
        "Fixed",
        solution=solution_arn,
        solution_version=f"{solution_arn}/236f000b",
        campaign_config=favoring,
    )
    Campaign.following_latest(stack, "Latest", solution=solution_arn)
    Campaign(stack, "Promoted", solution=solution_arn)._add_promoter(stack)
