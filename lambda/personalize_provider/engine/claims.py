"""Which resource of a stack CloudFormation knows a physical id by.

A logical id may change while the physical id stays: CloudFormation's stack refactoring, which `cdk refactor`
uses, sends no request for it. The tags then name a resource that the stack may not have any more.
"""

from __future__ import annotations

from personalize_provider.aws.reading import pages
from personalize_provider.aws.sdk import CloudFormation


def is_named_elsewhere(
    client: CloudFormation, stack_id: str, logical_id: str, physical_id: str, tagged: str
) -> bool:
    """Whether another resource of the stack has a physical id, or may get it.

    A resource that is being created has no id yet. One that was removed, with its solution retained, has none
    any more.

    Args:
        client: Calls CloudFormation.
        stack_id: ARN of the stack.
        logical_id: The resource that asks.
        physical_id: The id.
        tagged: The logical id in the tags of what bears it.
    """
    return any(
        resource.get("PhysicalResourceId") == physical_id
        or (
            resource.get("LogicalResourceId") == tagged
            and resource.get("ResourceStatus") == "CREATE_IN_PROGRESS"
        )
        for page in pages(client.list_stack_resources, {"StackName": stack_id}, "NextToken")
        for resource in page["StackResourceSummaries"]
        if resource.get("LogicalResourceId") != logical_id
        and resource.get("ResourceStatus") not in {"DELETE_COMPLETE", "DELETE_SKIPPED"}
    )
