"""A whole life through clients of boto3: from an object in S3 to recommendations."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import boto3

from personalize_local.address import ACCOUNT
from personalize_local.simulator.engine.model import SERVICES
from personalize_local.testing.in_process import SimulatedPersonalize
from personalize_local.testing.server_process import LocalAws
from support.requests.sample_data import INTERACTIONS_SCHEMA
from support.virtual_time.imported_data import METRIC_NAMES, small
from support.virtual_time.simulated import OF_DATA


def whole_life(clients: Mapping[str, Any], advance: Any, location: str, role: str) -> None:
    """From an object in S3 to recommendations."""
    personalize, runtime = clients["personalize"], clients["personalize-runtime"]
    group = personalize.create_dataset_group(name="films")["datasetGroupArn"]
    advance(1)
    schema = personalize.create_schema(name="interactions", schema=INTERACTIONS_SCHEMA)["schemaArn"]
    data = personalize.create_dataset(
        name="interactions", datasetType="Interactions", datasetGroupArn=group, schemaArn=schema
    )["datasetArn"]
    advance(1)
    job = personalize.create_dataset_import_job(
        jobName="first", datasetArn=data, dataSource={"dataLocation": location}, roleArn=role
    )["datasetImportJobArn"]
    advance(5)
    described = personalize.describe_dataset_import_job(datasetImportJobArn=job)["datasetImportJob"]
    assert (described["status"], described.get("failureReason")) == ("ACTIVE", None)
    (entry,) = personalize.list_dataset_import_jobs(datasetArn=data)["datasetImportJobs"]
    assert entry["datasetImportJobArn"] == job
    recipe = "arn:aws:personalize:::recipe/aws-personalized-ranking-v2"
    campaigns = []
    for name in ("aws-user-personalization-v2", "aws-personalized-ranking-v2"):
        solution = personalize.create_solution(
            name=name,
            datasetGroupArn=group,
            recipeArn=recipe.replace("aws-personalized-ranking-v2", name),
            performAutoTraining=False,
        )["solutionArn"]
        version = personalize.create_solution_version(solutionArn=solution)["solutionVersionArn"]
        advance(1200)
        measured = personalize.get_solution_metrics(solutionVersionArn=version)
        assert measured["solutionVersionArn"] == version
        assert measured["metrics"].keys() == METRIC_NAMES
        campaigns.append(personalize.create_campaign(name=name, solutionVersionArn=version)["campaignArn"])
        advance(5)
    answer = runtime.get_recommendations(campaignArn=campaigns[0], userId="user-0001", numResults=3)
    assert [entry["itemId"].startswith("item-0") for entry in answer["itemList"]] == [True] * 3
    ranking = runtime.get_personalized_ranking(
        campaignArn=campaigns[1], userId="user-0001", inputList=["unknown", "item-0001"]
    )
    assert [entry["itemId"] for entry in ranking["personalizedRanking"]] == ["item-0001", "unknown"]


def test_whole_life__in_process__is_understood_by_boto3(
    personalize_simulator: SimulatedPersonalize,
) -> None:
    personalize_simulator.put_object("s3://films/all.csv", small().interactions_csv)
    clients = {service: boto3.client(service) for service in SERVICES}
    role = f"arn:aws:iam::{ACCOUNT}:role/reader"
    whole_life(clients, personalize_simulator.advance, "s3://films/all.csv", role)
    assert {call.operation for call in personalize_simulator.calls} >= OF_DATA
    assert {call.outcome for call in personalize_simulator.calls} == {"ok"}


def test_whole_life__in_the_local_aws__reads_its_s3(local_aws: LocalAws) -> None:
    s3 = local_aws.client("s3")
    s3.create_bucket(Bucket="films")
    s3.put_object(Bucket="films", Key="all/1.csv", Body=small().interactions_csv)
    clients = {service: local_aws.client(service) for service in SERVICES}

    def advance(seconds: float) -> None:
        local_aws.control("POST", "clock", {"advance": seconds})

    whole_life(clients, advance, "s3://films/all/", f"arn:aws:iam::{ACCOUNT}:role/reader")
    s3.put_object(Bucket="films", Key="users.json", Body=b'{"userId": "user-0001"}\n{"userId": "nobody"}\n')
    personalize = clients["personalize"]
    (version,) = (
        entry["solutionVersionArn"]
        for entry in personalize.list_solution_versions()["solutionVersions"]
        if "user-personalization" in entry["solutionVersionArn"]
    )
    job = personalize.create_batch_inference_job(
        jobName="batch",
        solutionVersionArn=version,
        numResults=3,
        jobInput={"s3DataSource": {"path": "s3://films/users.json"}},
        jobOutput={"s3DataDestination": {"path": "s3://films/out/"}},
        roleArn=f"arn:aws:iam::{ACCOUNT}:role/reader",
    )["batchInferenceJobArn"]
    advance(3600)
    described = personalize.describe_batch_inference_job(batchInferenceJobArn=job)["batchInferenceJob"]
    assert (described["status"], described.get("failureReason")) == ("ACTIVE", None)
    lines = s3.get_object(Bucket="films", Key="out/users.json.out")["Body"].read().splitlines()
    assert [len(json.loads(line)["output"]["recommendedItems"]) for line in lines] == [3, 3]
