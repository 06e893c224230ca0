"""Hundreds of solutions in one stack, and a thousand stacks at once, in virtual time; see docs/scale.md."""

from __future__ import annotations

from bench.deploys import leg_rows
from bench.figures import Row
from personalize_provider.engine.log import logger
from support.virtual_time.framework_runtime import framework_runtime
from support.virtual_time.load import lives

_USUAL_CONCURRENCY = 1000  # executions at once that Lambda lets an account have


# Each with what `lives` takes.
CASES: dict[str, dict[str, int]] = {
    "450 solutions in a stack": {"solutions": 450},
    "450 solutions in a stack, a hundred at once": {"solutions": 450, "at_once": 100},
    "1,000 stacks of a solution": {
        "solutions": 1000,
        "stacks": 1000,
        "concurrency": _USUAL_CONCURRENCY,
    },
    "1,000 stacks of a solution, a hundred at once": {
        "solutions": 1000,
        "stacks": 1000,
        "at_once": 100,
        "concurrency": _USUAL_CONCURRENCY,
    },
}


def rows() -> list[Row]:
    """Measure."""
    logger.setLevel("CRITICAL")
    with framework_runtime() as runtime:
        return [row for of, case in CASES.items() for row in leg_rows(lives(runtime, **case), of)]
