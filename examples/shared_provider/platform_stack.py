"""The provider, in the platform team's stack."""

from __future__ import annotations

import aws_cdk as cdk
from constructs import Construct

from cdk_personalize import PersonalizeProvider

SERVICE_TOKEN = "personalize-service-token"  # noqa: S105 (the name of an export)
"""The export by which other stacks import the service token."""


class Platform(cdk.Stack):
    """One provider for the account and Region. Its role can change the solutions of any stack there."""

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(
            scope, construct_id, description="Deploys Amazon Personalize solutions for all teams"
        )
        provider = PersonalizeProvider(self, shared=True)
        cdk.CfnOutput(self, "ServiceToken", value=provider.service_token, export_name=SERVICE_TOKEN)
