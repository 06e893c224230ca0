"""The CreateCampaign request for the arguments of a `Campaign`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from cdk_personalize.campaign.config import CampaignConfig
from cdk_personalize.model.findings import InvalidConstructError
from cdk_personalize.model.names import RESOURCE_NAME
from cdk_personalize.model.structures import Spelled, Structure
from cdk_personalize.model.value_types import Flag, Integer
from cdk_personalize.solution.arn import SOLUTION, VERSION


class InvalidCampaignError(InvalidConstructError):
    """Amazon Personalize would refuse the arguments of a `Campaign`."""


@dataclass(frozen=True, kw_only=True)
class CampaignRequest:
    """The arguments of a `Campaign` for its CreateCampaign request, and those for the provider."""

    campaign_name: Annotated[str | None, RESOURCE_NAME, Spelled("name")] = None
    # str | ISolution, str | ISolutionVersion: the CDK is slow to import
    solution: Annotated[Any, SOLUTION, Spelled("solutionArn")]
    solution_version: Annotated[Any, VERSION, Spelled("solutionVersionArn")] = None
    min_provisioned_tps: Annotated[int | None, Integer(min=1), Spelled("minProvisionedTPS")] = None
    campaign_config: Annotated[CampaignConfig | None, Structure(CampaignConfig)] = None
    adopt_existing: Annotated[bool | None, Flag()] = None

    def properties(self) -> dict[str, Any]:
        """Return the request in the API's own names."""
        return Structure(CampaignRequest).wire(self)

    @staticmethod
    def arns(properties: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
        """Yield the arguments that name a resource by its ARN, with the ARN.

        Args:
            properties: The request in the API's own names.
        """
        yield "solution", properties["solutionArn"]
        yield "solution_version", properties.get("solutionVersionArn")
