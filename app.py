"""The reference app: what `make deploy` deploys, and a stack to start your own from."""

from __future__ import annotations

import json
import sys
from pathlib import Path

# A checkout keeps the library in a source root. An app of your own installs the wheel instead.
sys.path.insert(0, str(Path(__file__).resolve().parent / "constructs"))

import aws_cdk as cdk
from aws_cdk import aws_personalize as personalize
from constructs import Construct

from cdk_personalize import Recipe, Solution

INTERACTIONS_SCHEMA = {
    "type": "record",
    "name": "Interactions",
    "namespace": "com.amazonaws.personalize.schema",
    "fields": [
        {"name": "USER_ID", "type": "string"},
        {"name": "ITEM_ID", "type": "string"},
        {"name": "TIMESTAMP", "type": "long"},
        {"name": "EVENT_TYPE", "type": "string"},
    ],
    "version": "1.0",
}


class MovieRecommendations(cdk.Stack):
    """A dataset group for what people watched, and a solution that recommends what to watch next."""

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id, description="Recommends what to watch next")

        schema = personalize.CfnSchema(
            self,
            "InteractionsSchema",
            name="movies-interactions",
            schema=json.dumps(INTERACTIONS_SCHEMA),
        )
        dataset_group = personalize.CfnDatasetGroup(self, "DatasetGroup", name="movies")
        interactions = personalize.CfnDataset(
            self,
            "Interactions",
            name="movies-interactions",
            dataset_type="Interactions",
            dataset_group_arn=dataset_group.attr_dataset_group_arn,
            schema_arn=schema.attr_schema_arn,
        )
        solution = Solution(
            self,
            "Recommender",
            dataset_group=dataset_group,
            recipe=Recipe.USER_PERSONALIZATION_V2,
        )
        # Created after the dataset that it learns from, and deleted before it.
        solution.node.add_dependency(interactions)

        cdk.CfnOutput(self, "SolutionArn", value=solution.solution_arn)
        cdk.CfnOutput(self, "SolutionStatus", value=solution.status)


def main() -> None:
    """Synthesize the app."""
    app = cdk.App()
    MovieRecommendations(app, "MovieRecommendations")
    app.synth()


if __name__ == "__main__":
    main()
