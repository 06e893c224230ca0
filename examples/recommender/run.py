"""Run the deployed pipeline, and get recommendations: `python run.py`."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator, Mapping
from typing import Any

import boto3
from films import Films, generate

STACK = "Recommender"
USERS = ("user-007", "user-042", "user-123")
SHOWN = 5


def main() -> None:
    """Promote a version, get recommendations, send events, and see a bad version rejected."""
    outputs = outputs_of(STACK)
    films = generate()

    print(f"\n1. {len(films.watched):,} views of {len(films.genres)} films: train, measure, judge, promote\n")
    upload(outputs["Bucket"], films)
    record = run(outputs["Pipeline"])
    show(record)
    if record["outcome"] != "PROMOTED":
        sys.exit("The version was not promoted, so there is nothing to recommend from.")

    print("\n2. Recommendations from the campaign, without what the user watched\n")
    for user in USERS:
        print(f"   {user} watched {titles(films.of(user)[:SHOWN], films)}")
        print(f"   {' ' * len(user)}  gets    {titles(recommendations(outputs, user), films)}")

    user, before = USERS[0], recommendations(outputs, USERS[0])
    print(f"\n3. {user} watches the first three of them\n")
    watch(outputs["TrackingId"], user, before[:3])
    after = eventually_other(outputs, user, before)
    print(f"   {user}  gets    {titles(after, films)}")

    print("\n4. The same views dealt out at random: a new version has nothing to learn\n")
    served = version_in_service(outputs["Campaign"])
    upload(outputs["Bucket"], films.shuffled())
    record = run(outputs["Pipeline"])
    show(record)
    unchanged = version_in_service(outputs["Campaign"]) == served
    print(f"\n   The campaign {'still serves' if unchanged else 'NO LONGER serves'} {served}")
    if record["outcome"] != "REJECTED" or not unchanged:
        sys.exit("Expected the version to be rejected, and the campaign to stay as it was.")


def outputs_of(stack: str) -> dict[str, str]:
    """The outputs of a stack."""
    (described,) = boto3.client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
    return {output["OutputKey"]: output["OutputValue"] for output in described["Outputs"]}


def upload(bucket: str, films: Films) -> None:
    """Put the data where the pipeline imports it from."""
    s3 = boto3.client("s3")
    s3.put_object(Bucket=bucket, Key="interactions/films.csv", Body=films.watched_csv)
    s3.put_object(Bucket=bucket, Key="items/films.csv", Body=films.catalog_csv)


def run(state_machine: str) -> dict[str, Any]:
    """Run the pipeline, print each state as it passes, and return the record of the run."""
    states = boto3.client("stepfunctions")
    execution = states.start_execution(stateMachineArn=state_machine, input='{"startedBy": "run.py"}')
    arn = execution["executionArn"]
    printed = 0
    while True:
        status = states.describe_execution(executionArn=arn)
        passed = list(states_of(arn))
        for name in passed[printed:]:
            print(f"   {name}")
        printed = len(passed)
        if status["status"] != "RUNNING":
            break
        time.sleep(1)
    if status["status"] != "SUCCEEDED":
        sys.exit(f"The run {status['status']}: {status.get('error')}: {status.get('cause')}")
    record: dict[str, Any] = json.loads(status["output"])
    return record


def states_of(execution: str) -> Iterator[str]:
    """The states that an execution has entered, without repetitions such as those of a wait."""
    pages = boto3.client("stepfunctions").get_paginator("get_execution_history")
    seen = set()
    for page in pages.paginate(executionArn=execution):
        for event in page["events"]:
            name = event.get("stateEnteredEventDetails", {}).get("name")
            if name and name not in seen:
                seen.add(name)
                yield name


def show(record: Mapping[str, Any]) -> None:
    """Print the metrics that were judged, and the outcome with its reasons."""
    metrics = record["metrics"]
    (baseline,) = metrics["baselines"]
    bounds = {check["metric"]: f"{check['bound']:.3f}" for check in record["checks"]}
    print(f"\n   {'metric':<48}{'candidate':>10}{'baseline':>10}{'required':>10}")
    for name, value in metrics["candidate"].items():
        print(f"   {name:<48}{value:>10.3f}{baseline[name]:>10.3f}{bounds.get(name, ''):>10}")
    print(f"\n   {record['outcome']}")
    for check in record["checks"]:
        print(f"   {check['outcome']}: {check['reason']}")


def recommendations(outputs: Mapping[str, str], user: str) -> list[str]:
    """The films that the campaign recommends to a user."""
    answer = boto3.client("personalize-runtime").get_recommendations(
        campaignArn=outputs["Campaign"], userId=user, filterArn=outputs["Filter"], numResults=SHOWN
    )
    return [item["itemId"] for item in answer["itemList"]]


def watch(tracking_id: str, user: str, films: list[str]) -> None:
    """Send what a user watches now."""
    boto3.client("personalize-events").put_events(
        trackingId=tracking_id,
        userId=user,
        sessionId=f"{user}-tonight",
        eventList=[{"eventType": "watch", "itemId": film, "sentAt": int(time.time())} for film in films],
    )


def eventually_other(outputs: Mapping[str, str], user: str, before: list[str]) -> list[str]:
    """The next recommendations that differ: the service takes a second or two to use an event."""
    for _ in range(30):
        after = recommendations(outputs, user)
        if after != before:
            return after
        time.sleep(1)
    sys.exit(f"{user} gets the same films half a minute after the events.")


def version_in_service(campaign: str) -> str:
    """The solution version that a campaign serves."""
    described = boto3.client("personalize").describe_campaign(campaignArn=campaign)
    version: str = described["campaign"]["solutionVersionArn"]
    return version


def titles(names: list[str], films: Films) -> str:
    """Films with their genres."""
    return ", ".join(f"{name} {films.genres[name]}" for name in names)


if __name__ == "__main__":
    main()
