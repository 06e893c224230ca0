"""The app: `cdk deploy` runs this."""

from __future__ import annotations

import aws_cdk as cdk
from retail import Retail

app = cdk.App()
retail = Retail(app, "Retail")
app.synth()
