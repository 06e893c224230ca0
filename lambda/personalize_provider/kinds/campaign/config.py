"""What an update can change about a campaign, normalized: settings that mean the same are equal. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from personalize_provider.kinds.owned.spelling import scalar_text

LATEST = "$LATEST"
"""Stands for the newest ACTIVE version at the end of a solutionVersionArn."""

_DEFAULT_TPS = 1  # the service's default

# The service's defaults (rule 158), which it may or may not describe.
_EXPLORATION = {"explorationWeight": "0.3", "explorationItemAgeCutOff": "30"}


def solution_of(version_arn: str) -> str:
    """ARN of the solution that a version is of (rule 92)."""
    return version_arn.rpartition("/")[0]


def settings(campaign: Mapping[str, Any]) -> dict[str, Any]:
    """The minimum TPS and the configuration of a campaign, with the service's defaults, in one spelling.

    Args:
        campaign: A CreateCampaign request, a described campaign, or its latest update.
    """
    return {
        "minProvisionedTPS": campaign.get("minProvisionedTPS", _DEFAULT_TPS),
        "campaignConfig": _canonical(campaign.get("campaignConfig") or {}),
    }


def update_request(declared: Mapping[str, Any], live: Mapping[str, Any]) -> dict[str, Any]:
    """The members of an UpdateCampaign that makes `live` as `declared`; empty if none is needed.

    It has the whole configuration, because AWS doesn't document what an update resets that leaves a member
    out (rule 156). It names a version only if one is declared: whoever promotes chooses it (rule 151).

    Args:
        declared: A CreateCampaign request, without a version if another writer chooses it.
        live: The campaign with its latest update.
    """
    version = declared.get("solutionVersionArn")
    is_other = version is not None and not version.endswith(f"/{LATEST}")
    is_other = is_other and version != live.get("solutionVersionArn")
    ours, theirs = settings(declared), settings(live)
    if not is_other and ours == theirs:
        return {}
    request: dict[str, Any] = {"minProvisionedTPS": ours["minProvisionedTPS"]}
    if version is not None:
        request["solutionVersionArn"] = version
    if "campaignConfig" in declared or theirs["campaignConfig"]:
        request["campaignConfig"] = declared.get("campaignConfig", {})
    return request


def _canonical(config: Mapping[str, Any]) -> dict[str, Any]:
    """A `campaignConfig` in one spelling, without members that mean nothing or are a default."""
    members = {name: _spelled(value) for name, value in config.items()}
    return {name: value for name, value in members.items() if value}


def _spelled(value: Any) -> Any:
    """A flag, or a map of numbers."""
    if not isinstance(value, Mapping):
        return value
    numbers = {key: scalar_text(number) for key, number in value.items()}
    return {key: number for key, number in numbers.items() if _EXPLORATION.get(key) != number}
