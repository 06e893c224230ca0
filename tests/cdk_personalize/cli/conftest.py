"""The command, run in the process of a test."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result

from cdk_personalize.cli.commands import command

Run = Callable[..., Result]


@pytest.fixture
def run() -> Run:
    """Run the command with arguments; what it wrote to each output, and its exit code."""

    def invoke(*arguments: object, **options: object) -> Result:
        result = CliRunner().invoke(command, [str(argument) for argument in arguments], **options)  # type: ignore[arg-type]
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return invoke
