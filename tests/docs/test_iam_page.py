"""The table in docs/iam.md of permissions, against the roles in the template."""

from __future__ import annotations

from typing import Any

import pytest
from aws_cdk import App, Stack, assertions

from cdk_personalize import PersonalizeProvider
from support.pages.documents import ROOT, code, table

Grant = tuple[str, str, str, str]
"""Function, action, resource and condition."""


@pytest.fixture(scope="module")
def granted() -> set[Grant]:
    stack = Stack(App(), "Stack")
    PersonalizeProvider(stack)
    resources = assertions.Template.from_stack(stack).to_json()["Resources"]
    grants = set()
    for logical_id, resource in resources.items():
        handler = str(resource.get("Properties", {}).get("Handler", ""))
        if not handler.startswith("personalize_provider."):
            continue
        role = resource["Properties"]["Role"]["Fn::GetAtt"][0]
        attached = [
            other
            for other in resources.values()
            if other["Type"] == "AWS::IAM::Policy" and {"Ref": role} in other["Properties"]["Roles"]
        ]
        assert not attached, f"{logical_id} has more rights than its role says"
        assert "ManagedPolicyArns" not in resources[role]["Properties"]
        for policy in resources[role]["Properties"]["Policies"]:
            for statement in policy["PolicyDocument"]["Statement"]:
                assert statement["Effect"] == "Allow"
                grants |= {
                    (handler.rpartition(".")[2], action, named(target), conditioned(statement))
                    for action in as_list(statement["Action"])
                    for target in as_list(statement["Resource"])
                }
    return grants


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def named(target: Any) -> str:
    """A resource as the table names it."""
    match target:
        case "*":
            return "*"
        case {"Ref": "AWS::StackId"}:
            return "this stack"
        case {"Fn::GetAtt": [_, "Arn"]}:
            return "the provider's log group"
        case {"Fn::Join": ["", parts]}:
            arn = "".join(part if isinstance(part, str) else part["Ref"] for part in parts)
            prefix = "arn:AWS::Partition:personalize:AWS::Region:AWS::AccountId:"
            assert arn.startswith(prefix), arn
            return arn.removeprefix(prefix)
    raise AssertionError(f"unknown resource {target}")


def conditioned(statement: dict[str, Any]) -> str:
    """A statement's condition as the table names it: each compares the same tag with this stack's id."""
    match statement.get("Condition"):
        case None:
            return ""
        case dict() as condition:
            [(operator, keys)] = condition.items()
            [(key, value)] = keys.items()
            origin, _, tag = key.partition("/")
            assert (tag, value) == ("cdk-personalize:stack-id", {"Ref": "AWS::StackId"})
            return f"`{operator}` on `{origin}`"
    raise AssertionError(f"unknown condition in {statement}")


def documented() -> set[Grant]:
    return {
        (code(row["Function"])[0], code(row["Action"])[0], target, row["Condition"])
        for row in table(ROOT / "docs" / "iam.md", "IAM")
        for target in code(row["Resource"]) or [row["Resource"]]
    }


def test_permissions__of_the_handlers__are_those_of_the_table(granted: set[Grant]) -> None:
    assert documented() == granted
