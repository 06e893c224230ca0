"""Train a solution and serve the new version: `python train.py SOLUTION_ARN CAMPAIGN_NAME`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from time import sleep, time
from typing import Any

import boto3

PAUSE = 60.0
GIVE_UP_AFTER = 6 * 3600.0


def train(solution_arn: str, campaign_name: str) -> str:
    """Train a version, create a campaign from it, and return the campaign's ARN when it is active."""
    personalize = boto3.client("personalize")
    version = personalize.create_solution_version(solutionArn=solution_arn)["solutionVersionArn"]
    wait(lambda: personalize.describe_solution_version(solutionVersionArn=version)["solutionVersion"])
    campaign: str = personalize.create_campaign(name=campaign_name, solutionVersionArn=version)["campaignArn"]
    wait(lambda: personalize.describe_campaign(campaignArn=campaign)["campaign"])
    return campaign


def wait(describe: Callable[[], dict[str, Any]]) -> None:
    """Wait until a resource is ACTIVE, or exit with the reason for its failure."""
    deadline = time() + GIVE_UP_AFTER
    while True:
        described = describe()
        if described["status"] == "ACTIVE":
            return
        if described["status"] == "CREATE FAILED":
            sys.exit(f"failed: {described['failureReason']}")
        if time() > deadline:
            sys.exit(f"still {described['status']} after {GIVE_UP_AFTER / 3600:.0f} hours")
        sleep(PAUSE)


if __name__ == "__main__":
    print(train(*sys.argv[1:]))
