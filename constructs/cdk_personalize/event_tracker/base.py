"""What every event tracker offers, defined in a stack or imported."""

from __future__ import annotations

from abc import abstractmethod
from typing import Protocol

from aws_cdk import IResource
from aws_cdk import aws_iam as iam


class IEventTracker(IResource, Protocol):
    """An event tracker, defined in a stack or imported, for type hints.

    Get one from `EventTracker(...)` or `EventTracker.from_event_tracker_attributes`.
    """

    @property
    def event_tracker_arn(self) -> str:
        """The event tracker's ARN."""
        ...

    @property
    def tracking_id(self) -> str:
        """The id that PutEvents requests name it by."""
        ...

    def grant_put_events(self, grantee: iam.IGrantable) -> iam.Grant:
        """Allow sending events to it."""
        ...


class EventTrackerBase:
    """The grants of an event tracker. List it after `Resource` in the base classes of a construct."""

    @property
    @abstractmethod
    def event_tracker_arn(self) -> str:
        """The event tracker's ARN."""

    @property
    @abstractmethod
    def tracking_id(self) -> str:
        """The id that PutEvents requests name it by."""

    def grant_put_events(self, grantee: iam.IGrantable) -> iam.Grant:
        """Allow sending events with PutEvents.

        The permission is on `*`, because PutEvents has no resource types
        (https://docs.aws.amazon.com/personalize/latest/dg/API_UBS_PutEvents.html). With it the grantee can
        send events to any event tracker of the account whose tracking id it has.

        Args:
            grantee: The principal: a role, a function, a user.
        """
        return iam.Grant.add_to_principal(
            grantee=grantee, actions=["personalize:PutEvents"], resource_arns=["*"]
        )
