"""Deletes what a run created, and nothing else.

It finds them by the run's prefix and by the ARNs that the service returned. The prefix also finds what a call
created whose response was lost, and the hidden dataset of an event tracker (rule 168).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError

from conformance.account import IN_USE, NOT_FOUND, Account, code
from conformance.resources import KINDS, Kind

PREFIX = re.compile(r"conformance-[0-9a-f]{12}-")
"""The form of the prefix of each run. Nothing with another name is ever deleted."""

# What may succeed later: a resource that is busy or in use, or too many calls.
_PASSING = {"LimitExceededException", IN_USE, "ThrottlingException"}
_LONGEST = 1200


@dataclass(frozen=True, slots=True)
class _Left:
    arn: str
    reason: str = "being deleted"
    passing: bool = True


def delete_all(account: Account) -> list[str]:
    """Delete everything of this run, and look until nothing is left.

    Returns:
        What is left, each with the reason. Empty: nothing is.

    Raises:
        ValueError: The prefix is not that of a run.
    """
    if not PREFIX.fullmatch(account.prefix):
        msg = f"not the prefix of a run: {account.prefix!r}"
        raise ValueError(msg)
    deadline = account.clock() + _LONGEST
    while True:
        left = list(_deleted_in_order(account))
        if not any(each.passing for each in left) or account.clock() > deadline:
            return [f"{each.arn}: {each.reason}" for each in left]
        account.sleep(account.between_polls)


def _deleted_in_order(account: Account) -> Iterator[_Left]:
    for kind in KINDS.values():
        left = list(_deleted(account, kind))
        yield from left
        if any(each.passing for each in left):
            return  # it still uses the kinds that follow


def _deleted(account: Account, kind: Kind) -> Iterator[_Left]:
    """Delete all of a kind, and yield what is not gone yet."""
    try:
        listed = dict(_listed(account, kind))
    except (BotoCoreError, ClientError) as error:
        listed = {}
        if kind in account.uncertain:
            yield _Left(f"perhaps a {kind.noun} {account.prefix}*", f"cannot list: {error}", _passes(error))
    created = [arn for arn, its_kind in account.created.items() if its_kind == kind]
    for arn in dict.fromkeys([*listed, *created]):
        try:
            status = listed[arn] if arn in listed else _status(account, kind, arn)
            if status is None:
                del account.created[arn]
                continue
            if not status.startswith("DELETE"):
                account.call(f"Delete{kind.noun}", **{kind.arn_member: arn})
        except (BotoCoreError, ClientError) as error:
            if isinstance(error, ClientError) and code(error) == NOT_FOUND:
                yield _Left(arn)  # the list lags
            else:
                yield _Left(arn, str(error), _passes(error))
        else:
            yield _Left(arn)


def _listed(account: Account, kind: Kind) -> Iterator[tuple[str, str]]:
    """The ARN and status of each resource of this run."""
    page: dict[str, str] = {}
    while True:
        answer = account.call(f"List{kind.noun}s", maxResults=100, **page)
        for summary in answer[kind.list_member]:
            arn = summary[kind.arn_member]
            if summary.get("name", "").startswith(account.prefix) or f"/{account.prefix}" in arn:
                yield arn, summary.get("status", "")
        if not answer.get("nextToken"):
            return
        page = {"nextToken": answer["nextToken"]}


def _status(account: Account, kind: Kind, arn: str) -> str | None:
    resource = account.described(kind, arn)
    return None if resource is None else str(resource.get("status", ""))


def _passes(error: Exception) -> bool:
    return not isinstance(error, ClientError) or code(error) in _PASSING
