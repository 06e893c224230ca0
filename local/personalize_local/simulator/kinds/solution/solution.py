"""Solutions: a recipe and the configuration of its training."""

from __future__ import annotations

from datetime import timedelta

from personalize_local.simulator.engine.context import Context
from personalize_local.simulator.engine.errors import in_use, limit_exceeded
from personalize_local.simulator.engine.kind import Kind, Table
from personalize_local.simulator.engine.model import Request
from personalize_local.simulator.engine.tag_set import parsed
from personalize_local.simulator.engine.timeline import ACTIVE, CREATE_FAILED
from personalize_local.simulator.kinds import dataset_group
from personalize_local.simulator.kinds.solution import training
from personalize_local.simulator.kinds.solution.rules import check_update, checked_recipe
from personalize_local.simulator.kinds.solution.settings import SolutionDurations, SolutionLimits
from personalize_local.simulator.kinds.solution.state import Solution, SolutionUpdate


def create(context: Context, request: Request) -> dict[str, object]:
    """Answer CreateSolution."""
    solutions, now, name = context.account[Solution], context.now, request["name"]
    durations = context.setting(SolutionDurations)
    recipe = checked_recipe(request, context.scope)
    tags = parsed(request.get("tags", ()))
    arn = context.scope.arn("solution", name)
    group = dataset_group.active(context, request["datasetGroupArn"])
    solutions.require_free(arn, now)
    _require_room(context, group.arn)
    solution = Solution(
        arn=arn,
        name=name,
        created=now,
        timeline=context.creation("solution", name, durations.solution_create),
        tags=tags,
        visible_from=now + timedelta(seconds=durations.solution_visible),
        dataset_group_arn=group.arn,
        recipe=recipe,
        recipe_arn=request.get("recipeArn"),
        event_type=request.get("eventType"),
        hpo=request.get("performHPO", bool(request.get("performAutoML"))),
        auto_ml=request.get("performAutoML", False),
        auto_training=request.get("performAutoTraining", True),
        incremental=request.get("performIncrementalUpdate", False),
        config=request.get("solutionConfig", {}),
    )
    active = solution.timeline.active_at
    solution.train_automatically(active or now, durations.automatic_training_delay)
    if active is None:
        solution.schedule = None
    solutions.add(solution)
    return {"solutionArn": arn}


def update(context: Context, request: Request) -> dict[str, object]:
    """Answer UpdateSolution. The new configuration comes into force later (rules 65 to 72)."""
    now = context.now
    solution = context.account[Solution].get(request["solutionArn"], now)
    check_update(request, solution.recipe)
    if solution.status(now) != ACTIVE:
        raise in_use(
            f"{solution.arn} is {solution.status(now)}: it can be updated when its status is {ACTIVE}"
        )
    obstacle = solution.busy(now)
    if obstacle is not None:
        raise in_use(obstacle)
    seconds = context.setting(SolutionDurations).solution_update
    timeline = context.creation("solution_update", solution.name, seconds)
    solution.update = SolutionUpdate(now, timeline, request)
    return {"solutionArn": solution.arn}


def _require_room(context: Context, group_arn: str) -> None:
    """Count the solutions of a group that are active or will be (rule 116)."""
    now, most = context.now, context.setting(SolutionLimits).solutions_per_dataset_group
    counted = (
        solution.dataset_group_arn == group_arn and solution.status(now) != CREATE_FAILED
        for solution in context.account[Solution].live(now)
    )
    if sum(counted) >= most:
        raise limit_exceeded(
            f"Cannot create a solution. More than {most} solutions in the dataset group {group_arn}"
        )


KIND = Kind(
    noun="Solution",
    resource=Solution,
    create=create,
    more={"UpdateSolution": update},
    list_of="datasetGroupArn",
    arn_type="solution",
    not_limited=frozenset({"UpdateSolution"}),
    failures=("solution", "solution_update"),
    statuses={
        "solution": "solution",
        "solutions": "solution",
        "latestSolutionUpdate": "solution_update",
    },
    table=Table(
        "Solutions",
        ("name", "status", "recipeArn", "failureReason", "nextTraining", "creationDateTime", "visibleFrom"),
        times=("nextTraining", "creationDateTime", "visibleFrom"),
    ),
    catch_up=training.catch_up,
)
