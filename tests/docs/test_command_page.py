"""What docs/command.md says of the command, against it."""

from __future__ import annotations

import dataclasses
import json
import re
from typing import Any, get_args, get_type_hints

import click
import pytest

from cdk_personalize.cli.check_data.checker import DataReport
from cdk_personalize.cli.check_data.findings import DataFinding
from cdk_personalize.cli.checking import Checked, Finding
from cdk_personalize.cli.commands import command
from cdk_personalize.cli.comparing import Change
from cdk_personalize.cli.runs.run import Run
from support.pages.documents import ROOT, blocks

PAGE = ROOT / "docs" / "command.md"


def test_table__of_commands__has_each_with_its_arguments() -> None:
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

    rows = re.findall(r"^\| `(cdk-personalize [^`]*)` \|", PAGE.read_text(), re.MULTILINE)
    assert set(rows) == words


def test_page__json_of_check__is_of_that_shape() -> None:
    _, checked, *_ = map(json.loads, blocks(PAGE, "json"))
    (request,) = checked["requests"]
    (finding,) = request["findings"]

    assert list(request) == _fields(Checked)
    assert list(finding) == _fields(Finding)


def test_page__json_of_check_data__is_of_that_shape() -> None:
    _, _, report, *_ = map(json.loads, blocks(PAGE, "json"))
    (finding,) = report["findings"]

    assert list(report) == _fields(DataReport)
    assert list(finding) == _fields(DataFinding)


def test_page__json_of_diff__is_of_that_shape() -> None:
    *_, compared, _, _ = map(json.loads, blocks(PAGE, "json"))
    (solution,) = compared["solutions"]

    assert list(solution) == _fields(Change)
    assert solution["change"] in get_args(get_type_hints(Change)["change"])


def test_page__json_of_runs__is_of_that_shape() -> None:
    *_, shown, _ = map(json.loads, blocks(PAGE, "json"))
    (run,) = shown["runs"]

    assert list(run) == _fields(Run)


@pytest.mark.parametrize("name", ["export", "check-data", "diff", "runs", "watch"])
def test_page__options__are_named(name: str) -> None:
    options = [option for parameter in command.commands[name].params for option in parameter.opts]
    text = PAGE.read_text()

    missing = [one for one in options if one.startswith("--") and not re.search(rf"`{one}[` ]|{one}\b", text)]
    assert missing == []


def _fields(shape: Any) -> list[str]:
    return [field.name for field in dataclasses.fields(shape)]
