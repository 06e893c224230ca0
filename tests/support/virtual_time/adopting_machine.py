"""Random lives in which every solution with an explicit name is adopted if it is there."""

from __future__ import annotations

from collections import Counter
from typing import ClassVar

from support.provider_world import GROUP, V2
from support.virtual_time.machine import RandomStacks
from support.virtual_time.stack_engine import Properties, Template


class RandomAdoptingStacks(RandomStacks):
    """As `RandomStacks`, with adoption: what somebody else made may be changed, and is never deleted."""

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
            made = self.account.call(
                "CreateSolution", name=name, datasetGroupArn=GROUP, recipeArn=V2, performAutoTraining=False
            )
            self.promises.foreign[made["solutionArn"]] = 0
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
