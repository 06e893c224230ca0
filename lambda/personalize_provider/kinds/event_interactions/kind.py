"""The dataset EVENT_INTERACTIONS of a dataset group: it is only ever deleted.

CreateEventTracker makes it, DeleteEventTracker leaves it, and the group can't be deleted before it is gone
(rule 168). So the resource has no effect until the stack deletes it, after the group's event trackers and
before the group. Whatever CloudFormation's operation is, only a Delete of its id changes something.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

from botocore.exceptions import ClientError

from personalize_provider.aws import sdk
from personalize_provider.aws.errors import InvalidPropertiesError, error_code, error_message, not_finished
from personalize_provider.aws.reading import DELETING, canonical_status, if_found
from personalize_provider.engine.first_event import Attempt
from personalize_provider.engine.identity import arns_of
from personalize_provider.engine.kind import Ask, Claim, Desired, Kind
from personalize_provider.engine.request import Request
from personalize_provider.engine.steps import Done, Effect, Fail, Step, Wait
from personalize_provider.kinds.owned.properties import shown

_GROUP = "datasetGroupArn"
_GROUP_ARN = arns_of("dataset-group")
_DATASET = "EVENT_INTERACTIONS"

_DATASET_ARN = re.compile(rf"{arns_of('dataset').pattern}/{_DATASET}")


def dataset_of(group_arn: str) -> str:
    """ARN of the dataset in a dataset group (rule 98)."""
    return f"{group_arn.replace(':dataset-group/', ':dataset/', 1)}/{_DATASET}"


@dataclass(frozen=True)
class DesiredEventInteractions(Desired):
    """What a request wants of the dataset."""

    @classmethod
    def read(cls, request: Request) -> Self:
        """Validate the properties of a request; a Delete goes by its id alone.

        Raises:
            InvalidPropertiesError: they name no dataset group; the message names each problem.
        """
        problems = list(_problems(request.properties)) if request.type != "Delete" else []
        if problems:
            raise InvalidPropertiesError(f"resource {request.logical_id}", problems)
        return cls(request)

    def identify(self, ask: Ask, is_claimed: Claim, *, is_rolling_back: bool) -> str:  # noqa: ARG002
        """The ARN of the dataset, which may never exist."""
        is_delete = self.request.type == "Delete"
        return self.request.physical_id if is_delete else dataset_of(self.request.properties[_GROUP])

    def resource(
        self,
        attempt: Attempt,
        now: Callable[[], float],
        is_claimed: Claim,
    ) -> EventInteractions | None:
        """The dataset; None if the request is about none."""
        if not _DATASET_ARN.fullmatch(self.request.physical_id):
            return None
        return EventInteractions(self.request, attempt.started_at, now, is_claimed)


class EventInteractions:
    """The dataset, and what one request wants of it.

    Args:
        request: The request.
        since: When it began, in seconds since the epoch.
        now: Returns the time, in seconds since the epoch.
        is_claimed: Whether another resource of the stack has the dataset.
    """

    def __init__(self, request: Request, since: float, now: Callable[[], float], is_claimed: Claim) -> None:
        self._arn = request.physical_id
        self._is_delete = request.type == "Delete"
        self._since = since
        self._now = now
        self._is_claimed = is_claimed
        self._is_deleted = False

    @property
    def label(self) -> str:
        """The dataset in messages."""
        return self._arn.rpartition(":")[2].replace("/", " ", 1)

    def look(self, *, expired: bool) -> Step:
        """Delete the dataset, unless another resource of the stack has it: a logical id may have changed."""
        if not self._is_delete:
            return Done({})
        found = if_found(lambda: sdk.personalize().describe_dataset(datasetArn=self._arn))
        if found is None and self._is_deleted:
            return Done({})
        status = "" if found is None else canonical_status(found["dataset"].get("status", ""))
        if status not in DELETING:
            # What isn't described may still exist: the answer to a delete is more reliable.
            return Done({}) if self._is_claimed(self._arn, {}) else Effect()
        if expired:
            return Fail(not_finished(self.label, f"status {status}", self._now() - self._since))
        return Wait(f"status {status}")

    def act(self, effect: Effect) -> Wait | None:  # noqa: ARG002 (there is only one)
        """Delete the dataset. The service refuses that while a solution version of the group is training."""
        try:
            sdk.personalize().delete_dataset(datasetArn=self._arn)
        except ClientError as error:
            code = error_code(error)
            if code not in {"ResourceInUseException", "ResourceNotFoundException"}:
                raise
            self._is_deleted = code == "ResourceNotFoundException"
            return Wait(f"{error.operation_name}: {error_message(error)}")
        self._is_deleted = True
        return None


def _problems(properties: Any) -> list[str]:
    group = properties.get(_GROUP)
    unknown = [f"Unknown parameter in input: {name!r}" for name in properties if name != _GROUP]
    if isinstance(group, str) and _GROUP_ARN.fullmatch(group):
        return unknown
    wrong = f"Invalid value for parameter {_GROUP}, value: {shown(group)}, valid: the ARN of a dataset group"
    return [wrong, *unknown]


EVENT_INTERACTIONS = Kind("Custom::PersonalizeEventInteractions", _DATASET_ARN, DesiredEventInteractions.read)
