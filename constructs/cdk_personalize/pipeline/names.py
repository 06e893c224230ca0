"""Names that are known before anything exists, so that nothing has to wait for what it names."""

from __future__ import annotations

from aws_cdk import ArnFormat, Aws, Fn, Names, Stack
from constructs import Construct

_LONGEST = 60  # of the 80 that a state machine's name may have
_COLON = ArnFormat.COLON_RESOURCE_NAME


def unique_name(scope: Construct) -> str:
    """A name that no other stack has: the construct's, with eight digits of the stack's id."""
    readable = Names.unique_resource_name(scope, max_length=_LONGEST, separator="-")
    stack = Fn.select(0, Fn.split("-", Fn.select(2, Fn.split("/", Aws.STACK_ID))))
    return f"{readable}-{stack}"


def machine_arn(scope: Construct, name: str) -> str:
    """The ARN of the state machine with this name."""
    return Stack.of(scope).format_arn(
        service="states", resource="stateMachine", resource_name=name, arn_format=_COLON
    )
