"""The `Solution` construct."""

from __future__ import annotations

from typing import Any

import jsii
from aws_cdk import CfnResource, ITaggableV2, RemovalPolicy, Resource, TagManager
from constructs import Construct

from cdk_personalize._request import SolutionRequest
from cdk_personalize._rules import find_problems
from cdk_personalize.auto_training import AutoTraining
from cdk_personalize.errors import InvalidSolutionError
from cdk_personalize.provider import SolutionProvider
from cdk_personalize.recipe import Recipe
from cdk_personalize.solution_config import SolutionConfig

RESOURCE_TYPE = "Custom::PersonalizeSolution"


class Solution(Resource):
    """Define a solution."""

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
        provider: SolutionProvider | None = None,
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
        )
        problems = find_problems(request)
        if problems:
            raise InvalidSolutionError(f"{scope.node.path}/{id}", problems)
        super().__init__(scope, id)
        provider = provider or SolutionProvider.get_or_create(scope)
        properties: dict[str, Any] = {
            "ServiceToken": provider.service_token,
            "ServiceTimeout": str(provider.service_timeout_seconds),
            **request.properties(provider.partition),
        }
        if wait_for_training_on_delete:
            properties["waitForTrainingOnDelete"] = True
        self._resource = CfnResource(self, "Resource", type=RESOURCE_TYPE, properties=properties)
        self._resource.apply_removal_policy(removal_policy, default=RemovalPolicy.DESTROY)
