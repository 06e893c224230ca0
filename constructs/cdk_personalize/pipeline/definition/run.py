"""The state machine of a run, and where each part of it leads."""

from __future__ import annotations

from typing import Any

from cdk_personalize.pipeline.definition import imports, judging, promotion, telling, training, turn
from cdk_personalize.pipeline.definition.plan import Plan
from cdk_personalize.pipeline.definition.states import (
    State,
    States,
    catch,
    choice,
    fails,
    jsonata,
    literal,
    machine,
    promotion_timeout,
    task,
)

CLEANUP, FAILED, NOT_CLEANED, END = "Clean up", "Failed", "Failed without cleanup", "Done"
FAILED_ERROR = "TrainingPipelineFailed"
"""The error of a run that failed and cleaned up. EventBridge has the others cleaned up."""
CHAMPION = "Note the champion"
_SPARE = 6 * 3600  # for retries

_STALE = (
    "until a newer version is promoted, the version in service no longer gets the free updates every two"
    " hours"
)


def definition(plan: Plan) -> dict[str, Any]:
    """The definition of the state machine."""
    first_work = imports.IMPORT if plan.imports else training.TRAIN
    trained = CHAMPION if plan.campaign is None else judging.CAMPAIGN
    told = telling.states(plan, "$record", _event(), "$record.outcome", then=END)
    quiet = _quiet(plan)
    record, silent = "Write the record", "Write the record of nothing"
    states: States = {
        **turn.states(
            plan,
            then=first_work,
            nothing="Nothing to train",
            skipped="Skip the run",
            failed=CLEANUP,
        ),
        **(imports.states(plan, then=training.TRAIN, failed=CLEANUP) if plan.imports else {}),
        **training.states(plan, then=trained, failed=CLEANUP),
        **_decided(plan),
        **_champion(plan, record),
        **(
            {
                "Nothing to train": _ends(
                    "NOTHING_TO_TRAIN", silent, "a version of this configuration is there"
                )
            }
            if plan.trains_on_deploy
            else {}
        ),
        "Skip the run": _ends(
            "SKIPPED", silent, "another run waits or has just started, and trains the newest data"
        ),
        record: _record(plan, telling.first(told, END)),
        silent: _record(plan, telling.first(quiet, END)),
        **told,
        **quiet,
        END: telling.end(),
        CLEANUP: _cleanup(plan),
        FAILED: _failed(FAILED_ERROR),
        NOT_CLEANED: _failed("TrainingPipelineNotCleanedUp"),
    }
    total = 2 * plan.timeout + (plan.approval.timeout if plan.approval else 0)
    total += 2 * promotion_timeout(plan.timeout) + (plan.bake.duration if plan.bake else 0) + _SPARE
    return machine(f"{plan.name}: trains, measures, judges and promotes a version.", turn.NOTE, states, total)


def _quiet(plan: Plan) -> States:
    """What follows the record of a run that was not needed."""
    signal = telling.chained(telling.signal(plan, "$record", "Signal that there was nothing to do"), END)
    if not signal:
        return {}
    asked = choice(
        "A skipped run leaves the signal to the runs before it.",
        ('$record.outcome = "SKIPPED"', END),
        default=telling.first(signal, END),
    )
    return {"Was it skipped?": asked, **signal}


def _decided(plan: Plan) -> States:
    """The states between the training and the champion, for a pipeline with a campaign."""
    if plan.campaign is None:
        return {}
    begin = "Begin the promotion"
    states = judging.states(
        plan,
        plan.campaign,
        then="Stop before the promotion" if plan.dry_run else begin,
        rejected="Reject",
        failed=CLEANUP,
    )
    stale = {"reasons": jsonata(f"$append($reasons, {literal(_STALE)})")} if plan.free_updates else {}
    record = "Write the record"
    if plan.gate or plan.approval:
        states["Reject"] = {
            "Type": "Pass",
            "Comment": "The campaign goes on with what it serves.",
            "Assign": {"outcome": "REJECTED", **stale},
            "Next": record,
        }
    if plan.dry_run:
        return states | {"Stop before the promotion": _ends("DRY_RUN", record, None)}
    rolled_back = "Note that it went back"
    states |= {
        begin: {
            "Type": "Pass",
            "Assign": {
                "tags": plan.campaign.tags,
                "promotionDeadline": jsonata(f"$millis() + {promotion_timeout(plan.timeout) * 1000}"),
                "polls": 0,
            },
            "Next": promotion.CURRENT,
        },
        **promotion.states(plan, plan.campaign, then=CHAMPION, rolled_back=rolled_back, failed=CLEANUP),
    }
    if plan.bake:
        states[rolled_back] = {
            "Type": "Pass",
            "Assign": {"outcome": "ROLLED_BACK", **stale},
            "Next": record,
        }
    return states


def _champion(plan: Plan, then: str) -> States:
    if plan.dry_run:
        return {}
    outcome = "MEASURED" if plan.campaign is None else "PROMOTED"
    return {
        CHAMPION: task(
            "ssm:putParameter",
            {"Name": plan.champion_parameter, "Value": jsonata("$version"), "Overwrite": True},
            comment="For batch jobs, and whoever else needs the version.",
            catch=[fails(CHAMPION, CLEANUP)],
            Assign={"outcome": outcome},
            Next=then,
        )
    }


def _ends(outcome: str, then: str, reason: str | None) -> State:
    assign: State = {"outcome": outcome}
    if reason:
        assign["reasons"] = [reason]
    return {"Type": "Pass", "Assign": assign, "Next": then}


def _event() -> str:
    """The event of an outcome, in JSONata."""
    events = {
        "PROMOTED": telling.PROMOTED,
        "REJECTED": telling.REJECTED,
        "ROLLED_BACK": telling.REJECTED,
        "MEASURED": telling.MEASURED,
        "DRY_RUN": telling.MEASURED,
    }
    return f"$lookup({literal(events)}, $record.outcome)"


def _record(plan: Plan, then: str) -> State:
    """The one record of a run."""
    return {
        "Type": "Pass",
        "Comment": "The one record of the run.",
        "Assign": {
            "record": {
                "pipeline": plan.name,
                "execution": jsonata("$states.context.Execution.Id"),
                "startedBy": jsonata("$startedBy"),
                "startedAt": jsonata("$startedAt"),
                "endedAt": jsonata("$now()"),
                "outcome": jsonata("$outcome"),
                "reasons": jsonata("[$append($judgment.reasons, $reasons)]"),
                "solutionArn": plan.solution_arn,
                "configuration": plan.configuration,
                "solutionVersionArn": jsonata("$version"),
                "previousVersionArn": jsonata("$previous"),
                **({"campaignArn": plan.campaign.arn} if plan.campaign else {}),
                **({"imports": jsonata("$exists($imports) ? $imports : []")} if plan.imports else {}),
                "metrics": {
                    "candidate": jsonata("$candidate.metrics"),
                    "baselines": jsonata("[$baselines.metrics]"),
                    "inService": jsonata("$inService.metrics"),
                },
                "trainingHours": jsonata("$exists($candidate.trainingHours) ? $candidate.trainingHours : 0"),
                "verdict": jsonata("$judgment.verdict"),
                "checks": jsonata("$judgment.checks"),
            }
        },
        "Next": then,
    }


def _failed(error: str) -> State:
    return {
        "Type": "Fail",
        "Error": error,
        "Cause": jsonata('$failure.at & ": " & $failure.error & ": " & $failure.cause'),
    }


def _cleanup(plan: Plan) -> State:
    """The end of a failed run is a machine of its own: EventBridge starts it as well, after an abort."""
    return task(
        "sfn:startExecution",
        {
            "StateMachineArn": plan.cleanup_arn,
            "Name": jsonata('"run-" & $id'),
            "Input": jsonata(
                '$string({"detail": {"executionArn": $states.context.Execution.Id, "status": "FAILED",'
                ' "startedBy": $startedBy, "error": $failure.error,'
                ' "cause": $failure.at & ": " & $failure.cause}})'
            ),
        },
        comment="Stops what still trains, and tells of the failure.",
        catch=[
            catch("Sfn.ExecutionAlreadyExistsException", then=FAILED),
            catch(then=NOT_CLEANED),
        ],
        Next=FAILED,
    )
