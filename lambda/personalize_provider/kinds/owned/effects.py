"""What the provider can do to a resource of any kind that is owned by tags."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from personalize_provider.engine.steps import Effect


@dataclass(frozen=True)
class Create(Effect):
    """The Create call of the kind, with the goal's request."""


@dataclass(frozen=True)
class Configure(Effect):
    """The Update call of the kind, with these members."""

    changes: Mapping[str, Any]


@dataclass(frozen=True)
class Retag(Effect):
    """TagResource, UntagResource and TagResource again, each if it has something to do.

    Attributes:
        add: Tags to write first.
        remove: Keys of tags to remove after that.
        add_last: Tags to write at the end.
    """

    add: Mapping[str, str]
    remove: frozenset[str]
    add_last: Mapping[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        """Keys only: this is logged, and the values of tags may be confidential."""
        last = f", add_last={sorted(self.add_last)}" if self.add_last else ""
        return f"Retag(add={sorted(self.add)}, remove={sorted(self.remove)}{last})"


@dataclass(frozen=True)
class Adopt(Retag):
    """TagResource that makes a resource the owner's.

    Attributes:
        was: What an update can change, before the adoption. It is kept only in the log.
    """

    was: Mapping[str, Any] = field(default_factory=dict)

    def __repr__(self) -> str:
        """The form in the log."""
        return f"Adopt(was={self.was})"


@dataclass(frozen=True)
class Delete(Effect):
    """The Delete call of the kind."""
