"""Converts the regular expressions of the service model from Java's syntax to Python's."""

from __future__ import annotations

import re
import sys
import unicodedata
from functools import cache
from itertools import groupby

_PROPERTY = re.compile(r"\\p\{(\w+)\}")
_IN_CLASS = re.compile(r"\[(?:\\p\{\w+\}|\\.|[^\]\\])*\]")


def compile_pattern(pattern: str) -> re.Pattern[str]:
    r"""Compile a pattern of the model for `fullmatch`: the service anchors both ends (rule 2).

    Java's `\d` means ASCII digits, and its `\p{..}` (a general category such as `L`, or `ASCII`) is
    unknown to Python: it becomes the ranges of its characters.

    Raises:
        ValueError: The pattern has a property that is not a general category of Unicode.
    """
    inside = _IN_CLASS.sub(lambda match: _expand(match[0], "{}"), pattern)
    return re.compile(_expand(inside, "[{}]"), re.ASCII)


def _expand(text: str, form: str) -> str:
    return _PROPERTY.sub(lambda match: form.format(_characters(match[1])), text)


@cache
def _characters(name: str) -> str:
    """The inside of a character class with all characters of the Unicode property `name`."""
    if name == "ASCII":
        return r"\x00-\x7f"
    ranges = "".join(
        f"{re.escape(first)}-{re.escape(last)}"
        for category, first, last in _runs()
        if category.startswith(name)
    )
    if not ranges:
        msg = f"unknown character property in a pattern: got {name!r}, expected ASCII or a general category"
        raise ValueError(msg)
    return ranges


@cache
def _runs() -> list[tuple[str, str, str]]:
    """All of Unicode as runs of one general category, with the first and the last character of each."""
    characters = map(chr, range(sys.maxunicode + 1))
    runs = [(category, "".join(run)) for category, run in groupby(characters, unicodedata.category)]
    return [(category, run[0], run[-1]) for category, run in runs]
