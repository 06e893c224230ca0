"""The simulated kinds of resources, and their durations and quotas as users set them."""

from __future__ import annotations

from dataclasses import dataclass

from personalize_local.simulator.engine.kind import Kind
from personalize_local.simulator.engine.settings import BaseDurations, BaseLimits
from personalize_local.simulator.kinds import (
    batch_inference_job,
    batch_segment_job,
    campaign,
    dataset_group,
    event_tracker,
    recipes,
    recommender,
    schema,
)
from personalize_local.simulator.kinds.dataset import dataset, import_job
from personalize_local.simulator.kinds.filter import filter
from personalize_local.simulator.kinds.solution import solution, version
from personalize_local.simulator.kinds.solution.settings import SolutionDurations, SolutionLimits

KINDS: dict[str, Kind] = {
    kind.noun: kind
    for kind in (
        dataset_group.KIND,
        schema.KIND,
        dataset.KIND,
        import_job.KIND,
        recipes.KIND,
        solution.KIND,
        version.KIND,
        campaign.KIND,
        recommender.KIND,
        batch_inference_job.KIND,
        batch_segment_job.KIND,
        event_tracker.KIND,
        filter.KIND,
    )
}
"""Every kind by its noun, in the order of the page and the state."""


@dataclass(frozen=True)
class Durations(  # the fields of the last base come first
    BaseDurations,
    filter.FilterDurations,
    event_tracker.EventTrackerDurations,
    import_job.ImportJobDurations,
    dataset.DatasetDurations,
    dataset_group.DatasetGroupDurations,
    batch_segment_job.BatchSegmentJobDurations,
    batch_inference_job.BatchInferenceJobDurations,
    recommender.RecommenderDurations,
    campaign.CampaignDurations,
    SolutionDurations,
):
    """Seconds that each kind of work takes. The classes that it inherits from document the fields.

    The defaults keep tests quick. A solution is ACTIVE as soon as it is created, as on AWS (rule 56).
    Work that has begun keeps the duration that it began with.
    """


@dataclass(frozen=True)
class Limits(
    BaseLimits,
    filter.FilterLimits,
    import_job.ImportJobLimits,
    dataset_group.DatasetGroupLimits,
    batch_segment_job.BatchSegmentJobLimits,
    batch_inference_job.BatchInferenceJobLimits,
    recommender.RecommenderLimits,
    campaign.CampaignLimits,
    SolutionLimits,
):
    """Quotas of an account in a Region, with the service's defaults (rules 116 to 118)."""
