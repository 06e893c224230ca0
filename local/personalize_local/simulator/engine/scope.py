"""Where a call is made: partition, Region and account, and the ARNs that follow from them."""

from __future__ import annotations

from dataclasses import dataclass

_PARTITIONS = {"cn-": "aws-cn", "us-gov-": "aws-us-gov"}


@dataclass(frozen=True, slots=True)
class Scope:
    """One account in one Region. Names are unique in it, and nothing is seen from outside it (rule 97)."""

    partition: str
    region: str
    account: str

    @classmethod
    def of(cls, region: str, account: str) -> Scope:
        """The scope of a Region and an account, its partition told by the Region's name."""
        partition = next((p for prefix, p in _PARTITIONS.items() if region.startswith(prefix)), "aws")
        return cls(partition, region, account)

    def arn(self, kind: str, *path: str) -> str:
        """The ARN of a resource of this scope, for example `arn("solution", "films")` (rule 98)."""
        return f"arn:{self.partition}:personalize:{self.region}:{self.account}:{'/'.join((kind, *path))}"

    def shared_arn(self, kind: str, name: str) -> str:
        """The ARN of something that is the same for everybody, such as a recipe (rule 99)."""
        return f"arn:{self.partition}:personalize:::{kind}/{name}"
