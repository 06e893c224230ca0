"""An app of CloudFormation's own resource type: `python cfn_solution_app.py 450`."""

from __future__ import annotations

import sys

from aws_cdk import App, Stack
from aws_cdk.aws_personalize import CfnSolution

GROUP = "arn:aws:personalize:us-east-1:123456789012:dataset-group/films"
RECIPE = "arn:aws:personalize:::recipe/aws-user-personalization-v2"

app = App()
stack = Stack(app, "Stack")
for n in range(int(sys.argv[1])):
    CfnSolution(stack, f"Solution{n}", name=f"solution-{n}", dataset_group_arn=GROUP, recipe_arn=RECIPE)
app.synth()
