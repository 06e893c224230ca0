"""What a version is trained from, as a hash: deploys start a run when it changes."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from aws_cdk import Stack

from cdk_personalize.solution.base import ISolution

if TYPE_CHECKING:
    from cdk_personalize.campaign.construct import Campaign

_DIGITS = 8
# Neither changes what is trained, or where it is served from.
_UNTRAINED = {"tags", "waitForTrainingOnDelete", "adoptExisting"}


def hash_of(solution: ISolution, campaign: Campaign | None) -> str:
    """The hash of a solution's configuration as the stack declares it, and of which campaign it has.

    An existing solution of another stack has no configuration here: it is always the same.
    """
    declared = getattr(solution, "_properties", None) or {"solutionArn": solution.solution_arn}
    stack = Stack.of(solution)
    trained = {name: value for name, value in declared.items() if name not in _UNTRAINED}
    served = None if campaign is None else [campaign.node.path, campaign._properties.get("name")]
    text = json.dumps(stack.resolve([trained, served]), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]
