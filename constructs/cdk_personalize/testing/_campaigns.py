"""Assertions about the campaigns in a template, in the arguments of `Campaign`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aws_cdk import RemovalPolicy
from aws_cdk.assertions import Matcher, Template

from cdk_personalize import CampaignConfig, IPersonalizeProvider
from cdk_personalize.campaign.kind import CAMPAIGN
from cdk_personalize.campaign.request import CampaignRequest
from cdk_personalize.testing._assertions import SharedArguments, assert_one_has, resources_of


def campaigns_of(template: Template | Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the properties of a template's campaigns, in the API's names, by logical id."""
    return {name: item["Properties"] for name, item in resources_of(template, CAMPAIGN).items()}


def has_campaign(
    template: Template | Mapping[str, Any],
    *,
    solution: object = None,
    campaign_name: object = None,
    min_provisioned_tps: object = None,
    campaign_config: CampaignConfig | Matcher | None = None,
    adopt_existing: object = None,
    removal_policy: RemovalPolicy | None = None,
    provider: IPersonalizeProvider | None = None,
    solution_version: object = None,
    tags: Mapping[str, object] | None = None,
) -> None:
    """Assert that a template has a campaign with these arguments, whatever its other arguments.

    The arguments are those of `Campaign`, and `solution_version` of `Campaign.fixed`; omitted ones are not
    compared. Pass values as for `has_solution`. For a campaign without a fixed version pass
    `solution_version=Match.absent()`.

    Args:
        template: A `Template` of the CDK, or the result of `template_of`.
        solution: The solution whose versions it serves: a construct or an ARN.
        campaign_name: The explicit name.
        min_provisioned_tps: Transactions per second that are always available.
        campaign_config: How it answers requests.
        adopt_existing: Whether it takes over an existing campaign.
        removal_policy: What happens to it when it leaves the stack.
        provider: The provider that manages it.
        solution_version: The version that it serves: a construct or an ARN.
        tags: Tags that it has, among others.

    Raises:
        AssertionError: No campaign has all of them. It names the closest campaign and each difference.
    """
    __tracebackhide__ = True  # pytest then shows the test, not this function
    arguments = {
        "solution": solution,
        "campaign_name": campaign_name,
        "min_provisioned_tps": min_provisioned_tps,
        "campaign_config": campaign_config,
        "adopt_existing": adopt_existing,
        "solution_version": solution_version,
    }
    shared = SharedArguments(removal_policy, provider, tags)
    assert_one_has(template, CAMPAIGN, CampaignRequest, arguments, shared)
