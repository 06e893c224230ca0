"""How a run ends: its record, and who hears of it.

A report that fails doesn't change what was done. The record that the execution returns names it as a reason.
"""

from __future__ import annotations

from collections.abc import Collection

from cdk_personalize.pipeline.definition.plan import Plan
from cdk_personalize.pipeline.definition.states import (
    State,
    States,
    catch,
    integration,
    jsonata,
    literal,
    retry,
    task,
)

SOURCE = "cdk-personalize"
NAMESPACE = "CdkPersonalize"
PROMOTED, REJECTED, FAILED = "Training Promoted", "Training Rejected", "Training Failed"
MEASURED = "Training Measured"
"""The detail types of the events."""

_LONGEST_ID = 64  # characters of the UniqueId of SignalResource


def states(plan: Plan, record: str, event: str, metric: str, *, then: str) -> States:
    """Tell of a record, one service after the other.

    Args:
        plan: The pipeline.
        record: JSONata of the record.
        event: JSONata of the event's detail type, one of those above.
        metric: JSONata of the metric's name.
        then: The next state.
    """
    dimensions = literal([{"Name": "Pipeline", "Value": plan.name}])
    count = "Count the outcome"
    calls: States = {
        count: task(
            "cloudwatch:putMetricData",
            {
                "Namespace": NAMESPACE,
                "MetricData": jsonata(
                    f'[$append({{"MetricName": {metric}, "Value": 1, "Unit": "Count",'
                    f' "Dimensions": {dimensions}}},'
                    f" $each({record}.metrics.candidate, function($value, $name) {{"
                    f'{{"MetricName": $name, "Value": $value, "Dimensions": {dimensions}}}}}))]'
                ),
            },
            comment="The outcome, and the metrics of the candidate over time.",
        ),
        "Send the event": integration(
            "events:putEvents",
            {
                "Entries": [
                    {
                        "Source": SOURCE,
                        "DetailType": jsonata(event),
                        "Detail": jsonata(record),
                        "Resources": [plan.machine_arn],
                    }
                ]
            },
            comment="For rules of your own.",
            Retry=retry("States.TaskFailed"),
        ),
    }
    if plan.topic_arn:
        calls["Publish the outcome"] = integration(
            "sns:publish",
            {
                "TopicArn": plan.topic_arn,
                "Subject": jsonata(f'$substring({record}.outcome & ": " & {literal(plan.name)}, 0, 100)'),
                "Message": jsonata(
                    f'{record}.outcome & ": " & {literal(plan.name)} & "\\n" & $join({record}.reasons, "\\n")'
                    f' & "\\n\\n" & $string({record})'
                ),
            },
            comment="For people.",
            Retry=retry("States.TaskFailed"),
        )
    heard = calls.keys() - {count}  # nobody waits for a metric
    return chained({**calls, **signal(plan, record)}, then, noted=heard)


def signal(plan: Plan, record: str, name: str = "Signal the stack") -> States:
    """Tell the first deploy, if it waits. SignalResource has no reason, but events show its UniqueId."""
    if plan.signal is None:
        return {}
    served = f'{record}.outcome in ["PROMOTED", "NOTHING_TO_TRAIN"]'
    return {
        name: task(
            "cloudformation:signalResource",
            {
                "StackName": plan.signal.stack_id,
                "LogicalResourceId": plan.signal.logical_id,
                "UniqueId": jsonata(
                    f'$substring({record}.outcome & " " & $join({record}.reasons, "; "), 0, {_LONGEST_ID})'
                ),
                "Status": jsonata(f'{served} ? "SUCCESS" : "FAILURE"'),
            },
            comment="The first deploy waits for this. Later nothing waits, and the signal is refused.",
        )
    }


def chained(calls: States, then: str, *, noted: Collection[str] = ()) -> States:
    """The calls one after the other. One that fails is left out, and noted if it is one of these."""
    names = [*calls, then]
    return {
        name: {
            **state,
            "Catch": [catch(then=following, **(_noted(name) if name in noted else {}))],
            "Next": following,
        }
        for (name, state), following in zip(calls.items(), names[1:], strict=True)
    }


def _noted(name: str) -> State:
    failed = f"{literal(f'{name} failed: ')} & $states.errorOutput.Error & ': ' & $states.errorOutput.Cause"
    return {"untold": jsonata(f"$append($untold, {failed})")}


def end() -> State:
    """The end of an execution, with its record and the reports that failed."""
    reasons = "[$append($record.reasons, $untold)]"
    return {"Type": "Succeed", "Output": jsonata(f'$merge([$record, {{"reasons": {reasons}}}])')}


def first(states: States, then: str) -> str:
    """The first of these states, or the state after them."""
    return next(iter(states), then)
