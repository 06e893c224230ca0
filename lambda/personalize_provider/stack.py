"""The state of the stack that a request belongs to.

After a cancelled deploy CloudFormation no longer listens, but the waiter of the provider framework
polls on (aws/aws-cdk 31541). A request that would still act then would undo the rollback. So the
first event of a request records what the stack was doing, and nothing is changed unless it still is.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from personalize_provider.request import RequestType
from personalize_provider.sdk import CloudFormation


@dataclass(frozen=True)
class StackState:
    """What tells one operation on a stack from the next.

    Attributes:
        status: For example `UPDATE_IN_PROGRESS`.
        last_updated: When the last update of the stack began, ISO 8601; empty before the first.
    """

    status: str
    last_updated: str = ""

    def may_ask_for(self, request_type: RequestType) -> bool:
        """Whether such a request can be the stack's, or is one that comes late.

        A stack that is at rest or that is being deleted creates and updates nothing, and a rollback creates
        nothing.
        """
        if request_type == "Delete":
            return True
        at_work = self.status.endswith("_IN_PROGRESS") and not self.status.startswith("DELETE")
        return at_work and not (request_type == "Create" and self.is_rolling_back)

    @property
    def is_rolling_back(self) -> bool:
        """Whether what the stack has just made is being undone."""
        return "ROLLBACK" in self.status

    @classmethod
    def read(cls, client: CloudFormation, stack_id: str) -> StackState:
        """Ask CloudFormation."""
        stack = client.describe_stacks(StackName=stack_id)["Stacks"][0]
        updated = stack.get("LastUpdatedTime")
        return cls(stack["StackStatus"], updated.isoformat() if updated else "")

    def to_event(self) -> dict[str, str]:
        """As it travels in the provider framework's event."""
        return asdict(self)
