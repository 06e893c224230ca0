"""The app: `cdk deploy --all` runs this."""

from __future__ import annotations

import aws_cdk as cdk
from platform_stack import Platform
from team_stack import Team

app = cdk.App()
platform = Platform(app, "Platform")
films = Team(app, "Films")
books = Team(app, "Books")
for team in (films, books):
    team.add_dependency(platform)  # the export is created first and deleted last
app.synth()
