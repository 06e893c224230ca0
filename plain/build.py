"""Write the provider as a CloudFormation template and a zip, for teams that don't use the CDK.

    python plain/build.py dist        writes both into the folder `dist`

The template is made by the construct itself, so it is what a CDK app would deploy. It needs no bootstrap: a
parameter says in which bucket the zip is. The same commit gives the same bytes.
"""

from __future__ import annotations

import json
import sys
import tempfile
import zipfile
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "constructs"))

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_

from cdk_personalize import SolutionProvider
from cdk_personalize._asset import handler_folder

EXPORT = "cdk-personalize-service-token"
TEMPLATE = "cdk-personalize-provider.template.json"

_NAME = "CdkPersonalizeProvider"
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can say
_DESCRIPTION = "Creates, updates and deletes the Amazon Personalize solutions of all stacks of this Region"


def build(into: Path) -> tuple[Path, Path]:
    """Write the template and the zip.

    Args:
        into: The folder to write to; made if it isn't there.

    Returns:
        The paths of the template and of the zip. The zip's name has a hash of what is in it, and is the
        default of the template's parameter `AssetKey`.
    """
    into.mkdir(parents=True, exist_ok=True)
    body = _zipped(handler_folder())
    zipped = into / f"cdk-personalize-provider-{sha256(body).hexdigest()[:16]}.zip"
    zipped.write_bytes(body)
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
    provider = SolutionProvider.single_function(stack, shared=True)
    function = provider.function.node.default_child
    assert isinstance(function, lambda_.CfnFunction)  # noqa: S101 (what a function is made of)
    function.code = lambda_.CfnFunction.CodeProperty(
        s3_bucket=bucket.value_as_string, s3_key=where.value_as_string
    )
    cdk.CfnOutput(
        stack,
        "ServiceToken",
        value=provider.service_token,
        description="What a Custom::PersonalizeSolution names as its ServiceToken",
        export_name=EXPORT,
    )


def _zipped(folder: Path) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path in sorted(folder.rglob("*"), key=lambda path: path.relative_to(folder).as_posix()):
            if path.is_dir() or path.suffix == ".pyc":
                continue
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), _EPOCH)
            entry.create_system = 3  # Unix, on every machine: else the permissions mean nothing
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, path.read_bytes(), compresslevel=9)
    return buffer.getvalue()


if __name__ == "__main__":
    for path in build(Path(sys.argv[1])):
        print(path)  # noqa: T201 (what a script is for)
