"""The app: `cdk deploy` runs this."""

from __future__ import annotations

import aws_cdk as cdk
from media import Media

app = cdk.App()
media = Media(app, "Media")
app.synth()
