"""URLs of APIs and Lambda functions in stacks, whose hosts exist only on AWS.

A template writes `https://ID.execute-api.REGION.amazonaws.com/...`, and a function's URL ends in `on.aws`.
The server answers both below its own address, so outputs and properties contain that.
"""

from __future__ import annotations

import os
import re

from ministack.services.cloudformation import stacks

from personalize_local.address import HOST

_URL = re.compile(
    r"https?://([a-z0-9-]+)\.(execute-api|lambda-url)\.(?:[a-z0-9-]+\.(?:amazonaws\.com(?:\.cn)?|on\.aws)|127\.0\.0\.1:\d+)"
)


def register() -> None:
    """Make URLs in templates point to this server."""
    base = f"http://{HOST}:{os.environ['GATEWAY_PORT']}/_aws"
    resolve = stacks._resolve_refs  # as stacks have bound it: what is inside a value is resolved without this

    def resolve_refs(value: object, *rest: object) -> object:
        return local_urls(resolve(value, *rest), base)

    stacks._resolve_refs = resolve_refs


def local_urls(value: object, base: str) -> object:
    """Return a resolved value of a template with URLs of the local AWS.

    Args:
        value: The resolved value: a string, or lists and maps of them.
        base: The URL before `/execute-api/ID` and `/lambda-url/ID`.
    """
    if isinstance(value, str):
        return _URL.sub(rf"{base}/\2/\1", value)
    if isinstance(value, list):
        return [local_urls(item, base) for item in value]
    if isinstance(value, dict):
        return {key: local_urls(item, base) for key, item in value.items()}
    return value
