"""The Regions with Amazon Personalize, according to botocore."""

from __future__ import annotations

from constructs import Construct

from cdk_personalize.model.annotations import annotate
from cdk_personalize.model.findings import Doubt
from cdk_personalize.model.tokens import is_token

# A copy, because importing botocore takes longer than everything else here. A test compares the two.
REGIONS = frozenset(
    {
        "ap-northeast-1",
        "ap-northeast-2",
        "ap-south-1",
        "ap-southeast-1",
        "ap-southeast-2",
        "ca-central-1",
        "cn-north-1",
        "eu-central-1",
        "eu-west-1",
        "us-east-1",
        "us-east-2",
        "us-west-2",
    }
)


def warn_if_unavailable(scope: Construct, region: str) -> None:
    """Warn if botocore lists no endpoint of Amazon Personalize in a stack's Region.

    Args:
        scope: The construct for the warning.
        region: The stack's Region. A token causes no warning.
    """
    if is_token(region) or region in REGIONS:
        return
    doubt = Doubt(
        argument="the stack's Region",
        value=region,
        rule="must be one with Amazon Personalize",
        fix=f"botocore lists no endpoint there, so deploys may fail; deploy to {', '.join(sorted(REGIONS))}",
        id="region",
    )
    annotate(scope, [doubt])
