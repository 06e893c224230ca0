"""Single-function providers, shared providers, and providers imported by their service token."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk.assertions import Template

from cdk_personalize import InvalidProviderError, InvalidSolutionError, PersonalizeProvider, Recipe, Solution
from cdk_personalize.kinds import KINDS

HANDLER = "personalize_provider.single_function.handler"
GROUP = "arn:aws:personalize:::dataset-group/d"
OWN_STACK = {"Ref": "AWS::StackId"}
ANY_STACK = "arn:<AWS::Partition>:cloudformation:<AWS::Region>:<AWS::AccountId>:stack/*"


def solution(stack: cdk.Stack, id: str = "A", **more: Any) -> Solution:
    return Solution(stack, id, dataset_group=GROUP, recipe=Recipe.SIMS, **more)


@pytest.fixture(scope="module")
def template() -> Template:
    """A stack with two solutions on a single function with all its defaults."""
    stack = cdk.Stack(cdk.App(), "Stack")
    PersonalizeProvider.single_function(stack)
    for name in ("A", "B"):
        solution(stack, name)
    return Template.from_stack(stack)


def only(template: Template, kind: str) -> tuple[str, dict[str, Any]]:
    [(name, resource)] = template.find_resources(kind).items()
    return name, resource["Properties"]


def text(value: Any) -> Any:
    """CloudFormation's references as text in angle brackets."""
    match value:
        case {"Ref": name}:
            return f"<{name}>"
        case {"Fn::GetAtt": [name, attribute]}:
            return f"<{name}.{attribute}>"
        case {"Fn::Select": [2, {"Fn::Split": ["/", {"Ref": "AWS::StackId"}]}]}:
            return "<guid>"
        case {"Fn::Join": ["", parts]}:
            return "".join(map(text, parts))
    return value


def statements(template: Template) -> dict[str, tuple[list[str], Any]]:
    _, role = only(template, "AWS::IAM::Role")
    found = {}
    for statement in role["Policies"][0]["PolicyDocument"]["Statement"]:
        assert statement["Effect"] == "Allow"
        resources = statement["Resource"]
        actions = statement["Action"]
        for action in actions if isinstance(actions, list) else [actions]:
            listed = [text(item) for item in (resources if isinstance(resources, list) else [resources])]
            found[action] = (listed, statement.get("Condition"))
    return found


def test_single_function__two_solutions__share_four_resources(template: Template) -> None:
    assert Counter(item["Type"] for item in template.to_json()["Resources"].values()) == {
        "AWS::IAM::Role": 1,
        "AWS::Lambda::Function": 1,
        "AWS::Lambda::Permission": 1,
        "AWS::Logs::LogGroup": 1,
        "Custom::PersonalizeSolution": 2,
    }


def test_single_function__its_logical_ids__stay(template: Template) -> None:
    """Another id for the function is another ServiceToken, which CloudFormation refuses to change."""
    kinds = ("AWS::Lambda::Function", "AWS::IAM::Role", "AWS::Lambda::Permission", "AWS::Logs::LogGroup")
    assert [only(template, kind)[0] for kind in kinds] == [
        "PersonalizeProviderFunctionD3378A12",
        "PersonalizeProviderRoleA0FACF17",
        "PersonalizeProviderPolls53A49999",
        "PersonalizeProviderLogs150F7DF6",
    ]


def test_single_function__its_function__has_what_the_handler_needs(template: Template) -> None:
    name, function = only(template, "AWS::Lambda::Function")
    variables = function["Environment"]["Variables"]
    assert {key: text(value) for key, value in variables.items()} == {
        "POLL_RULE_PREFIX": "personalize-<guid>-",
        "POWERTOOLS_SERVICE_NAME": "cdk-personalize",
        "TOTAL_TIMEOUT_SECONDS": "1800",
    }
    assert (function["Handler"], function["Timeout"], function["MemorySize"]) == (HANDLER, 300, 256)
    for resource in template.find_resources("Custom::PersonalizeSolution").values():
        assert resource["Properties"]["ServiceToken"] == {"Fn::GetAtt": [name, "Arn"]}
        assert resource["Properties"]["ServiceTimeout"] == "2100"


def test_single_function__its_rules__are_its_own_to_manage_and_may_call_it(template: Template) -> None:
    rules = "arn:<AWS::Partition>:events:<AWS::Region>:<AWS::AccountId>:rule/personalize-<guid>-*"
    events = {action for action in statements(template) if action.startswith("events:")}
    calls = ("PutRule", "PutTargets", "ListTargetsByRule", "RemoveTargets", "DeleteRule")
    assert events == {f"events:{call}" for call in calls}
    assert all(statements(template)[action] == ([rules], None) for action in events)
    _, permission = only(template, "AWS::Lambda::Permission")
    assert permission["Principal"] == "events.amazonaws.com"
    assert text(permission["SourceArn"]) == rules
    assert not [action for action in statements(template) if action.startswith("lambda:")]


def test_single_function__its_rules_names__fit() -> None:
    guid, digest = "8c4a4d50-3d34-11ee-b3a1-0a58a9feac02", "0123456789ab"
    assert len(f"personalize-{guid}-{digest}") <= 64


def test_single_function__while_a_stack_is_deleted__outlives_the_solutions(template: Template) -> None:
    """All of it must be behind a solution, the permission too: a deletion may have to be polled for."""
    resources = template.to_json()["Resources"]
    ahead = {name for name, item in resources.items() if item["Type"] == "Custom::PersonalizeSolution"}
    behind: set[str] = set()
    while ahead:
        name = ahead.pop()
        behind.add(name)
        ahead |= {other for other in resources if f'"{other}"' in json.dumps(resources[name])} - behind
    assert behind == set(resources)


def test_single_function__in_a_stack_that_has_a_provider__is_refused(stack: cdk.Stack) -> None:
    solution(stack)
    with pytest.raises(InvalidProviderError, match="in a stack without a PersonalizeProvider"):
        PersonalizeProvider.single_function(stack)


def test_single_function__out_of_range__is_refused_at_once(stack: cdk.Stack) -> None:
    with pytest.raises(InvalidProviderError, match="total_timeout must be"):
        PersonalizeProvider.single_function(stack, total_timeout=cdk.Duration.minutes(51))
    assert stack.node.children == []


def test_single_function__tuned__is_as_it_was_told(stack: cdk.Stack) -> None:
    vpc = ec2.Vpc(stack, "Vpc", max_azs=2)
    PersonalizeProvider.single_function(
        stack, total_timeout=cdk.Duration.minutes(50), memory_size=512, vpc=vpc
    )
    solution(stack)
    template = Template.from_stack(stack)
    [function] = template.find_resources(
        "AWS::Lambda::Function", {"Properties": {"Handler": HANDLER}}
    ).values()
    assert function["Properties"]["MemorySize"] == 512
    assert len(function["Properties"]["VpcConfig"]["SubnetIds"]) == 2
    template.has_resource_properties("Custom::PersonalizeSolution", {"ServiceTimeout": "3300"})


def conditions(template: Template) -> set[tuple[str, str]]:
    return {
        (operator, str(text(value)))
        for _, condition in statements(template).values()
        for operator, keys in (condition or {}).items()
        for value in keys.values()
    }


def test_shared__not__binds_the_role_to_its_stack(template: Template) -> None:
    assert conditions(template) == {
        ("StringEquals", "<AWS::StackId>"),
        ("StringEqualsIfExists", "<AWS::StackId>"),
    }
    assert statements(template)["cloudformation:DescribeStacks"][0] == ["<AWS::StackId>"]
    assert statements(template)["cloudformation:DescribeStackEvents"][0] == ["<AWS::StackId>"]


@pytest.mark.parametrize("make", [PersonalizeProvider, PersonalizeProvider.single_function])
def test_shared__allows_the_stacks_of_the_account_and_region(stack: cdk.Stack, make: Any) -> None:
    make(stack, shared=True)
    found = json.dumps(Template.from_stack(stack).to_json())
    assert '{"Ref": "AWS::StackId"}}' not in found  # in no condition any more
    assert found.count('"StringLike": {"aws:RequestTag') == 1
    assert found.count('"StringLikeIfExists": {"aws:ResourceTag') == len(KINDS)
    assert len(re.findall(r':stack/\*"', found)) >= 3


def test_provider__of_another_stack_and_not_shared__is_refused_with_what_to_do(app: cdk.App) -> None:
    one, two = cdk.Stack(app, "One"), cdk.Stack(app, "Two")
    provider = PersonalizeProvider.single_function(one)
    with pytest.raises(InvalidSolutionError, match=r"provider must be one that serves .* shared=True"):
        solution(two, provider=provider)


def test_provider__shared_in_the_app__is_exported_and_makes_no_second_one(app: cdk.App) -> None:
    one, two = cdk.Stack(app, "One"), cdk.Stack(app, "Two")
    solution(two, provider=PersonalizeProvider(one, shared=True))
    template = Template.from_stack(two)
    template.resource_count_is("AWS::Lambda::Function", 0)
    [resource] = template.find_resources("Custom::PersonalizeSolution").values()
    assert "Fn::ImportValue" in resource["Properties"]["ServiceToken"]


def test_from_service_token__is_what_the_solution_names(stack: cdk.Stack) -> None:
    token = cdk.Fn.import_value("cdk-personalize-service-token")
    provider = PersonalizeProvider.from_service_token(stack, "Provider", token)
    solution(stack, provider=provider)
    longer = PersonalizeProvider.from_service_token(
        stack, "Longer", "arn:aws:lambda:x", service_timeout=cdk.Duration.minutes(55)
    )
    solution(stack, "B", provider=longer)
    template = Template.from_stack(stack)
    template.resource_count_is("AWS::Lambda::Function", 0)
    found = [item["Properties"] for item in template.find_resources("Custom::PersonalizeSolution").values()]
    assert [(item["ServiceToken"], item["ServiceTimeout"]) for item in found] == [
        ({"Fn::ImportValue": "cdk-personalize-service-token"}, "2100"),
        ("arn:aws:lambda:x", "3300"),
    ]
