"""Which resource of a stack CloudFormation knows a physical id by.

A logical id may change while the physical id stays: CloudFormation's stack refactoring, which `cdk refactor`
uses, sends no request for it. The tags then name a resource that the stack may not have any more.
"""

from __future__ import annotations

from personalize_provider.reading import pages
from personalize_provider.sdk import CloudFormation


def is_named_elsewhere(client: CloudFormation, stack_id: str, logical_id: str, physical_id: str) -> bool:
    """Whether another resource of the stack than this one has the physical id.

    A resource that was removed, with its solution retained, has nothing any more.
    """
    return any(
        resource.get("PhysicalResourceId") == physical_id
        and resource.get("LogicalResourceId") != logical_id
        and resource.get("ResourceStatus") not in {"DELETE_COMPLETE", "DELETE_SKIPPED"}
        for page in pages(client.list_stack_resources, {"StackName": stack_id}, "NextToken")
        for resource in page["StackResourceSummaries"]
    )
