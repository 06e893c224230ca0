"""The app: `cdk deploy` runs this."""

from __future__ import annotations

import aws_cdk as cdk
from recommender import Recommender

app = cdk.App()
recommender = Recommender(app, "Recommender")
app.synth()
