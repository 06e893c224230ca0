"""Pages of a list, up to 100 entries each (rule 101)."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from operator import itemgetter

from personalize_local.simulator.engine.errors import INVALID_NEXT_TOKEN, ServiceError
from personalize_local.simulator.engine.model import Request

_LONGEST_PAGE = 100


def listing(
    member: str, request: Request, entries: Iterable[tuple[str, dict[str, object]]], of: str | None = None
) -> dict[str, object]:
    """Answer a List operation with the requested page.

    A token contains the last key of a page. So if entries are created or deleted between two pages, no entry
    appears twice and no other entry is missing.

    Args:
        member: The member of the answer, for example `solutions`. A token of another list is refused.
        request: With `maxResults` and `nextToken`, both optional.
        entries: Pairs of key and entry. The list is in the order of the keys.
        of: The owner that the list is narrowed to. A token is valid for the same owner only.

    Raises:
        ServiceError: The token is not one of this list (`InvalidNextTokenException`).
    """
    token = request.get("nextToken")
    after = _opened(token, member, of) if token is not None else ""
    size = request.get("maxResults", _LONGEST_PAGE)
    rest = [(key, entry) for key, entry in sorted(entries, key=itemgetter(0)) if key > after]
    answer: dict[str, object] = {member: [entry for _, entry in rest[:size]]}
    if len(rest) > size:
        last, _ = rest[size - 1]
        answer["nextToken"] = urlsafe_b64encode(json.dumps([member, of, last]).encode()).decode()
    return answer


def _opened(token: str, member: str, of: str | None) -> str:
    try:
        opened = json.loads(urlsafe_b64decode(token.encode()))
    except (ValueError, RecursionError):
        opened = None
    match opened:
        case [listed, narrowed, str(last)] if (listed, narrowed) == (member, of):
            return last
    raise ServiceError(INVALID_NEXT_TOKEN, f"nextToken is not a token of this list of {member}")
