"""EventBridge rules, where ministack allows what the service refuses and denies what a policy allows.

A rule with targets cannot be deleted, and the targets of a missing rule cannot be listed. The ARN of a rule
of the default bus has only the rule's name, and policies also apply to the calls on targets.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ministack.core import iam_actions, responses
from ministack.services import eventbridge

Answer = tuple[int, dict[str, str], bytes]

_DEFAULT_BUS = "default"
_NAMED_BY = dict.fromkeys(("PutRule", "DeleteRule", "DescribeRule", "EnableRule", "DisableRule"), "Name")
_NAMED_BY |= dict.fromkeys(("PutTargets", "RemoveTargets", "ListTargetsByRule"), "Rule")


def register() -> None:
    """Make rules behave as on AWS."""
    delete, listed, named = (
        eventbridge._delete_rule,
        eventbridge._list_targets_by_rule,
        iam_actions.extract_resource_arn,
    )

    def delete_rule(data: Mapping[str, Any]) -> Answer:
        if eventbridge._targets.get(_key(data, "Name")):
            refusal: Answer = responses.error_response_json(
                "ValidationException", "Rule can't be deleted since it has targets.", 400
            )
            return refusal
        answer: Answer = delete(data)
        return answer

    def list_targets_by_rule(data: Mapping[str, Any]) -> Answer:
        if _key(data, "Rule") not in eventbridge._rules:
            refusal: Answer = responses.error_response_json(
                "ResourceNotFoundException", f"Rule {data.get('Rule')} does not exist.", 400
            )
            return refusal
        answer: Answer = listed(data)
        return answer

    def extract_resource_arn(service: str, *rest: Any, **more: Any) -> str:
        if service == "events":
            _method, _path, headers, body, _query, region, account = rest
            rule = _rule(headers.get("x-amz-target", ""), body)
            if rule:
                return f"arn:aws:events:{region}:{account}:rule/{rule}"
        arn: str = named(service, *rest, **more)
        return arn

    eventbridge._delete_rule = delete_rule
    eventbridge._list_targets_by_rule = list_targets_by_rule
    iam_actions.extract_resource_arn = extract_resource_arn


def _key(data: Mapping[str, Any], member: str) -> str:
    key: str = eventbridge._rule_key(data.get(member), data.get("EventBusName", _DEFAULT_BUS))
    return key


def _rule(target: str, body: bytes) -> str:
    """The ARN of the default bus's rule in a call, if there is one."""
    member = _NAMED_BY.get(target.rpartition(".")[2])
    try:
        data = json.loads(body or b"{}")
    except ValueError:
        return ""
    if (
        member is None
        or not isinstance(data, Mapping)
        or data.get("EventBusName", _DEFAULT_BUS) != _DEFAULT_BUS
    ):
        return ""
    return str(data.get(member, ""))
