"""What CloudFormation asks for, as a value."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal, get_args

from personalize_provider.aws.errors import LifecycleError
from personalize_provider.engine.identity import is_stack_id

RequestType = Literal["Create", "Update", "Delete"]

_RESOURCE_TYPE = "Custom::PersonalizeSolution"
_LOGICAL_ID = re.compile(r"[a-zA-Z0-9]{1,255}")

STALE_SECONDS = 15.0
"""How old a reading of CloudFormation may be. AWS names no bound; seconds were reported."""

CLOCKS_DIFFER_SECONDS = 3.0
"""By how much clocks may differ, with the part of a second that the response URL leaves out."""

_SIGNED_AT = re.compile(r"[?&]X-Amz-Date=(\d{8}T\d{6}Z)(?:&|$)")
_MAX_ID_BYTES = 1024  # CloudFormation's limit on physical ids
_MAX_SHOWN = 60

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
        sent_at: When CloudFormation signed the response URL, and so sent the request: whole seconds since the
            epoch; None where the URL doesn't say.
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
    def from_event(cls, event: Any) -> Request:
        """Read a CloudFormation event, or the provider framework's copy of one.

        Raises:
            LifecycleError: CloudFormation sends no such event; everything that is wrong with it is named.
        """
        problems = list(_problems(event))
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
        """Until when a reading of CloudFormation may show what was before this request was sent.

        Args:
            since: When its first event came, seconds since the epoch. Lambda may deliver it late.
        """
        sent_at = since if self.sent_at is None else self.sent_at + CLOCKS_DIFFER_SECONDS
        return min(since, sent_at) + STALE_SECONDS

    def is_asked_by(self, properties: Mapping[str, Any]) -> bool:
        """Whether an Update to these properties, as CloudFormation's events have them, is this request."""
        return _is_sent_as(_own(properties), self.properties)

    def is_undone_by(self, properties: Mapping[str, Any]) -> bool:
        """Whether an Update to these properties takes back what this request asks for.

        Args:
            properties: As CloudFormation's events have them, where a scalar may be of any type.
        """
        asked = _own(properties)
        return _is_sent_as(asked, self.old_properties) and not _is_sent_as(asked, self.properties)

    def delete_of(self, physical_id: str) -> Request:
        """The Delete that CloudFormation would send for what the properties before these made."""
        return replace(
            self, type="Delete", physical_id=physical_id, properties=self.old_properties, old_properties={}
        )


def malformed(event: Any, problems: Sequence[str]) -> LifecycleError:
    """The failure to report for an event that CloudFormation and the framework don't send.

    It repeats nothing of the event but the ids and the beginnings of values that `problems` shows: the
    event holds a credential.
    """
    logical_id = event.get("LogicalResourceId") if isinstance(event, Mapping) else None
    return LifecycleError(
        f"resource {logical_id}" if _is_logical_id(logical_id) else "custom resource",
        "reading the event",
        "; ".join(problems),
        f"make it with a resource of type {_RESOURCE_TYPE} in a CloudFormation template",
    )


def _problems(event: Any) -> Iterator[str]:
    if not isinstance(event, Mapping):
        yield f"the event is of type {type(event).__name__} and not an object"
        return
    for member, (is_right, right) in _MEMBERS.items():
        if member not in event:
            if member not in _OPTIONAL.get(str(event.get("RequestType")), ()):
                yield f"{member} is missing"
        elif not is_right(event[member]):
            yield f"{member} is {_shown(event[member])} and not {right}"
    # A Delete of any type may pass: it ends what an Update or a Create was refused for, or finds nothing
    # of its own. To fail it would only keep the stack from being deleted.
    kind = event.get("ResourceType")
    if _is_id(kind) and kind != _RESOURCE_TYPE and event.get("RequestType") != "Delete":
        yield f"ResourceType is {_shown(kind)} and not {_RESOURCE_TYPE}"


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
    "RequestId": (_is_id, f"text of at most {_MAX_ID_BYTES} bytes"),
    "ResourceType": (_is_id, f"text of at most {_MAX_ID_BYTES} bytes"),
    "PhysicalResourceId": (_is_id, f"text of at most {_MAX_ID_BYTES} bytes"),
    "ResourceProperties": (_is_object, "an object"),
    "OldResourceProperties": (_is_object, "an object"),
}
_OPTIONAL = {
    "Create": {"PhysicalResourceId", "OldResourceProperties"},
    "Update": {"OldResourceProperties"},
    "Delete": {"OldResourceProperties"},
}


def _shown(value: Any) -> str:
    """The beginning of a text, printable; of anything else the type, for it may be of any size and depth."""
    if not isinstance(value, str):
        return f"of type {type(value).__name__}"
    return repr(value if len(value) <= _MAX_SHOWN else f"{value[:_MAX_SHOWN]}...")


def _own(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in properties.items() if key not in _CLOUDFORMATION_PROPERTIES}


def _signed_at(url: Any) -> float | None:
    """The time in a presigned URL (AWS signature version 4)."""
    signed = _SIGNED_AT.search(url) if isinstance(url, str) else None
    try:
        return datetime.strptime(f"{signed[1]}+0000", "%Y%m%dT%H%M%SZ%z").timestamp() if signed else None
    except ValueError:
        return None


def _is_sent_as(value: Any, sent: Any) -> bool:
    """Whether CloudFormation, which makes every scalar a string, would send a value like this."""
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
