"""Data, a solution, a campaign, and a function that recommends."""

from __future__ import annotations

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from constructs import Construct

from cdk_personalize import (
    Campaign,
    Dataset,
    DatasetGroup,
    EventTracker,
    Field,
    Filter,
    Recipe,
    Schema,
    Solution,
)


class Streaming(cdk.Stack):
    """Recommends films that a user has not watched.

    Args:
        scope: The app.
        construct_id: The stack's name.
        throughput: Recommendations per second that are always available, and billed.
    """

    def __init__(self, scope: Construct, construct_id: str, *, throughput: int = 1) -> None:
        super().__init__(scope, construct_id)
        bucket = s3.Bucket(self, "Data", removal_policy=cdk.RemovalPolicy.DESTROY, auto_delete_objects=True)
        group = DatasetGroup(self, "Films")
        watched = Dataset(
            self,
            "Watched",
            dataset_group=group,
            schema=Schema.interactions(
                self,
                "WatchedSchema",
                event_type=True,
                fields=[Field.string("DEVICE", nullable=True, categorical=True)],
            ),
        )
        import_role = watched.grant_import(bucket, "watched/")
        tracker = EventTracker(self, "Events", dataset_group=group)
        unwatched = Filter(
            self,
            "Unwatched",
            dataset_group=group,
            filter_expression='EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("watch")',
        )
        solution = Solution(self, "ForYou", dataset_group=group, recipe=Recipe.USER_PERSONALIZATION_V2)
        campaign = Campaign(self, "Live", solution=solution, min_provisioned_tps=throughput)
        campaign.alarm_on_errors("Errors")
        recommend = lambda_.Function(
            self,
            "RecommendFunction",
            runtime=lambda_.Runtime.PYTHON_3_12,
            handler="index.handler",
            code=lambda_.Code.from_asset(str(Path(__file__).parent / "recommend")),
            environment={"CAMPAIGN": campaign.campaign_arn, "FILTER": unwatched.filter_arn},
            timeout=cdk.Duration.seconds(30),
        )
        campaign.grant_get_recommendations(recommend)
        outputs = {
            "Bucket": bucket.bucket_name,
            "Campaign": campaign.campaign_arn,
            "CreateRequest": self.to_json_string(campaign.create_request),
            "Dataset": watched.dataset_arn,
            "ImportRole": import_role.role_arn,
            "Recommend": recommend.function_name,
            "Solution": solution.solution_arn,
            "Status": campaign.status,
            "TrackingId": tracker.tracking_id,
        }
        for name, value in outputs.items():
            cdk.CfnOutput(self, name, value=value)
