"""The types of a pipeline's arguments, and of what is in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cdk_personalize.dataset.prefix import PREFIX
from cdk_personalize.model import objects
from cdk_personalize.model.findings import Problem
from cdk_personalize.model.value_types import Choice, Flag, ListOf, ValueType, problems, required
from cdk_personalize.pipeline.gate import MetricCheck, MetricGate, WhenUnknown
from cdk_personalize.pipeline.steps import Approval, Bake, DatasetImport, ImportMode


class _Made(ValueType):
    """An object of one of this library's dataclasses, whose fields have types.

    Args:
        type_: The dataclass.
        hint: What to pass.
        fields: The types of its required fields.
        optional: The types of its other fields.
    """

    takes_tokens = False

    def __init__(
        self,
        type_: type,
        hint: str,
        fields: Mapping[str, ValueType],
        optional: Mapping[str, ValueType] | None = None,
    ) -> None:
        self._type, self._hint, self._fields, self._optional = type_, hint, fields, optional or {}

    def problems(self, value: Any, at: str) -> Iterator[Problem]:
        if not isinstance(value, self._type):
            name = self._type.__name__
            article = "an" if name[0] in "AEIOU" else "a"
            yield Problem(argument=at, value=value, rule=f"must be {article} {name}", fix=self._hint)
            return
        for name, type_ in self._fields.items():
            yield from required(type_, getattr(value, name), f"{at}.{name}")
        for name, type_ in self._optional.items():
            yield from problems(type_, getattr(value, name), f"{at}.{name}")


class _Bound(ValueType):
    """The number of a check."""

    def problems(self, value: Any, at: str) -> Iterator[Problem]:
        finite = isinstance(value, int | float) and abs(value) < float("inf")  # not NaN either
        if isinstance(value, bool) or not finite:
            yield Problem(argument=at, value=value, rule="must be a number", fix="pass a number such as 0.2")


_GATE = _Made(
    MetricGate,
    'use MetricGate.at_least("coverage", 0.2) or one of its siblings',
    {
        "checks": ListOf(
            item=_Made(
                MetricCheck,
                'use MetricGate.at_least("coverage", 0.2) or one of its siblings',
                {"value": _Bound()},
                {"baseline": objects.SOLUTION},
            ),
        ),
        "when_unknown": Choice(WhenUnknown),
    },
)
_IMPORTS = ListOf(
    item=_Made(
        DatasetImport,
        'use DatasetImport(dataset, bucket, "folder/")',
        {
            "dataset": objects.Like(
                member="grant_import",
                what="a Dataset",
                hint="use Dataset(...), or Dataset.from_dataset_arn(...) for one of another stack",
            ),
            "bucket": objects.BUCKET,
            "prefix": PREFIX,
            "mode": Choice(ImportMode),
        },
        {"role": objects.ROLE},
    ),
)
_APPROVAL = _Made(Approval, "use Approval(topic)", {"topic": objects.TOPIC}, {"timeout": objects.DURATION})
_BAKE = _Made(
    Bake,
    'use Bake(Duration.minutes(30), alarms=[campaign.alarm_on_errors("Errors")])',
    {"duration": objects.DURATION, "alarms": ListOf(item=objects.ALARM)},
)

REQUIRED: Mapping[str, ValueType] = {
    "solution": objects.SOLUTION,
    "imports": _IMPORTS,
    "train_on_deploy": Flag(),
    "dry_run": Flag(),
}
OPTIONAL: Mapping[str, ValueType] = {
    "gate": _GATE,
    "schedule": objects.SCHEDULE,
    "bake": _BAKE,
    "wait_on_first_deploy": objects.DURATION,
    "approval": _APPROVAL,
    "notify": objects.TOPIC,
    "timeout": objects.DURATION,
}


def wrong_types(arguments: object) -> dict[str, list[Problem]]:
    """Find the arguments that have a wrong type, with the problems of each.

    Args:
        arguments: An object that has each argument as an attribute.
    """
    found = {
        name: [*check(type_, getattr(arguments, name), name)]
        for types, check in ((REQUIRED, required), (OPTIONAL, problems))
        for name, type_ in types.items()
    }
    return {name: wrong for name, wrong in found.items() if wrong}
