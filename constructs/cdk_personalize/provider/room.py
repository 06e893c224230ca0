"""How large a resource's properties may be on their way through its provider."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterator, Mapping
from typing import Any

from cdk_personalize.model.findings import Problem
from cdk_personalize.provider.base import IPersonalizeProvider
from cdk_personalize.provider.single_function import SingleFunctionProvider

# Step Functions limits the bytes of an input, and EventBridge the characters of a target's input. Both limits
# are less what the shortest event needs besides the properties. If only a longer event has no room, the
# provider refuses it before it changes anything.
_FRAMEWORK_BYTES = 256 * 1024 - 4_500
_SINGLE_FUNCTION_CHARACTERS = 8_192 - 1_200


def problems(properties: Mapping[str, Any], provider: IPersonalizeProvider) -> Iterator[Problem]:
    """Find properties that are too large to deploy, however short the rest of the event is.

    Args:
        properties: The resource's, without tags, which come later. Tokens stay as they are.
        provider: The resource's provider.
    """
    written = json.dumps(properties, default=str, ensure_ascii=False, separators=(",", ":")).encode(
        errors="replace"
    )
    if isinstance(provider, SingleFunctionProvider):
        packed = len(base64.b64encode(zlib.compress(written, 9)))
        if packed > _SINGLE_FUNCTION_CHARACTERS:
            yield _too_large(
                f"{packed} characters after compression",
                f"must have at most {_SINGLE_FUNCTION_CHARACTERS} characters after compression: an "
                "EventBridge rule carries them",
                "shorten them, or use the PersonalizeProvider with the provider framework",
            )
    elif len(written) > _FRAMEWORK_BYTES:
        yield _too_large(
            f"{len(written)} bytes",
            f"must have at most {_FRAMEWORK_BYTES} bytes: a Step Functions execution carries them",
            "shorten them",
        )


def _too_large(size: str, rule: str, fix: str) -> Problem:
    return Problem(argument="all properties together", value=size, rule=rule, fix=fix)
