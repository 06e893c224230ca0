"""An app of bare custom resources on one provider: `python custom_resource_app.py 450`."""

from __future__ import annotations

import sys
from pathlib import Path

from aws_cdk import App, CustomResource, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import custom_resources as cr

GROUP = "arn:aws:personalize:us-east-1:123456789012:dataset-group/films"
RECIPE = "arn:aws:personalize:::recipe/aws-user-personalization-v2"


def provider(stack: Stack) -> str:
    """Define the provider; its service token."""
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
    """Define a solution."""
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
    app = App()
    stack = Stack(app, "Stack")
    token = provider(stack)
    for n in range(int(sys.argv[1])):
        solution(stack, n, token)
    app.synth()
