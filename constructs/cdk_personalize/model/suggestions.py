"""Suggestions for misspelled names."""

from __future__ import annotations

import re
from collections.abc import Iterable


def closest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name closest to another, ignoring case and separators; None if no name is close."""
    from difflib import get_close_matches  # noqa: PLC0415 (only errors need it)

    plain = {_plain(candidate): candidate for candidate in known}
    matches = get_close_matches(_plain(name), plain, n=1)
    return plain[matches[0]] if matches else None


def _plain(name: str) -> str:
    return re.sub(r"[^a-z\d]", "", name.lower())
