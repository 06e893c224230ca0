"""What a pipeline checks at synthesis."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aws_cdk import Stack

from cdk_personalize.model.findings import Doubt, Problem
from cdk_personalize.model.tokens import is_token
from cdk_personalize.pipeline import budget
from cdk_personalize.pipeline.gate import MetricCheck, MetricGate, WhenUnknown
from cdk_personalize.pipeline.metric_names import metric_problems
from cdk_personalize.pipeline.steps import Approval, Bake, DatasetImport, ImportMode, seconds

if TYPE_CHECKING:
    from aws_cdk import Duration
    from aws_cdk import aws_scheduler as scheduler

    from cdk_personalize.solution.base import ISolution

_MINUTE, _HOUR, _DAY = 60, 3600, 24 * 3600
_FREE = {"aws-user-personalization", "aws-user-personalization-v2", "aws-next-best-action"}
_TYPICAL_TRAINING = _DAY  # "20 minutes to many hours": a shorter schedule may never let a run end
_MOST_IMPORTS = 5  # jobs that are pending or in progress in a Region (rule 183)
_LONGEST_SIGNAL = 12 * _HOUR  # rule 165
_LONGEST_APPROVAL = 300 * _DAY  # an execution ends after a year (rule 205)


@dataclass(frozen=True, kw_only=True)
class Arguments:
    """The arguments of a pipeline, durations in seconds."""

    solution: ISolution
    campaign: Any
    imports: Sequence[DatasetImport]
    gate: MetricGate | None
    schedule: scheduler.ScheduleExpression | None
    train_on_deploy: bool
    bake: Bake | None
    wait_on_first_deploy: Duration | None
    approval: Approval | None
    dry_run: bool
    timeout: int


def gets_free_updates(solution: ISolution) -> bool:
    """Whether the service updates the newest version of a recipe every two hours (rule 91)."""
    recipe = getattr(solution, "recipe", None)
    return recipe is not None and recipe.name in _FREE


def examine(arguments: Arguments) -> Iterator[Problem]:
    """Find what is wrong with the arguments, and what may be."""
    yield from _automatic_training(arguments.solution, "solution")
    yield from _without_campaign(arguments)
    if arguments.gate is not None:
        yield from _gate(arguments.gate, arguments.solution)
    yield from _imports(arguments.imports)
    yield from _times(arguments)
    yield from _bake(arguments.bake)
    yield from _schedule(arguments.schedule)


def _automatic_training(solution: ISolution, at: str) -> Iterator[Problem]:
    training = getattr(solution, "auto_training", None)
    if training is not None and training.enabled:
        yield Problem(
            argument=at,
            value=solution.node.path,
            rule="must not train automatically: that would train, and bill, beside the pipeline",
            fix="leave auto_training out on the solution, and give the pipeline a schedule",
        )


def _without_campaign(arguments: Arguments) -> Iterator[Problem]:
    if arguments.campaign is not None:
        yield from _campaign(arguments.campaign, arguments.solution)
        return
    given = {
        "gate": arguments.gate,
        "bake": arguments.bake,
        "approval": arguments.approval,
        "dry_run": arguments.dry_run or None,
        "wait_on_first_deploy": arguments.wait_on_first_deploy,
    }
    for argument, value in given.items():
        if value is not None:
            yield Problem(
                argument=argument,
                value=value,
                rule="needs a campaign: without one, nothing is promoted",
                fix=f"pass the campaign, or leave {argument} out",
            )


def _campaign(campaign: Any, solution: ISolution) -> Iterator[Problem]:
    if not hasattr(campaign, "_promoter_problems"):
        yield Problem(
            argument="campaign",
            value=campaign,
            rule="must be a Campaign of this app: the pipeline creates it with what the stack declares",
            fix="use Campaign(...); to take over one that exists, use its adopt_existing",
        )
        return
    yield from campaign._promoter_problems("campaign")
    stack = Stack.of(campaign)
    served, trained = stack.resolve([campaign._properties["solutionArn"], solution.solution_arn])
    # An ARN and a reference can be those of one solution.
    if served != trained and isinstance(served, str) is isinstance(trained, str):
        yield Problem(
            argument="campaign",
            value=campaign.node.path,
            rule=f"must be one of {solution.node.path}, the solution that the pipeline trains",
            fix="pass a campaign of this solution, or train the solution of this campaign",
        )


def _gate(gate: MetricGate, solution: ISolution) -> Iterator[Problem]:
    if not isinstance(gate, MetricGate):
        yield Problem(
            argument="gate",
            value=gate,
            rule="must be a MetricGate",
            fix='use MetricGate.at_least("coverage", 0.2) or one of its siblings',
        )
        return
    if not gate.checks:
        yield Problem(
            argument="gate",
            value=gate,
            rule="must have a check",
            fix="add one, or leave gate out to promote every version that trained",
        )
    if not isinstance(gate.when_unknown, WhenUnknown):
        yield Problem(
            argument="gate.when_unknown",
            value=gate.when_unknown,
            rule="must be a WhenUnknown",
            fix="use WhenUnknown.REJECT or WhenUnknown.PROMOTE",
        )
    for index, check in enumerate(gate.checks):
        at = f"gate.checks[{index}]"
        yield from metric_problems(check.metric, solution, f"{at}.metric")
        yield from _check(check, solution, at)


def _check(check: MetricCheck, solution: ISolution, at: str) -> Iterator[Problem]:
    value = check.value
    if isinstance(value, bool) or not isinstance(value, int | float):
        yield Problem(
            argument=f"{at}.value", value=value, rule="must be a number", fix="pass a number such as 0.2"
        )
    elif check.kind == "no_drop" and not 0 <= value < 1:
        yield Problem(
            argument=f"{at}.at_most",
            value=value,
            rule="must be a share from 0 up to 1",
            fix="write 5 % as 0.05",
        )
    elif check.kind == "better_than_baseline" and value < 0:
        yield Problem(argument=f"{at}.by", value=value, rule="must not be negative", fix="write 10 % as 0.10")
    if check.baseline is not None:
        if check.baseline is solution:
            yield Problem(
                argument=f"{at}.baseline",
                value=solution.node.path,
                rule="must be another solution than the one that the pipeline trains",
                fix="use a simple one, such as one with Recipe.POPULARITY_COUNT",
            )
        yield from _automatic_training(check.baseline, f"{at}.baseline")
        yield from metric_problems(check.metric, check.baseline, f"{at}.metric")


def _imports(imports: Sequence[DatasetImport]) -> Iterator[Problem]:
    if len(imports) > _MOST_IMPORTS:
        yield Problem(
            argument="imports",
            value=f"{len(imports)} imports",
            rule=f"must be at most {_MOST_IMPORTS}: no more jobs run at once in a Region (rule 183)",
            fix="put the files of a dataset into one folder",
        )
    for index, one in enumerate(imports):
        if not isinstance(one.mode, ImportMode):
            yield Problem(
                argument=f"imports[{index}].mode",
                value=one.mode,
                rule="must be an ImportMode",
                fix="use ImportMode.FULL or ImportMode.INCREMENTAL",
            )
        if not hasattr(one.dataset, "grant_import"):
            yield Problem(
                argument=f"imports[{index}].dataset",
                value=one.dataset,
                rule="must be a Dataset",
                fix="use Dataset(...), or Dataset.from_dataset_arn(...) for one of another stack",
            )
    datasets = [getattr(one.dataset, "dataset_arn", one.dataset) for one in imports]
    for index, arn in enumerate(datasets):
        if arn in datasets[:index]:
            yield Problem(
                argument=f"imports[{index}].dataset",
                value=arn,
                rule="must not be imported twice in a run: the imports run at once, in no order",
                fix="put the files into one folder",
            )


def _times(arguments: Arguments) -> Iterator[Problem]:
    if arguments.timeout < _HOUR:
        yield Problem(
            argument="timeout",
            value=f"{arguments.timeout} seconds",
            rule="must be at least an hour: trainings take from 20 minutes to many hours",
            fix="leave it out for a day",
        )
    imports = min(len(arguments.imports), _MOST_IMPORTS)
    branches = 1 + len({id(check.baseline) for check in _checks(arguments.gate) if check.baseline})
    events = budget.history_events(
        timeout=arguments.timeout,
        trainings=branches,
        imports=imports,
        bake=seconds(arguments.bake.duration) if arguments.bake else 0,
    )
    if events > budget.MOST_EVENTS:
        yield Problem(
            argument="timeout",
            value=f"{arguments.timeout} seconds",
            rule=f"must keep a run's history under {budget.MOST_EVENTS} events (rule 205), not {events}",
            fix="choose a shorter timeout or bake, or fewer imports and baselines",
        )
    wait = arguments.wait_on_first_deploy
    if wait is not None and not _MINUTE <= seconds(wait) <= _LONGEST_SIGNAL:
        yield Problem(
            argument="wait_on_first_deploy",
            value=f"{seconds(wait)} seconds",
            rule="must be from a minute to 12 hours, CloudFormation's limit (rule 165)",
            fix="use Duration.hours(6), or leave it out",
        )
    if arguments.approval is not None:
        timeout = seconds(arguments.approval.timeout)
        if not _MINUTE <= timeout <= _LONGEST_APPROVAL:
            yield Problem(
                argument="approval.timeout",
                value=f"{timeout} seconds",
                rule="must be from a minute to 300 days: an execution ends after a year (rule 205)",
                fix="use Duration.days(1), or leave it out",
            )


def _bake(bake: Bake | None) -> Iterator[Problem]:
    if bake is None:
        return
    if not bake.alarms:
        yield Problem(
            argument="bake.alarms", value=[], rule="must have an alarm", fix="pass one, or leave bake out"
        )
    if len(bake.alarms) > budget.MOST_ALARMS:
        yield Problem(
            argument="bake.alarms",
            value=f"{len(bake.alarms)} alarms",
            rule=f"must be at most {budget.MOST_ALARMS}, one page of DescribeAlarms",
            fix="combine them in a CompositeAlarm",
        )
    if seconds(bake.duration) < _MINUTE:
        yield Problem(
            argument="bake.duration",
            value=f"{seconds(bake.duration)} seconds",
            rule="must be at least a minute",
            fix="use Duration.minutes(30)",
        )


def _schedule(schedule: scheduler.ScheduleExpression | None) -> Iterator[Problem]:
    """Only a rate can be judged: cron has no shortest distance that is easy to read."""
    expression = "" if schedule is None else schedule.expression_string
    if is_token(expression) or not expression.startswith("rate("):
        return
    count, _, unit = expression.removeprefix("rate(").removesuffix(")").partition(" ")
    units = {"minute": _MINUTE, "hour": _HOUR, "day": _DAY}
    if int(count) * units.get(unit.rstrip("s"), _DAY) < _TYPICAL_TRAINING:
        yield Doubt(
            id="short-schedule",
            argument="schedule",
            value=expression,
            rule="is shorter than many trainings take: runs wait for one another or are skipped, and each"
            " training is billed",
            fix="use a day or more, or acknowledge this warning",
        )


def _checks(gate: MetricGate | None) -> tuple[MetricCheck, ...]:
    return gate.checks if isinstance(gate, MetricGate) else ()
