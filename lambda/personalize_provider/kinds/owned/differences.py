"""How a resource to adopt differs from the declared one, in a message."""

from __future__ import annotations

from typing import Any

_MAX_SHOWN = 100


def difference(name: str, live: Any, declared: Any) -> str:
    """A line about one value that can't be changed."""
    return f"{name} is {_shown(live)}, declared is {_shown(declared)}"


def _shown(value: Any) -> str:
    if value is None or value == "":
        return "nothing"
    text = str(value)
    return text if len(text) <= _MAX_SHOWN else f"{text[:_MAX_SHOWN]}..."
