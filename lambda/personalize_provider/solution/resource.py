"""A solution seen through the API: the only module that calls Personalize for one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from botocore.exceptions import ClientError

from personalize_provider.errors import CALL_ERRORS, error_code, error_message, is_throttle
from personalize_provider.sdk import Personalize
from personalize_provider.solution.decide import (
    Adopt,
    Configure,
    Create,
    Delete,
    Observed,
    Retag,
    StopTraining,
    decide,
    letting_go,
    opening,
)
from personalize_provider.solution.goal import Absent, Present
from personalize_provider.steps import Effect, Step, Wait

_T = TypeVar("_T")

_RELEASE = "delete the campaign, or give it a version of another solution, and try again"

# The solution is not as it was observed, or busy: look again rather than fail.
_LOOK_AGAIN = frozenset({"ResourceInUseException", "ResourceAlreadyExistsException"})


class Solution:
    """One solution, and what one request wants of it.

    Args:
        goal: What is wanted.
        client: Calls Personalize.
        now: Tells the time, seconds since the epoch.
    """

    def __init__(self, goal: Present | Absent, client: Personalize, now: Callable[[], float]) -> None:
        self._goal = goal
        self._client = client
        self._now = now
        self._tags: dict[str, str] | None = None
        self._without_look = opening(goal, now())
        self._is_deleted = False

    @property
    def label(self) -> str:
        """How messages name it."""
        return self._goal.label

    def look(self, *, expired: bool) -> Step:
        """Observe the solution and decide what follows from it."""
        if self._without_look is not None and not expired:
            return self._without_look
        observed = self._observe()
        if isinstance(observed, Wait):
            return observed
        if observed is None and self._may_only_be_unseen:
            return self._ending
        return decide(self._goal, observed, now=self._now(), expired=expired)

    def act(self, effect: Effect) -> Wait | None:
        """Carry an effect out. A throttled one has changed nothing, so it needs no look to be tried again."""
        self._without_look = None
        try:
            self._call(effect)
        except ClientError as error:
            if is_throttle(error) and not isinstance(effect, Adopt):  # somebody else may be taking it over
                self._without_look = effect
            code = error_code(error)
            gone = code == "ResourceNotFoundException" and not isinstance(effect, Create)
            self._is_deleted = gone and isinstance(effect, Delete)
            # What has just ended can't be stopped; with which code the service says so is not documented.
            over = code == "InvalidInputException" and isinstance(effect, StopTraining)
            if code not in _LOOK_AGAIN and not gone and not over:
                raise
            blockers = self._blockers(effect)
            reason = f"{error.operation_name}: {error_message(error)}{blockers}"
            return Wait(reason, next_step=_RELEASE if blockers else "")
        return None

    @property
    def _may_only_be_unseen(self) -> bool:
        """Whether a solution that shall go is not described, though its delete was never answered.

        To take it for gone would leave it behind. The service's word on a delete counts for more.
        """
        goal = self._goal
        return isinstance(goal, Absent) and not self._is_deleted and goal.owns(self._tags or {})

    @property
    def _ending(self) -> Effect:
        """What ends the owner's part in a solution of which only the tags are seen."""
        is_kept = letting_go(self._goal, self._tags or {}) if isinstance(self._goal, Absent) else None
        return is_kept or Delete()

    def _observe(self) -> Observed | Wait | None:
        # Tags first: they tell as well whether the solution is there, and leave the account's one
        # DescribeSolution a second (rule 118) to those that need it. Before a delete they are read each time:
        # what bears an explicit name may be somebody else's by now. So may be what is to be adopted.
        if self._tags is None or isinstance(self._goal, Absent) or not self._goal.owns(self._tags):
            self._tags = _if_there(self._read_tags)
        if self._tags is None and isinstance(self._goal, Present):
            return None
        described = _if_there(lambda: self._client.describe_solution(solutionArn=self._goal.arn))
        if described is None:
            return None
        if self._tags is None:
            try:
                self._tags = self._read_tags()
            except ClientError as error:
                if error_code(error) != "ResourceNotFoundException":
                    raise
                # It is described, so it is there; whose it is can't be told yet.
                return Wait(f"{error.operation_name}: {error_message(error)} ({error_code(error)})")
        solution = described["solution"]
        return Observed(solution, self._tags, tuple(self._versions(solution)))

    def _call(self, effect: Effect) -> None:
        arn = self._goal.arn
        match effect:
            case Create() if isinstance(self._goal, Present):
                self._tags = None
                self._client.create_solution(**self._goal.request)
                self._tags = self._goal.tags  # what was just sent need not be asked for
            case Configure(changes):
                self._client.update_solution(solutionArn=arn, **changes)
            case Retag(add, remove):
                self._tags = None
                if remove:  # first: a solution may bear all the tags that fit
                    self._client.untag_resource(resourceArn=arn, tagKeys=sorted(remove))
                if add:
                    tags = [{"tagKey": key, "tagValue": value} for key, value in add.items()]
                    self._client.tag_resource(resourceArn=arn, tags=tags)
                self._end_quiet_time()
            case StopTraining(version_arns):
                for version_arn in version_arns:
                    self._client.stop_solution_version_creation(solutionVersionArn=version_arn)
            case Delete():
                self._client.delete_solution(solutionArn=arn)
                self._is_deleted = True
                self._end_quiet_time()
            case _:
                raise TypeError(f"{self.label} knows no effect {effect!r}")

    def _end_quiet_time(self) -> None:
        """It was there, and is given up now: there is nothing more to look for."""
        if isinstance(self._goal, Absent) and not self._goal.is_id_made_up:
            self._goal = replace(self._goal, quiet_seconds=0.0)

    def _read_tags(self) -> dict[str, str]:
        if isinstance(self._goal, Absent) and self._goal.name_proves_owner:
            return {}  # they would tell nothing
        tags = self._client.list_tags_for_resource(resourceArn=self._goal.arn)["tags"]
        return {tag["tagKey"]: tag["tagValue"] for tag in tags}

    def _versions(self, solution: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        if isinstance(self._goal, Absent) and solution.get("latestSolutionVersion"):
            yield from _pages(self._client.list_solution_versions, "solutionVersions", self._goal.arn)

    def _blockers(self, effect: Effect) -> str:
        """Why a delete is refused, where it is a campaign (rule 75) and the service tells."""
        if not isinstance(effect, Delete) or self._is_deleted:
            return ""
        try:
            names = [
                item["name"] for item in _pages(self._client.list_campaigns, "campaigns", self._goal.arn)
            ]
        except CALL_ERRORS:
            return ""
        return f" (used by campaign {', '.join(names)})" if names else ""


def _if_there(call: Callable[[], _T]) -> _T | None:
    """What a call answers, or None where what it is about does not exist."""
    try:
        return call()
    except ClientError as error:
        if error_code(error) != "ResourceNotFoundException":
            raise
        return None


def _pages(
    call: Callable[..., Mapping[str, Any]], member: str, solution_arn: str
) -> Iterator[Mapping[str, Any]]:
    token: dict[str, str] = {}
    while True:
        page = call(solutionArn=solution_arn, **token)
        yield from page[member]
        if not page.get("nextToken"):
            return
        token = {"nextToken": page["nextToken"]}
