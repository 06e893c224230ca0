"""The provider: its resources, its permissions and its time limits."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk.assertions import Template
from constructs import Construct
from hypothesis import given
from hypothesis import strategies as st

from cdk_personalize import InvalidProviderError, PersonalizeProvider, Recipe, Solution
from cdk_personalize.provider.asset import handler_asset
from cdk_personalize.provider.timing import IS_COMPLETE_SECONDS, ON_EVENT_SECONDS, Timing

ON_EVENT = "personalize_provider.framework.on_event"
IS_COMPLETE = "personalize_provider.framework.is_complete"


@pytest.fixture(scope="module")
def template() -> Template:
    """A stack with two solutions on one provider with all its defaults."""
    stack = cdk.Stack(cdk.App(), "Stack")
    for name in ("A", "B"):
        Solution(stack, name, dataset_group="arn:aws:personalize:::dataset-group/d", recipe=Recipe.SIMS)
    return Template.from_stack(stack)


EVENTS = ["arn:{AWS::Partition}:personalize:{AWS::Region}:{AWS::AccountId}:dataset/*/EVENT_INTERACTIONS"]


def function(template: Template, handler: str) -> dict[str, Any]:
    [found] = template.find_resources("AWS::Lambda::Function", {"Properties": {"Handler": handler}}).values()
    return dict(found["Properties"])


def statements(template: Template, handler: str) -> list[dict[str, Any]]:
    """Return what the role of a handler allows, inline and attached."""
    logical_id = function(template, handler)["Role"]["Fn::GetAtt"][0]
    role = template.find_resources("AWS::IAM::Role")[logical_id]["Properties"]
    assert "ManagedPolicyArns" not in role
    attached = [
        policy["Properties"]["PolicyDocument"]
        for policy in template.find_resources("AWS::IAM::Policy").values()
        if {"Ref": logical_id} in policy["Properties"]["Roles"]
    ]
    inline = [policy["PolicyDocument"] for policy in role["Policies"]]
    return [statement for document in inline + attached for statement in document["Statement"]]


def allowed(template: Template, handler: str) -> dict[str, list[str]]:
    """Return the resources of each action, as text with CloudFormation's references in braces."""
    result: dict[str, list[str]] = {}
    for statement in statements(template, handler):
        assert statement["Effect"] == "Allow"
        actions, resources = (
            value if isinstance(value, list) else [value]
            for value in (statement["Action"], statement["Resource"])
        )
        for action in actions:
            result.setdefault(action, []).extend(map(arn, resources))
    return result


def arn(value: Any) -> str:
    match value:
        case str():
            return value
        case {"Ref": name}:
            return f"{{{name}}}"
        case {"Fn::GetAtt": [name, attribute]}:
            return f"{{{name}.{attribute}}}"
        case {"Fn::Join": ["", parts]}:
            return "".join(map(arn, parts))
    raise AssertionError(value)


def test_provider__two_solutions__share_fifteen_resources(template: Template) -> None:
    types = Counter(resource["Type"] for resource in template.to_json()["Resources"].values())

    assert types == {
        "AWS::IAM::Policy": 3,
        "AWS::IAM::Role": 5,
        "AWS::Lambda::Function": 5,
        "AWS::Logs::LogGroup": 1,
        "AWS::StepFunctions::StateMachine": 1,
        "Custom::PersonalizeSolution": 2,
    }


def test_provider__its_functions__have_what_the_handler_needs(template: Template) -> None:
    on_event, is_complete = function(template, ON_EVENT), function(template, IS_COMPLETE)

    assert on_event["Environment"]["Variables"] == {
        "POWERTOOLS_SERVICE_NAME": "cdk-personalize",
        "TOTAL_TIMEOUT_SECONDS": "1800",
    }
    assert is_complete["Environment"]["Variables"] == {"POWERTOOLS_SERVICE_NAME": "cdk-personalize"}
    assert (on_event["Timeout"], is_complete["Timeout"]) == (60, 120)
    for properties in (on_event, is_complete):
        assert properties["Runtime"] == "python3.14"
        assert properties["MemorySize"] == 256
    assert on_event["Code"] == is_complete["Code"]
    assert on_event["Role"] != is_complete["Role"]


def test_provider__all_five_functions__log_to_one_group_for_a_month(template: Template) -> None:
    [(log_group, resource)] = template.find_resources("AWS::Logs::LogGroup").items()

    assert resource["Properties"] == {"RetentionInDays": 30}
    assert resource["DeletionPolicy"] == "Delete"
    functions = template.find_resources("AWS::Lambda::Function").values()
    assert [item["Properties"]["LoggingConfig"]["LogGroup"] for item in functions] == [{"Ref": log_group}] * 5


def test_provider__the_function_that_receives_requests__may_do_only_that(template: Template) -> None:
    actions = allowed(template, ON_EVENT)
    prefix = "arn:{AWS::Partition}:personalize:{AWS::Region}:{AWS::AccountId}:"
    solutions, campaigns = [f"{prefix}solution/*"], [f"{prefix}campaign/*"]

    [log_group] = template.find_resources("AWS::Logs::LogGroup")
    assert actions == {
        "cloudformation:DescribeStacks": ["{AWS::StackId}"],
        "cloudformation:ListStackResources": ["{AWS::StackId}"],
        "personalize:DescribeSolution": solutions,
        "personalize:DescribeCampaign": campaigns,
        "personalize:ListTagsForResource": solutions + campaigns,
        "logs:CreateLogStream": [f"{{{log_group}.Arn}}"],
        "logs:PutLogEvents": [f"{{{log_group}.Arn}}"],
    }


def test_provider__the_function_that_calls_personalize__may_do_only_what_it_calls(template: Template) -> None:
    prefix = "arn:{AWS::Partition}:personalize:{AWS::Region}:{AWS::AccountId}:"
    solutions, campaigns = [f"{prefix}solution/*"], [f"{prefix}campaign/*"]
    [log_group] = template.find_resources("AWS::Logs::LogGroup")

    assert allowed(template, IS_COMPLETE) == {
        "cloudformation:DescribeStacks": ["{AWS::StackId}"],
        "cloudformation:DescribeStackEvents": ["{AWS::StackId}"],
        "cloudformation:ListStackResources": ["{AWS::StackId}"],
        "personalize:CreateSolution": [f"{prefix}solution/*", f"{prefix}dataset-group/*"],
        "personalize:DescribeSolution": solutions,
        "personalize:UpdateSolution": solutions,
        "personalize:DeleteSolution": solutions,
        "personalize:StopSolutionVersionCreation": solutions,
        "personalize:CreateCampaign": campaigns + solutions,
        "personalize:DescribeCampaign": campaigns,
        "personalize:UpdateCampaign": campaigns,
        "personalize:DeleteCampaign": campaigns,
        "personalize:TagResource": solutions + campaigns,
        "personalize:UntagResource": solutions + campaigns,
        "personalize:ListTagsForResource": solutions + campaigns,
        "personalize:ListSolutionVersions": ["*"],
        "personalize:ListCampaigns": ["*"],
        "personalize:DescribeDataset": EVENTS,
        "personalize:DeleteDataset": EVENTS,
        "logs:CreateLogStream": [f"{{{log_group}.Arn}}"],
        "logs:PutLogEvents": [f"{{{log_group}.Arn}}"],
    }


def test_provider__no_role__has_a_managed_policy(template: Template) -> None:
    roles = template.find_resources("AWS::IAM::Role").values()

    assert not [role for role in roles if "ManagedPolicyArns" in role["Properties"]]


def test_provider__while_a_stack_is_deleted__outlives_the_solutions(template: Template) -> None:
    """CloudFormation deletes in the reverse order of references: all of the provider must be behind one."""
    resources = template.to_json()["Resources"]
    behind: set[str] = set()
    ahead = {name for name, item in resources.items() if item["Type"] == "Custom::PersonalizeSolution"}
    while ahead:
        name = ahead.pop()
        behind.add(name)
        text = json.dumps(resources[name])
        ahead |= {other for other in resources if f'"{other}"' in text} - behind

    assert set(resources) == behind


def test_provider__its_logical_ids__are_readable_and_stay(template: Template) -> None:
    """Another id for the first of these is another ServiceToken, which CloudFormation refuses to change."""
    assert sorted(template.find_resources("AWS::Lambda::Function")) == [
        "PersonalizeProviderFrameworkframeworkisComplete6AF0A45E",
        "PersonalizeProviderFrameworkframeworkonEvent12F39CCC",
        "PersonalizeProviderFrameworkframeworkonTimeout858A4C8B",
        "PersonalizeProviderIsCompleteD3A3B5A1",
        "PersonalizeProviderOnEventF41BF22D",
    ]


def retry(template: Template) -> dict[str, Any]:
    [machine] = template.find_resources("AWS::StepFunctions::StateMachine").values()
    definition = "".join(
        part if isinstance(part, str) else "x"
        for part in machine["Properties"]["DefinitionString"]["Fn::Join"][1]
    )
    [rule] = json.loads(definition)["States"]["framework-isComplete-task"]["Retry"]
    return dict(rule)


def test_provider__by_default__polls_every_five_seconds_past_the_handlers_deadline(
    template: Template,
) -> None:
    rule = retry(template)

    assert (rule["IntervalSeconds"], rule["MaxAttempts"], rule["BackoffRate"]) == (5, 396, 1)


def test_provider__constructed_before_the_first_solution__is_found_by_it(
    stack: cdk.Stack, dataset_group: str
) -> None:
    provider = PersonalizeProvider(
        stack,
        total_timeout=cdk.Duration.minutes(50),
        query_interval=cdk.Duration.seconds(60),
        memory_size=512,
        log_retention=logs.RetentionDays.ONE_WEEK,
    )
    scope = Construct(stack, "Nested")
    Solution(scope, "Movies", dataset_group=dataset_group, recipe=Recipe.SIMS)

    template = Template.from_stack(stack)

    assert PersonalizeProvider.get_or_create(scope) is provider
    assert function(template, ON_EVENT)["Environment"]["Variables"]["TOTAL_TIMEOUT_SECONDS"] == "3000"
    assert function(template, IS_COMPLETE)["MemorySize"] == 512
    assert (retry(template)["IntervalSeconds"], retry(template)["MaxAttempts"]) == (60, 53)
    template.has_resource_properties("AWS::Logs::LogGroup", {"RetentionInDays": 7})
    template.has_resource_properties("Custom::PersonalizeSolution", {"ServiceTimeout": "3300"})


def test_provider__tuned_or_made_on_first_use__has_the_same_logical_ids(
    stack: cdk.Stack, template: Template
) -> None:
    scope = Construct(stack, "Anywhere")
    PersonalizeProvider(scope, memory_size=512)

    tuned = Template.from_stack(stack).find_resources("AWS::Lambda::Function")

    assert set(tuned) == set(template.find_resources("AWS::Lambda::Function"))


def test_provider__two_stacks__have_one_each(app: cdk.App, stack: cdk.Stack) -> None:
    other = cdk.Stack(app, "Other")

    assert PersonalizeProvider.get_or_create(stack) is PersonalizeProvider.get_or_create(stack)
    assert PersonalizeProvider.get_or_create(stack) is not PersonalizeProvider.get_or_create(other)


def test_provider__a_second_one_in_a_stack__is_refused_with_what_to_do(stack: cdk.Stack) -> None:
    PersonalizeProvider.get_or_create(stack)

    with pytest.raises(
        InvalidProviderError, match=r"create the provider once, before the stack's first Solution"
    ):
        PersonalizeProvider(stack, memory_size=512)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"total_timeout": cdk.Duration.seconds(59)}, "total_timeout must be .* 1 to 50 minutes: got '59"),
        ({"total_timeout": cdk.Duration.seconds(3001)}, "total_timeout must be"),
        ({"query_interval": cdk.Duration.seconds(0)}, "query_interval must be whole seconds, 1 to 60"),
        ({"query_interval": cdk.Duration.seconds(61)}, "query_interval must be"),
        ({"query_interval": cdk.Duration.millis(1500)}, "query_interval must be"),
    ],
)
def test_provider__out_of_range__is_refused_at_once(
    stack: cdk.Stack, arguments: dict[str, Any], message: str
) -> None:
    with pytest.raises(InvalidProviderError, match=message):
        PersonalizeProvider(stack, **arguments)

    assert stack.node.children == []


@given(total=st.integers(60, 3000), interval=st.integers(1, 60))
def test_timing__any_that_is_allowed__ends_from_the_inside_out_within_the_hour(
    total: int, interval: int
) -> None:
    timing = Timing(total=total, interval=interval)

    assert list(timing.problems()) == []
    assert timing.waiter % interval == 0
    assert timing.waiter >= total + ON_EVENT_SECONDS + IS_COMPLETE_SECONDS
    assert timing.waiter + ON_EVENT_SECONDS < timing.service_timeout <= 3600


def test_provider__in_a_vpc__runs_all_functions_there_with_one_security_group(stack: cdk.Stack) -> None:
    vpc = ec2.Vpc(stack, "Vpc", max_azs=2)
    PersonalizeProvider(stack, vpc=vpc)

    template = Template.from_stack(stack)

    [group] = template.find_resources("AWS::EC2::SecurityGroup")
    functions = [
        item["Properties"]
        for item in template.find_resources("AWS::Lambda::Function").values()
        if "framework." in item["Properties"]["Handler"]
    ]
    assert len(functions) == 5
    for properties in functions:
        assert properties["VpcConfig"]["SecurityGroupIds"] == [{"Fn::GetAtt": [group, "GroupId"]}]
        assert len(properties["VpcConfig"]["SubnetIds"]) == 2
    assert "ec2:CreateNetworkInterface" in allowed(template, IS_COMPLETE)


def test_provider__in_given_subnets_with_given_groups__uses_those(stack: cdk.Stack) -> None:
    vpc = ec2.Vpc(stack, "Vpc", max_azs=1)
    group = ec2.SecurityGroup(stack, "Group", vpc=vpc)
    PersonalizeProvider(
        stack,
        vpc=vpc,
        vpc_subnets=ec2.SubnetSelection(subnets=vpc.private_subnets),
        security_groups=[group],
    )

    template = Template.from_stack(stack)

    template.resource_count_is("AWS::EC2::SecurityGroup", 1)


def test_provider__with_a_permissions_boundary_on_the_stack__has_it_on_every_role(stack: cdk.Stack) -> None:
    boundary = "arn:aws:iam::123456789012:policy/boundary"
    PersonalizeProvider.get_or_create(stack)
    iam.PermissionsBoundary.of(stack).apply(iam.ManagedPolicy.from_managed_policy_arn(stack, "B", boundary))

    roles = Template.from_stack(stack).find_resources("AWS::IAM::Role").values()

    assert [role["Properties"]["PermissionsBoundary"] for role in roles] == [boundary] * 5


@pytest.mark.parametrize("make", [PersonalizeProvider, PersonalizeProvider.single_function])
def test_provider__in_a_vpc_of_the_same_stack__has_solutions_that_depend_on_every_way_out(make: Any) -> None:
    stack = cdk.Stack(cdk.App(), "Stack")
    vpc = ec2.Vpc(stack, "Vpc", max_azs=1)
    group = ec2.SecurityGroup(stack, "Group", vpc=vpc, allow_all_outbound=False)
    make(stack, vpc=vpc, security_groups=[group])
    Solution(stack, "Movies", dataset_group="arn:aws:personalize:::dataset-group/d", recipe=Recipe.SIMS)
    # Made after the solution, as in a stack that tidies its network up at the end.
    vpc.add_interface_endpoint("Lambda", service=ec2.InterfaceVpcEndpointAwsService.LAMBDA_)
    vpc.add_gateway_endpoint("S3", service=ec2.GatewayVpcEndpointAwsService.S3)
    group.add_egress_rule(ec2.Peer.any_ipv4(), ec2.Port.tcp(443))
    group.connections.allow_to(ec2.SecurityGroup(stack, "Other", vpc=vpc), ec2.Port.tcp(80))

    resources = Template.from_stack(stack).to_json()["Resources"]

    [solution] = [found for found in resources.values() if found["Type"] == Solution.RESOURCE_TYPE]
    network = {
        name
        for name, resource in resources.items()
        if resource["Type"].startswith("AWS::EC2::") and name.startswith(("Vpc", "Group"))
    }
    kinds = {resources[name]["Type"].removeprefix("AWS::EC2::") for name in network}
    assert {"VPCEndpoint", "NatGateway", "Route", "SubnetRouteTableAssociation", "SecurityGroup"} <= kinds
    assert network <= set(solution["DependsOn"])


def test_provider__in_a_vpc_that_exists__has_solutions_that_depend_on_nothing_more() -> None:
    stack = cdk.Stack(cdk.App(), "Stack")
    vpc = ec2.Vpc.from_vpc_attributes(
        stack, "Vpc", vpc_id="vpc-1", availability_zones=["a"], private_subnet_ids=["subnet-1"]
    )
    PersonalizeProvider(stack, vpc=vpc)
    Solution(stack, "Movies", dataset_group="arn:aws:personalize:::dataset-group/d", recipe=Recipe.SIMS)

    [solution] = Template.from_stack(stack).find_resources(Solution.RESOURCE_TYPE).values()
    assert "DependsOn" not in solution


@pytest.mark.parametrize("make", [PersonalizeProvider, PersonalizeProvider.single_function])
@pytest.mark.parametrize("runtime", [lambda_.Runtime.PYTHON_3_11, lambda_.Runtime.PYTHON_3_13])
def test_provider__with_a_runtime__has_it_in_its_own_functions(make: Any, runtime: lambda_.Runtime) -> None:
    stack = cdk.Stack(cdk.App(), "Stack")
    make(stack, runtime=runtime)

    functions = Template.from_stack(stack).find_resources("AWS::Lambda::Function").values()

    runtimes = {
        function["Properties"]["Runtime"]
        for function in functions
        if function["Properties"]["Handler"].startswith("personalize_provider.")
    }
    assert runtimes == {runtime.name}


@pytest.mark.parametrize(
    "runtime", [lambda_.Runtime.PYTHON_3_10, lambda_.Runtime.PYTHON_2_7, lambda_.Runtime.NODEJS_22_X]
)
def test_provider__with_a_runtime_that_can_not_run_it__is_refused(runtime: lambda_.Runtime) -> None:
    with pytest.raises(InvalidProviderError, match=r"runtime must be Python 3\.11 or newer: got"):
        PersonalizeProvider(cdk.Stack(cdk.App(), "Stack"), runtime=runtime)


@pytest.mark.process
def test_provider__its_asset__runs_from_source_where_its_byte_code_is_of_another_python(
    tmp_path: Path,
) -> None:
    with zipfile.ZipFile(handler_asset()) as asset:
        asset.extractall(tmp_path)
    compiled = {path.name.split(".")[-2] for path in tmp_path.rglob("*.pyc")}
    code = """
import sys
sys.path.insert(0, sys.argv[1])
import personalize_provider.framework, personalize_provider.single_function, crhelper
print(personalize_provider.framework.__file__, personalize_provider.framework.__cached__)
"""
    ran = subprocess.run(
        [sys.executable, "-I", "-B", "-c", code, tmp_path], capture_output=True, text=True, check=False
    )

    assert compiled <= {"cpython-314"}
    assert ran.stderr == ""
    assert ran.stdout.startswith(str(tmp_path))
