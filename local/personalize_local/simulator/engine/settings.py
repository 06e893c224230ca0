"""How settings are changed, and those that belong to no kind. `kinds` has the rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from math import isfinite
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    _S = TypeVar("_S", bound=DataclassInstance)


# 317 years in seconds: a duration that never ends, and dates that `datetime` can hold.
_MOST = 10_000_000_000


@dataclass(frozen=True)
class BaseDurations:
    """Seconds that all kinds share.

    Attributes:
        delete: From a Delete request until the resource is gone.
    """

    delete: float = 1


@dataclass(frozen=True)
class BaseLimits:
    """Quotas that all kinds share.

    Attributes:
        requests_per_second: Requests per second for each operation, 1 on AWS (rule 118).
            Default: - not limited.
    """

    requests_per_second: int | None = None


def changed(settings: _S, changes: Mapping[str, object]) -> _S:
    """Return `settings` with `changes`. Each name must be known, and each value a number from 0 to `_MOST`.

    Raises:
        ValueError: A name is unknown, or a value is not such a number. The message lists the names.
    """
    types = {field.name: str(field.type) for field in fields(settings)}
    for name, value in changes.items():
        if name not in types:
            msg = f"unknown setting {name!r}: expected one of {', '.join(types)}"
            raise ValueError(msg)
        optional, whole = "None" in types[name], "int" in types[name]
        if value is None and optional:
            continue
        number = _number(value, whole=whole)
        if number is None or number < 0:
            kind = "whole number" if whole else "number"
            msg = f"{name} must be a {kind} of 0 or more: got {value!r}"
            raise ValueError(msg)
        if number > _MOST:
            msg = f"{name} must be at most {_MOST:,}: got {value!r}"
            raise ValueError(msg)
    return replace(settings, **changes)


def _number(value: object, *, whole: bool) -> float | None:
    """The value if it is a number, but no flag. None for all others."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    return value if isinstance(value, float) and not whole and isfinite(value) else None
