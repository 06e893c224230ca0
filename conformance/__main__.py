"""`python -m conformance`: ask the service, show what came of it, and write a page.

Exit status: 0 all as expected, 1 something is different, 2 nothing was asked, 3 the run is not complete: it
was interrupted, a question could not be asked, or something could not be deleted.
"""

from __future__ import annotations

import argparse
import secrets
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
import botocore
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from conformance.account import Account
from conformance.cleanup import PREFIX, delete_all
from conformance.page import page, summary
from conformance.questions import QUESTIONS
from conformance.resources import KINDS
from conformance.run import Run, run
from personalize_local.testing.endpoints import is_this_machine

_PAGES = Path("build")
_MINUTES = 15


class _UsageError(Exception):
    """Nothing was asked, and why."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit status."""
    options = _parser().parse_args(arguments)
    try:
        return _clean(options) if options.clean else _ask(options)
    except _UsageError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="conformance", description="Ask what this project relies on.")
    parser.add_argument("target", choices=("local", "aws"), help="local: only 127.0.0.1. aws: your account")
    parser.add_argument("--yes", action="store_true", help="don't ask for confirmation before an aws run")
    parser.add_argument(
        "--clean",
        metavar="PREFIX",
        help="only delete what an earlier run left, by the prefix that it printed",
    )
    return parser


def _ask(options: argparse.Namespace) -> int:
    prefix = f"conformance-{secrets.token_hex(6)}-"
    account, where = _account(options.target, prefix)
    if options.target == "aws":
        _confirm(where, prefix, yes=options.yes)
    print(f"Every name begins with {prefix}", flush=True)
    outcome = run(account, QUESTIONS, lambda line: print(line, flush=True))
    path = _PAGES / f"conformance-{options.target}.md"
    path.parent.mkdir(exist_ok=True)
    path.write_text(page(outcome, _facts(options.target, account), prefix), encoding="utf-8")
    _report(outcome, options.target, prefix)
    print(f"The page: {path}")
    return outcome.status


def _clean(options: argparse.Namespace) -> int:
    if not PREFIX.fullmatch(options.clean):
        raise _UsageError(
            f"--clean takes the prefix of a run, such as conformance-0123456789ab-: got {options.clean}"
        )
    account, where = _account(options.target, options.clean)
    if options.target == "aws" and not options.yes:
        _confirmed(f"Delete what the run {options.clean} left in {where}?")
    account.uncertain.update(KINDS.values())
    left = delete_all(account)
    print("\n".join(left) or f"Nothing of {options.clean} is left.")
    return 3 if left else 0


def _account(target: str, prefix: str) -> tuple[Account, str]:
    """Return the account to ask, and where it is.

    A local run never calls anything but this machine.

    Raises:
        _UsageError: There is no such account, or a local run would leave this machine.
    """
    # Locally there is no rate to wait for, and a server that does not answer will not do so later.
    attempts = 1 if target == "local" else 8
    try:
        retries = Config(retries={"mode": "standard", "total_max_attempts": attempts})
        client = boto3.client("personalize", config=retries)
        host = urlsplit(client.meta.endpoint_url).hostname or ""
        if target == "local":
            if not is_this_machine(host):
                raise _UsageError(
                    f"a local run calls only this machine, and this would be {host}: make conformance"
                )
            return Account(client, prefix), host
        if is_this_machine(host):
            raise _UsageError(
                f"TARGET=aws is for an account, and this would be {host}: unset AWS_ENDPOINT_URL"
            )
        number = _account_number()
    except (BotoCoreError, ClientError) as error:
        raise _UsageError(f"no account to ask: {error}; set AWS_PROFILE and AWS_REGION") from error
    account = Account(client, prefix, between_calls=1.1, between_polls=5)
    return account, f"account {number}, Region {account.region} ({host})"


def _account_number() -> str:
    return str(boto3.client("sts").get_caller_identity()["Account"])


def _confirm(where: str, prefix: str, *, yes: bool) -> None:
    print(
        f"""\
This asks Amazon Personalize {len(QUESTIONS)} questions, in {where}.

It creates at most three dataset groups at once, with schemas, datasets, filters, an event tracker and
solutions, and deletes them at the end. Their names begin with {prefix}.
It changes and deletes nothing else.

It costs nothing: no data, no training, no campaign, no recommender. Two solutions have automatic training on
for some minutes, which starts within an hour (rule 57), but their dataset group has no data to train on.

It takes about {_MINUTES} minutes. If you press Ctrl-C, it stops and deletes what it created.
If the process is killed: make conformance TARGET=aws ARGS='--clean {prefix}'
"""
    )
    if not yes:
        _confirmed("Go on?")


def _confirmed(question: str) -> None:
    try:
        answer = input(f"{question} [y/N] ")
    except EOFError:
        raise _UsageError("there is nobody to confirm: add --yes") from None
    if answer.strip().lower() not in {"y", "yes"}:
        raise _UsageError("not confirmed; nothing was created or deleted")


def _facts(target: str, account: Account) -> dict[str, str]:
    facts: dict[str, Any] = {
        "Service": "the local AWS" if target == "local" else "Amazon Personalize",
        "Region": account.region,
        "Date": datetime.now(UTC).date(),
        "botocore": botocore.__version__,
    }
    return {name: str(value) for name, value in facts.items()}


def _report(outcome: Run, target: str, prefix: str) -> None:
    print(f"\n{summary(outcome)}")
    for result in outcome.results:
        if result.verdict == "different" and result.seen:
            rules = ", ".join(map(str, result.rules))
            print(f"  rule {rules}: {result.text}: expected {result.expected}, seen {result.seen.answer}")
    for what in outcome.left:
        print(f"  left: {what}")
    if outcome.left:
        print(f"Delete it with: make conformance TARGET={target} ARGS='--clean {prefix}'")


if __name__ == "__main__":
    sys.exit(main())
