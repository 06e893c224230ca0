"""The tag by which the pipelines of a solution are found."""

from __future__ import annotations

SOLUTION_TAG = "cdk-personalize:solution-arn"
"""On the state machine of runs: the ARN of the solution that it trains."""
