"""The `Solution` construct."""

from __future__ import annotations

from collections.abc import Iterator

import jsii
from aws_cdk import CfnResource, ITaggableV2, RemovalPolicy, Resource, TagManager, Token
from constructs import Construct

from cdk_personalize._request import SolutionRequest
from cdk_personalize._rules import find_problems
from cdk_personalize._tagging import make_taggable
from cdk_personalize.auto_training import AutoTraining
from cdk_personalize.errors import InvalidSolutionError, Problem
from cdk_personalize.provider import SolutionProvider
from cdk_personalize.recipe import Recipe
from cdk_personalize.solution_config import SolutionConfig


@jsii.implements(ITaggableV2)
class Solution(Resource):
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
    (https://docs.aws.amazon.com/personalize/latest/dg/API_CreateSolution.html). A token is accepted wherever
    a value is, and left to the service to judge.

    Args:
        scope: The construct that the solution belongs to.
        id: Its name among that construct's children.
        dataset_group_arn: The dataset group with the data to train on; a string or a token.
        recipe: The algorithm. Required unless `perform_auto_ml` is True. Default: - none.
        solution_name: 1 to 63 letters, digits, - or _, unique in the account and Region.
            Default: - generated from the stack and this construct, and different after a replacement.
        event_type: Train on events of this type only, at most 256 characters. Default: - on all, equally.
        perform_auto_ml: Let the service choose the recipe. AWS advises against it: the recipes that it
            chooses from are no longer available (rule 22). Default: - the service's, which is False.
        perform_hpo: Optimize hyperparameters in each training. Default: - the service's, which is False.
        perform_incremental_update: Keep the model current with new items between trainings; for
            aws-semantic-similarity only (rule 35). Default: - off; sources disagree on the service's own.
        auto_training: Whether and how often the service trains by itself. The service's own default is every
            7 days; this is always sent, to spare you that bill. Default: AutoTraining.DISABLED.
        solution_config: How it is trained, in detail. Default: - the recipe's defaults.
        wait_for_training_on_delete: When the solution is deleted during a training, wait for the training's
            end instead of stopping it. A stopped training is billed up to the stop.
            Default: False.
        removal_policy: What happens to the solution when it leaves the stack. Default: RemovalPolicy.DESTROY.

    Raises:
        InvalidSolutionError: The service would refuse the arguments. It lists all that is wrong.
    """

    RESOURCE_TYPE = "Custom::PersonalizeSolution"

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        dataset_group_arn: str,
        recipe: Recipe | None = None,
        solution_name: str | None = None,
        event_type: str | None = None,
        perform_auto_ml: bool | None = None,
        perform_hpo: bool | None = None,
        perform_incremental_update: bool | None = None,
        auto_training: AutoTraining = AutoTraining.DISABLED,
        solution_config: SolutionConfig | None = None,
        wait_for_training_on_delete: bool = False,
        removal_policy: RemovalPolicy | None = None,
    ) -> None:
        request = SolutionRequest(
            solution_name=solution_name,
            dataset_group_arn=dataset_group_arn,
            recipe=recipe,
            event_type=event_type,
            perform_auto_ml=perform_auto_ml,
            perform_hpo=perform_hpo,
            perform_incremental_update=perform_incremental_update,
            auto_training=auto_training,
            solution_config=solution_config,
            # False is left out: the property exists only in templates that ask for it.
            wait_for_training_on_delete=wait_for_training_on_delete or None,
        )
        problems = [*find_problems(request), *_removal_problems(removal_policy)]
        if problems:
            raise InvalidSolutionError(f"{scope.node.path}/{id}".lstrip("/"), problems)
        super().__init__(scope, id)
        provider = SolutionProvider.get_or_create(scope)
        # Not a CustomResource, which wraps this in one more construct: the default child is what CDK's escape
        # hatches and removal policies work on, and each call less is a round trip to jsii saved.
        self._resource = CfnResource(
            self,
            "Resource",
            type=self.RESOURCE_TYPE,
            properties={
                "ServiceToken": provider.service_token,
                "ServiceTimeout": provider.service_timeout,
                **request.properties(provider.partition),
            },
        )
        if removal_policy is not None:  # CloudFormation's own default is to delete
            self._resource.apply_removal_policy(removal_policy)
        self._tag_manager: TagManager | None = None

    @property
    def solution_arn(self) -> str:
        """The solution's ARN."""
        return self._attribute("solutionArn")

    @property
    def solution_name(self) -> str:
        """The solution's name, given or generated."""
        return self._attribute("name")

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
            self._tag_manager = make_taggable(self._resource, self.RESOURCE_TYPE)
        return self._tag_manager

    def _attribute(self, name: str) -> str:
        return Token.as_string(self._resource.get_att(name))


def _removal_problems(removal_policy: object) -> Iterator[Problem]:
    policies = [policy for policy in RemovalPolicy if policy is not RemovalPolicy.SNAPSHOT]
    if removal_policy is not None and removal_policy not in policies:
        yield Problem(
            argument="removal_policy",
            value=removal_policy,
            rule=f"must be one of {', '.join(map(str, policies))}: a solution has no snapshot",
            fix="use RemovalPolicy.RETAIN to keep the solution",
        )
