"""CloudFormation's own AWS::Personalize types.

Each converts template properties to a request, waits until the service is done, and decides which changes
replace the resource. `Custom::PersonalizeSolution` is not here: its provider is part of the deployed stack.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from personalize_local.native_properties import as_members, member
from personalize_local.simulator import Personalize, Scope, ServiceError
from personalize_local.simulator.engine.errors import RESOURCE_NOT_FOUND
from personalize_local.simulator.engine.model import operation_model

_POLL_SECONDS = 0.1

# For types whose tags cannot be changed. For the others the service checks tags.
_TAG_KEY = re.compile(r"(?!aws:)[a-zA-Z+-=._:/]+")

Properties = Mapping[str, Any]


class ResourceError(Exception):
    """A resource cannot be created, updated or deleted. The text is the reason in the stack's events."""


@dataclass(frozen=True, slots=True)
class NativeType:
    """One resource type, in the terms of its registry schema.

    Attributes:
        name: The type's name in a template.
        noun: The API's name, as in `Create<noun>`.
        required: Properties that a template must have.
        optional: Properties that a template can have.
        updatable: Properties that are updated in place. A change of any other replaces the resource.
        attributes: The attributes of Fn::GetAtt besides the ARN.
        lacking: The paths of members that are in the API's request but not in the type.
        enums: The values allowed for a property.
        refused: Properties that are not simulated, each with the reason.
        deletes_first: Whether a replacement deletes the old resource before it creates the new one.
        sends_tags: Whether the create operation takes tags.
    """

    name: str
    noun: str
    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    updatable: tuple[str, ...] = ()
    attributes: tuple[str, ...] = ()
    lacking: frozenset[str] = frozenset()
    enums: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)
    deletes_first: bool = False
    sends_tags: bool = True

    @property
    def properties(self) -> tuple[str, ...]:
        """All properties that a template can have."""
        return (*self.required, *self.optional)

    @property
    def replacing(self) -> tuple[str, ...]:
        """The properties whose change replaces the resource."""
        return tuple(name for name in self.properties if name not in self.updatable)

    def create(self, service: Personalize, scope: Scope, properties: Properties) -> str:
        """Create the resource and wait until it is usable.

        Returns:
            The ARN, which Ref returns: the primary identifier in the registry.

        Raises:
            ResourceError: the properties do not fit the type, the service refuses them, or the creation
                fails later.
        """
        request = self._request(properties)
        arn = str(self._call(service, scope, f"Create{self.noun}", request)[self._arn_member])
        while True:
            # An eventually consistent service might not find it yet.
            description = self._described(service, scope, arn) or {"status": "CREATE PENDING"}
            status = str(description.get("status", "ACTIVE"))
            if status == "ACTIVE":
                return arn
            if status == "CREATE FAILED":
                # It exists but is not in the stack, so the rollback would not delete it.
                self.delete(service, scope, arn)
                raise ResourceError(
                    f"{arn} is {status}: {description.get('failureReason', 'no reason given')}"
                )
            time.sleep(_POLL_SECONDS)

    def update(
        self, service: Personalize, scope: Scope, arn: str, before: Properties, after: Properties
    ) -> None:
        """Update a resource in place, and wait until the update is in force.

        Raises:
            ResourceError: the properties do not fit the type, the service refuses them, or the update fails
                later.
        """
        request = self._request(after)
        in_place = [name for name in self.updatable if name != "Tags"]
        if any(before.get(name) != after.get(name) for name in in_place):
            changes = {member(name): request[member(name)] for name in in_place if name in after}
            self._call(service, scope, f"Update{self.noun}", {self._arn_member: arn} | changes)
            self._wait_for_update(service, scope, arn)
        self._retag(service, scope, arn, self._request(before).get("tags", []), request.get("tags", []))

    def delete(self, service: Personalize, scope: Scope, arn: str) -> None:
        """Delete the resource and wait until it is gone. It is no error if it does not exist.

        Raises:
            ResourceError: the service refuses, for example while something uses the resource.
        """
        try:
            service.call(f"Delete{self.noun}", {self._arn_member: arn}, scope)
        except ServiceError as error:
            if error.code != RESOURCE_NOT_FOUND:
                raise _refusal(error) from error
        while self._described(service, scope, arn) is not None:
            time.sleep(_POLL_SECONDS)

    def read(self, service: Personalize, scope: Scope, arn: str) -> dict[str, str]:
        """Return the attributes for Fn::GetAtt."""
        description = self._described(service, scope, arn) or {}
        names = (f"{self.noun}Arn", *self.attributes)
        return {name: _text(description[member(name)]) for name in names if member(name) in description}

    @property
    def _arn_member(self) -> str:
        return f"{member(self.noun)}Arn"

    def _described(self, service: Personalize, scope: Scope, arn: str) -> Mapping[str, Any] | None:
        try:
            answer = service.call(f"Describe{self.noun}", {self._arn_member: arn}, scope)
        except ServiceError as error:
            if error.code == RESOURCE_NOT_FOUND:
                return None
            raise _refusal(error) from error
        described = answer[member(self.noun)]
        assert isinstance(described, Mapping)  # noqa: S101 (the model says so)
        return described

    def _wait_for_update(self, service: Personalize, scope: Scope, arn: str) -> None:
        while True:
            latest = (self._described(service, scope, arn) or {}).get(f"latest{self.noun}Update", {})
            status = latest.get("status", "ACTIVE")
            if status == "ACTIVE":
                return
            if status == "CREATE FAILED":
                reason = latest.get("failureReason", "no reason given")
                raise ResourceError(f"the update of {arn} is {status}: {reason}")
            time.sleep(_POLL_SECONDS)

    def _retag(
        self,
        service: Personalize,
        scope: Scope,
        arn: str,
        before: list[dict[str, str]],
        after: list[dict[str, str]],
    ) -> None:
        dropped = sorted({tag["tagKey"] for tag in before} - {tag["tagKey"] for tag in after})
        if dropped:
            self._call(service, scope, "UntagResource", {"resourceArn": arn, "tagKeys": dropped})
        changed = [tag for tag in after if tag not in before]
        if changed:
            self._call(service, scope, "TagResource", {"resourceArn": arn, "tags": changed})

    @staticmethod
    def _call(
        service: Personalize, scope: Scope, operation: str, request: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        try:
            return service.call(operation, request, scope)
        except ServiceError as error:
            raise _refusal(error) from error

    def _request(self, properties: Properties) -> dict[str, Any]:
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
        tags = properties.get("Tags") or []
        problems += _problems_of_tags(tags, narrow="Tags" not in self.updatable)
        own = {
            name: value for name, value in properties.items() if name in self.properties and name != "Tags"
        }
        shape = operation_model(f"Create{self.noun}").input_shape
        request, misfits = as_members(shape, own, self.lacking)
        problems += misfits
        if problems:
            raise ResourceError(
                f"Properties validation failed for {self.name} with message: {'; '.join(problems)}"
            )
        if self.sends_tags and tags:
            request["tags"] = [{"tagKey": tag["Key"], "tagValue": str(tag["Value"])} for tag in tags]
        return request


def _problems_of_tags(tags: Any, *, narrow: bool) -> list[str]:
    if not isinstance(tags, list):
        return [f"#/Tags: expected type: JSONArray, found: {type(tags).__name__}"]
    problems = []
    for place, tag in enumerate(tags):
        missing = [name for name in ("Key", "Value") if not isinstance(tag, Mapping) or name not in tag]
        problems += [f"#/Tags/{place}: required key [{name}] not found" for name in missing]
        if narrow and not missing and not _TAG_KEY.fullmatch(str(tag["Key"])):
            problems.append(f"#/Tags/{place}/Key: failed validation constraint for keyword [pattern]")
    return problems


def _refusal(error: ServiceError) -> ResourceError:
    return ResourceError(f"{error.message} (Service: Personalize, Error Code: {error.code})")


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


_DOMAINS = {"Domain": ("ECOMMERCE", "VIDEO_ON_DEMAND")}
_DATES = ("CreationDateTime", "LastUpdatedDateTime")

NATIVE_TYPES = (
    NativeType(
        "AWS::Personalize::Schema",
        "Schema",
        required=("Name", "Schema"),
        optional=("Domain", "Tags"),
        enums=_DOMAINS,
        # CreateSchema has no tags, and schemas are not among what TagResource takes (rule 130).
        sends_tags=False,
    ),
    NativeType(
        "AWS::Personalize::DatasetGroup",
        "DatasetGroup",
        required=("Name",),
        optional=("Domain", "KmsKeyArn", "RoleArn", "Tags"),
        enums=_DOMAINS,
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
    NativeType(
        "AWS::Personalize::Solution",
        "Solution",
        required=("Name", "DatasetGroupArn"),
        optional=(
            "EventType",
            "PerformAutoML",
            "PerformHPO",
            "RecipeArn",
            "SolutionConfig",
            "Tags",
        ),
        lacking=frozenset(
            f"SolutionConfig.{name}"
            for name in ("AutoTrainingConfig", "EventsConfig", "OptimizationObjective", "TrainingDataConfig")
        ),
    ),
    NativeType(
        "AWS::Personalize::Campaign",
        "Campaign",
        required=("Name", "SolutionVersionArn"),
        optional=("CampaignConfig", "MinProvisionedTPS", "Tags"),
        updatable=("SolutionVersionArn", "CampaignConfig", "MinProvisionedTPS", "Tags"),
        attributes=("Status", *_DATES),
    ),
    NativeType(
        "AWS::Personalize::EventTracker",
        "EventTracker",
        required=("Name", "DatasetGroupArn"),
        optional=("Tags",),
        updatable=("Tags",),
        attributes=("TrackingId",),
    ),
    NativeType(
        "AWS::Personalize::Filter",
        "Filter",
        required=("Name", "DatasetGroupArn", "FilterExpression"),
        optional=("Tags",),
        updatable=("Tags",),
        attributes=("Status", *_DATES),
    ),
)
