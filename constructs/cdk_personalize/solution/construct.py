"""The `Solution` construct."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self

from aws_cdk import RemovalPolicy, Tags
from constructs import Construct

from cdk_personalize.dataset_group.members import MEMBERS
from cdk_personalize.model import places
from cdk_personalize.model.annotations import annotate
from cdk_personalize.model.findings import refusal
from cdk_personalize.model.tag_rules import own_tags
from cdk_personalize.provider import resource
from cdk_personalize.provider.base import IPersonalizeProvider
from cdk_personalize.provider.framework import PersonalizeProvider
from cdk_personalize.provider.resource import ManagedResource
from cdk_personalize.recipe.recipe import Recipe
from cdk_personalize.solution.base import ISolution, SolutionBase
from cdk_personalize.solution.config import AutoTraining, SolutionConfig
from cdk_personalize.solution.existing import ExistingSolution
from cdk_personalize.solution.kind import SOLUTION
from cdk_personalize.solution.request import InvalidSolutionError, SolutionRequest
from cdk_personalize.solution.rules import examine

if TYPE_CHECKING:
    from aws_cdk.interfaces.aws_personalize import IDatasetGroupRef

    from cdk_personalize.dataset_group.base import IDatasetGroup


class Solution(ManagedResource, SolutionBase):
    """Define an Amazon Personalize solution: a recipe, and how it is trained on a dataset group.

    Updated in place: auto_training, perform_incremental_update, solution_config.events_config, tags.

    Replaced when anything else changes, and its campaigns with it (docs/campaigns.md). With an explicit
    solution_name such a change fails before it has any effect, because the old solution still has the name.

    Created after the `Dataset`s of its dataset group in the same stack, and deleted before them: the service
    doesn't delete a dataset that a training uses (rule 80).

    Deleted: the provider first turns automatic training off and stops trainings. Then the deletion waits for
    campaigns that still use the solution, up to the provider's `total_timeout`.

    Cost: creating a solution is free. Training is billed, and starts automatically only if you request it
    with `AutoTraining.every`.

    Tags: `Tags.of(scope).add` reaches the solution, up to 47 tags. The provider adds three, for ownership.

    Limits and names are those of CreateSolution
    (https://docs.aws.amazon.com/personalize/latest/dg/API_CreateSolution.html) and of the recipe
    (docs/recipes.md). Any value can be a token; the provider checks it in the deploy, before it creates
    anything. If sources disagree on a rule, synthesis warns (docs/rules.md).

    Args:
        scope: The parent construct.
        id: The construct's id in that scope.
        dataset_group: The dataset group with the data to train on: an ARN, a token, an `IDatasetGroup`, or
            a native `CfnDatasetGroup`.
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
        auto_training: Whether and how often the service trains, and bills, automatically. The service's own
            default is every 7 days; `Solution` always sends this argument, to save you that bill.
            Default: AutoTraining.DISABLED.
        solution_config: How it is trained, in detail; its `events_config` is changed in place.
            Default: - the recipe's defaults.
        wait_for_training_on_delete: If it is deleted during a training, wait for that instead of stopping it.
            A stopped training is billed up to the stop. Default: False.
        adopt_existing: If a solution with that `solution_name` exists already, made by hand or by a script,
            take it over. Everything that can't be changed must match the arguments; the rest is updated to
            match. While this is True, an adopted solution outlives the stack: a rollback, a removal or the
            stack's deletion only removes the marks of ownership. Leave it out in a later deploy to have the
            solution deleted like any other. Default: False.
        removal_policy: What happens to the solution when it leaves the stack: it is deleted, unless you pass
            `RemovalPolicy.RETAIN`. Default: RemovalPolicy.DESTROY.
        provider: The provider that manages this solution. It can't change once the solution is deployed.
            Default: - the stack's own `PersonalizeProvider`, created if there is none.

    Raises:
        InvalidSolutionError: The service would refuse the arguments. It lists everything that is wrong.
    """

    KIND = SOLUTION
    RESOURCE_TYPE = SOLUTION.resource_type
    ERROR = InvalidSolutionError

    recipe: Recipe | None
    """The recipe that you passed."""
    auto_training: AutoTraining
    """Whether and how often it trains automatically."""

    @classmethod
    def from_solution_arn(cls, scope: Construct, id: str, solution_arn: str) -> ISolution:
        """Refer to an existing solution, in this or another account or Region.

        Args:
            scope: The parent construct.
            id: The construct's id in that scope.
            solution_arn: Its ARN, or a token.

        Raises:
            InvalidSolutionError: It is not the ARN of a solution.
        """
        return cls.from_solution_attributes(scope, id, solution_arn=solution_arn)

    @classmethod
    def from_solution_name(cls, scope: Construct, id: str, solution_name: str) -> ISolution:
        """Refer to an existing solution in the stack's own account and Region.

        Args:
            scope: The parent construct.
            id: The construct's id in that scope.
            solution_name: Its name, or a token.

        Raises:
            InvalidSolutionError: It can't be the name of a solution.
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
        """Refer to an existing solution, by its ARN, or by its name, account and Region.

        It adds nothing to the template, and looks nothing up.

        Args:
            scope: The parent construct.
            id: The construct's id in that scope.
            solution_arn: Its ARN, or a token; or pass its name.
            solution_name: Its name, or a token; or pass its ARN.
            account: With a name: its account. Default: - the stack's.
            region: With a name: its Region. Default: - the stack's.

        Raises:
            InvalidSolutionError: The arguments can't refer to a solution.
        """
        return ExistingSolution(
            scope,
            id,
            arn=solution_arn,
            name=solution_name,
            account=account,
            region=region,
        )

    @classmethod
    def from_api_request(
        cls, scope: Construct, id: str, request: Mapping[str, Any], **overrides: Any
    ) -> Self:
        """Declare what a script creates with `boto3.client("personalize").create_solution(**request)`.

        The request has the API's form, including its tags, and is checked like a solution's arguments.

        One thing differs. A request with neither `performAutoTraining` nor a schedule means no automatic
        training here, and synthesis informs you of that. The service would train every 7 days, and bill it
        (rule 33).

        Args:
            scope: The parent construct.
            id: The construct's id in that scope.
            request: The arguments of CreateSolution, in the API's names and types. Any value can be a token.
            overrides: Arguments of `Solution` that override the request.

        Raises:
            InvalidSolutionError: The service would refuse the request. It lists everything that is wrong, in
                the API's names.
        """
        from cdk_personalize.solution import api_request  # noqa: PLC0415 (slow, and most apps never need it)

        read = api_request.read(request).with_overrides(overrides)
        if error := refusal(scope, id, read.all_problems(), InvalidSolutionError):
            raise error
        solution = cls(scope, id, **read.arguments)
        for key, value in read.tags.items():
            Tags.of(solution).add(key, value)
        if read.is_silent_on_training:
            annotate(solution, [api_request.TRAINING_IS_OFF])
        return solution

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        dataset_group: str | IDatasetGroup | IDatasetGroupRef,
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
            # False is left out: only templates that need these properties have them.
            wait_for_training_on_delete=wait_for_training_on_delete or None,
            adopt_existing=adopt_existing or None,
        )
        findings = [
            *examine(request),
            *resource.adoption_problems(self.KIND, adopts=adopt_existing, name=solution_name),
            *resource.problems(self.KIND, scope, provider, removal_policy),
        ]
        if error := refusal(scope, id, findings, InvalidSolutionError):
            raise error
        # With a physical name, the CDK can write out the ARN where another account's stack refers to it.
        super().__init__(scope, id, physical_name=solution_name if isinstance(solution_name, str) else None)
        self.recipe = recipe
        self.auto_training = auto_training
        provider = provider or PersonalizeProvider.get_or_create(scope)
        properties = request.properties(provider.partition)
        self._properties = properties
        self._define(
            properties,
            provider,
            removal_policy=removal_policy,
            own_tags=own_tags(adopts=adopt_existing),
        )
        MEMBERS.depend_on_all(scope, self, dataset_group, "dataset")
        annotate(self, [*findings, *places.doubts(scope, request.arns(properties))])

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
        """The solution's status at the end of its last deploy, such as `ACTIVE`."""
        return self._attribute("status")

    @property
    def dataset_group_arn(self) -> str:
        """The ARN of the dataset group with its training data."""
        return self._attribute("datasetGroupArn")

    @property
    def recipe_arn(self) -> str:
        """The ARN of its recipe; empty if AutoML has not chosen one."""
        return self._attribute("recipeArn")

    @property
    def event_type(self) -> str:
        """The type of the events that it is trained on; empty for all events."""
        return self._attribute("eventType")

    @property
    def creation_date_time(self) -> str:
        """The time of its creation, in ISO 8601."""
        return self._attribute("creationDateTime")
