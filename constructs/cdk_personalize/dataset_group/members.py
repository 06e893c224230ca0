"""What an app declares in each dataset group."""

from __future__ import annotations

from cdk_personalize.dataset_group.arn import DatasetGroupArn
from cdk_personalize.model.members import Members

MEMBERS = Members(DatasetGroupArn())
"""Datasets, event trackers and filters; and, if the app defines it, the dataset group."""
