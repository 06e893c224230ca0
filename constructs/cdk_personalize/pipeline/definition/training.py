"""The trainings of a run: the candidate and each baseline at once, on the same data, and their metrics."""

from __future__ import annotations

from cdk_personalize.pipeline.definition.plan import Plan
from cdk_personalize.pipeline.definition.states import (
    CAUSE,
    State,
    States,
    catch,
    choice,
    fails,
    jsonata,
    personalize,
    task,
    wait,
)

TRAIN = "Train"


def _version_names(plan: Plan) -> list[tuple[str, str]]:
    """The solutions that a run trains, each with the JSONata of its version's name."""
    return [
        (plan.solution_arn, f'"run-" & $id & "-{plan.configuration}"'),
        *((arn, f'"run-" & $id & "-base{n}"') for n, arn in enumerate(plan.baselines, 1)),
    ]


def states(plan: Plan, *, then: str, failed: str) -> States:
    """The state that trains."""
    names = _version_names(plan)
    labels = ["candidate", *(f"baseline {number}" for number in range(1, len(names)))]
    return {
        TRAIN: {
            "Type": "Parallel",
            "Comment": "The candidate, and the baselines on the same data (rule 144). Each is billed.",
            "Branches": [
                _branch(label, arn, name, optional=label != "candidate")
                for label, (arn, name) in zip(labels, names, strict=True)
            ],
            "Catch": [fails(TRAIN, failed)],
            "Assign": {
                "version": jsonata("$states.result[0].solutionVersionArn"),
                "candidate": jsonata("$states.result[0]"),
                "baselines": [jsonata(f"$states.result[{n}]") for n in range(1, len(names))],
            },
            "Next": then,
        }
    }


def _branch(label: str, solution_arn: str, name: str, *, optional: bool) -> State:
    """One training. A baseline that fails ends with its problem: the gate then knows too little to pass."""
    start, look, ended = (
        f"Start training the {label}",
        f"Look at the {label}",
        f"Is the {label} trained?",
    )
    find, compare, measure = f"Find the {label}", f"Is it the {label}?", f"Measure the {label}"
    lost, without, stop = f"The {label} is lost", f"Go on without the {label}", f"Stop the {label}"
    failed = f"The training of the {label} failed"
    late = f"The training of the {label} took too long"
    where = f'" (training of the {label}, " & $arn & ")"'
    ends: States = {
        failed: _end("TrainingFailed", f'$status & ": " & $reason & {where}', without, optional),
        late: _end("TrainingTimedOut", f'"still " & $status & {where}', stop, optional),
        # Whatever has begun there: a run that fails stops it.
        lost: _end("TrainingLost", f'"begun, but not found" & {where}', without, False),
    }
    problem = CAUSE
    broken: list[State] = [catch(then=without, problem=problem)]
    return {
        "StartAt": start,
        "States": {
            start: task(
                "personalize:createSolutionVersion",
                {"SolutionArn": solution_arn, "Name": jsonata(name), "TrainingMode": "FULL"},
                comment="The name is the run's, so that a repeated call can't train twice (rule 139).",
                busy=True,
                catch=[
                    catch(personalize("ResourceAlreadyExists"), then=find),
                    *(broken if optional else []),
                ],
                Assign={"arn": jsonata("$states.result.SolutionVersionArn"), "looks": 0},
                Next=look,
            ),
            find: task(
                "personalize:describeSolution",
                {"SolutionArn": solution_arn},
                comment="An earlier try of this call was answered too late: its version is the newest.",
                Assign={
                    "arn": jsonata("$states.result.Solution.LatestSolutionVersion.SolutionVersionArn"),
                    "looks": 0,
                },
                Next=compare,
            ),
            compare: task(
                "personalize:describeSolutionVersion",
                {"SolutionVersionArn": jsonata("$arn")},
                comment="A version is known by its name (rule 140).",
                Assign={"same": jsonata(f"$states.result.SolutionVersion.Name = {name}")},
                Next=f"Found the {label}?",
            ),
            f"Found the {label}?": choice("Only this run's own.", ("$same", look), default=lost),
            look: task(
                "personalize:describeSolutionVersion",
                {"SolutionVersionArn": jsonata("$arn")},
                comment="How is it?",
                repeated=True,
                retry_also=(personalize("ResourceNotFound"),),
                catch=[catch(then=stop, problem=problem)] if optional else None,
                Assign={
                    "status": jsonata("$states.result.SolutionVersion.Status"),
                    "reason": jsonata("($states.result.SolutionVersion.FailureReason & '')"),
                    "hours": jsonata("$sum([$states.result.SolutionVersion.TrainingHours])"),
                },
                Next=ended,
            ),
            ended: choice(
                "It ends ACTIVE, CREATE FAILED or CREATE STOPPED.",
                ('$status = "ACTIVE"', measure),
                ('$status in ["CREATE FAILED", "CREATE STOPPED"]', failed),
                ("$millis() > $deadline", late),
                default=f"Wait for the {label}",
            ),
            f"Wait for the {label}": wait("20 minutes to many hours.", look, "looks"),
            measure: task(
                "personalize:getSolutionMetrics",
                {"SolutionVersionArn": jsonata("$arn")},
                comment="Without metrics the verdict of a gate is UNKNOWN.",
                retry_also=(personalize("ResourceInUse"),),
                catch=[
                    catch(
                        then=f"The {label} has no metrics",
                        problem=CAUSE,
                    )
                ],
                Output=_result('"metrics": $states.result.Metrics'),
                End=True,
            ),
            f"The {label} has no metrics": {
                "Type": "Pass",
                "Output": _result('"metrics": {}, "problem": $problem'),
                "End": True,
            },
            **ends,
            **(_without(stop, without) if optional else {}),
        },
    }


def _result(more: str) -> str:
    return jsonata(f'{{"solutionVersionArn": $arn, "trainingHours": $hours, {more}}}')


def _end(error: str, cause: str, then: str, optional: bool) -> State:
    if optional:
        return {"Type": "Pass", "Assign": {"problem": jsonata(cause)}, "Next": then}
    return {"Type": "Fail", "Error": error, "Cause": jsonata(cause)}


def _without(stop: str, without: str) -> States:
    return {
        stop: task(
            "personalize:stopSolutionVersionCreation",
            {"SolutionVersionArn": jsonata("$arn")},
            comment="Nothing will need it.",
            catch=[catch(then=without)],
            Next=without,
        ),
        without: {
            "Type": "Pass",
            "Comment": "The gate knows too little to pass.",
            "Output": {"metrics": {}, "problem": jsonata("$problem")},
            "End": True,
        },
    }
