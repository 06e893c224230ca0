"""The owner of a resource, and the name that a resource gets.

A name is a function of the owner and of everything that can't be changed about the resource. The same request
always gives the same name, so a retry finds what the first try made. A change that needs a replacement gives
another name, and a rollback gives the first one again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

TAG_PREFIX = "cdk-personalize:"
STACK_ID_TAG = f"{TAG_PREFIX}stack-id"
LOGICAL_ID_TAG = f"{TAG_PREFIX}logical-id"
CONFIG_HASH_TAG = f"{TAG_PREFIX}config-hash"
ADOPTED_TAG = f"{TAG_PREFIX}adopted"
"""On a resource that existed before its owner."""
REPLACES_TAG = f"{TAG_PREFIX}replaces"
"""On a replacement: the name of the old resource, if the owner's logical id doesn't lead to that name."""

NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_-]{0,62}")
"""A name in Amazon Personalize (rule 2)."""

_MAX_NAME = 63  # rule 2
_HASH_DIGITS = 12
_MAX_LABEL = _MAX_NAME - _HASH_DIGITS - 1

_STACK_ID = re.compile(
    r"arn:(aws[a-z-]*):cloudformation:([a-z0-9-]+):([0-9]{12}):stack/([a-zA-Z][a-zA-Z0-9-]*)/[a-zA-Z0-9-]+"
)
_MAX_STACK_ID = 256  # the limit of a tag's value (rule 17); CloudFormation's own ids stay below 240


def arns_of(resource: str) -> re.Pattern[str]:
    """Matches the ARNs of one type of Personalize resource, such as `solution` (rule 98)."""
    return re.compile(rf"arn:[a-z0-9-]+:personalize:[a-z0-9-]+:[0-9]{{12}}:{resource}/{NAME.pattern}")


def is_stack_id(value: Any) -> bool:
    """Whether a value is the ARN of a CloudFormation stack, as an `Owner` requires."""
    return isinstance(value, str) and len(value) <= _MAX_STACK_ID and _STACK_ID.fullmatch(value) is not None


@dataclass(frozen=True)
class Owner:
    """The logical resource of a stack that a resource in the account belongs to."""

    stack_id: str
    logical_id: str

    @property
    def tags(self) -> dict[str, str]:
        """The tags that mark a resource as this owner's."""
        return {STACK_ID_TAG: self.stack_id, LOGICAL_ID_TAG: self.logical_id}

    def owns(self, tags: Mapping[str, str]) -> bool:
        """Whether a resource with these tags is this owner's."""
        return all(tags.get(key) == value for key, value in self.tags.items())

    def is_denied_by(self, tags: Mapping[str, str]) -> bool:
        """Whether a resource with these tags is another owner's."""
        return any(tags.get(key, value) != value for key, value in self.tags.items())

    def shares_stack_with(self, tags: Mapping[str, str]) -> bool:
        """Whether a resource with these tags belongs to this owner's stack."""
        return tags.get(STACK_ID_TAG) == self.stack_id

    def arn(self, resource: str) -> str:
        """ARN of a resource, such as `solution/movies`, in the stack's account and Region (rule 98)."""
        partition, region, account = _partition_region_account(self.stack_id)
        return f"arn:{partition}:personalize:{region}:{account}:{resource}"

    def name(self, config_hash: str) -> str:
        """The generated name: a readable part, then a part that makes it unique (rules 2 and 97)."""
        stack_name = self.stack_id.split("/")[1]
        label = re.sub(r"[^a-zA-Z0-9_-]+", "-", f"{stack_name}-{self.logical_id}")
        unique = digest({**self.tags, CONFIG_HASH_TAG: config_hash})
        return f"{label[:_MAX_LABEL].rstrip('-_')}-{unique}"


def digest(value: Mapping[str, Any]) -> str:
    """A short hash of a JSON-like value. It doesn't depend on the order of keys."""
    canonical = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return sha256(canonical.encode()).hexdigest()[:_HASH_DIGITS]


def _partition_region_account(arn: str) -> tuple[str, str, str]:
    _, partition, _, region, account, _ = arn.split(":", 5)
    return partition, region, account
