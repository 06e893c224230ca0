"""The partition, Region and account of a call, and the ARNs in them."""

from __future__ import annotations

from dataclasses import dataclass

_PARTITIONS = {"cn-": "aws-cn", "us-gov-": "aws-us-gov"}


@dataclass(frozen=True, slots=True)
class Scope:
    """One account in one Region. Names are unique in it, and other scopes cannot see into it (rule 97)."""

    partition: str
    region: str
    account: str

    @classmethod
    def of(cls, region: str, account: str) -> Scope:
        """Return the scope of a Region and an account. The partition follows from the Region."""
        partition = next((p for prefix, p in _PARTITIONS.items() if region.startswith(prefix)), "aws")
        return cls(partition, region, account)

    def arn(self, kind: str, *path: str) -> str:
        """Return the ARN of a resource in this scope, for example `arn("solution", "films")` (rule 98)."""
        return f"arn:{self.partition}:personalize:{self.region}:{self.account}:{'/'.join((kind, *path))}"

    def shared_arn(self, kind: str, name: str) -> str:
        """Return the ARN of something that all accounts share, such as a recipe (rule 99)."""
        return f"arn:{self.partition}:personalize:::{kind}/{name}"
