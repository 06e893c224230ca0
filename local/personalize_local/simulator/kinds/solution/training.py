"""What happens to solutions as time passes: updates come into force and automatic trainings start.

Before each operation both happen in the order in which they were due. After the clock is advanced by a month,
the account is as after a month of waiting. Each training is assumed to have new data (rule 58).
"""

from __future__ import annotations

from datetime import datetime

from personalize_local.simulator.engine.context import Context
from personalize_local.simulator.kinds.solution import version
from personalize_local.simulator.kinds.solution.settings import SolutionDurations
from personalize_local.simulator.kinds.solution.state import Solution, SolutionUpdate


def catch_up(context: Context) -> None:
    """Bring every solution of the account up to the time of the call."""
    for solution in context.account[Solution].live(context.now):
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
    """Put an update into force. It replaces the members that it contains (rules 65, 67 and 68)."""
    before = (solution.auto_training, solution.config.get("autoTrainingConfig"))
    solution.auto_training = update.request.get("performAutoTraining", solution.auto_training)
    solution.incremental = update.request.get("performIncrementalUpdate", solution.incremental)
    solution.config = solution.config | update.request.get("solutionUpdateConfig", {})
    solution.updated = moment
    if (solution.auto_training, solution.config.get("autoTrainingConfig")) != before:
        solution.train_automatically(moment, context.setting(SolutionDurations).automatic_training_delay)
