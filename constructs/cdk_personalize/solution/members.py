"""What an app declares for each solution."""

from __future__ import annotations

from cdk_personalize.model.members import Members
from cdk_personalize.solution.arn import SOLUTION

MEMBERS = Members(SOLUTION)
"""Training pipelines."""
