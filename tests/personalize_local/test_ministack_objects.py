"""Import jobs where policies are enforced: the role and the bucket must both allow the reading (rule 184)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from personalize_local.address import ACCOUNT, REGION
from personalize_local.testing.server_process import LocalAws
from support.requests.sample_data import INTERACTIONS_SCHEMA
from support.virtual_time.imported_data import small

BUCKET = "arn:aws:s3:::films"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/reader"
SERVICE = {"Service": "personalize.amazonaws.com"}
READ = {"Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": [BUCKET, f"{BUCKET}/*"]}
LIST_ONLY = READ | {"Action": "s3:ListBucket"}
TRUST = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": SERVICE}
OTHER_TRUST = TRUST | {"Principal": {"Service": "lambda.amazonaws.com"}}


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def imported(aws: LocalAws, **members: str) -> dict[str, Any]:
    """The description of a job that has ended."""
    aws.control("POST", "durations", {"dataset_group": 0, "dataset": 0})
    personalize = aws.client("personalize")
    group = personalize.create_dataset_group(name="films")["datasetGroupArn"]
    schema = personalize.create_schema(name="i", schema=INTERACTIONS_SCHEMA)["schemaArn"]
    data = personalize.create_dataset(
        name="i", datasetType="Interactions", datasetGroupArn=group, schemaArn=schema
    )["datasetArn"]
    job = personalize.create_dataset_import_job(
        jobName="first", datasetArn=data, dataSource={"dataLocation": "s3://films/all.csv"}, **members
    )["datasetImportJobArn"]
    aws.control("POST", "clock", {"advance": 5})
    described = personalize.describe_dataset_import_job(datasetImportJobArn=job)
    return dict(described["datasetImportJob"])


def prepare(aws: LocalAws, role: list[dict[str, Any]], trust: dict[str, Any], bucket: dict[str, Any]) -> None:
    s3, iam = aws.client("s3"), aws.client("iam")
    s3.create_bucket(Bucket="films")
    s3.put_object(Bucket="films", Key="all.csv", Body=small().interactions_csv)
    s3.put_bucket_policy(Bucket="films", Policy=document(bucket))
    iam.create_role(RoleName="reader", AssumeRolePolicyDocument=document(trust))
    iam.put_role_policy(RoleName="reader", PolicyName="read", PolicyDocument=document(*role))


def test_job__role_and_bucket_allow__is_active(enforcing_aws: LocalAws) -> None:
    prepare(enforcing_aws, [READ], TRUST, READ | {"Principal": SERVICE})
    found = imported(enforcing_aws, roleArn=ROLE)
    assert (found["status"], found.get("failureReason")) == ("ACTIVE", None)


@pytest.mark.parametrize(
    ("role", "trust", "bucket", "members", "reason"),
    [
        pytest.param(
            LIST_ONLY, TRUST, READ, {"roleArn": ROLE}, f"no policy of {ROLE} allows s3:GetObject", id="role"
        ),
        pytest.param(
            READ, TRUST, LIST_ONLY, {"roleArn": ROLE}, "the policy of the bucket films does not", id="bucket"
        ),
        pytest.param(READ, OTHER_TRUST, READ, {"roleArn": ROLE}, f"the trust policy of {ROLE}", id="trust"),
        pytest.param(READ, TRUST, READ, {"roleArn": f"{ROLE}-2"}, "there is no role", id="other role"),
        pytest.param(READ, TRUST, READ, {}, "the job has no roleArn", id="no role"),
    ],
)
def test_job__one_does_not_allow__fails_with_the_reason(
    enforcing_aws: LocalAws,
    role: dict[str, Any],
    trust: dict[str, Any],
    bucket: dict[str, Any],
    members: dict[str, str],
    reason: str,
) -> None:
    prepare(enforcing_aws, [role], trust, bucket | {"Principal": SERVICE})
    found = imported(enforcing_aws, **members)
    assert found["status"] == "CREATE FAILED"
    assert found["failureReason"].startswith("Insufficient privileges for accessing data in S3: ")
    assert reason in found["failureReason"]


def test_job__role_that_the_caller_may_not_pass__is_denied(enforcing_aws: LocalAws) -> None:
    iam = enforcing_aws.client("iam")
    iam.create_user(UserName="tester")
    personalize_only = {"Effect": "Allow", "Action": "personalize:*", "Resource": "*"}
    iam.put_user_policy(UserName="tester", PolicyName="test", PolicyDocument=document(personalize_only))
    key = iam.create_access_key(UserName="tester")["AccessKey"]
    personalize = enforcing_aws.client(
        "personalize", aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"]
    )
    dataset = f"arn:aws:personalize:{REGION}:{ACCOUNT}:dataset/films/INTERACTIONS"
    source = {"dataLocation": "s3://films/all.csv"}
    with pytest.raises(ClientError, match=f"iam:PassRole on resource: {ROLE}"):
        personalize.create_dataset_import_job(
            jobName="first", datasetArn=dataset, dataSource=source, roleArn=ROLE
        )
