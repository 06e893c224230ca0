"""Import data, train a version, and promote it: `python promote.py STACK FILE.csv`."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import boto3

PAUSE = 30.0


def main(stack: str, file: str) -> None:
    """Bring the campaign of a stack up to date with a file of interactions."""
    (described,) = boto3.client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in described["Outputs"]}
    load(outputs, Path(file).read_bytes())
    promote(outputs, train(outputs["Solution"]))


def load(outputs: Mapping[str, str], content: bytes) -> None:
    """Replace what earlier imports brought."""
    personalize = boto3.client("personalize")
    boto3.client("s3").put_object(Bucket=outputs["Bucket"], Key="watched/films.csv", Body=content)
    job = personalize.create_dataset_import_job(
        jobName=f"films-{int(time.time())}",
        datasetArn=outputs["Dataset"],
        dataSource={"dataLocation": f"s3://{outputs['Bucket']}/watched/"},
        roleArn=outputs["ImportRole"],
    )["datasetImportJobArn"]
    wait(lambda: personalize.describe_dataset_import_job(datasetImportJobArn=job)["datasetImportJob"])


def train(solution: str) -> str:
    """Train a version, and return its ARN."""
    personalize = boto3.client("personalize")
    version: str = personalize.create_solution_version(solutionArn=solution)["solutionVersionArn"]
    wait(lambda: personalize.describe_solution_version(solutionVersionArn=version)["solutionVersion"])
    return version


def promote(outputs: Mapping[str, str], version: str) -> None:
    """Let the campaign serve a version. If there is none yet, create it as the stack declares it."""
    personalize = boto3.client("personalize")
    campaign, declared = outputs["Campaign"], json.loads(outputs["CreateRequest"])
    config = {name: declared[name] for name in ("campaignConfig",) if name in declared}
    try:
        personalize.update_campaign(campaignArn=campaign, solutionVersionArn=version, **config)
    except personalize.exceptions.ResourceNotFoundException:
        personalize.create_campaign(solutionVersionArn=version, **declared)

    def serving() -> dict[str, Any]:
        described: dict[str, Any] = personalize.describe_campaign(campaignArn=campaign)["campaign"]
        update: dict[str, Any] = described.get("latestCampaignUpdate", described)
        # Right after the call, the latest update can still be the one before.
        return update if update["solutionVersionArn"] == version else {"status": "UPDATE PENDING"}

    wait(serving)


def wait(describe: Callable[[], dict[str, Any]]) -> None:
    """Wait until a resource is ACTIVE, or exit with the reason for its failure."""
    while (described := describe())["status"] != "ACTIVE":
        if described["status"].endswith("FAILED"):
            sys.exit(f"{described['status']}: {described['failureReason']}")
        time.sleep(PAUSE)


if __name__ == "__main__":
    main(*sys.argv[1:])
