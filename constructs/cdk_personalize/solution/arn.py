"""Arguments that name a solution or a solution version."""

from __future__ import annotations

from cdk_personalize.model.names import RESOURCE_NAME, ArnOf, arn_text

SOLUTION_ARN = arn_text(
    "a solution",
    f"solution/{RESOURCE_NAME.pattern}",
    "solution/movies",
    "for a name use Solution.from_solution_name",
)
VERSION_ARN = arn_text(
    "a solution version",
    rf"solution/{RESOURCE_NAME.pattern}/[a-zA-Z0-9\-_]+",
    "solution/movies/236f000b",
    "ListSolutionVersions has those of a solution",
)

SOLUTION = ArnOf(
    arn=SOLUTION_ARN,
    attribute="solution_arn",
    rule="must be a solution",
    hint="pass a Solution, a Solution.from_solution_name(...), or an ARN as a string",
)
VERSION = ArnOf(
    arn=VERSION_ARN,
    attribute="solution_version_arn",
    rule="must be a solution version",
    hint="pass a SolutionVersion.from_solution_version_arn(...), or an ARN as a string",
)
