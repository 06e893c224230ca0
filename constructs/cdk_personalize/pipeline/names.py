"""Names that are known before anything exists, so that nothing has to wait for what it names."""

from __future__ import annotations

from aws_cdk import ArnFormat, Aws, Fn, Names, Stack
from constructs import Construct

_LONGEST = 60  # of the 80 that a state machine's name may have
_LONGEST_LABEL = 255  # characters of a dimension's value that every API of CloudWatch takes
_COLON = ArnFormat.COLON_RESOURCE_NAME


def label(construct: Construct) -> str:
    """What metrics and messages call a construct: its path, or a name made from it if they don't take that.

    The values of dimensions in CloudWatch are ASCII, like the subjects of messages in SNS.
    """
    path = construct.node.path
    if path.isascii() and len(path) <= _LONGEST_LABEL:
        return path
    return Names.unique_resource_name(construct, max_length=_LONGEST, separator="-")


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
