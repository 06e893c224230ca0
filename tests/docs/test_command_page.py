"""What the README and docs/command.md say of the command, against it."""

from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path
from typing import Any

import click
import pytest

from cdk_personalize.cli.checking import Checked, Finding
from cdk_personalize.cli.commands import command
from documents import README, ROOT, blocks

PAGE = ROOT / "docs" / "command.md"


@pytest.mark.parametrize("document", [PAGE, README], ids=lambda path: path.name)
def test_table__of_commands__has_each_with_its_arguments(document: Path) -> None:
    context = click.Context(command)
    words = {
        " ".join(
            [
                "cdk-personalize",
                name,
                *(piece for piece in found.collect_usage_pieces(context) if piece != "[OPTIONS]"),
            ]
        )
        for name, found in command.commands.items()
    }

    rows = re.findall(r"^\| `(cdk-personalize [^`]*)` \|", document.read_text(), re.MULTILINE)
    assert set(rows) == words


def test_page__options_of_export__are_named() -> None:
    options = [option for parameter in command.commands["export"].params for option in parameter.opts]
    text = PAGE.read_text()

    assert [option for option in options if option.startswith("--") and f"`{option}`" not in text] == []


def test_page__json_of_check__is_of_that_shape() -> None:
    _, checked, _ = map(json.loads, blocks(PAGE, "json"))
    (request,) = checked["requests"]
    (finding,) = request["findings"]

    assert list(request) == _fields(Checked)
    assert list(finding) == _fields(Finding)


def _fields(shape: Any) -> list[str]:
    return [field.name for field in dataclasses.fields(shape)]
