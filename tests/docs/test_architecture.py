"""What docs/architecture.md says in figures, and of the asset, against the code."""

from __future__ import annotations

import re
from pathlib import Path
from zipfile import ZipFile

import pytest

from cdk_personalize.provider.asset import handler_asset
from cdk_personalize.provider.timing import Timing
from support.pages.documents import ROOT, section, table

ARCHITECTURE = ROOT / "docs" / "architecture.md"


@pytest.mark.parametrize(("column", "timing"), [("Default", Timing()), ("Most", Timing(total=50 * 60))])
def test_deadlines__each_column__follows_from_the_timing(column: str, timing: Timing) -> None:
    assert not list(timing.problems())
    minutes = [int(row[column].removesuffix(" min")) * 60 for row in table(ARCHITECTURE, "Deadlines")]
    assert minutes == [timing.total, timing.waiter, timing.service_timeout]
    assert minutes == sorted(minutes)
    assert minutes[-1] < 60 * 60


def test_provider__modules_in_the_table__exist() -> None:
    package = ROOT / "lambda" / "personalize_provider"
    text = section(ARCHITECTURE, "The provider")
    named = re.findall(r"^\| ((?:`[\w.]+`(?:, )?)+) \|", text, re.MULTILINE)
    modules = [module for cell in named for module in re.findall(r"`([\w.]+)`", cell)]
    assert len(modules) > 5
    missing = [name for name in modules if not package.joinpath(*name.split(".")).with_suffix(".py").exists()]
    assert missing == []


def test_asset__as_built__is_python_and_data_only() -> None:
    with ZipFile(handler_asset()) as archive:
        files = [Path(name) for name in archive.namelist()]
    suffixes = {path.suffix for path in files if path.parts[0] != "licenses"}
    assert suffixes == {".py", ".pyc", ".typed", ".gz", ".json"}
