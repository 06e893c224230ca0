"""What a version is trained from, as a hash: deploys start a run when it changes."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from aws_cdk import Stack

from cdk_personalize.solution.base import ISolution

_DIGITS = 8
# Neither changes what is trained, or where it is served from.
_UNTRAINED = {"tags", "waitForTrainingOnDelete", "adoptExisting"}


def hash_of(solution: ISolution, campaign: Any) -> str:
    """The hash of a solution's configuration as the stack declares it, and of whether it has a campaign.

    An existing solution of another stack has no configuration here: it is always the same.
    """
    declared = getattr(solution, "declared", None) or {"solutionArn": solution.solution_arn}
    stack = Stack.of(solution)
    trained = {name: value for name, value in declared.items() if name not in _UNTRAINED}
    text = json.dumps([stack.resolve(trained), campaign is not None], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]
