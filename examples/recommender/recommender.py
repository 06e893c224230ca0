"""The stack: data, two solutions, a campaign, and the pipeline that promotes to it."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_s3 as s3
from constructs import Construct

from cdk_personalize import (
    Campaign,
    Dataset,
    DatasetGroup,
    DatasetImport,
    EventTracker,
    Field,
    Filter,
    MetricGate,
    Recipe,
    Schema,
    Solution,
    TrainingPipeline,
)

NDCG = "normalized_discounted_cumulative_gain_at_25"


class Recommender(cdk.Stack):
    """Recommends films, and trains and measures before it promotes anything."""

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        bucket = s3.Bucket(self, "Data", removal_policy=cdk.RemovalPolicy.DESTROY, auto_delete_objects=True)
        group = DatasetGroup(self, "Films")
        watched = Dataset(
            self,
            "Watched",
            dataset_group=group,
            schema=Schema.interactions(self, "WatchedSchema", event_type=True),
        )
        catalog = Dataset(
            self,
            "Catalog",
            dataset_group=group,
            schema=Schema.items(self, "CatalogSchema", fields=[Field.string("GENRE", categorical=True)]),
        )
        tracker = EventTracker(self, "Events", dataset_group=group)
        unseen = Filter(
            self,
            "Unseen",
            dataset_group=group,
            filter_expression='EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("watch")',
        )
        popular = Solution(self, "Popular", dataset_group=group, recipe=Recipe.POPULARITY_COUNT)
        for_you = Solution(self, "ForYou", dataset_group=group, recipe=Recipe.USER_PERSONALIZATION_V2)
        campaign = Campaign(self, "Live", solution=for_you)
        pipeline = TrainingPipeline(
            self,
            "Training",
            solution=for_you,
            campaign=campaign,
            imports=[
                DatasetImport(watched, bucket, "interactions/"),
                DatasetImport(catalog, bucket, "items/"),
            ],
            gate=MetricGate.all_of(
                MetricGate.at_least("coverage", 0.2),
                MetricGate.better_than_baseline(NDCG, popular, by=0.10),
            ),
            train_on_deploy=False,  # the bucket is empty until the first upload
        )
        outputs = {
            "Bucket": bucket.bucket_name,
            "Campaign": campaign.campaign_arn,
            "Filter": unseen.filter_arn,
            "Pipeline": pipeline.state_machine.state_machine_arn,
            "TrackingId": tracker.tracking_id,
        }
        for name, value in outputs.items():
            cdk.CfnOutput(self, name, value=value)
