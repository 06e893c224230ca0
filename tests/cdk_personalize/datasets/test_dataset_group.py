"""A DatasetGroup in a template: its key, its guard, and its names."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_personalize as personalize
from aws_cdk.assertions import Annotations, Match, Template

from cdk_personalize import DatasetGroup, Domain, InvalidConstructError, PersonalizeProvider, Recipe, Solution
from cdk_personalize.dataset_group.members import MEMBERS

TYPE = "AWS::Personalize::DatasetGroup"
GUARD = "Custom::PersonalizeEventInteractions"
ARN = "arn:aws:personalize:us-east-1:123456789012:dataset-group/movies"
KEY_ACTIONS = ["kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey", "kms:CreateGrant", "kms:ListGrants"]


def resource(stack: cdk.Stack, type_: str = TYPE) -> dict[str, Any]:
    [found] = Template.from_stack(stack).find_resources(type_).values()
    return dict(found)


def statement(principal: dict[str, str] | None, resource: Any) -> dict[str, Any]:
    who = {"Principal": principal} if principal else {}
    return {"Action": KEY_ACTIONS, "Effect": "Allow", "Resource": resource, **who}


def test_dataset_group__its_properties__are_those_of_the_newest_l1(stack: cdk.Stack) -> None:
    other = cdk.Stack(stack.node.root, "Native")  # type: ignore[arg-type] # an App
    role = iam.Role.from_role_arn(stack, "Role", "arn:aws:iam::123456789012:role/key")
    key = kms.Key.from_key_arn(stack, "Key", "arn:aws:kms:us-east-1:123456789012:key/0a")
    group = DatasetGroup(
        stack, "Movies", domain=Domain.ECOMMERCE, kms_key=key, role=role, dataset_group_name="movies"
    )
    native = personalize.CfnDatasetGroup(
        other, "Movies", name="movies", domain="ECOMMERCE", kms_key_arn=key.key_arn, role_arn=role.role_arn
    )
    for tagged in (stack, other):
        cdk.Tags.of(tagged).add("team", "films")

    assert resource(stack)["Properties"] == resource(other)["Properties"]
    assert (
        stack.resolve(group.dataset_group_arn)["Fn::GetAtt"][1]
        == other.resolve(native.attr_dataset_group_arn)["Fn::GetAtt"][1]
    )


def test_solution__of_a_dataset_group__refers_to_it_and_depends_on_nothing_else(stack: cdk.Stack) -> None:
    group = DatasetGroup(stack, "Movies")
    Solution(stack, "Popular", dataset_group=group, recipe=Recipe.POPULARITY_COUNT)

    solution = resource(stack, "Custom::PersonalizeSolution")

    assert solution["Properties"]["datasetGroupArn"] == stack.resolve(group.dataset_group_arn)
    assert "DependsOn" not in solution


def test_guard__of_every_dataset_group__names_it_and_has_its_removal_policy(stack: cdk.Stack) -> None:
    group = DatasetGroup(stack, "Movies", removal_policy=cdk.RemovalPolicy.RETAIN)
    cdk.Tags.of(stack).add("team", "films")

    guard = resource(stack, GUARD)

    assert guard["Properties"].keys() == {"ServiceToken", "ServiceTimeout", "datasetGroupArn"}
    assert guard["Properties"]["datasetGroupArn"] == stack.resolve(group.dataset_group_arn)
    assert guard["DeletionPolicy"] == resource(stack)["DeletionPolicy"] == "Retain"


def test_guard__of_a_dataset_group_retained_later__is_retained_too(stack: cdk.Stack) -> None:
    group = DatasetGroup(stack, "Movies")

    group.apply_removal_policy(cdk.RemovalPolicy.RETAIN)

    assert resource(stack, GUARD)["DeletionPolicy"] == resource(stack)["DeletionPolicy"] == "Retain"
    with pytest.raises(InvalidConstructError, match="a dataset group has no snapshot"):
        group.apply_removal_policy(cdk.RemovalPolicy.SNAPSHOT)


def test_guard__with_a_provider__is_of_that_provider(app: cdk.App, stack: cdk.Stack) -> None:
    shared = PersonalizeProvider(cdk.Stack(app, "Shared"), shared=True)

    DatasetGroup(stack, "Movies", provider=shared)

    assert "Fn::ImportValue" in resource(stack, GUARD)["Properties"]["ServiceToken"]
    with pytest.raises(InvalidConstructError, match="shared=True"):
        DatasetGroup(stack, "Other", provider=PersonalizeProvider(cdk.Stack(app, "Own")))


@pytest.mark.parametrize("by", ["object", "arn"])
def test_members__of_a_dataset_group__have_the_construct_with_its_guard(stack: cdk.Stack, by: str) -> None:
    group = DatasetGroup(stack, "Movies")
    named: Any = group if by == "object" else group.dataset_group_arn

    assert MEMBERS.of(stack, named, "dataset group") == [group]


def test_key__alone__gets_a_role_and_both_get_the_permissions(stack: cdk.Stack) -> None:
    key = kms.Key(stack, "Key")
    DatasetGroup(stack, "Movies", kms_key=key)
    template = Template.from_stack(stack)

    group = resource(stack)
    [(policy_id, policy)] = [
        (id_, each) for id_, each in template.find_resources("AWS::IAM::Policy").items() if "Movies" in id_
    ]
    [role] = template.find_resources(
        "AWS::IAM::Role",
        {
            "Properties": {
                "AssumeRolePolicyDocument": {
                    "Statement": [Match.object_like({"Principal": {"Service": "personalize.amazonaws.com"}})]
                }
            }
        },
    ).values()
    arn = stack.resolve(key.key_arn)
    assert policy["Properties"]["PolicyDocument"]["Statement"] == [statement(None, arn)]
    assert group["DependsOn"] == [policy_id]
    assert group["Properties"]["KmsKeyArn"] == arn
    assert role["Properties"]["AssumeRolePolicyDocument"]["Statement"][0]["Condition"] == {
        "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    }
    [of_key] = template.find_resources("AWS::KMS::Key").values()
    assert (
        statement({"Service": "personalize.amazonaws.com"}, "*")
        in of_key["Properties"]["KeyPolicy"]["Statement"]
    )


def test_key__imported__warns_of_the_statement_that_its_policy_needs(stack: cdk.Stack) -> None:
    key = kms.Key.from_key_arn(stack, "Key", "arn:aws:kms:us-east-1:123456789012:key/0a")
    DatasetGroup(stack, "Movies", kms_key=key)

    [warning] = Annotations.from_stack(stack).find_warning("/Stack/Movies", Match.any_value())
    assert "cdk-personalize:service-policy" in str(warning.entry.data)
    assert '"kms:CreateGrant"' in str(warning.entry.data)


def test_arguments__all_wrong__are_all_named(stack: cdk.Stack) -> None:
    with pytest.raises(InvalidConstructError) as raised:
        DatasetGroup(
            stack,
            "Movies",
            domain="ECOMERCE",  # type: ignore[arg-type]
            role=iam.Role.from_role_arn(stack, "Role", "arn:aws:iam::123456789012:role/key"),
            dataset_group_name="my movies",
            removal_policy=cdk.RemovalPolicy.SNAPSHOT,
        )

    assert [problem.argument for problem in raised.value.problems] == [
        "domain",
        "role",
        "dataset_group_name",
        "removal_policy",
    ]


def test_name__generated__depends_on_the_path_alone() -> None:
    def name(id: str, **arguments: Any) -> str:
        return DatasetGroup(cdk.Stack(cdk.App(), "Stack"), id, **arguments).dataset_group_name

    assert name("Movies") == name("Movies", domain=Domain.ECOMMERCE) != name("Films")


def test_import__by_arn_or_name__adds_nothing(app: cdk.App) -> None:
    stack = cdk.Stack(app, "Stack", env=cdk.Environment(account="123456789012", region="us-east-1"))

    assert DatasetGroup.from_dataset_group_arn(stack, "One", ARN).dataset_group_arn == ARN
    by_name = DatasetGroup.from_dataset_group_name(stack, "Two", "movies")
    assert stack.resolve(by_name.dataset_group_arn)["Fn::Join"][1][-1] == ARN.removeprefix("arn:aws")
    assert Template.from_stack(stack).find_resources("*") == {}
    with pytest.raises(InvalidConstructError, match="must be the ARN of a dataset group"):
        DatasetGroup.from_dataset_group_arn(stack, "Three", ARN.replace("dataset-group", "dataset"))
