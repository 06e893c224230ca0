"""The `Campaign` construct."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self, TypedDict, Unpack

import jsii
from aws_cdk import Duration, RemovalPolicy, Token
from constructs import Construct, IValidation

from cdk_personalize.campaign import promotion
from cdk_personalize.campaign.base import CampaignBase, ICampaign
from cdk_personalize.campaign.config import CampaignConfig
from cdk_personalize.campaign.existing import ExistingCampaign
from cdk_personalize.campaign.kind import CAMPAIGN
from cdk_personalize.campaign.request import CampaignRequest, InvalidCampaignError
from cdk_personalize.campaign.rules import (
    BILLS,
    Source,
    VersionChoice,
    examine,
    following_doubts,
    promoter_problems,
)
from cdk_personalize.model import places
from cdk_personalize.model.annotations import annotate
from cdk_personalize.model.findings import Problem, refusal
from cdk_personalize.model.tag_rules import own_tags
from cdk_personalize.model.tokens import is_token
from cdk_personalize.provider import resource
from cdk_personalize.provider.base import IPersonalizeProvider
from cdk_personalize.provider.framework import PersonalizeProvider
from cdk_personalize.provider.resource import ManagedResource
from cdk_personalize.recipe.recipe import Recipe
from cdk_personalize.solution.base import ISolution
from cdk_personalize.solution.config import AutoTraining
from cdk_personalize.solution.members import MEMBERS
from cdk_personalize.solution.version import ISolutionVersion

if TYPE_CHECKING:
    from aws_cdk import aws_cloudwatch as cloudwatch


class CampaignOptions(TypedDict, total=False):
    """The arguments of a `Campaign`, for `Campaign.fixed` and `Campaign.following_latest`."""

    solution: str | ISolution
    campaign_name: str | None
    min_provisioned_tps: int | None
    campaign_config: CampaignConfig | None
    adopt_existing: bool
    removal_policy: RemovalPolicy | None
    provider: IPersonalizeProvider | None


class Campaign(ManagedResource, CampaignBase):
    """Define an Amazon Personalize campaign: an endpoint that serves a version of a solution in real time.

    The stack owns the campaign's name, throughput, configuration and tags. Whatever promotes solution
    versions, such as a script, owns the version: no deploy ever changes it. The native
    `AWS::Personalize::Campaign` can't do that (docs/campaigns.md).

    Created: with the newest `ACTIVE` version of the solution. If there is none yet, the deploy doesn't wait
    for one: `status` is `AWAITING_VERSION`, and whatever promotes first creates the campaign, with
    `create_request`. The ARN is known before that, so you can grant and pass it at once.

    Updated in place: min_provisioned_tps, campaign_config, tags. The version in service stays.

    Replaced when solution or campaign_name changes. With an explicit campaign_name, change that too.

    Deleted: the deploy waits until the campaign is gone, also one that a pipeline of the stack is creating.

    Cost: a campaign is billed from its creation to its deletion, also without requests (rule 108).

    Tags: `Tags.of(scope).add` reaches the campaign, up to 47 tags. The provider adds three, for ownership.

    Limits and names are those of CreateCampaign
    (https://docs.aws.amazon.com/personalize/latest/dg/API_CreateCampaign.html). Any value can be a token; the
    provider checks it in the deploy, before it creates anything.

    Args:
        scope: The parent construct.
        id: The construct's id in that scope.
        solution: The solution whose versions it serves: a `Solution`, another `ISolution`, an ARN, or a
            token.
        campaign_name: 1 to 63 letters, digits, - or _, unique in the account and Region.
            Default: - generated from the stack and this construct, and different after a replacement.
        min_provisioned_tps: Transactions per second that are always available, and billed; at least 1.
            The campaign scales up from there by itself. Default: - the service's, which is 1.
        campaign_config: How it answers requests. Default: - the service's defaults.
        adopt_existing: If a campaign with that `campaign_name` exists already, made by hand or by a script,
            take it over. Its solution must match; the rest is updated to match. While this is True, an
            adopted campaign outlives the stack, and is billed: a rollback, a removal or the stack's deletion
            only removes the marks of ownership. Leave it out in a later deploy to have the campaign deleted
            like any other. Default: False.
        removal_policy: What happens to the campaign when it leaves the stack: it is deleted, unless you pass
            `RemovalPolicy.RETAIN`. Default: RemovalPolicy.DESTROY.
        provider: The provider that manages this campaign. It can't change once the campaign is deployed.
            Default: - the stack's own `PersonalizeProvider`, created if there is none.

    Raises:
        InvalidCampaignError: The service would refuse the arguments. It lists everything that is wrong.
    """

    KIND = CAMPAIGN
    RESOURCE_TYPE = CAMPAIGN.resource_type
    ERROR = InvalidCampaignError

    @classmethod
    def fixed(
        cls,
        scope: Construct,
        id: str,
        *,
        solution_version: str | ISolutionVersion,
        **options: Unpack[CampaignOptions],
    ) -> Self:
        """Define a campaign that serves one version, which you change in the stack.

        Nothing else can promote to it: the next deploy that changes the campaign would send this version.

        Args:
            scope: The parent construct.
            id: The construct's id in that scope.
            solution_version: The version: an `ISolutionVersion`, an ARN, or a token. It must be `ACTIVE` and
                of the solution. It changes in place.
            options: The arguments of `Campaign`.

        Raises:
            InvalidCampaignError: The service would refuse the arguments. It lists everything that is wrong.
        """
        return cls(scope, id, _choice=VersionChoice.FIXED, _version=solution_version, **options)

    @classmethod
    def following_latest(cls, scope: Construct, id: str, **options: Unpack[CampaignOptions]) -> Self:
        """Define a campaign to which the service deploys each new version automatically.

        No metric can keep a version out of it (rule 105). Something has to train the solution: its automatic
        training, a pipeline, or you. Synthesis warns if it knows of none, and if a pipeline that trains it
        has a gate or an approval, which this campaign bypasses.

        Args:
            scope: The parent construct.
            id: The construct's id in that scope.
            options: The arguments of `Campaign`. `campaign_config.sync_with_latest_solution_version` is set.

        Raises:
            InvalidCampaignError: The service would refuse the arguments. It lists everything that is wrong.
        """
        config = options.get("campaign_config")
        if config is None:
            config = CampaignConfig()
        if isinstance(config, CampaignConfig) and config.sync_with_latest_solution_version is None:
            options["campaign_config"] = replace(config, sync_with_latest_solution_version=True)
        return cls(scope, id, _choice=VersionChoice.LATEST, **options)

    @classmethod
    def from_campaign_arn(cls, scope: Construct, id: str, campaign_arn: str) -> ICampaign:
        """Refer to an existing campaign, in this or another account or Region.

        Args:
            scope: The parent construct.
            id: The construct's id in that scope.
            campaign_arn: Its ARN, or a token.

        Raises:
            InvalidCampaignError: It is not the ARN of a campaign.
        """
        return cls.from_campaign_attributes(scope, id, campaign_arn=campaign_arn)

    @classmethod
    def from_campaign_name(cls, scope: Construct, id: str, campaign_name: str) -> ICampaign:
        """Refer to an existing campaign in the stack's own account and Region.

        Args:
            scope: The parent construct.
            id: The construct's id in that scope.
            campaign_name: Its name, or a token.

        Raises:
            InvalidCampaignError: It can't be the name of a campaign.
        """
        return cls.from_campaign_attributes(scope, id, campaign_name=campaign_name)

    @classmethod
    def from_campaign_attributes(
        cls,
        scope: Construct,
        id: str,
        *,
        campaign_arn: str | None = None,
        campaign_name: str | None = None,
        account: str | None = None,
        region: str | None = None,
        recipe: Recipe | None = None,
    ) -> ICampaign:
        """Refer to an existing campaign, by its ARN, or by its name, account and Region.

        It adds nothing to the template, and looks nothing up.

        Args:
            scope: The parent construct.
            id: The construct's id in that scope.
            campaign_arn: Its ARN, or a token; or pass its name.
            campaign_name: Its name, or a token; or pass its ARN.
            account: With a name: its account. Default: - the stack's.
            region: With a name: its Region. Default: - the stack's.
            recipe: The recipe of its solution. It decides which operation the named metrics count.
                Default: - they count GetRecommendations.

        Raises:
            InvalidCampaignError: The arguments can't refer to a campaign.
        """
        return ExistingCampaign(
            scope,
            id,
            arn=campaign_arn,
            name=campaign_name,
            account=account,
            region=region,
            recipe=recipe,
        )

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        solution: str | ISolution,
        campaign_name: str | None = None,
        min_provisioned_tps: int | None = None,
        campaign_config: CampaignConfig | None = None,
        adopt_existing: bool = False,
        removal_policy: RemovalPolicy | None = None,
        provider: IPersonalizeProvider | None = None,
        _choice: VersionChoice = VersionChoice.PROMOTER,
        _version: str | ISolutionVersion | None = None,
    ) -> None:
        request = CampaignRequest(
            campaign_name=campaign_name,
            solution=solution,
            solution_version=_version,
            min_provisioned_tps=min_provisioned_tps,
            campaign_config=campaign_config,
            # False is left out: only templates that need this property have it.
            adopt_existing=adopt_existing or None,
        )
        source = _source(solution)
        findings = [
            *examine(request, _choice, source),
            *resource.adoption_problems(self.KIND, adopts=adopt_existing, name=campaign_name),
            *resource.problems(self.KIND, scope, provider, removal_policy),
        ]
        if error := refusal(scope, id, findings, InvalidCampaignError):
            raise error
        # With a physical name, the CDK can write out the ARN where another account's stack refers to it.
        super().__init__(scope, id, physical_name=campaign_name if isinstance(campaign_name, str) else None)
        self._recipe = source.recipe
        self._choice = _choice
        self._promoter: str | None = None
        self._tps = 1 if min_provisioned_tps is None else min_provisioned_tps
        self._properties = request.properties()
        if _choice is VersionChoice.LATEST:  # rule 103
            latest = f"{Token.as_string(self._properties['solutionArn'])}/$LATEST"
            self._properties["solutionVersionArn"] = latest
        self._define(
            self._properties,
            provider or PersonalizeProvider.get_or_create(scope),
            removal_policy=removal_policy,
            own_tags=own_tags(adopts=adopt_existing),
        )
        if _choice is VersionChoice.LATEST:
            self.node.add_validation(_Following(self, solution, source.auto_training))
        annotate(self, [*findings, BILLS, *places.doubts(scope, request.arns(self._properties))])

    @property
    def campaign_arn(self) -> str:
        """The campaign's ARN, known before the campaign exists."""
        return self._get_resource_arn_attribute(
            self._resource.ref,  # the physical id, which `cdk deploy --hotswap` can resolve; no attribute
            service="personalize",
            resource="campaign",
            resource_name=self._physical_name,
        )

    @property
    def campaign_name(self) -> str:
        """The campaign's name, given or generated."""
        return self._get_resource_name_attribute(self._attribute("name"))

    @property
    def status(self) -> str:
        """The status at the end of its last deploy.

        `ACTIVE`, or `AWAITING_VERSION` if there was no version to create the campaign with.
        """
        return self._attribute("status")

    @property
    def create_request(self) -> dict[str, Any]:
        """The CreateCampaign request of this campaign, for whatever promotes versions to it.

        In the API's names, with tokens, and without `solutionVersionArn`. Pass it on as JSON, for example in
        a function's environment: `stack.to_json_string(campaign.create_request)`. The first promotion creates
        the campaign with it and the version. Its tags make the campaign the stack's own. Each later promotion
        calls UpdateCampaign with the version, and with the whole `campaignConfig` if the request has one
        (rule 156).
        """
        return promotion.create_request(
            self._properties, self.campaign_name, self._resource, self.cdk_tag_manager
        )

    def metric_provisioned_tps_used(self, *, period: Duration | None = None) -> cloudwatch.MathExpression:
        """Return how much of `min_provisioned_tps` successful requests use, in percent, over 100 at peaks.

        The service has no such metric, so this computes it from `metric_requests` (rule 159).

        Args:
            period: Of the average. Default: - five minutes.

        Raises:
            InvalidCampaignError: As for `metric_requests`.
        """
        from aws_cdk import aws_cloudwatch as cloudwatch  # noqa: PLC0415 (slow, and most apps never need it)

        tps = Token.as_string(self._tps) if is_token(self._tps) else self._tps
        return cloudwatch.MathExpression(
            expression=f"100 * FILL(requests, 0) / PERIOD(requests) / {tps}",
            using_metrics={"requests": self.metric_requests()},
            label="Provisioned TPS used (%)",
            period=period or Duration.minutes(5),
        )

    def _promoter_problems(self, at: str) -> list[Problem]:
        """Find why a construct can't promote versions to this campaign, which its argument `at` names."""
        return [*promoter_problems(self._choice, self._promoter, at)]

    def _add_promoter(self, promoter: Construct) -> None:
        """Leave the choice of the version to a construct, such as a pipeline.

        The provider then never chooses one: the newest may be one that a gate has rejected.

        Args:
            promoter: The construct that creates and updates the campaign.

        Raises:
            InvalidCampaignError: The version is not for others to choose, or something promotes already.
        """
        problems = self._promoter_problems("campaign")
        if problems:
            raise InvalidCampaignError(promoter.node.path, problems)
        self._promoter = promoter.node.path
        self._resource.add_property_override("hasPromoter", True)


@jsii.implements(IValidation)
class _Following:
    """A warning about what trains the solution, given at synthesis, when all pipelines are defined."""

    def __init__(self, campaign: Campaign, solution: object, training: AutoTraining | None) -> None:
        self._campaign = campaign
        self._solution = solution
        self._training = training

    def validate(self) -> list[str]:
        pipelines = MEMBERS.of(self._campaign, self._solution, "pipeline")
        judging = {pipeline.node.path: pipeline._judges for pipeline in pipelines}
        annotate(self._campaign, following_doubts(self._training, judging))
        return []


def _source(solution: object) -> Source:
    """What a construct of this library knows about its solution; nothing for an ARN or another construct."""
    recipe, training = getattr(solution, "recipe", None), getattr(solution, "auto_training", None)
    return Source(
        recipe=recipe if isinstance(recipe, Recipe) else None,
        auto_training=training if isinstance(training, AutoTraining) else None,
    )
