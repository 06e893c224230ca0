"""The kind of resource that a `Campaign` is."""

from __future__ import annotations

from cdk_personalize.model.kind import Kind

CAMPAIGN = Kind(
    name="campaign",
    resource_type="Custom::PersonalizeCampaign",
    created_in=("solution",),  # rule 125
    reads=("DescribeCampaign", "ListTagsForResource"),
    creates=("CreateCampaign",),
    changes=("UpdateCampaign", "DeleteCampaign", "TagResource", "UntagResource"),
    lists=("ListSolutionVersions",),
)
