"""Where the handler's code comes from: the wheel that was installed, or the checkout."""

from __future__ import annotations

import subprocess
import sys
from functools import cache
from pathlib import Path

from aws_cdk import IgnoreMode
from aws_cdk import aws_lambda as lambda_

_PREBUILT = Path(__file__).resolve().parent / "_lambda"
_BUILDER = Path(__file__).resolve().parents[2] / "lambda" / "build_asset.py"


def handler_code() -> lambda_.Code:
    """The Lambda asset with the custom-resource provider.

    An installed wheel holds it ready. In a checkout it is built on first use, without Docker, and kept.

    Raises:
        RuntimeError: neither a prebuilt asset nor a checkout is there, or the build failed.
    """
    # In git's way, at any depth: CDK's own compiles each pattern anew for each file.
    return lambda_.Code.from_asset(
        str(handler_folder()), exclude=["__pycache__", "*.pyc"], ignore_mode=IgnoreMode.GIT
    )


@cache
def handler_folder() -> Path:
    """The folder of that asset."""
    if _PREBUILT.is_dir():
        return _PREBUILT
    if not _BUILDER.is_file():
        raise RuntimeError(
            f"cdk_personalize holds no Lambda asset: {_PREBUILT} is missing; install the wheel again, "
            "or work in a whole checkout"
        )
    command = [sys.executable, str(_BUILDER)]
    build = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 (our own script)
    if build.returncode:
        raise RuntimeError(f"the Lambda asset could not be built:\n{build.stderr}")
    return Path(build.stdout.strip())
