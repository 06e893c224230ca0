"""The command `cdk-personalize`, which comes with the extra `[cli]`."""

from __future__ import annotations

import io
import sys

_EXTRA = {"click": "click", "rich": "rich", "ruff": "ruff", "yaml": "pyyaml"}


def main() -> None:
    """Run the command with the process's arguments, and end the process."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # Don't fail on a name in letters that the terminal can't show.
            stream.reconfigure(errors="backslashreplace")
    try:
        from cdk_personalize.cli.commands import command  # noqa: PLC0415 (the extra may be missing)

        command(prog_name="cdk-personalize")
    except ModuleNotFoundError as missing:
        package = str(missing.name).partition(".")[0]
        if package not in _EXTRA:
            raise
        sys.exit(
            f"cdk-personalize: {_EXTRA[package]} is not installed, and the command needs it: "
            "pip install 'cdk-personalize[cli]'"
        )
