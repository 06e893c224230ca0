"""Where Amazon Personalize is, as far as botocore knows."""

from __future__ import annotations

from aws_cdk import Annotations
from constructs import Construct

from cdk_personalize.model.errors import Doubt
from cdk_personalize.model.tokens import is_token

# A copy, because to ask botocore takes longer than everything else here. A test compares the two.
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


def warn_where_there_is_none(scope: Construct, region: str) -> None:
    """Warn if a stack is for a Region in which botocore knows no endpoint of Amazon Personalize.

    Args:
        scope: What the warning is attached to.
        region: The stack's Region; a token says nothing.
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
    Annotations.of(scope).add_warning_v2(f"cdk-personalize:{doubt.id}", str(doubt))
