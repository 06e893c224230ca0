"""The app: `cdk deploy 'Dev/*'` or `cdk deploy 'Prod/*'` runs this."""

from __future__ import annotations

import aws_cdk as cdk
from movies import Movies
from settings import DEV, PROD

app = cdk.App()
dev = Movies(app, "Dev", settings=DEV, env=cdk.Environment(account="111111111111", region="eu-west-1"))
prod = Movies(app, "Prod", settings=PROD, env=cdk.Environment(account="222222222222", region="eu-west-1"))
app.synth()
