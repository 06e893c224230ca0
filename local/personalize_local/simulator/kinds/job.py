"""What jobs have in common: they run once, and a quota limits those in progress."""

from __future__ import annotations

from datetime import datetime

from personalize_local.simulator.engine.context import Context
from personalize_local.simulator.engine.errors import limit_exceeded
from personalize_local.simulator.engine.resource import Resource
from personalize_local.simulator.engine.timeline import CREATE_IN_PROGRESS, CREATE_PENDING


class Job(Resource):
    """A job. The API cannot delete it."""

    def is_running(self, now: datetime) -> bool:
        """Whether it is pending or in progress."""
        return self.status(now) in {CREATE_PENDING, CREATE_IN_PROGRESS}

    def hold(self, other: Resource, now: datetime) -> str | None:
        """Why a resource that it uses cannot be deleted now, if it is running."""
        if not self.is_running(now):
            return None
        return f"{other.arn} is used by {self.arn}, which is {self.status(now)}: wait until it ends"


def require_room(context: Context, kind: type[Job], most: int, name: str) -> None:
    """Refuse one more running job in the account and Region than the quota.

    Args:
        context: The surroundings of the call.
        kind: The class of the jobs.
        most: The quota.
        name: The jobs in the message.
    """
    if sum(job.is_running(context.now) for job in context.account[kind].live(context.now)) >= most:
        raise limit_exceeded(f"More than {most} {name} with PENDING or IN_PROGRESS status")
