"""The operations that are simulated. All others of the model are answered as not simulated."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from personalize_local.simulator import events, records, runtime
from personalize_local.simulator.engine import tags
from personalize_local.simulator.engine.context import Context
from personalize_local.simulator.engine.model import Request
from personalize_local.simulator.kinds import (
    campaign,
    dataset,
    dataset_group,
    event_tracker,
    filter,
    recipes,
    schema,
    solution,
)
from personalize_local.simulator.kinds import solution_version as version

Operation = Callable[[Context, Request], dict[str, object]]

OPERATIONS: Mapping[str, Operation] = {
    "CreateCampaign": campaign.create,
    "CreateDataset": dataset.create,
    "CreateDatasetGroup": dataset_group.create,
    "CreateEventTracker": event_tracker.create,
    "CreateFilter": filter.create,
    "CreateSchema": schema.create,
    "CreateSolution": solution.create,
    "CreateSolutionVersion": version.create,
    "DeleteCampaign": campaign.delete,
    "DeleteDataset": dataset.delete,
    "DeleteDatasetGroup": dataset_group.delete,
    "DeleteEventTracker": event_tracker.delete,
    "DeleteFilter": filter.delete,
    "DeleteSchema": schema.delete,
    "DeleteSolution": solution.delete,
    "DescribeCampaign": campaign.describe,
    "DescribeDataset": dataset.describe,
    "DescribeDatasetGroup": dataset_group.describe,
    "DescribeEventTracker": event_tracker.describe,
    "DescribeFilter": filter.describe,
    "DescribeRecipe": recipes.describe,
    "DescribeSchema": schema.describe,
    "DescribeSolution": solution.describe,
    "DescribeSolutionVersion": version.describe,
    "GetRecommendations": runtime.get_recommendations,
    "ListCampaigns": campaign.list_all,
    "ListDatasetGroups": dataset_group.list_all,
    "ListDatasets": dataset.list_all,
    "ListEventTrackers": event_tracker.list_all,
    "ListFilters": filter.list_all,
    "ListRecipes": recipes.list_all,
    "ListSchemas": schema.list_all,
    "ListSolutionVersions": version.list_all,
    "ListSolutions": solution.list_all,
    "ListTagsForResource": tags.list_for,
    "PutEvents": events.put_events,
    "PutItems": records.put_items,
    "PutUsers": records.put_users,
    "StopSolutionVersionCreation": version.stop,
    "TagResource": tags.tag,
    "UntagResource": tags.untag,
    "UpdateCampaign": campaign.update,
    "UpdateSolution": solution.update,
}
"""Each operation of the three services, with the function that answers it."""

RATE_LIMITED = frozenset(OPERATIONS) - {
    "CreateFilter",
    "DeleteFilter",
    "DescribeFilter",
    "DescribeSolutionVersion",
    "GetRecommendations",
    "ListFilters",
    "ListTagsForResource",
    "PutEvents",
    "PutItems",
    "PutUsers",
    "StopSolutionVersionCreation",
    "TagResource",
    "UntagResource",
    "UpdateSolution",
}
"""The operations that the service lists a rate for (rule 118)."""
