"""PutItems and PutUsers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from personalize_local.simulator.engine.context import Context
from personalize_local.simulator.engine.errors import in_use, invalid_input
from personalize_local.simulator.engine.kind import Operation
from personalize_local.simulator.engine.model import Request
from personalize_local.simulator.engine.timeline import ACTIVE
from personalize_local.simulator.kinds.dataset.dataset import Dataset


def put_items(context: Context, request: Request) -> dict[str, object]:
    """Answer PutItems. An item with the same id is replaced."""
    return _put(context, request, "ITEMS", "items", "itemId")


def put_users(context: Context, request: Request) -> dict[str, object]:
    """Answer PutUsers. A user with the same id is replaced."""
    return _put(context, request, "USERS", "users", "userId")


def properties(text: str | None) -> dict[str, Any]:
    """Return the properties of a record or event, which are sent as a JSON object in a string.

    Raises:
        ServiceError: The text is not a JSON object (`InvalidInputException`).
    """
    try:
        parsed = json.loads(text or "{}")
    except (ValueError, RecursionError):
        parsed = None
    if not isinstance(parsed, dict):
        raise invalid_input("properties must be the text of a JSON object")
    return parsed


def _put(context: Context, request: Request, dataset_type: str, member: str, key: str) -> dict[str, object]:
    now = context.now
    dataset = context.account[Dataset].get(request["datasetArn"], now)
    if dataset.dataset_type != dataset_type:
        raise invalid_input(
            f"{dataset.arn} is of type {dataset.dataset_type}: {member} need a dataset of type {dataset_type}"
        )
    if dataset.status(now) != ACTIVE:
        raise in_use(f"{dataset.arn} is {dataset.status(now)}: wait until it is {ACTIVE}")
    dataset.records |= {record[key]: properties(record.get("properties")) for record in request[member]}
    return {}


OPERATIONS: Mapping[str, Operation] = {"PutItems": put_items, "PutUsers": put_users}
