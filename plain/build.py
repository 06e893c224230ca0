"""Write the provider as a CloudFormation template and a zip, for teams that don't use the CDK.

    python plain/build.py dist        writes both into the folder `dist`

The template is made by the construct itself, so it is what a CDK app would deploy. It needs no bootstrap: a
parameter says in which bucket the zip is. The same commit gives the same bytes.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "constructs"))

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_

from cdk_personalize import PersonalizeProvider
from cdk_personalize.provider.asset import handler_asset

EXPORT = "cdk-personalize-service-token"
TEMPLATE = "cdk-personalize-provider.template.json"

_NAME = "CdkPersonalizeProvider"
_DESCRIPTION = "Manages the Amazon Personalize solutions and campaigns of all stacks of this Region"


def build(into: Path) -> tuple[Path, Path]:
    """Write the template and the zip.

    Args:
        into: The folder to write to; made if it isn't there.

    Returns:
        The paths of the template and of the zip. The zip's name has a hash of what it was built from, and is
        the default of the template's parameter `AssetKey`.
    """
    into.mkdir(parents=True, exist_ok=True)
    asset = handler_asset()
    zipped = into / f"cdk-personalize-provider-{asset.stem[:16]}.zip"
    shutil.copyfile(asset, zipped)
    template = into / TEMPLATE
    template.write_text(json.dumps(_template(zipped.name), indent=1) + "\n")
    return template, zipped


def _template(key: str) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        app = cdk.App(outdir=folder, analytics_reporting=False)
        synthesizer = cdk.DefaultStackSynthesizer(generate_bootstrap_version_rule=False)
        stack = cdk.Stack(app, _NAME, synthesizer=synthesizer, description=_DESCRIPTION)
        _declare(stack, key)
        app.synth()
        template: dict[str, Any] = json.loads(Path(folder, f"{_NAME}.template.json").read_text())
        return template


def _declare(stack: cdk.Stack, key: str) -> None:
    bucket = cdk.CfnParameter(stack, "AssetBucket", description="The S3 bucket that the zip is in")
    where = cdk.CfnParameter(stack, "AssetKey", description="The key of the zip in that bucket", default=key)
    provider = PersonalizeProvider.single_function(stack, shared=True)
    function = provider.function.node.default_child
    assert isinstance(function, lambda_.CfnFunction)  # noqa: S101 (what a function is made of)
    function.code = lambda_.CfnFunction.CodeProperty(
        s3_bucket=bucket.value_as_string, s3_key=where.value_as_string
    )
    cdk.CfnOutput(
        stack,
        "ServiceToken",
        value=provider.service_token,
        description="The ServiceToken of each Custom::Personalize... resource",
        export_name=EXPORT,
    )


if __name__ == "__main__":
    for path in build(Path(sys.argv[1])):
        print(path)  # noqa: T201 (what a script is for)
