"""The imports of a run, all at once: each branch starts a job and waits for its end."""

from __future__ import annotations

from cdk_personalize.pipeline.definition.plan import ImportPlan, Plan
from cdk_personalize.pipeline.definition.states import (
    State,
    States,
    catch,
    choice,
    fails,
    jsonata,
    literal,
    personalize,
    task,
    wait,
)

IMPORT = "Import"
_CHECK = "`cdk-personalize check-data FILE --schema SCHEMA`"


def states(plan: Plan, *, then: str, failed: str) -> States:
    """The state that imports."""
    return {
        IMPORT: {
            "Type": "Parallel",
            "Comment": "All datasets at once. An import can't be stopped: one that runs on does no harm.",
            "Branches": [_branch(one, number) for number, one in enumerate(plan.imports, 1)],
            "Catch": [fails(IMPORT, failed)],
            "Assign": {"imports": jsonata("$states.result")},
            "Next": then,
        }
    }


def _branch(one: ImportPlan, number: int) -> State:
    start, look, ended = f"Start import {number}", f"Look at import {number}", f"Is import {number} done?"
    name = f'"run-" & $id & "-import{number}"'
    where = f" (import of {one.location} into {one.dataset_arn})"
    arn = jsonata(f'"{one.job_arn_prefix}" & {name}')
    return {
        "StartAt": start,
        "States": {
            start: task(
                "personalize:createDatasetImportJob",
                {
                    "JobName": jsonata(name),
                    "DatasetArn": one.dataset_arn,
                    "DataSource": {"DataLocation": one.location},
                    "RoleArn": one.role_arn,
                    "ImportMode": one.mode,
                },
                comment="The name is the run's, so a repeated call finds the job that it started.",
                busy=True,
                catch=[catch(personalize("ResourceAlreadyExists"), then=look, looks=0)],
                Assign={"looks": 0},
                Next=look,
            ),
            look: task(
                "personalize:describeDatasetImportJob",
                {"DatasetImportJobArn": arn},
                comment="How is it?",
                repeated=True,
                retry_also=(personalize("ResourceNotFound"),),
                Assign={
                    "status": jsonata("$states.result.DatasetImportJob.Status"),
                    "reason": jsonata("($states.result.DatasetImportJob.FailureReason & '')"),
                },
                Next=ended,
            ),
            ended: choice(
                "It ends ACTIVE or CREATE FAILED.",
                ('$status = "ACTIVE"', f"Import {number} is done"),
                ('$status = "CREATE FAILED"', f"Import {number} failed"),
                ("$millis() > $deadline", f"Import {number} took too long"),
                default=f"Wait for import {number}",
            ),
            f"Wait for import {number}": wait("Minutes to hours, by the size of the data.", look, "looks"),
            f"Import {number} is done": {
                "Type": "Pass",
                "Output": {
                    "datasetImportJobArn": arn,
                    "datasetArn": one.dataset_arn,
                    "importMode": one.mode,
                },
                "End": True,
            },
            f"Import {number} failed": {
                "Type": "Fail",
                "Error": "ImportFailed",
                "Cause": jsonata(f"$reason & {literal(f'{where}; check each file with {_CHECK}')}"),
            },
            f"Import {number} took too long": {
                "Type": "Fail",
                "Error": "ImportTimedOut",
                "Cause": jsonata(f'"still " & $status & {literal(where)}'),
            },
        },
    }
