"""AWS::Personalize::Schema, DatasetGroup and Dataset, as CloudFormation's own types have them.

Each knows how its template properties become a request, and waits until the service is done with it. A
solution has no type here: `Custom::PersonalizeSolution` is what this project is about.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from personalize_local.simulator import Personalize, Scope, ServiceError

_POLL_SECONDS = 0.1


class ResourceError(Exception):
    """A resource cannot be made or removed; the text is the reason in the stack's events."""


@dataclass(frozen=True, slots=True)
class NativeType:
    """One resource type, in the terms of its registry schema.

    Attributes:
        name: The type's name in a template.
        noun: What the API calls it, as in `Create<noun>`.
        required: Properties that a template must have.
        optional: Properties that it may have.
        enums: The values allowed for a property.
        refused: Properties that the simulator has no answer for, and why.
        deletes_first: Whether a replacement deletes the old resource before it creates the new one.
        sends_tags: Whether the create operation takes tags.
    """

    name: str
    noun: str
    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    enums: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)
    deletes_first: bool = False
    sends_tags: bool = True

    @property
    def properties(self) -> tuple[str, ...]:
        """All that a template may set. A change of any of them is a replacement."""
        return (*self.required, *self.optional)

    @property
    def arn_attribute(self) -> str:
        """The one attribute, which is also what Ref answers with."""
        return f"{self.noun}Arn"

    def create(self, service: Personalize, scope: Scope, properties: Mapping[str, object]) -> str:
        """Create the resource and wait until it is usable.

        Returns:
            Its ARN.

        Raises:
            ResourceError: the properties do not fit the type, the service refuses them, or the creation
                fails later.
        """
        request = self._request(properties)
        try:
            arn = str(service.call(f"Create{self.noun}", request, scope)[self._arn_member])
        except ServiceError as error:
            raise ResourceError(
                f"{error.message} (Service: Personalize, Error Code: {error.code})"
            ) from error
        while True:
            description = self._describe(service, scope, arn)
            status = str(description.get("status", "ACTIVE"))
            if status == "ACTIVE":
                return arn
            if status == "CREATE FAILED":
                # It exists, and the stack will not know of it: what failed must not outlive the rollback.
                self.delete(service, scope, arn)
                raise ResourceError(
                    f"{arn} is {status}: {description.get('failureReason', 'no reason given')}"
                )
            time.sleep(_POLL_SECONDS)

    def delete(self, service: Personalize, scope: Scope, arn: str) -> None:
        """Delete the resource and wait until it is gone; one that is gone already is fine.

        Raises:
            ResourceError: the service refuses, for example while something uses the resource.
        """
        try:
            service.call(f"Delete{self.noun}", {self._arn_member: arn}, scope)
            while True:
                self._describe(service, scope, arn)
                time.sleep(_POLL_SECONDS)
        except ServiceError as error:
            if error.code != "ResourceNotFoundException":
                raise ResourceError(
                    f"{error.message} (Service: Personalize, Error Code: {error.code})"
                ) from error

    @property
    def _member(self) -> str:
        return _member(self.noun)

    @property
    def _arn_member(self) -> str:
        return f"{self._member}Arn"

    def _describe(self, service: Personalize, scope: Scope, arn: str) -> Mapping[str, object]:
        answer = service.call(f"Describe{self.noun}", {self._arn_member: arn}, scope)[self._member]
        assert isinstance(answer, Mapping)  # noqa: S101 (the model says so)
        return answer

    def _request(self, properties: Mapping[str, object]) -> dict[str, object]:
        problems = [f"#: required key [{name}] not found" for name in self.required if name not in properties]
        problems += [
            f"#: extraneous key [{name}] is not permitted"
            for name in properties
            if name not in self.properties and name not in self.refused
        ]
        problems += [
            f"#/{name}: {properties[name]} is not a valid enum value"
            for name, allowed in self.enums.items()
            if name in properties and properties[name] not in allowed
        ]
        problems += [f"#/{name}: {reason}" for name, reason in self.refused.items() if name in properties]
        if problems:
            raise ResourceError(
                f"Properties validation failed for {self.name} with message: {'; '.join(problems)}"
            )
        request = {_member(name): value for name, value in properties.items() if name != "Tags"}
        tags = properties.get("Tags")
        if self.sends_tags and isinstance(tags, list) and tags:
            request["tags"] = [{"tagKey": tag["Key"], "tagValue": tag["Value"]} for tag in tags]
        return request


def _member(name: str) -> str:
    return name[0].lower() + name[1:]


NATIVE_TYPES = (
    NativeType(
        "AWS::Personalize::Schema",
        "Schema",
        required=("Name", "Schema"),
        optional=("Domain", "Tags"),
        enums={"Domain": ("ECOMMERCE", "VIDEO_ON_DEMAND")},
        # CreateSchema has no tags, and schemas are not among what TagResource takes (rule 130).
        sends_tags=False,
    ),
    NativeType(
        "AWS::Personalize::DatasetGroup",
        "DatasetGroup",
        required=("Name",),
        optional=("Domain", "KmsKeyArn", "RoleArn", "Tags"),
        enums={"Domain": ("ECOMMERCE", "VIDEO_ON_DEMAND")},
    ),
    NativeType(
        "AWS::Personalize::Dataset",
        "Dataset",
        required=("Name", "DatasetType", "DatasetGroupArn", "SchemaArn"),
        optional=("Tags",),
        enums={"DatasetType": ("Interactions", "Items", "Users")},
        refused={"DatasetImportJob": "import jobs are not simulated; leave it out of a local deploy"},
        deletes_first=True,
    ),
)
