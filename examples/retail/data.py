"""The data of the shop: items, customers and interactions."""

from __future__ import annotations

import json

import aws_cdk as cdk
from aws_cdk import aws_personalize as personalize
from constructs import Construct

Fields = list[dict[str, str | bool | list[str]]]

NATIVE_TYPES = [f"AWS::Personalize::{kind}" for kind in ("DatasetGroup", "Dataset", "Schema")]
"""Types that CloudFormation replaces, with their data, when a tag changes."""

INTERACTIONS: Fields = [
    {"name": "USER_ID", "type": "string"},
    {"name": "ITEM_ID", "type": "string"},
    {"name": "TIMESTAMP", "type": "long"},
    {"name": "EVENT_TYPE", "type": "string"},
    {"name": "EVENT_VALUE", "type": ["null", "float"]},
]
ITEMS: Fields = [
    {"name": "ITEM_ID", "type": "string"},
    {"name": "CATEGORY", "type": "string", "categorical": True},
    {"name": "PRICE", "type": "float"},
    {"name": "MARGIN", "type": "float"},
    {"name": "WAREHOUSE", "type": ["null", "string"], "categorical": True},
    {"name": "CREATION_TIMESTAMP", "type": "long"},
]
USERS: Fields = [
    {"name": "USER_ID", "type": "string"},
    {"name": "MEMBERSHIP", "type": "string", "categorical": True},
]


class ShopData(Construct):
    """A dataset group with a dataset of each kind. Importing data is not part of the stack."""

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        self._prefix = cdk.Stack.of(self).stack_name.lower()
        self._group = personalize.CfnDatasetGroup(self, "Group", name=self._prefix)
        self._dataset("Interactions", INTERACTIONS)
        self._dataset("Items", ITEMS)
        self._dataset("Users", USERS)

    @property
    def dataset_group_arn(self) -> str:
        """The dataset group that solutions are trained on."""
        return self._group.attr_dataset_group_arn

    def _dataset(self, kind: str, fields: Fields) -> None:
        schema = {
            "type": "record",
            "name": kind,
            "namespace": "com.amazonaws.personalize.schema",
            "fields": fields,
            "version": "1.0",
        }
        name = f"{self._prefix}-{kind.lower()}"
        personalize.CfnDataset(
            self,
            kind,
            name=name,
            dataset_type=kind,
            dataset_group_arn=self.dataset_group_arn,
            schema_arn=personalize.CfnSchema(
                self, f"{kind}Schema", name=name, schema=json.dumps(schema)
            ).attr_schema_arn,
        )
