"""What CloudFormation asks for, as a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, cast

RequestType = Literal["Create", "Update", "Delete"]

# Properties that steer CloudFormation itself and are no part of what the resource should be.
_CLOUDFORMATION_PROPERTIES = frozenset({"ServiceToken", "ServiceTimeout"})


@dataclass(frozen=True)
class Request:
    """One custom-resource request, without its `ResponseURL`, which is a credential.

    Attributes:
        type: What to do.
        resource_type: For example `Custom::PersonalizeSolution`.
        stack_id: ARN of the stack that owns the resource.
        logical_id: The resource's logical id in that stack.
        request_id: CloudFormation's id of this request.
        physical_id: What the request is about; empty in a Create that has no id yet.
        properties: The resource's properties, scalars as strings, as CloudFormation sends them.
        old_properties: In an Update, the properties of the update before it; empty otherwise.
    """

    type: RequestType
    resource_type: str
    stack_id: str
    logical_id: str
    request_id: str
    physical_id: str = ""
    properties: Mapping[str, Any] = field(default_factory=dict)
    old_properties: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def from_event(cls, event: Mapping[str, Any]) -> Request:
        """Read a CloudFormation event, or the provider framework's copy of one.

        Raises:
            KeyError: the event lacks a member that every CloudFormation event has.
        """
        return cls(
            type=cast(RequestType, event["RequestType"]),
            resource_type=event["ResourceType"],
            stack_id=event["StackId"],
            logical_id=event["LogicalResourceId"],
            request_id=event["RequestId"],
            physical_id=event.get("PhysicalResourceId", ""),
            properties=_own(event.get("ResourceProperties", {})),
            old_properties=_own(event.get("OldResourceProperties", {})),
        )

    def delete_of(self, physical_id: str) -> Request:
        """The Delete that CloudFormation would send for what the properties before these made."""
        return replace(
            self, type="Delete", physical_id=physical_id, properties=self.old_properties, old_properties={}
        )


def _own(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in properties.items() if key not in _CLOUDFORMATION_PROPERTIES}
