"""Our side of `peers`: an app of so many solutions, `python solution_app.py 450`."""

from __future__ import annotations

import sys

from aws_cdk import App, Stack

from cdk_personalize import Recipe, Solution

GROUP = "arn:aws:personalize:us-east-1:123456789012:dataset-group/films"

app = App()
stack = Stack(app, "Stack")
for n in range(int(sys.argv[1])):
    Solution(stack, f"Solution{n}", dataset_group=GROUP, recipe=Recipe.USER_PERSONALIZATION_V2)
app.synth()
