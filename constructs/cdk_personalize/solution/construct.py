"""The `Solution` construct."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Self

import jsii
from aws_cdk import CfnResource, ITaggableV2, RemovalPolicy, Resource, Stack, TagManager, Tags, Token
from constructs import Construct

from cdk_personalize.model.annotations import annotate, inform
from cdk_personalize.model.errors import Doubt, InvalidSolutionError, Problem
from cdk_personalize.model.notes import TRAINING_IS_OFF
from cdk_personalize.model.tag_rules import own_tags
from cdk_personalize.model.tagging import make_taggable
from cdk_personalize.model.tokens import is_token
from cdk_personalize.provider.base import IPersonalizeProvider
from cdk_personalize.provider.framework import PersonalizeProvider
from cdk_personalize.recipe.recipe import Recipe
from cdk_personalize.solution.auto_training import AutoTraining
from cdk_personalize.solution.base import ISolution, SolutionBase, path_of
from cdk_personalize.solution.config import SolutionConfig
from cdk_personalize.solution.existing import ExistingSolution
from cdk_personalize.solution.places import doubts
from cdk_personalize.solution.request import SolutionRequest
from cdk_personalize.solution.room import problems as room_problems
from cdk_personalize.solution.rules import examine

if TYPE_CHECKING:
    from aws_cdk.aws_personalize import CfnDatasetGroup


@jsii.implements(ITaggableV2)
class Solution(Resource, SolutionBase):
    """Define an Amazon Personalize solution: a recipe, and how it is trained on a dataset group.

    Updated in place: auto_training, perform_incremental_update, solution_config.events_config, tags.

    Replaced when anything else changes; with an explicit solution_name such a change fails before it has any
    effect, because the old solution still holds the name.

    Deleted: automatic training is switched off and trainings are stopped first; then the deletion waits for
    campaigns that still use the solution, up to the provider's `total_timeout`.

    Cost: creating a solution is free. Training is billed, and none starts by itself unless you ask for it
    with `AutoTraining.every`.

    Tags: `Tags.of(scope).add` reaches the solution, up to 47 tags; three more say whose it is.

    Limits and names are those of CreateSolution
    (https://docs.aws.amazon.com/personalize/latest/dg/API_CreateSolution.html), and those of the recipe
    (docs/recipes.md). A token is accepted wherever a value is; what it stands for is checked in the deploy,
    before anything is made. What sources disagree on is a warning of the synthesis (docs/rules.md).

    Args:
        scope: The construct that the solution belongs to.
        id: Its name among that construct's children.
        dataset_group: The dataset group with the data to train on: a native `CfnDatasetGroup`, an ARN or
            a token.
        recipe: The algorithm, a `Recipe`; required unless `perform_auto_ml` is True. Default: - none.
        solution_name: 1 to 63 letters, digits, - or _, unique in the account and Region.
            Default: - generated from the stack and this construct, and different after a replacement.
        event_type: Train on events of this type only, at most 256 characters. Default: - on all, equally.
        perform_auto_ml: Let the service choose the recipe, which AWS advises against. The recipes that it
            chooses from are no longer available (rule 22). Default: - the service's, which is False.
        perform_hpo: Optimize hyperparameters in each training. Default: - the service's, which is False.
        perform_incremental_update: Keep the model current with new items between trainings; for
            `Recipe.SEMANTIC_SIMILARITY` only (rule 35). Default: - off; sources disagree on the service's
            own.
        auto_training: Whether and how often the service trains, and bills, by itself. The service's own
            default is every 7 days; this is always sent, to spare you that bill.
            Default: AutoTraining.DISABLED.
        solution_config: How it is trained, in detail; its `events_config` is changed in place.
            Default: - the recipe's defaults.
        wait_for_training_on_delete: When it is deleted during a training, wait for that instead of stopping
            it. A stopped training is billed up to the stop. Default: False.
        adopt_existing: If there is a solution of that `solution_name` already, made by hand or by a script,
            take it over. It must be as declared in all that can't be changed; the rest is brought to what is
            declared. For as long as this is True, a solution that was taken over outlives the stack: a
            rollback, a removal or the stack's deletion only takes the marks of ownership off. Leave it out in
            a later deploy to have the solution deleted like any other. Default: False.
        removal_policy: What becomes of the solution when it leaves the stack: it is deleted, unless you say
            `RemovalPolicy.RETAIN`. Default: RemovalPolicy.DESTROY.
        provider: What carries out the deploys. It can't change once the solution is deployed.
            Default: - the stack's own `PersonalizeProvider`, made if need be.

    Raises:
        InvalidSolutionError: The service would refuse the arguments. It lists all that is wrong.
    """

    RESOURCE_TYPE = "Custom::PersonalizeSolution"

    @classmethod
    def from_solution_arn(cls, scope: Construct, id: str, solution_arn: str) -> ISolution:
        """Refer to a solution that exists already, here or in another account or Region.

        Args:
            scope: The construct that refers to it.
            id: Its name among that construct's children.
            solution_arn: Its ARN, or a token.

        Raises:
            InvalidSolutionError: That is no solution's ARN.
        """
        return cls.from_solution_attributes(scope, id, solution_arn=solution_arn)

    @classmethod
    def from_solution_name(cls, scope: Construct, id: str, solution_name: str) -> ISolution:
        """Refer to a solution that exists already in the stack's own account and Region.

        Args:
            scope: The construct that refers to it.
            id: Its name among that construct's children.
            solution_name: Its name, or a token.

        Raises:
            InvalidSolutionError: That is no solution's name.
        """
        return cls.from_solution_attributes(scope, id, solution_name=solution_name)

    @classmethod
    def from_solution_attributes(
        cls,
        scope: Construct,
        id: str,
        *,
        solution_arn: str | None = None,
        solution_name: str | None = None,
        account: str | None = None,
        region: str | None = None,
    ) -> ISolution:
        """Refer to a solution that exists already, by its ARN or by its name and where it is.

        It puts nothing into the template, and nothing about the solution is looked up.

        Args:
            scope: The construct that refers to it.
            id: Its name among that construct's children.
            solution_arn: Its ARN, or a token; or give its name.
            solution_name: Its name, or a token; or give its ARN.
            account: With a name: the account that it is in. Default: - the stack's.
            region: With a name: the Region that it is in. Default: - the stack's.

        Raises:
            InvalidSolutionError: The arguments name no solution.
        """
        return ExistingSolution(
            scope,
            id,
            solution_arn=solution_arn,
            solution_name=solution_name,
            account=account,
            region=region,
        )

    @classmethod
    def from_api_request(
        cls, scope: Construct, id: str, request: Mapping[str, Any], **overrides: Any
    ) -> Self:
        """Declare what a script makes with `boto3.client("personalize").create_solution(**request)`.

        The request is taken as the API takes it, tags and all, and is checked like a solution's arguments.

        One thing differs. A request that does not say `performAutoTraining`, and has no schedule either,
        means no automatic training here, and the synthesis says so. The service would train every 7 days, and
        bill it (rule 33).

        Args:
            scope: The construct that the solution belongs to.
            id: Its name among that construct's children.
            request: The arguments of CreateSolution, in the API's names and types. Tokens may stand in it.
            overrides: Arguments of `Solution`, each in place of what the request says.

        Raises:
            InvalidSolutionError: The service would refuse the request. It lists all that is wrong, in the
                API's names.
        """
        from cdk_personalize.solution import api_request  # noqa: PLC0415 (slow, and most apps never need it)

        read = api_request.read(request).with_overrides(overrides)
        problems = read.all_problems()
        if problems:
            raise InvalidSolutionError(path_of(scope, id), problems)
        solution = cls(scope, id, **read.arguments)
        for key, value in read.tags.items():
            Tags.of(solution).add(key, value)
        if read.is_silent_on_training:
            inform(solution, TRAINING_IS_OFF)
        return solution

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        dataset_group: str | CfnDatasetGroup,
        recipe: Recipe | None = None,
        solution_name: str | None = None,
        event_type: str | None = None,
        perform_auto_ml: bool | None = None,
        perform_hpo: bool | None = None,
        perform_incremental_update: bool | None = None,
        auto_training: AutoTraining = AutoTraining.DISABLED,
        solution_config: SolutionConfig | None = None,
        wait_for_training_on_delete: bool = False,
        adopt_existing: bool = False,
        removal_policy: RemovalPolicy | None = None,
        provider: IPersonalizeProvider | None = None,
    ) -> None:
        request = SolutionRequest(
            solution_name=solution_name,
            dataset_group=dataset_group,
            recipe=recipe,
            event_type=event_type,
            perform_auto_ml=perform_auto_ml,
            perform_hpo=perform_hpo,
            perform_incremental_update=perform_incremental_update,
            auto_training=auto_training,
            solution_config=solution_config,
            # False is left out: the properties exist only in templates that ask for them.
            wait_for_training_on_delete=wait_for_training_on_delete or None,
            adopt_existing=adopt_existing or None,
        )
        findings = [
            *examine(request),
            *_adoption_problems(request),
            *_removal_problems(removal_policy),
            *_provider_problems(scope, provider),
        ]
        problems = [finding for finding in findings if not isinstance(finding, Doubt)]
        if problems:
            raise InvalidSolutionError(path_of(scope, id), problems)
        # With a physical name, CDK can write the ARN down where another account's stack refers to it.
        super().__init__(scope, id, physical_name=solution_name if isinstance(solution_name, str) else None)
        provider = provider or PersonalizeProvider.get_or_create(scope)
        properties = self._properties(request, provider.partition)
        too_large = [*room_problems(properties, provider)]
        if too_large:
            raise InvalidSolutionError(path_of(scope, id), too_large)
        # Not a CustomResource, which wraps this in one more construct: the default child is what CDK's escape
        # hatches and removal policies work on, and each call less is a round trip to jsii saved.
        self._resource = CfnResource(
            self,
            "Resource",
            type=self.RESOURCE_TYPE,
            properties={
                "ServiceToken": provider.service_token,
                "ServiceTimeout": provider.service_timeout,
                **properties,
            },
        )
        if provider.outlives:
            self._resource.node.add_dependency(*provider.outlives)
        if removal_policy is not None:  # CloudFormation's own default is to delete
            self._resource.apply_removal_policy(removal_policy)
        self._tag_manager: TagManager | None = None
        self._own_tags = own_tags(adopts=adopt_existing)
        annotate(self, [*findings, *doubts(scope, request)])

    @property
    def solution_arn(self) -> str:
        """The solution's ARN."""
        return self._get_resource_arn_attribute(
            self._resource.ref,  # the physical id, which `cdk deploy --hotswap` can resolve; no attribute
            service="personalize",
            resource="solution",
            resource_name=self._physical_name,
        )

    @property
    def solution_name(self) -> str:
        """The solution's name, given or generated."""
        return self._get_resource_name_attribute(self._attribute("name"))

    @property
    def status(self) -> str:
        """The solution's status when the last deploy was done with it, such as `ACTIVE`."""
        return self._attribute("status")

    @property
    def dataset_group_arn(self) -> str:
        """The ARN of the dataset group that it is trained on."""
        return self._attribute("datasetGroupArn")

    @property
    def recipe_arn(self) -> str:
        """The ARN of the recipe that it trains; empty if AutoML has not chosen one."""
        return self._attribute("recipeArn")

    @property
    def event_type(self) -> str:
        """The type of the events that it is trained on; empty if on all."""
        return self._attribute("eventType")

    @property
    def creation_date_time(self) -> str:
        """When it was created, in ISO 8601."""
        return self._attribute("creationDateTime")

    @property
    def cdk_tag_manager(self) -> TagManager:
        """What CDK's tag aspects write to. Made when something first tags the solution: most never are."""
        if self._tag_manager is None:
            self._tag_manager = make_taggable(self._resource, self.RESOURCE_TYPE, self._own_tags)
        return self._tag_manager

    def apply_removal_policy(self, policy: RemovalPolicy) -> None:
        """Say what happens to the solution when it leaves the stack.

        Args:
            policy: Any but `RemovalPolicy.SNAPSHOT`.

        Raises:
            InvalidSolutionError: A solution has no snapshot.
        """
        problems = [*_removal_problems(policy)]
        if problems:
            raise InvalidSolutionError(self.node.path, problems)
        self._resource.apply_removal_policy(policy)

    def _properties(self, request: SolutionRequest, partition: str) -> dict[str, Any]:
        properties = request.properties(partition)
        if isinstance(request.solution_name, str) and is_token(request.solution_name):
            properties["name"] = self._physical_name  # PhysicalName.GENERATE_IF_NEEDED is a token as well
        return properties

    def _attribute(self, name: str) -> str:
        return Token.as_string(self._resource.get_att(name))


def _adoption_problems(request: SolutionRequest) -> Iterator[Problem]:
    if request.adopt_existing is True and request.solution_name is None:
        yield Problem(
            argument="adopt_existing",
            value=True,
            rule="needs solution_name: a generated name is never that of an existing solution",
            fix="give the name of the solution to take over",
        )


def _removal_problems(removal_policy: object) -> Iterator[Problem]:
    policies = [policy for policy in RemovalPolicy if policy is not RemovalPolicy.SNAPSHOT]
    if removal_policy is not None and removal_policy not in policies:
        yield Problem(
            argument="removal_policy",
            value=removal_policy,
            rule=f"must be one of {', '.join(map(str, policies))}: a solution has no snapshot",
            fix="use RemovalPolicy.RETAIN to keep the solution",
        )


def _provider_problems(scope: Construct, provider: IPersonalizeProvider | None) -> Iterator[Problem]:
    if provider is not None and not provider.serves(Stack.of(scope)):
        yield Problem(
            argument="provider",
            value=provider,
            rule="must be one that serves this stack",
            fix="construct it in this stack, or with shared=True",
        )
