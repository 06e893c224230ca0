"""Dataset groups, schemas and datasets on a local AWS that enforces policies: data gets in, and all goes."""

from __future__ import annotations

import json
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_s3 as s3
from aws_cdk.assertions import Template

from cdk_personalize import Dataset, DatasetGroup, Schema
from personalize_local.testing.server_process import LocalAws
from support.requests.sample_data import INTERACTIONS_SCHEMA, ITEMS_SCHEMA, USERS_SCHEMA
from support.virtual_time.imported_data import small

SCHEMAS = {"Interactions": INTERACTIONS_SCHEMA, "Items": ITEMS_SCHEMA, "Users": USERS_SCHEMA}
FILES = "shop-files"


def template() -> dict[str, Any]:
    """The stack, without the provider and its resource: they need assets."""
    stack = cdk.Stack(cdk.App(), "Shop")
    group = DatasetGroup(stack, "Shop")
    bucket = s3.Bucket(stack, "Files", bucket_name=FILES, removal_policy=cdk.RemovalPolicy.DESTROY)
    for name, avro in SCHEMAS.items():
        schema = Schema.from_avro(stack, f"{name}Schema", json.loads(avro))
        dataset = Dataset(stack, name, dataset_group=group, schema=schema)
        cdk.CfnOutput(stack, f"{name}Arn", value=dataset.dataset_arn)
        cdk.CfnOutput(stack, f"{name}Role", value=dataset.grant_import(bucket, f"{name}/").role_arn)
    synthesized = Template.from_stack(stack).to_json()
    resources = {
        name: resource
        for name, resource in synthesized["Resources"].items()
        if not name.startswith("PersonalizeProvider") and not resource["Type"].startswith("Custom::")
    }
    return {"Resources": resources, "Outputs": synthesized["Outputs"]}


def imported(aws: LocalAws, name: str, content: bytes, outputs: dict[str, str]) -> dict[str, Any]:
    """Import a file into a dataset, and return the description of the job."""
    aws.client("s3").put_object(Bucket=FILES, Key=f"{name}/all.csv", Body=content)
    personalize = aws.client("personalize")
    job = personalize.create_dataset_import_job(
        jobName=name,
        datasetArn=outputs[f"{name}Arn"],
        dataSource={"dataLocation": f"s3://{FILES}/{name}/all.csv"},
        roleArn=outputs[f"{name}Role"],
    )["datasetImportJobArn"]
    aws.control("POST", "clock", {"advance": 5})
    aws.client("s3").delete_object(Bucket=FILES, Key=f"{name}/all.csv")
    described = personalize.describe_dataset_import_job(datasetImportJobArn=job)
    return dict(described["datasetImportJob"])


def test_stack__of_datasets__imports_with_its_own_roles_and_leaves_nothing(enforcing_aws: LocalAws) -> None:
    enforcing_aws.control("POST", "durations", {"dataset_group": 0, "dataset": 0, "delete": 0.1})
    assert enforcing_aws.apply("Shop", template()) == "CREATE_COMPLETE", enforcing_aws.reasons("Shop")
    outputs = enforcing_aws.outputs("Shop")
    data = small()

    files = {"Interactions": data.interactions_csv, "Items": data.items_csv, "Users": data.users_csv}
    jobs = [imported(enforcing_aws, name, content, outputs) for name, content in files.items()]

    assert [(job["status"], job.get("failureReason")) for job in jobs] == [("ACTIVE", None)] * 3
    assert enforcing_aws.delete("Shop") == "DELETE_COMPLETE", enforcing_aws.reasons("Shop")
    personalize = enforcing_aws.client("personalize")
    left = personalize.list_schemas()["schemas"], personalize.list_dataset_groups()["datasetGroups"]
    assert left == ([], [])
