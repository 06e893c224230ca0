"""What `cdk.json` names: `python src/main.py`."""

from __future__ import annotations

import aws_cdk as cdk
from storefront.stack import Storefront

app = cdk.App()
Storefront(app, "Storefront")
app.synth()
