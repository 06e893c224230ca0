"""What a pipeline checks at synthesis."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from aws_cdk import Stack

from cdk_personalize.model.findings import Doubt, Problem
from cdk_personalize.model.tokens import is_token
from cdk_personalize.pipeline import budget
from cdk_personalize.pipeline.argument_types import wrong_types
from cdk_personalize.pipeline.definition.gate import AT_LEAST, AT_MOST, BETTER, NO_DROP
from cdk_personalize.pipeline.gate import MetricCheck, MetricGate
from cdk_personalize.pipeline.metric_names import SHARES, metric_problems
from cdk_personalize.pipeline.steps import Approval, Bake, DatasetImport, seconds

if TYPE_CHECKING:
    from aws_cdk import Duration
    from aws_cdk import aws_scheduler as scheduler
    from aws_cdk import aws_sns as sns
    from constructs import IConstruct

    from cdk_personalize.solution.base import ISolution

_MINUTE, _HOUR, _DAY = 60, 3600, 24 * 3600
_FREE = {"aws-user-personalization", "aws-user-personalization-v2", "aws-next-best-action"}
_TYPICAL_TRAINING = _DAY  # "20 minutes to many hours": a shorter schedule may never let a run end
_MOST_IMPORTS = 5  # jobs that are pending or in progress in a Region (rule 183)
_LONGEST_SIGNAL = 12 * _HOUR  # rule 165
_KINDS = (AT_LEAST, AT_MOST, NO_DROP, BETTER)
_RATE = re.compile(r"rate\(([1-9][0-9]{0,8}) (minute|hour|day)s?\)")
# https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
_EXPRESSION = re.compile(rf"{_RATE.pattern}|cron\(\S+( \S+){{5}}\)|at\(\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\d\)")
_LONGEST_APPROVAL = 300 * _DAY  # an execution ends after a year (rule 205)


@dataclass(frozen=True, kw_only=True)
class Arguments:
    """The arguments of a pipeline. The defaults stand in for those of a wrong type."""

    solution: ISolution
    campaign: Any
    imports: Sequence[DatasetImport] = ()
    gate: MetricGate | None = None
    schedule: scheduler.ScheduleExpression | None = None
    train_on_deploy: bool = True
    bake: Bake | None = None
    wait_on_first_deploy: Duration | None = None
    approval: Approval | None = None
    dry_run: bool = False
    notify: sns.ITopic | None = None
    timeout: Duration | None = None


def gets_free_updates(solution: ISolution) -> bool:
    """Whether the service updates the newest version of a recipe every two hours (rule 91)."""
    recipe = getattr(solution, "recipe", None)
    return recipe is not None and recipe.name in _FREE


def examine(arguments: Arguments) -> Iterator[Problem]:
    """Find what is wrong with the arguments, and what may be."""
    wrong = wrong_types(arguments)
    for found in wrong.values():
        yield from found
    if "solution" in wrong:  # what else there is to say depends on it
        return
    arguments = replace(arguments, **{name: getattr(Arguments, name) for name in wrong})
    yield from _automatic_training(arguments.solution, "solution")
    yield from _without_campaign(arguments)
    yield from _gate(arguments.gate, arguments.solution)
    yield from _imports(arguments.imports, arguments.solution)
    yield from _times(arguments)
    yield from _bake(arguments.bake)
    yield from _topics(arguments)
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


def _gate(gate: MetricGate | None, solution: ISolution) -> Iterator[Problem]:
    if gate is None:
        return
    if not gate.checks:
        yield Problem(
            argument="gate",
            value=gate,
            rule="must have a check",
            fix="add one, or leave gate out to promote every version that trained",
        )
    for index, check in enumerate(gate.checks):
        at = f"gate.checks[{index}]"
        yield from metric_problems(check.metric, solution, f"{at}.metric")
        yield from _bound(check, at)
        if check.kind == BETTER:
            yield from _baseline(check, solution, at)


def _bound(check: MetricCheck, at: str) -> Iterator[Problem]:
    value = check.value
    if is_token(value):
        return
    if check.kind not in _KINDS:
        yield Problem(
            argument=f"{at}.kind",
            value=check.kind,
            rule=f"must be one of {', '.join(_KINDS)}",
            fix="use MetricGate.at_least(...) or one of its siblings",
        )
    elif check.kind == NO_DROP and not 0 <= value < 1:
        yield Problem(
            argument=f"{at}.at_most",
            value=value,
            rule="must be a share from 0 up to 1",
            fix="write 5 % as 0.05",
        )
    elif check.kind == BETTER and value < 0:
        yield Problem(argument=f"{at}.by", value=value, rule="must not be negative", fix="write 10 % as 0.10")
    elif check.kind == BETTER and value >= 1:
        yield Doubt(
            id="large-improvement",
            argument=f"{at}.by",
            value=value,
            rule=f"requires {value * 100:g} % more than the baseline has",
            fix="write 10 % as 0.10, or acknowledge this warning",
        )
    elif isinstance(check.metric, str) and check.metric in SHARES and not 0 <= value <= 1:
        yield Problem(
            argument=f"{at}.value",
            value=value,
            rule=f"must be from 0 to 1, as {check.metric} is",
            fix="write 20 % as 0.20",
        )


def _baseline(check: MetricCheck, solution: ISolution, at: str) -> Iterator[Problem]:
    baseline = check.baseline
    simple = "use a simple one, such as one with Recipe.POPULARITY_COUNT"
    if baseline is None:
        yield Problem(argument=f"{at}.baseline", value=None, rule="must be a solution", fix=simple)
        return
    first, second = Stack.of(solution).resolve([solution.solution_arn, baseline.solution_arn])
    if first == second:
        yield Problem(
            argument=f"{at}.baseline",
            value=solution.node.path,
            rule="must be another solution than the one that the pipeline trains",
            fix=simple,
        )
    if _differ(baseline, _group_of(baseline), solution, _group_of(solution)):
        yield Problem(
            argument=f"{at}.baseline",
            value=baseline.node.path,
            rule=f"must have the dataset group of {solution.node.path}: a run trains both on the same data",
            fix="use a solution of that dataset group",
        )
    yield from _automatic_training(baseline, f"{at}.baseline")
    yield from metric_problems(check.metric, baseline, f"{at}.metric")


def _group_of(solution: ISolution) -> object:
    """The dataset group's ARN of a solution that the app defines."""
    return getattr(solution, "_properties", {}).get("datasetGroupArn")


def _differ(one: IConstruct, arn: object, other: IConstruct, other_arn: object) -> bool:
    """Whether the ARNs that two constructs name are known to be those of two resources.

    A literal ARN and a reference can be those of one, and so can references in two stacks.
    """
    if arn is None or other_arn is None or Stack.of(one) is not Stack.of(other):
        return False
    first, second = Stack.of(one).resolve([arn, other_arn])
    return first != second and isinstance(first, str) is isinstance(second, str)


def _imports(imports: Sequence[DatasetImport], solution: ISolution) -> Iterator[Problem]:
    if len(imports) > _MOST_IMPORTS:
        yield Problem(
            argument="imports",
            value=f"{len(imports)} imports",
            rule=f"must be at most {_MOST_IMPORTS}: no more jobs run at once in a Region (rule 183)",
            fix="put the files of a dataset into one folder",
        )
    datasets = [one.dataset.dataset_arn for one in imports]
    for index, arn in enumerate(datasets):
        dataset = imports[index].dataset
        if arn in datasets[:index]:
            yield Problem(
                argument=f"imports[{index}].dataset",
                value=dataset.node.path,
                rule="must not be imported twice in a run: the imports run at once, in no order",
                fix="put the files into one folder",
            )
        if _differ(dataset, getattr(dataset, "_dataset_group_arn", None), solution, _group_of(solution)):
            yield Problem(
                argument=f"imports[{index}].dataset",
                value=dataset.node.path,
                rule=f"must be one of the dataset group of {solution.node.path}, which trains on no other",
                fix="pass a dataset of that dataset group",
            )


def _times(arguments: Arguments) -> Iterator[Problem]:
    longest = seconds(arguments.timeout)
    if longest < _HOUR:
        yield Problem(
            argument="timeout",
            value=f"{longest} seconds",
            rule="must be at least an hour: trainings take from 20 minutes to many hours",
            fix="leave it out for a day",
        )
    imports = min(len(arguments.imports), _MOST_IMPORTS)
    checks = arguments.gate.checks if arguments.gate else ()
    branches = 1 + len({id(check.baseline) for check in checks if check.baseline})
    events = budget.history_events(
        timeout=longest,
        trainings=branches,
        imports=imports,
        bake=seconds(arguments.bake.duration) if arguments.bake else 0,
    )
    if events > budget.MOST_EVENTS:
        yield Problem(
            argument="timeout",
            value=f"{longest} seconds",
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
    if wait is not None and arguments.dry_run and arguments.campaign is not None:
        yield Problem(
            argument="wait_on_first_deploy",
            value=f"{seconds(wait)} seconds",
            rule="must be left out with dry_run: the deploy waits for a promotion, and there is none",
            fix="leave it out until the pipeline promotes",
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


def _topics(arguments: Arguments) -> Iterator[Problem]:
    topics = {
        "approval.topic": arguments.approval.topic if arguments.approval else None,
        "notify": arguments.notify,
    }
    for at, topic in topics.items():
        if topic is not None and topic.fifo:
            yield Problem(
                argument=at,
                value=topic.node.path,
                rule="must be a standard topic: the messages have no group, which a FIFO topic requires",
                fix="pass a topic without fifo=True",
            )


def _schedule(schedule: scheduler.ScheduleExpression | None) -> Iterator[Problem]:
    """The form of an expression; and of a rate its length: that of cron is not easy to read."""
    expression = "" if schedule is None else schedule.expression_string
    if schedule is None or is_token(expression):
        return
    if not _EXPRESSION.fullmatch(expression):
        yield Problem(
            argument="schedule",
            value=expression,
            rule="must be rate(NUMBER UNIT) of minutes, hours or days, cron(SIX FIELDS) or at(TIME)",
            fix="use ScheduleExpression.rate(Duration.days(7)) or ScheduleExpression.cron(...)",
        )
    elif rate := _RATE.fullmatch(expression):
        units = {"minute": _MINUTE, "hour": _HOUR, "day": _DAY}
        if int(rate[1]) * units[rate[2]] < _TYPICAL_TRAINING:
            yield Doubt(
                id="short-schedule",
                argument="schedule",
                value=expression,
                rule="is shorter than many trainings take: runs wait for one another or are skipped, and each"
                " training is billed",
                fix="use a day or more, or acknowledge this warning",
            )
