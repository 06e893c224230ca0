"""Finds the handler's code: in the installed wheel, or in a checkout."""

from __future__ import annotations

import subprocess
import sys
from functools import cache
from pathlib import Path

from aws_cdk import aws_lambda as lambda_

_PREBUILT = Path(__file__).resolve().parents[1] / "_lambda"
_BUILDER = Path(__file__).resolve().parents[3] / "lambda" / "build_asset.py"


def handler_code() -> lambda_.Code:
    """The Lambda asset with the custom-resource provider.

    An installed wheel contains it. In a checkout it is built on first use, without Docker, and cached.

    Raises:
        RuntimeError: There is neither a prebuilt asset nor a checkout, or the build failed.
    """
    asset = handler_asset()
    # The hash is in the name, because another zlib packs the same files into other bytes.
    return lambda_.Code.from_asset(str(asset), asset_hash=asset.stem)


@cache
def handler_asset() -> Path:
    """The asset's zip; its name is a hash of everything that it was built from."""
    if prebuilt := sorted(_PREBUILT.glob("*.zip")):
        return prebuilt[0]
    if not _BUILDER.is_file():
        raise RuntimeError(
            f"cdk_personalize has no Lambda asset: {_PREBUILT} is missing; install the wheel again, "
            "or use a full checkout"
        )
    command = [sys.executable, str(_BUILDER)]
    build = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 (our own script)
    if build.returncode:
        raise RuntimeError(f"the Lambda asset could not be built:\n{build.stderr}")
    sys.stderr.write(build.stderr)
    return Path(build.stdout.strip())
