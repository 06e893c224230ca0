"""One request of CloudFormation, as a value."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal, get_args

from personalize_provider.aws.errors import LifecycleError
from personalize_provider.engine.identity import is_stack_id

RequestType = Literal["Create", "Update", "Delete"]

NOT_CREATED = "cdk-personalize::NOT_CREATED"
"""The physical id of a Create that failed before it could make anything."""

_LOGICAL_ID = re.compile(r"[a-zA-Z0-9]{1,255}")

STALE_SECONDS = 15.0
"""How old a reading of CloudFormation can be. AWS documents no limit; users have reported seconds."""

CLOCKS_DIFFER_SECONDS = 3.0
"""By how much clocks can differ, including the fraction of a second that the response URL omits."""

_SIGNED_AT = re.compile(r"[?&]X-Amz-Date=(\d{8}T\d{6}Z)(?:&|$)")
_MAX_ID_BYTES = 1024  # CloudFormation's limit on physical ids
_MAX_SHOWN = 60

# Properties for CloudFormation itself, which don't describe the resource.
_CLOUDFORMATION_PROPERTIES = frozenset({"ServiceToken", "ServiceTimeout"})


@dataclass(frozen=True)
class Request:
    """One custom resource request, without its `ResponseURL`, which is a credential.

    Attributes:
        type: The request type.
        resource_type: For example `Custom::PersonalizeSolution`.
        stack_id: ARN of the stack that owns the resource.
        logical_id: The resource's logical id in that stack.
        request_id: CloudFormation's id of this request.
        physical_id: Id of the resource; empty in a Create that has no id yet.
        properties: The resource's properties, scalars as strings, as CloudFormation sends them.
        old_properties: In an Update, the properties of the update before it; empty otherwise.
        sent_at: When CloudFormation signed the response URL, and so sent the request, in whole seconds since
            the epoch; None if the URL doesn't say.
    """

    type: RequestType
    resource_type: str
    stack_id: str
    logical_id: str
    request_id: str
    physical_id: str = ""
    properties: Mapping[str, Any] = field(default_factory=dict)
    old_properties: Mapping[str, Any] = field(default_factory=dict)
    sent_at: float | None = None

    @classmethod
    def from_event(cls, event: Any, types: Collection[str] = ()) -> Request:
        """Read a CloudFormation event, or the provider framework's copy of one.

        Args:
            event: The event.
            types: The resource types that can be created and updated. Default: - any type.

        Raises:
            LifecycleError: CloudFormation sends no such event; the message names every problem.
        """
        problems = list(_problems(event, types))
        if problems:
            raise malformed(event, problems)
        return cls(
            type=event["RequestType"],
            resource_type=event["ResourceType"],
            stack_id=event["StackId"],
            logical_id=event["LogicalResourceId"],
            request_id=event["RequestId"],
            physical_id=event.get("PhysicalResourceId", ""),
            properties=_own(event["ResourceProperties"]),
            old_properties=_own(event.get("OldResourceProperties", {})),
            sent_at=_signed_at(event.get("ResponseURL")),
        )

    def stale_until(self, since: float) -> float:
        """Until when a reading of CloudFormation can be from before this request was sent.

        Args:
            since: When its first event came, in seconds since the epoch. Lambda may deliver it late.
        """
        sent_at = since if self.sent_at is None else self.sent_at + CLOCKS_DIFFER_SECONDS
        return min(since, sent_at) + STALE_SECONDS

    def has_properties(self, properties: Mapping[str, Any]) -> bool:
        """Whether an Update to these properties, as in the stack's events, is this request."""
        return _is_sent_as(_own(properties), self.properties)

    def is_undone_by(self, properties: Mapping[str, Any]) -> bool:
        """Whether an Update to these properties reverts this request.

        Args:
            properties: As in the stack's events, where a scalar can be of any type.
        """
        asked = _own(properties)
        return _is_sent_as(asked, self.old_properties) and not _is_sent_as(asked, self.properties)

    def delete_of(self, physical_id: str) -> Request:
        """The Delete that CloudFormation would send for the resource of the old properties."""
        return replace(
            self, type="Delete", physical_id=physical_id, properties=self.old_properties, old_properties={}
        )


def malformed(event: Any, problems: Sequence[str]) -> LifecycleError:
    """The failure for an event that neither CloudFormation nor the framework sends.

    The event holds a credential, so the message has only the logical id and the beginnings of values that
    `problems` shows.
    """
    logical_id = event.get("LogicalResourceId") if isinstance(event, Mapping) else None
    return LifecycleError(
        f"resource {logical_id}" if _is_logical_id(logical_id) else "custom resource",
        "reading the event",
        "; ".join(problems),
        "call the function only through a custom resource in a CloudFormation template",
    )


def _problems(event: Any, types: Collection[str]) -> Iterator[str]:
    if not isinstance(event, Mapping):
        yield f"the event is of type {type(event).__name__} and not an object"
        return
    for member, (is_right, right) in _MEMBERS.items():
        if member not in event:
            if member not in _OPTIONAL.get(str(event.get("RequestType")), ()):
                yield f"{member} is missing"
        elif not is_right(event[member]):
            yield f"{member} is {_shown(event[member])} and not {right}"
    # A Delete of any type passes: a failure would only keep the stack from being deleted.
    resource_type = event.get("ResourceType")
    if (
        types
        and _is_id(resource_type)
        and resource_type not in types
        and event.get("RequestType") != "Delete"
    ):
        yield f"ResourceType is {_shown(resource_type)} and not {' or '.join(types)}"


def _is_id(value: Any) -> bool:
    try:
        return isinstance(value, str) and len(value.encode()) <= _MAX_ID_BYTES
    except UnicodeEncodeError:  # half of a surrogate pair
        return False


def _is_logical_id(value: Any) -> bool:
    return isinstance(value, str) and _LOGICAL_ID.fullmatch(value) is not None


def _is_object(value: Any) -> bool:
    return isinstance(value, Mapping)


_MEMBERS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "RequestType": (lambda value: value in get_args(RequestType), "Create, Update or Delete"),
    "StackId": (is_stack_id, "the ARN of a CloudFormation stack"),
    "LogicalResourceId": (_is_logical_id, "1 to 255 letters and digits"),
    "RequestId": (_is_id, f"a string of at most {_MAX_ID_BYTES} bytes"),
    "ResourceType": (_is_id, f"a string of at most {_MAX_ID_BYTES} bytes"),
    "PhysicalResourceId": (_is_id, f"a string of at most {_MAX_ID_BYTES} bytes"),
    "ResourceProperties": (_is_object, "an object"),
    "OldResourceProperties": (_is_object, "an object"),
}
_OPTIONAL = {
    "Create": {"PhysicalResourceId", "OldResourceProperties"},
    "Update": {"OldResourceProperties"},
    "Delete": {"OldResourceProperties"},
}


def _shown(value: Any) -> str:
    """The beginning of a string, printable; of any other value the type, because it can be of any size."""
    if not isinstance(value, str):
        return f"of type {type(value).__name__}"
    return repr(value if len(value) <= _MAX_SHOWN else f"{value[:_MAX_SHOWN]}...")


def _own(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in properties.items() if key not in _CLOUDFORMATION_PROPERTIES}


def _signed_at(url: Any) -> float | None:
    """The time in a presigned URL (AWS Signature Version 4)."""
    signed = _SIGNED_AT.search(url) if isinstance(url, str) else None
    try:
        return datetime.strptime(f"{signed[1]}+0000", "%Y%m%dT%H%M%SZ%z").timestamp() if signed else None
    except ValueError:
        return None


def _is_sent_as(value: Any, sent: Any) -> bool:
    """Whether CloudFormation, which turns every scalar into a string, would send `value` as `sent`."""
    match value:
        case Mapping():
            is_alike = isinstance(sent, Mapping) and value.keys() == sent.keys()
            return is_alike and all(_is_sent_as(item, sent[key]) for key, item in value.items())
        case list():
            is_alike = isinstance(sent, list) and len(value) == len(sent)
            return is_alike and all(map(_is_sent_as, value, sent))
        case bool():
            return bool(sent == str(value).lower())
    return bool(sent == str(value))
