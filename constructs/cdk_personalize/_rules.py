"""Rules between the arguments of one solution. Anything known only at deploy time is left to the service."""

from __future__ import annotations

from collections.abc import Iterator

from cdk_personalize._request import SolutionRequest
from cdk_personalize._structure import members_problems
from cdk_personalize.errors import Problem


def find_problems(request: SolutionRequest) -> list[Problem]:
    """Find everything wrong with a request: each argument by itself first, then one against another."""
    return list(members_problems(request))
