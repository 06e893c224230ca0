"""What both kinds of batch jobs have in common: a solution version answers files in S3 (rule 193).

`data_plane/batch.py` does their work when they have run their time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from personalize_local.simulator.engine.context import Context
from personalize_local.simulator.engine.errors import invalid_input
from personalize_local.simulator.engine.model import Request
from personalize_local.simulator.engine.resource import Resource, members
from personalize_local.simulator.engine.timeline import ACTIVE
from personalize_local.simulator.kinds.filter.filter import Filter
from personalize_local.simulator.kinds.job import Job
from personalize_local.simulator.kinds.recipes import Recipe
from personalize_local.simulator.kinds.solution import version
from personalize_local.simulator.kinds.solution.state import Solution


@dataclass(kw_only=True)
class BatchJob(Job):
    """A batch job. The API cannot delete it.

    Attributes:
        noun: The kind, as members of answers spell it.
        request: The Create request.
        done: Whether it has read and written its files.
    """

    noun: ClassVar[str]

    request: Request
    done: bool = False

    @property
    def solution_version_arn(self) -> str:
        """The version that answers."""
        return str(self.request["solutionVersionArn"])

    def belongs_to(self, arn: str, now: datetime) -> bool:  # noqa: ARG002 (the version never changes)
        """Whether `arn` is that of the solution version."""
        return self.solution_version_arn == arn

    def blocks(self, other: Resource, now: datetime) -> str | None:
        """The solution and the filter cannot be deleted while the job runs (?)."""
        used = {self.solution_version_arn.rpartition("/")[0], self.request.get("filterArn")}
        return self.hold(other, now) if other.arn in used else None

    def due(self, now: datetime) -> bool:
        """Whether its time is over and its files are not written yet."""
        return not self.done and self.status(now) == ACTIVE

    def fail(self, reason: str) -> None:
        """End in CREATE FAILED at the time when it would have been ACTIVE."""
        self.timeline = self.timeline.failing(reason)

    def summary(self, now: datetime) -> dict[str, object]:
        """The entry in a list."""
        return {f"{self.noun}Arn": self.arn} | members(
            jobName=self.name,
            solutionVersionArn=self.solution_version_arn,
            failureReason=self.failure(now),
            **self.dates(now),
        )

    def describe(self, now: datetime) -> dict[str, object]:
        """The answer of Describe."""
        sent = ("jobInput", "jobOutput", "roleArn", "filterArn", "numResults")
        return self.summary(now) | {name: self.request[name] for name in sent if name in self.request}


def require_paths(request: Request) -> None:
    """Refuse a job whose input or output is not in S3."""
    for member, inner in (("jobInput", "s3DataSource"), ("jobOutput", "s3DataDestination")):
        path = request[member][inner]["path"]
        if not path.startswith("s3://"):
            raise invalid_input(f"{member}.{inner}.path must begin with s3://: got {path!r}")


def recipe_of(context: Context, request: Request) -> Recipe | None:
    """Return the recipe of the version that a request names. None with AutoML.

    Raises:
        ServiceError: There is no such version or filter (`ResourceNotFoundException`), the version is not
            ACTIVE, or the filter is in another dataset group (`InvalidInputException`).
    """
    now = context.now
    served = version.find(context, request["solutionVersionArn"])
    if served.status(now) != ACTIVE:
        raise invalid_input(f"{served.arn} is {served.status(now)}: a job needs a version that is {ACTIVE}")
    solution = context.account[Solution].get(served.solution_arn, now)
    if "filterArn" in request:
        found = context.account[Filter].get(request["filterArn"], now)
        if found.dataset_group_arn != solution.dataset_group_arn:
            raise invalid_input(f"{found.arn} must be in the dataset group {solution.dataset_group_arn}")
    return solution.recipe
