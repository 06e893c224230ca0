"""What happens by itself as time passes: updates come into force and automatic trainings start.

Both are caught up on before each operation, in the order of the moments they were due, so a clock
pushed by a month leaves what a month would have left. Every training is taken to have new data (rule 58).
"""

from __future__ import annotations

from datetime import datetime

from personalize_local.simulator.engine.context import Context
from personalize_local.simulator.kinds import solution_version as version
from personalize_local.simulator.kinds.solution import Solution, SolutionUpdate


def catch_up(context: Context) -> None:
    """Bring every solution of the account up to the moment of the call."""
    for solution in context.account.solutions.live(context.now):
        update = solution.update
        in_force = update.timeline.active_at if update else None
        if update and in_force and in_force <= context.now and solution.updated != in_force:
            _train_until(in_force, solution, context)
            _apply(update, in_force, solution, context)
        _train_until(context.now, solution, context)


def _train_until(moment: datetime, solution: Solution, context: Context) -> None:
    while solution.schedule and solution.schedule.due <= moment:
        due = solution.schedule.due
        version.start(context, solution, due, "AUTOMATIC", {})
        solution.schedule = solution.schedule.after(due)


def _apply(update: SolutionUpdate, moment: datetime, solution: Solution, context: Context) -> None:
    """Put an update into force: what it names replaces what was (rules 65, 67 and 68)."""
    before = (solution.auto_training, solution.config.get("autoTrainingConfig"))
    solution.auto_training = update.request.get("performAutoTraining", solution.auto_training)
    solution.incremental = update.request.get("performIncrementalUpdate", solution.incremental)
    solution.config = solution.config | update.request.get("solutionUpdateConfig", {})
    solution.updated = moment
    if (solution.auto_training, solution.config.get("autoTrainingConfig")) != before:
        solution.train_automatically(moment, context.durations.automatic_training_delay)
