"""What grant_import allows the service, in a template (rule 184)."""

from __future__ import annotations

import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk.assertions import Annotations, Match, Template

from cdk_personalize import Dataset, IDataset

ARN = "arn:aws:personalize:us-east-1:123456789012:dataset/movies/INTERACTIONS"
SERVICE = {"Principal": {"Service": "personalize.amazonaws.com"}}


@pytest.fixture
def stack(app: cdk.App) -> cdk.Stack:
    return cdk.Stack(app, "Stack", env=cdk.Environment(account="123456789012", region="us-east-1"))


@pytest.fixture
def dataset(stack: cdk.Stack) -> IDataset:
    return Dataset.from_dataset_arn(stack, "Data", ARN)


def statements(stack: cdk.Stack, type_: str) -> list[dict[str, Any]]:
    [policy] = Template.from_stack(stack).find_resources(type_).values()
    return list(policy["Properties"]["PolicyDocument"]["Statement"])


def expected(stack: cdk.Stack, bucket: s3.IBucket, **who: Any) -> list[dict[str, Any]]:
    objects, itself = stack.resolve([bucket.arn_for_objects("movies/*"), bucket.bucket_arn])
    return [
        {"Action": "s3:GetObject", "Effect": "Allow", "Resource": objects, **who},
        {"Action": "s3:ListBucket", "Effect": "Allow", "Resource": itself, **who},
    ]


def warnings(stack: cdk.Stack) -> list[str]:
    found = Annotations.from_stack(stack).find_warning("/Stack/Data", Match.any_value())
    return [str(one.entry.data) for one in found]


def test_role_and_bucket_policy__of_a_bucket_of_the_app__allow_the_same(
    stack: cdk.Stack, dataset: IDataset
) -> None:
    bucket = s3.Bucket(stack, "Files")

    role = dataset.grant_import(bucket, "movies/")

    assert statements(stack, "AWS::IAM::Policy") == expected(stack, bucket)
    assert statements(stack, "AWS::S3::BucketPolicy") == expected(stack, bucket, **SERVICE)
    [(role_id, _)] = Template.from_stack(stack).find_resources("AWS::IAM::Role").items()
    assert stack.resolve(role.role_arn)["Fn::GetAtt"][0] == role_id
    assert warnings(stack) == []


def test_role__of_repeated_calls__is_the_same_and_statements_are_not_repeated(
    stack: cdk.Stack, dataset: IDataset
) -> None:
    bucket = s3.Bucket(stack, "Files")

    assert dataset.grant_import(bucket, "movies/") is dataset.grant_import(bucket, "movies/")
    assert statements(stack, "AWS::IAM::Policy") == expected(stack, bucket)
    assert statements(stack, "AWS::S3::BucketPolicy") == expected(stack, bucket, **SERVICE)


def test_role__of_yours__gets_the_permissions(stack: cdk.Stack, dataset: IDataset) -> None:
    bucket = s3.Bucket(stack, "Files")
    role = iam.Role(stack, "Mine", assumed_by=iam.ServicePrincipal("personalize.amazonaws.com"))

    assert dataset.grant_import(bucket, "movies/", role=role) is role
    assert statements(stack, "AWS::IAM::Policy") == expected(stack, bucket)


def test_key__of_an_encrypted_bucket__lets_the_service_and_the_role_use_it(
    stack: cdk.Stack, dataset: IDataset
) -> None:
    bucket = s3.Bucket(stack, "Files", encryption=s3.BucketEncryption.KMS)
    dataset.grant_import(bucket)

    [key] = Template.from_stack(stack).find_resources("AWS::KMS::Key").values()
    of_service = [
        each
        for each in key["Properties"]["KeyPolicy"]["Statement"]
        if each["Principal"] == SERVICE["Principal"]
    ]
    of_role = statements(stack, "AWS::IAM::Policy")[-1]
    assert of_service[0]["Action"] == of_role["Action"]
    assert "kms:Decrypt" in of_role["Action"]
    assert of_role["Resource"] == stack.resolve(bucket.encryption_key.key_arn)  # type: ignore[union-attr]


def test_bucket__imported__warns_once_with_the_policy_to_paste(stack: cdk.Stack, dataset: IDataset) -> None:
    bucket = s3.Bucket.from_bucket_name(stack, "Files", "lake")
    dataset.grant_import(bucket, "movies/")

    [warning] = warnings(stack)
    assert "cdk-personalize:bucket-policy" in warning
    pasted = json.loads(warning[warning.index("[{") : warning.rindex("}]") + 2])
    assert pasted == [
        {"Action": "s3:GetObject", "Effect": "Allow", "Resource": "arn:aws:s3:::lake/movies/*", **SERVICE},
        {"Action": "s3:ListBucket", "Effect": "Allow", "Resource": "arn:aws:s3:::lake", **SERVICE},
    ]


def test_key__imported_with_its_bucket__warns_of_both_policies(stack: cdk.Stack, dataset: IDataset) -> None:
    key = kms.Key.from_key_arn(stack, "Key", "arn:aws:kms:us-east-1:123456789012:key/0a")
    attributes = {"bucket_name": "lake", "encryption_key": key}
    dataset.grant_import(s3.Bucket.from_bucket_attributes(stack, "Files", **attributes))

    assert [
        name in warning
        for name, warning in zip(("bucket-policy", "encryption-key-policy"), warnings(stack), strict=True)
    ] == [True, True]
