"""A toy kind of the simulator, in one module as `kinds` has them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from personalize_local.simulator import Durations
from personalize_local.simulator.engine.context import Context
from personalize_local.simulator.engine.kind import Kind, Table
from personalize_local.simulator.engine.model import Request
from personalize_local.simulator.engine.resource import Resource
from personalize_local.simulator.engine.tag_set import parsed


# A metric attribution is in botocore's model, which checks the requests, and is not simulated.
@dataclass(frozen=True)
class ToyDurations:
    toy: float = 10


class Toy(Resource):
    def summary(self, now: datetime) -> dict[str, object]:
        return {"name": self.name, "metricAttributionArn": self.arn, **self.dates(now)}

    def describe(self, now: datetime) -> dict[str, object]:
        return self.summary(now)


def create(context: Context, request: Request) -> dict[str, object]:
    name, seconds = request["name"], context.setting(ToyDurations).toy
    arn = context.scope.arn("metric-attribution", name)
    context.account[Toy].require_free(arn, context.now)
    timeline = context.creation("toy", name, seconds)
    tags = parsed(request.get("tags", ()))
    context.account[Toy].add(Toy(arn=arn, name=name, created=context.now, timeline=timeline, tags=tags))
    return {"metricAttributionArn": arn}


KIND = Kind(
    noun="MetricAttribution",
    resource=Toy,
    create=create,
    arn_type="metric-attribution",
    failures=("toy",),
    statuses={"metricAttribution": "toy"},
    table=Table("Toys", ("name", "status", "creationDateTime")),
)


@dataclass(frozen=True)
class WithToy(Durations, ToyDurations):
    """As `kinds.Durations` inherits from the durations of each kind."""
