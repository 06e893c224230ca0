"""The random stacks with adoption of what others made."""

from __future__ import annotations

from collections import Counter
from typing import ClassVar

from support.virtual_time.machine import RandomStacks
from support.virtual_time.stack_engine import Template
from support.virtual_time.stack_rules import Properties


class RandomAdoptingStacks(RandomStacks):
    """As `RandomStacks`, with adoption: foreign solutions may be changed and are never deleted."""

    tally: ClassVar[Counter[str]] = Counter()
    adopts: ClassVar[bool] = True

    def teardown(self) -> None:
        """Count what was adopted, and take everything down."""
        if hasattr(self, "promises"):
            self.tally["adoptions"] += sum(
                operation == "TagResource" and arn in self.promises.foreign
                for operation, arn in self.account.effects
            )
        super().teardown()

    def _prepare(self) -> None:
        for name in ("movies", "shows"):
            self.promises.foreign[self.kind.by_hand(self.account.call, name)] = 0
        self.account.simulator.advance(100)

    def _template(self, template: Template) -> Template:
        """Adopt each name once: two resources of one stack must not ask for the same solution."""
        asked: set[str] = set()
        adopting: dict[str, Properties] = {}
        for key, properties in template.items():
            name = properties.get("name", "")
            unnamed = {member: value for member, value in properties.items() if member != "name"}
            adopting[key] = unnamed if name in asked else properties
            if name and name not in asked:
                adopting[key] = {**properties, "adoptExisting": "true"}
                asked.add(name)
        return adopting
