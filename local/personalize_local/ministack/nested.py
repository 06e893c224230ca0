"""Updates of nested stacks, where ministack loses two things that it keeps in a stack of its own.

A resource without a change comes out of the update without its attributes, so that the next Fn::GetAtt of
one fails; and nobody deletes what a custom resource was replaced from.
"""

from __future__ import annotations

from collections.abc import Mapping

from ministack.services import cloudformation
from ministack.services.cloudformation import provisioners

Properties = Mapping[str, object]
Provisioned = tuple[str, dict[str, str]]  # the physical id and the attributes


def register() -> None:
    """Let nested stacks be updated."""
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

    # Stacks of their own have bound the original, and keep it.
    provisioners._update_resource = update_resource
