"""The kind of resource that deletes the hidden dataset of a dataset group."""

from __future__ import annotations

from cdk_personalize.model.kind import Kind

EVENT_INTERACTIONS = Kind(
    name="dataset",
    resource_type="Custom::PersonalizeEventInteractions",
    path="*/EVENT_INTERACTIONS",
    changes=("DescribeDataset", "DeleteDataset"),
)
