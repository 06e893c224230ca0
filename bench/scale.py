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
        return [
            *leg_rows(
                lives(runtime, 450, descriptions_per_second=None),
                "450 solutions in a stack, if CloudFormation had no limit,",
            ),
            *leg_rows(lives(runtime, 450), "450 solutions in a stack"),
            *leg_rows(lives(runtime, 450, at_once=100), "450 solutions in a stack, a hundred at once,"),
            *leg_rows(
                lives(runtime, 1000, stacks=1000, concurrency=_USUAL_CONCURRENCY),
                "1,000 stacks of a solution",
            ),
            *leg_rows(
                lives(runtime, 1000, stacks=1000, at_once=100, concurrency=_USUAL_CONCURRENCY),
                "1,000 stacks of a solution, a hundred at once,",
            ),
        ]
