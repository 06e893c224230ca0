"""The start of a run: one at a time, when the solution is ready, and after a deploy only for a change.

The oldest run goes first, one waits, and any more are skipped: the one that waits trains on the newest data
and configuration anyway. ListExecutions is eventually consistent, so a training that anyone else started is
waited for as well (rule 206).

CloudFormation can send several events of the start of a wait condition. A run that one of them starts is
skipped if another run has just started. Otherwise, when that one fails, it would train again, or find a
version and signal success, before the stack rolls back.
"""

from __future__ import annotations

from cdk_personalize.pipeline.definition.plan import Plan
from cdk_personalize.pipeline.definition.states import (
    States,
    choice,
    fails,
    failure,
    jsonata,
    task,
    wait,
)

NOTE = "Note the run"
ONCE = "once"
"""The member of an input that has the run skipped if another one has just started."""
SETTLE = "Let starts settle"
LOOK = "Look for other runs"
SOLUTION = "Look at the solution"

_LONGEST_STARTER = 256  # characters; an input can be as large as all the data of a state
_TWINS = 120  # seconds between the starts by two events of one change, and more
_SETTLING = 15  # seconds; ListExecutions is eventually consistent
_SOLUTION = """(
  $solution := $states.result.Solution;
  $newest := $solution.LatestSolutionVersion;
  $busy := /PENDING|IN_PROGRESS|STOPPING/;
  {
    "status": $solution.Status,
    "reason": $solution.FailureReason & "",
    "busy": $contains($newest.Status & " " & $solution.LatestSolutionUpdate.Status, $busy),
    "newest": $exists($newest) ? $newest.SolutionVersionArn : ""
  }
)"""
_OLDER_RUNS = """(
  $own := $states.context.Execution.Id;
  $mine := $toMillis($startedAt);
  $older := $states.result.Executions[
    ExecutionArn != $own
    and ($toMillis(StartDate) < $mine or ($toMillis(StartDate) = $mine and ExecutionArn < $own))
  ];
  {"count": $count($older), "twins": $count($older[$toMillis(StartDate) > $mine - TWINS])}
)"""


def states(plan: Plan, *, then: str, nothing: str, skipped: str, failed: str) -> States:
    """The states up to the moment when the run may begin.

    Args:
        plan: The pipeline.
        then: Where a run goes on.
        nothing: Where a run goes that a deploy started without a change.
        skipped: Where a run goes that is not needed.
        failed: Where a run goes that fails.
    """
    ready = "Note the deadline"
    found = "Is the solution ready?"
    return {
        NOTE: {
            "Type": "Pass",
            "Comment": "The id is a hash of the execution: names made from it never train twice.",
            "Assign": {
                "id": jsonata('$substring($hash($states.context.Execution.Id, "SHA-256"), 0, 24)'),
                "startedBy": jsonata(
                    "$exists($states.input.startedBy)"
                    f' ? $substring($string($states.input.startedBy), 0, {_LONGEST_STARTER}) : "person"'
                ),
                "once": jsonata(f"$states.input.{ONCE} = true"),
                "startedAt": jsonata("$states.context.Execution.StartTime"),
                "deadline": jsonata(
                    f"$toMillis($states.context.Execution.StartTime) + {plan.timeout * 1000}"
                ),
                "polls": 0,
                "previous": "",
                "version": "",
                "candidate": {"metrics": {}},
                "baselines": [],
                "inService": {"metrics": {}},
                "judgment": {"verdict": "NONE", "checks": [], "reasons": []},
                "reasons": [],
                "untold": [],
            },
            "Next": SETTLE,
        },
        SETTLE: {
            "Type": "Wait",
            "Comment": "Runs that start at the same time see each other after this.",
            "Seconds": _SETTLING,
            "Next": LOOK,
        },
        LOOK: task(
            "sfn:listExecutions",
            {"StateMachineArn": plan.machine_arn, "StatusFilter": "RUNNING", "MaxResults": 100},
            comment="How many runs have started before this one?",
            repeated=True,
            catch=[fails(LOOK, failed)],
            Assign={"ahead": jsonata(_OLDER_RUNS.replace("TWINS", str(_TWINS * 1000)))},
            Next="First in line?",
        ),
        "First in line?": choice(
            "The oldest run goes first, one waits, more are not needed.",
            ("$ahead.count = 0", SOLUTION),
            ("$ahead.count > 1 or ($once and $ahead.twins > 0)", skipped),
            (
                "$millis() > $deadline",
                failed,
                failure(LOOK, "TurnTimedOut", '"the run before this one has not ended in time"'),
            ),
            default="Wait for the run before",
        ),
        "Wait for the run before": wait("Until the older run has ended.", LOOK),
        SOLUTION: task(
            "personalize:describeSolution",
            {"SolutionArn": plan.solution_arn},
            comment="Is it ACTIVE, and does nothing else train it?",
            repeated=True,
            catch=[fails(SOLUTION, failed)],
            Assign={"solution": jsonata(_SOLUTION)},
            Next=found,
        ),
        found: choice(
            "Anything but ACTIVE and idle is waited out.",
            ('$solution.status = "ACTIVE" and $not($solution.busy)', _checked(plan, ready)),
            (
                '$solution.status = "CREATE FAILED"',
                failed,
                failure(SOLUTION, "SolutionFailed", '"the solution is CREATE FAILED: " & $solution.reason'),
            ),
            (
                "$millis() > $deadline",
                failed,
                failure(
                    SOLUTION,
                    "TurnTimedOut",
                    '"the solution is " & $solution.status & ", or trains a version of someone else"',
                ),
            ),
            default="Wait for the solution",
        ),
        "Wait for the solution": wait("Until it is ACTIVE and nothing trains.", SOLUTION),
        **(_changes(plan, ready, nothing, failed) if plan.trains_on_deploy else {}),
        ready: {
            "Type": "Pass",
            "Comment": "The time of the run counts from its turn.",
            "Assign": {"deadline": jsonata(f"$millis() + {plan.timeout * 1000}"), "polls": 0},
            "Next": then,
        },
    }


def _checked(plan: Plan, ready: str) -> str:
    return "Started by a deploy?" if plan.trains_on_deploy else ready


def _changes(plan: Plan, ready: str, nothing: str, failed: str) -> States:
    """A deploy trains only if no version of this configuration is there: names end in its hash."""
    read = "Read what the newest version is of"
    return {
        "Started by a deploy?": choice(
            "A deploy trains only what has changed.",
            ('$startedBy = "deploy" and $solution.newest != ""', read),
            default=ready,
        ),
        read: task(
            "personalize:describeSolutionVersion",
            {"SolutionVersionArn": jsonata("$solution.newest")},
            comment="The version's name ends in the hash of the configuration that it was trained from.",
            catch=[fails(read, failed)],
            Assign={
                "trained": jsonata(
                    '$states.result.SolutionVersion.Status = "ACTIVE" and'
                    f" $contains(($states.result.SolutionVersion.Name & ''), /-{plan.configuration}$/)"
                )
            },
            Next="Has the configuration changed?",
        ),
        "Has the configuration changed?": choice(
            "A version that failed or was stopped is trained again.",
            ("$trained", nothing),
            default=ready,
        ),
    }
