"""The data of the streaming service: its films, and who watched what."""

from __future__ import annotations

import json

from aws_cdk import aws_personalize as personalize
from constructs import Construct

INTERACTIONS = {
    "type": "record",
    "name": "Interactions",
    "namespace": "com.amazonaws.personalize.schema",
    "fields": [
        {"name": "USER_ID", "type": "string"},
        {"name": "ITEM_ID", "type": "string"},
        {"name": "TIMESTAMP", "type": "long"},
        {"name": "EVENT_TYPE", "type": "string"},
        {"name": "EVENT_VALUE", "type": ["null", "float"]},  # the fraction of a film that was watched
    ],
    "version": "1.0",
}
FILMS = {
    "type": "record",
    "name": "Items",
    "namespace": "com.amazonaws.personalize.schema",
    "fields": [
        {"name": "ITEM_ID", "type": "string"},
        {"name": "TITLE", "type": "string", "itemName": True},
        {"name": "SYNOPSIS", "type": ["null", "string"], "textual": True},
        {"name": "GENRES", "type": ["null", "string"], "categorical": True},
        {"name": "CREATION_TIMESTAMP", "type": "long"},
    ],
    "version": "1.0",
}


class Catalog(Construct):
    """A dataset group with the films and what people watched. Importing data is not part of the stack."""

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        group = personalize.CfnDatasetGroup(self, "Group", name="media")
        self.dataset_group_arn = group.attr_dataset_group_arn
        for kind, document in (("Interactions", INTERACTIONS), ("Items", FILMS)):
            name = f"media-{kind.lower()}"
            schema = personalize.CfnSchema(self, f"{kind}Schema", name=name, schema=json.dumps(document))
            personalize.CfnDataset(
                self,
                kind,
                name=name,
                dataset_type=kind,
                dataset_group_arn=self.dataset_group_arn,
                schema_arn=schema.attr_schema_arn,
            )
