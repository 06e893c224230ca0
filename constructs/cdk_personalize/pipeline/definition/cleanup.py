"""The state machine that ends a run that failed, was aborted, or timed out.

Runs start it themselves when they fail. After an abort or a timeout a run can't, so EventBridge does; both
give it an event of Step Functions. All that it does can be done twice.
"""

from __future__ import annotations

from typing import Any

from cdk_personalize.pipeline.definition import telling
from cdk_personalize.pipeline.definition.plan import Plan
from cdk_personalize.pipeline.definition.states import (
    States,
    catch,
    choice,
    jsonata,
    literal,
    machine,
    personalize,
    task,
)

NOTE, STOP, RECORD, END = "Note the run", "Stop what it trains", "Write the record", "Done"
_TIMEOUT = 6 * 3600
# They bound the events of a cleanup (rule 205): 5,000 versions of a solution, and more than train at once.
_MOST_PAGES, _MOST_TRAINING = 50, 50


def definition(plan: Plan) -> dict[str, Any]:
    """The definition of the state machine."""
    told = telling.states(plan, "$record", literal(telling.FAILED), '"FAILED"', then=END)
    detail = "$states.input.detail"
    states: States = {
        NOTE: {
            "Type": "Pass",
            "Comment": "Which run it was. Its versions have the id in their names.",
            "Assign": {
                "untold": [],
                "execution": jsonata(f"{detail}.executionArn"),
                "id": jsonata(f'$substring($hash({detail}.executionArn, "SHA-256"), 0, 24)'),
                "reason": jsonata(
                    f'($type({detail}.error) = "string" ? {detail}.error : {detail}.status)'
                    f' & ($type({detail}.cause) = "string" ? ": " & {detail}.cause : "")'
                ),
                "startedBy": jsonata(
                    f"$exists({detail}.startedBy) ? {detail}.startedBy :"
                    f' $type({detail}.input) = "string" ? $parse({detail}.input).startedBy & "" : "unknown"'
                ),
            },
            "Next": "Wait for the last calls",
        },
        "Wait for the last calls": {
            "Type": "Wait",
            "Comment": "A call that was under way when the run ended has its effect by then.",
            "Seconds": 30,
            "Next": STOP,
        },
        STOP: {
            "Type": "Map",
            "Comment": "The candidate, and each baseline.",
            "Items": [plan.solution_arn, *plan.baselines],
            "MaxConcurrency": 1,
            "ItemProcessor": {
                "ProcessorConfig": {"Mode": "INLINE"},
                "StartAt": "Note the solution",
                "States": _stopping(),
            },
            "Catch": [
                catch(
                    then=RECORD, stopped=[], trouble=jsonata('"; not stopped: " & $states.errorOutput.Cause')
                )
            ],
            "Assign": {
                "stopped": jsonata("$reduce($states.result, $append, [])"),
                "trouble": "",
            },
            "Next": RECORD,
        },
        RECORD: {
            "Type": "Pass",
            "Assign": {
                "record": {
                    "pipeline": plan.name,
                    "execution": jsonata("$execution"),
                    "startedBy": jsonata("$startedBy"),
                    "endedAt": jsonata("$now()"),
                    "outcome": "FAILED",
                    "reasons": [jsonata("$reason & $trouble")],
                    "solutionArn": plan.solution_arn,
                    "configuration": plan.configuration,
                    "stopped": jsonata("$stopped"),
                    "metrics": {"candidate": {}},
                }
            },
            "Next": telling.first(told, END),
        },
        **told,
        END: telling.end(),
    }
    return machine(
        f"{plan.name}: stops what a failed run still trains, and tells of the failure.",
        NOTE,
        states,
        _TIMEOUT,
    )


def _stopping() -> States:
    """Find the version of a run among those that train, page by page, and stop it.

    A version is known by the id in its name (rule 140). The rest of the name is of the configuration.
    """
    page, more, describe, stop = "List its versions", "More of them?", "Read their names", "Stop it"
    return {
        "Note the solution": {
            "Type": "Pass",
            "Assign": {
                "solutionArn": jsonata("$states.input"),
                "training": [],
                "token": "",
                "pages": 0,
            },
            "Next": page,
        },
        page: task(
            "personalize:listSolutionVersions",
            jsonata(
                '$merge([{"SolutionArn": $solutionArn, "MaxResults": 100},'
                ' $token = "" ? {} : {"NextToken": $token}])'
            ),
            comment="The answer has statuses but no names (rule 140).",
            catch=[catch(personalize("ResourceNotFound"), then="Nothing trains")],
            Assign={
                "training": jsonata(
                    "[$append($training, $states.result.SolutionVersions"
                    '[Status in ["CREATE PENDING", "CREATE IN_PROGRESS"]].SolutionVersionArn)]'
                ),
                "token": jsonata('$states.result.NextToken & ""'),
                "pages": jsonata("$pages + 1"),
            },
            Next=more,
        ),
        more: choice(
            "A page has 100.",
            (f'$token != "" and $pages < {_MOST_PAGES}', page),
            default=describe,
        ),
        describe: {
            "Type": "Map",
            "Comment": "At most 20 train at once in a Region (rule 117).",
            "Items": jsonata(f"[$training[[0..{_MOST_TRAINING - 1}]]]"),
            "MaxConcurrency": 1,
            "ItemProcessor": {
                "ProcessorConfig": {"Mode": "INLINE"},
                "StartAt": "Read its name",
                "States": {
                    "Read its name": task(
                        "personalize:describeSolutionVersion",
                        {"SolutionVersionArn": jsonata("$states.input")},
                        comment="Only this run's own is stopped.",
                        Output=jsonata(
                            '{"arn": $states.result.SolutionVersion.SolutionVersionArn,'
                            ' "mine": $contains($states.result.SolutionVersion.Name & "", "run-" & $id)}'
                        ),
                        End=True,
                    )
                },
            },
            "Assign": {"training": jsonata("[$states.result[mine].arn]")},
            "Next": "Does it train?",
        },
        "Does it train?": choice(
            "At most one does.", ("$count($training) > 0", stop), default="Nothing trains"
        ),
        stop: task(
            "personalize:stopSolutionVersionCreation",
            {"SolutionVersionArn": jsonata("$training[0]")},
            comment="Training is billed up to here.",
            catch=[
                catch(personalize("ResourceInUse"), personalize("ResourceNotFound"), then="Nothing trains")
            ],
            Output=jsonata("[$training]"),
            End=True,
        ),
        "Nothing trains": {"Type": "Pass", "Output": jsonata("[]"), "End": True},
    }
