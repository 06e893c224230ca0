"""A Lambda function that recommends movies from the newest campaign."""

from __future__ import annotations

from typing import Any

import boto3

PREFIX = "movies-"
POPULAR = ["casablanca", "metropolis"]
"""Recommendations for everybody while no campaign is ready."""

personalize = boto3.client("personalize")
runtime = boto3.client("personalize-runtime")


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Return movies for `event["user"]`."""
    campaign = newest_campaign()
    if campaign is None:
        return {"source": "popular", "movies": POPULAR}
    answer = runtime.get_recommendations(campaignArn=campaign, userId=event["user"], numResults=10)
    return {"source": campaign, "movies": [item["itemId"] for item in answer["itemList"]]}


def newest_campaign() -> str | None:
    """The ARN of the newest active campaign with our prefix."""
    pages = personalize.get_paginator("list_campaigns").paginate()
    ready = [
        campaign
        for page in pages
        for campaign in page["campaigns"]
        if campaign["name"].startswith(PREFIX) and campaign["status"] == "ACTIVE"
    ]
    newest = max(ready, key=lambda campaign: campaign["creationDateTime"], default=None)
    return None if newest is None else str(newest["campaignArn"])
