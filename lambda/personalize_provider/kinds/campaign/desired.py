"""What a request wants of a campaign. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from personalize_provider.aws.errors import InvalidPropertiesError
from personalize_provider.aws.restore_types import boolean
from personalize_provider.engine.goal import GIVEN_UP_SECONDS, Absent, Present
from personalize_provider.engine.identity import arns_of, digest
from personalize_provider.engine.request import Request
from personalize_provider.kinds.campaign.config import LATEST, solution_of
from personalize_provider.kinds.owned.desired import DesiredOwned, Wanted
from personalize_provider.kinds.owned.properties import ADOPT, create_request, shown

CAMPAIGN_ARN = arns_of("campaign")
"""Matches the ARN of a campaign in full."""

SOLUTION = "solutionArn"
VERSION = "solutionVersionArn"
PROMOTER = "hasPromoter"
_FLAGS = frozenset({PROMOTER, ADOPT})

_SOLUTION_ARN = arns_of("solution")


@dataclass(frozen=True)
class WantedCampaign(Wanted):
    """Properties of a campaign that were read and validated.

    Attributes:
        solution_arn: The solution whose versions it serves.
        has_promoter: Something else chooses its version.
    """

    solution_arn: str
    has_promoter: bool


@dataclass(frozen=True)
class PresentCampaign(Present):
    """The campaign must be as `request` describes it, once it has a version.

    `request` is the CreateCampaign request. It names a version only if the stack declares one.

    Attributes:
        solution_arn: The solution whose versions it serves.
        has_promoter: Something else chooses its version, and creates it with the first one.
    """

    solution_arn: str = ""
    has_promoter: bool = False

    @property
    def version(self) -> str:
        """The version that the stack declares; empty if another writer chooses it."""
        return str(self.request.get(VERSION, ""))

    @property
    def is_fixed(self) -> bool:
        """Whether the stack declares one certain version."""
        return bool(self.version) and not self.version.endswith(f"/{LATEST}")

    @property
    def needs_version(self) -> bool:
        """Whether it can be created as soon as the solution has an ACTIVE version.

        A rollback restores what was there, and creates nothing that costs money from its first second. If
        CloudFormation doesn't tell, an update in place creates nothing, and a replacement fails.
        """
        waits_for_promoter = self.has_promoter and not self.version
        restores = self.restores and (self.is_stack_known or self.before is not None)
        return not (self.is_fixed or waits_for_promoter or restores)


@dataclass(frozen=True)
class DesiredCampaign(DesiredOwned[WantedCampaign, PresentCampaign, Absent]):
    """What a request wants of a campaign."""

    ARN = CAMPAIGN_ARN
    NOUN = "campaign"
    FLAGS = _FLAGS

    @staticmethod
    def validated(request: Request, properties: Mapping[str, Any]) -> WantedCampaign:
        """Restore the types of a request's properties, and validate them."""
        members = {name: value for name, value in properties.items() if name != SOLUTION}
        # The minimum is always sent, so that an update can take back a higher one.
        defaults = {"minProvisionedTPS": "1", VERSION: LATEST}
        body, problems = create_request(members, defaults, _FLAGS, "campaign")
        problems += _broken_by_versions(properties)
        if problems:
            raise InvalidPropertiesError(f"resource {request.logical_id}", problems)
        if VERSION not in properties:
            del body[VERSION]
        solution_arn = properties[SOLUTION]
        return WantedCampaign(
            body=body,
            config_hash=digest({SOLUTION: solution_arn}),
            is_named="name" in properties,
            adopts=boolean(properties.get(ADOPT)) is True,
            solution_arn=solution_arn,
            has_promoter=boolean(properties.get(PROMOTER)) is True,
        )

    def present(self, wanted: WantedCampaign, common: Present) -> PresentCampaign:
        """A campaign that must exist once it has a version."""
        return PresentCampaign(
            **vars(common), solution_arn=wanted.solution_arn, has_promoter=wanted.has_promoter
        )

    def absent(self, common: Absent) -> Absent:
        """A campaign that must be gone.

        A promotion may be in progress, and create the campaign after it was found to be gone.
        """
        if boolean(self.request.properties.get(PROMOTER)) is not True:
            return common
        return replace(common, is_raced=True, quiet_seconds=GIVEN_UP_SECONDS)


def _broken_by_versions(properties: Mapping[str, Any]) -> Iterator[str]:
    """A message for each problem with the solution and the version."""
    solution, version = properties.get(SOLUTION), properties.get(VERSION)
    if SOLUTION not in properties:
        yield f'Missing required parameter in input: "{SOLUTION}"'
        return
    if not isinstance(solution, str) or not _SOLUTION_ARN.fullmatch(solution):
        problem = f"Invalid value for parameter {SOLUTION}, value: {shown(solution)}"
        yield f"{problem}, valid: the ARN of a solution"
        return
    if not isinstance(version, str):
        return  # the request without one is valid, and one of another type is a problem of the request
    if solution_of(version) != solution:
        yield (
            f"Invalid value for parameter {VERSION}, value: {shown(version)}, "
            f"valid: {solution}/ and the id of a version, or {LATEST}"
        )
