"""A deployed stack's handler functions as IAM and CloudTrail see them: what they may do and what they did."""

from __future__ import annotations

import contextlib
import json
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import ministack.app as gateway
from ministack.core import lambda_runtime

from personalize_local.testing.server_process import LocalAws

_HANDLERS = ("personalize_provider.framework", "personalize_provider.single_function")
_PAGE = 50  # events that LookupEvents answers with at most; ministack has no token for more


@dataclass(frozen=True)
class Function:
    """A handler function on a local AWS that enforces policies.

    Attributes:
        name: What it handles: `on_event`, `is_complete`, or in a single function `handler`.
        role: The name of its role.
        credentials: Those that it calls with, as arguments of `LocalAws.client`.
    """

    aws: LocalAws
    name: str
    role: str
    credentials: Mapping[str, str]

    def client(self, service: str) -> Any:
        """A boto3 client that calls as this function does."""
        return self.aws.client(service, **self.credentials)

    def granted(self) -> set[str]:
        """The actions that its role allows, whatever the resources and conditions."""
        iam = self.aws.client("iam")
        assert iam.list_attached_role_policies(RoleName=self.role)["AttachedPolicies"] == []
        names = iam.list_role_policies(RoleName=self.role)["PolicyNames"]
        policies = [iam.get_role_policy(RoleName=self.role, PolicyName=name) for name in names]
        return {
            action
            for policy in policies
            for statement in policy["PolicyDocument"]["Statement"]
            for action in _listed(statement["Action"])
        }

    def called(self) -> set[str]:
        """The actions that it called while calls were recorded; calls to Personalize also if denied."""
        return {_action(json.loads(event["CloudTrailEvent"])) for event in self._events()}

    def _events(self) -> Iterator[Mapping[str, Any]]:
        """Newest first, page by page: each begins in the second in which the last one ended."""
        key = self.credentials["aws_access_key_id"]
        query = {"LookupAttributes": [{"AttributeKey": "AccessKeyId", "AttributeValue": key}]}
        until: dict[str, Any] = {}
        seen: set[str] = set()
        while True:
            page = self.aws.client("cloudtrail").lookup_events(**query, **until)["Events"]
            fresh = [event for event in page if event["EventId"] not in seen]
            yield from fresh
            if len(page) < _PAGE:
                return
            assert fresh, "more calls in a second than LookupEvents can tell"
            seen |= {event["EventId"] for event in fresh}
            until = {"EndTime": page[-1]["EventTime"] + timedelta(seconds=1)}


def handlers(aws: LocalAws, stack: str = "Stack") -> dict[str, Function]:
    """The handler functions of a stack, by what they handle."""
    resources = aws.client("cloudformation").describe_stack_resources(StackName=stack)["StackResources"]
    functions = {}
    for resource in resources:
        if resource["ResourceType"] != "AWS::Lambda::Function":
            continue
        name = resource["PhysicalResourceId"]
        configuration = aws.client("lambda").get_function_configuration(FunctionName=name)
        module, _, handled = configuration["Handler"].rpartition(".")
        if module in _HANDLERS:
            role = configuration["Role"].rpartition("/")[2]
            functions[handled] = Function(aws, handled, role, _credentials(configuration))
    return functions


@contextlib.contextmanager
def recording(aws: LocalAws) -> Iterator[None]:
    """Let CloudTrail record every call for as long as the block runs."""
    _record(aws, on=True)
    try:
        yield
    finally:
        _record(aws, on=False)


def _credentials(configuration: Mapping[str, Any]) -> dict[str, str]:
    """What ministack gives a function for its role: a function of both ARNs, the same in every process."""
    with patch.object(gateway, "AUTH", True):
        environment = lambda_runtime.execution_credentials(dict(configuration))
    return {name.lower(): value for name, value in environment.items()}


def _action(event: Mapping[str, Any]) -> str:
    service = event["eventSource"].removesuffix(".amazonaws.com")
    # The query protocol has the operation in the body, where ministack does not look for the event's name.
    operation = (event["requestParameters"] or {}).get("Action", event["eventName"])
    return f"{service}:{operation}"


def _listed(actions: str | list[str]) -> list[str]:
    return [actions] if isinstance(actions, str) else actions


def _record(aws: LocalAws, *, on: bool) -> None:
    setting = {"cloudtrail._recording_enabled": on}
    request = urllib.request.Request(f"{aws.endpoint}/_ministack/config", data=json.dumps(setting).encode())
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=30) as response:
        assert json.load(response) == {"applied": setting}
