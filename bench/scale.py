"""Hundreds of solutions in one stack, and a thousand stacks at once, in virtual time; see docs/scale.md."""

from __future__ import annotations

from bench.legs import leg_rows
from bench.row import Row
from framework_runtime import framework_runtime
from load import lives
from personalize_provider.log import logger

_USUAL_CONCURRENCY = 1000  # executions at once that Lambda lets an account have


def rows() -> list[Row]:
    """Measure."""
    logger.setLevel("CRITICAL")
    with framework_runtime() as runtime:
        one_stack = lives(runtime, 450)
        stacks = lives(runtime, 1, stacks=1000)
        crowded = lives(runtime, 1, stacks=1000, concurrency=_USUAL_CONCURRENCY)
    return [
        *leg_rows(one_stack, "450 solutions in a stack"),
        *leg_rows(stacks, "1,000 stacks of a solution"),
        *leg_rows(crowded, "1,000 stacks of a solution, 1,000 functions at once,"),
    ]
