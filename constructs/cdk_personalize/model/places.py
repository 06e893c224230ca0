"""The service looks for what a construct names in the stack's own partition, Region and account."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from weakref import WeakKeyDictionary

from aws_cdk import Reference, Stack, Tokenization
from constructs import Construct, IConstruct

from cdk_personalize.model.findings import Doubt
from cdk_personalize.model.tokens import is_token

_PARTS = 6  # of an ARN

# Each of the three is a round trip to jsii, and every construct of a stack needs them.
_BY_STACK: WeakKeyDictionary[Stack, Mapping[str, str]] = WeakKeyDictionary()


def doubts(scope: Construct, arns: Iterable[tuple[str, object]]) -> Iterator[Doubt]:
    """Warn of each ARN in another partition, Region or account than the stack's.

    There is none where the stack's own are unknown before the deploy, or where an ARN leaves them empty.

    Args:
        scope: A construct of the stack.
        arns: Arguments and the ARNs they name. A token is a resource of the stack that defines it, if it
            refers to one. Anything but a string is skipped.
    """
    named = [(at, arn) for at, arn in arns if isinstance(arn, str)]
    if not named:
        return
    own = _place(stack_of(scope))
    if all(map(is_token, own.values())):
        return
    for at, arn in named:
        shown, there = _of_token(arn) if is_token(arn) else (arn, _of_literal(arn))
        for place, value in there.items():
            if value and not is_token(value) and not is_token(own[place]) and value != own[place]:
                yield Doubt(
                    id="other-place",
                    argument=at,
                    value=shown,
                    rule=f"must be in the stack's {place}, {own[place]}: the service won't find it elsewhere",
                    fix=f"use one in {own[place]}, or deploy the stack to {value}",
                )


def _of_literal(arn: str) -> Mapping[str, str]:
    parts = arn.split(":", _PARTS - 1)
    if len(parts) < _PARTS:
        return {}  # malformed, which is an error already
    return {"partition": parts[1], "Region": parts[3], "account": parts[4]}


def _of_token(arn: str) -> tuple[str, Mapping[str, str]]:
    """The path of the construct that a token refers to, and the place of its stack."""
    construct = referenced(arn)
    if construct is None:
        return "", {}
    return construct.node.path.removesuffix("/Resource"), _place(Stack.of(construct))


def stack_of(scope: Construct) -> Stack:
    """The stack of a construct. Without a round trip to jsii for a stack itself, the usual scope."""
    return scope if isinstance(scope, Stack) else Stack.of(scope)


def _place(stack: Stack) -> Mapping[str, str]:
    if stack not in _BY_STACK:
        place = {"partition": partition(stack), "Region": stack.region, "account": stack.account}
        _BY_STACK[stack] = place
    return _BY_STACK[stack]


def partition(stack: Stack) -> str:
    """The stack's partition: not a token if the Region is known, even where the template has one."""
    if is_token(stack.partition) and not is_token(stack.region):
        from aws_cdk.region_info import RegionInfo  # noqa: PLC0415 (slow, and most apps never need it)

        return RegionInfo.get(stack.region).partition or stack.partition
    return stack.partition


def referenced(arn: str) -> IConstruct | None:
    """The construct that a token refers to, if it is nothing but a reference."""
    token = Tokenization.reverse_string(arn).first_token
    return token.target if isinstance(token, Reference) else None
