"""The roles of the template, enforced: what the handler is allowed is enough, and it is all that it calls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk.assertions import Template

from cdk_personalize import AutoTraining, Recipe, Solution, SolutionProvider
from cloud import Cloud
from local_aws import LocalAws
from personalize_provider.sdk import Personalize


def _build(stack: cdk.Stack, **properties: Any) -> None:
    solution = Solution(
        stack,
        "Recommender",
        dataset_group_arn=Cloud.dataset_group_arn,
        recipe=Recipe.USER_PERSONALIZATION_V2,
        **properties,
    )
    cdk.Tags.of(solution).add("stage", "beta" if properties else "alpha")
    if not properties:
        cdk.Tags.of(solution).add("team", "recs")


def test_roles__enforced_through_a_whole_life__allow_all_of_it(enforcing_aws: LocalAws) -> None:
    cloud = Cloud(enforcing_aws)
    enforcing_aws.control("POST", "durations", {"solution_version_stop": 0})

    assert cloud.deploy(_build) == "CREATE_COMPLETE", cloud.reasons()
    updated = cloud.deploy(lambda stack: _build(stack, auto_training=AutoTraining.every(days=2)))
    assert updated == "UPDATE_COMPLETE", cloud.reasons()
    arn = cloud.only_solution()["solutionArn"]
    cloud.personalize.create_solution_version(solutionArn=arn)
    cloud.calls()
    assert cloud.destroy() == "DELETE_COMPLETE", cloud.reasons()
    assert cloud.solutions() == {}


def test_roles__without_one_permission__name_it_in_the_events(enforcing_aws: LocalAws) -> None:
    cloud = Cloud(enforcing_aws)
    denied = iam.PolicyStatement(
        effect=iam.Effect.DENY, actions=["personalize:CreateSolution"], resources=["*"]
    )

    def build(stack: cdk.Stack) -> None:
        SolutionProvider(stack).is_complete_role.add_to_policy(denied)
        _build(stack)

    assert cloud.deploy(build) == "ROLLBACK_COMPLETE"
    assert "personalize:CreateSolution" in cloud.reasons()
    assert "(AccessDeniedException); allow this action" in cloud.reasons()
    assert cloud.solutions() == {}


def test_policies__of_the_template__hold_what_the_handler_calls_and_no_more() -> None:
    stack = cdk.Stack(cdk.App(), "Stack")
    _build(stack)

    roles = Template.from_stack(stack).find_resources("AWS::IAM::Role")
    allowed = {
        action
        for role in roles.values()
        for policy in role["Properties"].get("Policies", [])
        for statement in policy["PolicyDocument"]["Statement"]
        for action in _listed(statement)
        if action.startswith("personalize:")
    }

    assert allowed == {f"personalize:{operation}" for operation in _called()}


def _listed(statement: Mapping[str, Any]) -> list[str]:
    action = statement["Action"]
    return [action] if isinstance(action, str) else action


def _called() -> set[str]:

    methods = {name for name in vars(Personalize) if not name.startswith("_")}
    return {"".join(word.title() for word in name.split("_")) for name in methods}
