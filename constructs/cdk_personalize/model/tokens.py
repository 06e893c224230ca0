"""Recognize values that CloudFormation fills in at deploy time, without asking jsii.

The CDK encodes a deploy-time value as a marked string, a marked list, or one of a range of doubles. Asking
`aws_cdk.Token` is a round trip to another process, and a solution may have hundreds of values, so this module
reads the marks.
"""

from __future__ import annotations

import struct
from typing import Any

_TEXT_MARK = "${Token["
_LIST_MARK = "#{Token["
_NUMBER_MARK = 0xFBFF  # the upper 16 bits of every double that represents a number token


def is_token(value: object) -> bool:
    """Tell whether a value, or any part of it, is known only at deploy time."""
    if isinstance(value, str):
        return _TEXT_MARK in value or _LIST_MARK in value
    if isinstance(value, float):
        return bool(struct.unpack(">H", struct.pack(">d", value)[:2])[0] == _NUMBER_MARK)
    if isinstance(value, list | tuple):
        return len(value) == 1 and isinstance(value[0], str) and _LIST_MARK in value[0]
    # An IResolvable, such as the result of Fn.get_att, arrives as the object itself. Look only for methods:
    # looking for its properties would request them.
    return hasattr(value, "resolve") and hasattr(value, "to_string")


class _Anything:
    """Looks like a token, so every rule lets it through."""

    def resolve(self, _context: object) -> None: ...

    def to_string(self) -> str:
        return ""


ANYTHING: Any = _Anything()
"""Replaces a value that has a problem already, so that everything else is still checked."""
