"""Recommends films to a user."""

from __future__ import annotations

import os
from typing import Any

import boto3

runtime = boto3.client("personalize-runtime")


def handler(event: dict[str, Any], _context: object) -> list[str]:
    """Return films for `event["user"]` that the user has not watched."""
    answer = runtime.get_recommendations(
        campaignArn=os.environ["CAMPAIGN"],
        filterArn=os.environ["FILTER"],
        userId=event["user"],
        numResults=10,
    )
    return [item["itemId"] for item in answer["itemList"]]
