"""The answer to CloudFormation, which the single function sends itself."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from personalize_provider.engine.clock import Clock
from personalize_provider.engine.log import logger

_PAUSES = (1.0, 2.0, 4.0, 8.0)
_TIMEOUT_SECONDS = 10.0
_SCHEMES = ("https://", "http://")  # the local AWS has no certificate


class NotAnsweredError(Exception):
    """CloudFormation did not get an answer. The message has no URL, because that is a credential."""


def respond(url: str, body: Mapping[str, Any], clock: Clock) -> None:
    """PUT an answer to a request's `ResponseURL`.

    Args:
        url: The address, which is a credential.
        body: The answer.
        clock: Passes time between two tries.

    Raises:
        NotAnsweredError: the URL is not valid, or did not accept the answer in five tries.
    """
    if not url.startswith(_SCHEMES):
        raise NotAnsweredError("the ResponseURL is not an HTTP URL")
    data = json.dumps(body, ensure_ascii=False).encode(errors="replace")
    for pause in (*_PAUSES, None):
        why = _put(url, data)
        if not why:
            return
        logger.warning("CloudFormation did not accept the answer", cause=why)
        if pause is not None:
            clock.sleep(pause)
    raise NotAnsweredError(f"CloudFormation did not accept the answer: {why}")


def _put(url: str, data: bytes) -> str:
    """Try once, and return why it failed, or nothing. An answer that is refused for good counts as given."""
    try:
        # The URL is signed for an empty content type.
        request = urllib.request.Request(url, data, {"Content-Type": ""}, method="PUT")  # noqa: S310 (checked)
        with urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS):  # noqa: S310
            return ""
    except urllib.error.HTTPError as error:
        if error.code < HTTPStatus.INTERNAL_SERVER_ERROR:
            # The URL has most likely expired: CloudFormation no longer waits, and no retry will change that.
            logger.error("CloudFormation refuses the answer", status=error.code)
            return ""
        return f"HTTP status {error.code}"
    except Exception as error:
        return type(error).__name__
