"""The kind of resource that a `Solution` is."""

from __future__ import annotations

from cdk_personalize.model.kind import Kind

SOLUTION = Kind(
    name="solution",
    resource_type="Custom::PersonalizeSolution",
    created_in=("dataset-group",),  # rule 124
    reads=("DescribeSolution", "ListTagsForResource"),
    creates=("CreateSolution",),
    # Versions included: their ARNs begin with the solution's (rule 129).
    changes=(
        "UpdateSolution",
        "DeleteSolution",
        "StopSolutionVersionCreation",
        "TagResource",
        "UntagResource",
    ),
    lists=("ListSolutionVersions", "ListCampaigns"),
)
