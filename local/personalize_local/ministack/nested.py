"""Updates of nested stacks, in which ministack does less than in other stacks.

A resource without a change loses its attributes in the update, so that the next Fn::GetAtt fails. And the old
resource of a replaced custom resource is not deleted.
"""

from __future__ import annotations

from collections.abc import Mapping

from ministack.services import cloudformation
from ministack.services.cloudformation import provisioners

Properties = Mapping[str, object]
Provisioned = tuple[str, dict[str, str]]  # the physical id and the attributes


def register() -> None:
    """Correct the updates of nested stacks."""
    update = provisioners._update_resource

    def update_resource(
        resource_type: str,
        physical_id: str,
        old: Properties,
        new: Properties,
        stack_name: str,
        logical_id: str,
        attributes: dict[str, str] | None = None,
    ) -> Provisioned:
        if attributes is None:
            resource = cloudformation._stacks[stack_name]["_resources"].get(logical_id, {})
            attributes = resource.get("Attributes")
        made: Provisioned = update(resource_type, physical_id, old, new, stack_name, logical_id, attributes)
        if made[0] != physical_id and resource_type.startswith("Custom::"):
            provisioners._delete_predecessor(
                provisioners._delete_resource, resource_type, physical_id, old, stack_name, logical_id
            )
        return made

    # Other stacks use the original, which they have imported by name.
    provisioners._update_resource = update_resource
