"""Grants on resources of the service."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_iam as iam
from constructs import Node


def grant(grantee: iam.IGrantable, actions: Sequence[str], resources: Sequence[str], on: Node) -> iam.Grant:
    """Allow actions on resources. List actions are allowed on `*`: they have no resource types (rule 127).

    Args:
        grantee: The principal.
        actions: IAM actions such as `personalize:DescribeSolution`.
        resources: The ARNs.
        on: The construct whose resources they are, for messages.
    """
    listing = [action for action in actions if _has_no_resource_type(action)]
    others = [action for action in actions if action not in listing]
    grants = [
        iam.Grant.add_to_principal(grantee=grantee, actions=some, resource_arns=arns)
        for some, arns in ((others, list(resources)), (listing, ["*"]))
        if some
    ]
    if not grants:
        return iam.Grant.drop(grantee, f"no actions on {on.path}")
    return grants[0].combine(grants[1]) if len(grants) > 1 else grants[0]


def _has_no_resource_type(action: str) -> bool:
    service, _, name = action.lower().partition(":")
    return service == "personalize" and name.startswith("list") and name != "listtagsforresource"
