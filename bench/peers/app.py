"""An app of so many solutions, ours or a peer's: `python app.py "custom resource" 450`.

Each imports only what it needs.
"""

from __future__ import annotations

import sys
from pathlib import Path

from aws_cdk import App, Stack

GROUP = "arn:aws:personalize:us-east-1:123456789012:dataset-group/films"
RECIPE = "arn:aws:personalize:::recipe/aws-user-personalization-v2"


def provider(stack: Stack) -> str:
    """Define the peer's provider; its service token."""
    from aws_cdk import aws_iam as iam
    from aws_cdk import aws_lambda as lambda_
    from aws_cdk import custom_resources as cr

    code = lambda_.Code.from_asset(str(Path(__file__).with_name("boto3_handler")), exclude=["__pycache__"])
    on_event, is_complete = (
        lambda_.Function(
            stack, name, code=code, handler=f"index.{handler}", runtime=lambda_.Runtime.PYTHON_3_14
        )
        for name, handler in (("OnEvent", "on_event"), ("IsComplete", "is_complete"))
    )
    on_event.add_to_role_policy(
        iam.PolicyStatement(
            actions=["personalize:CreateSolution", "personalize:DeleteSolution"], resources=["*"]
        )
    )
    is_complete.add_to_role_policy(
        iam.PolicyStatement(actions=["personalize:DescribeSolution"], resources=["*"])
    )
    framework = cr.Provider(stack, "Provider", on_event_handler=on_event, is_complete_handler=is_complete)
    return framework.service_token


def solution(stack: Stack, n: int, token: str, group: str = GROUP) -> None:
    """Define a solution as a bare custom resource."""
    from aws_cdk import CustomResource

    CustomResource(
        stack,
        f"Solution{n}",
        service_token=token,
        resource_type="Custom::PersonalizeSolution",
        properties={
            "name": f"solution-{n}",
            "datasetGroupArn": group,
            "recipeArn": RECIPE,
            "performAutoTraining": False,
        },
    )


if __name__ == "__main__":
    kind, count = sys.argv[1], int(sys.argv[2])
    app = App()
    stack = Stack(app, "Stack")
    if kind == "custom resource":
        token = provider(stack)
        for n in range(count):
            solution(stack, n, token)
    elif kind == "L1":
        from aws_cdk.aws_personalize import CfnSolution

        for n in range(count):
            CfnSolution(
                stack, f"Solution{n}", name=f"solution-{n}", dataset_group_arn=GROUP, recipe_arn=RECIPE
            )
    else:
        from cdk_personalize import Recipe, Solution

        for n in range(count):
            Solution(stack, f"Solution{n}", dataset_group=GROUP, recipe=Recipe.USER_PERSONALIZATION_V2)
    app.synth()
