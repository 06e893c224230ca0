"""What operations on many solutions at once took, against the least that the service's rate allows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bench.row import Row
from load import Leg

# Requests for each solution to the operation that is asked most: CreateSolution, DeleteSolution, and two
# DescribeSolution, for an update looks before it changes anything. Each is let in once a second (rule 118).
LEAST_SECONDS = {"create": 1, "update": 2, "delete": 1}


def leg_rows(legs: Mapping[str, Leg], of: str, most: Mapping[str, float] | None = None) -> Iterator[Row]:
    """A row for each operation.

    Args:
        legs: What each took.
        of: Of what, such as `100 solutions`.
        most: What its ratio must not exceed, by operation.
    """
    for operation, leg in legs.items():
        values = {
            "seconds": leg.seconds,
            "failed": leg.failed,
            "limited calls a solution": leg.limited_calls,
            "other calls a solution": leg.other_calls,
            "throttled calls a solution": leg.throttled,
            "Lambda invocations a solution": leg.invocations,
            "functions at once": leg.most_running,
        }
        if leg.failed:  # how soon is of no use then
            yield Row(f"{operation} {of}: requests that fail", leg.failed, 1, "requests", values=values)
            continue
        yield Row(
            f"{operation} {of} at 1 request/s, time against the least",
            leg.seconds / leg.solutions / LEAST_SECONDS[operation],
            1,
            most=(most or {}).get(operation),
            values=values,
        )
