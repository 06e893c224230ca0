"""Generated names of resources that CloudFormation replaces when their content changes."""

from __future__ import annotations

import hashlib
import json

from aws_cdk import Names, Stack
from constructs import Construct

_DIGITS = 8


def content_name(construct: Construct, *content: object) -> str:
    """Generate the name of a resource that CloudFormation replaces when its content changes.

    It differs for each construct and stack, and for each content. So a replacement can exist beside the old
    resource until CloudFormation deletes that.

    Args:
        construct: The construct of the resource.
        content: What can't be changed in place. Tokens count as the template has them.
    """
    stack = Stack.of(construct)
    text = json.dumps([construct.node.path, stack.resolve(list(content))], sort_keys=True)
    digest = hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]
    readable = Names.unique_resource_name(construct, max_length=63 - 1 - _DIGITS, separator="-")
    return f"{readable}-{digest}"
