"""The command on terminals of several widths, and without a terminal."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

import cdk_personalize

ROOT = Path(cdk_personalize.__file__).parents[1]
REQUEST = {"name": "a b", "datasetGroupArn": "movies", "recipeArn": "arn:aws:personalize:::recipe/aws-hrnn"}
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")

pytestmark = pytest.mark.process


def on_a_terminal(columns: int, *arguments: str, cwd: Path, **variables: str) -> str:
    """What the command writes to a terminal of so many columns, escapes included."""
    ours, theirs = pty.openpty()
    environment = os.environ | {"PYTHONPATH": str(ROOT), "COLUMNS": str(columns), "TERM": "xterm"} | variables
    with subprocess.Popen(
        [sys.executable, "-m", "cdk_personalize.cli", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=subprocess.DEVNULL,
        env=environment,
        cwd=cwd,
    ):
        os.close(theirs)
        written = b""
        while chunk := _read(ours):
            written += chunk
    os.close(ours)
    return written.decode()


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # the other end is closed
        return b""


def words(text: str) -> str:
    """Text without what folding puts between its characters."""
    return re.sub(r"\s", "", ESCAPES.sub("", text))


COMMANDS = [["recipes"], ["recipes", "user-personalization"], ["check", "requests.json", "gone.json"]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "requests.json").write_text(json.dumps([REQUEST]))
    return tmp_path


@pytest.mark.parametrize("columns", [40, 80, 200])
@pytest.mark.parametrize("arguments", COMMANDS)
def test_output__on_a_terminal__ends_no_line_beyond_it(
    folder: Path, columns: int, arguments: list[str]
) -> None:
    lines = ESCAPES.sub("", on_a_terminal(columns, *arguments, cwd=folder)).splitlines()

    assert [line for line in lines if len(line) > columns or "\u2026" in line] == []


@pytest.mark.parametrize("arguments", COMMANDS)
def test_output__of_a_usual_terminal__has_every_letter_of_a_wide_one(
    folder: Path, arguments: list[str]
) -> None:
    usual, wide = (words(on_a_terminal(columns, *arguments, cwd=folder)) for columns in (80, 200))

    assert Counter(usual) == Counter(wide)


def test_output__of_a_narrow_terminal__has_whole_texts_below_one_another(folder: Path) -> None:
    recipes = words(on_a_terminal(40, "recipes", "user-personalization", cwd=folder))
    checked = words(on_a_terminal(40, "check", "requests.json", "gone.json", cwd=folder))

    for text in ("Recipe.USER_PERSONALIZATION", "feature_transformation_parameters", "Allowed: 32 to 256"):
        assert words(text) in recipes
    for text in ("requests.json[0] a b", "use Recipe.USER_PERSONALIZATION_V2 instead", "does not exist"):
        assert words(text) in checked


def test_output__with_no_color__has_no_color(tmp_path: Path) -> None:
    shown = on_a_terminal(80, "check", "gone.json", cwd=tmp_path, NO_COLOR="1")
    assert re.search(r"\x1b\[[0-9;]*3[0-7]m", shown) is None


def test_output__in_a_pipe__is_a_line_for_each_row_without_escapes(tmp_path: Path) -> None:
    long = {**REQUEST, "performHPO": "x" * 5000, "name": "y" * 3000}
    (tmp_path / "requests.json").write_text(json.dumps(long))
    ran = subprocess.run(
        [sys.executable, "-m", "cdk_personalize.cli", "check", "requests.json", "gone.json"],
        env=os.environ | {"PYTHONPATH": str(ROOT), "COLUMNS": "40"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (ran.returncode, ran.stderr) == (1, "")
    _header, *rows, total = ran.stdout.splitlines()
    assert all(row.startswith(("requests.json[0] ", "gone.json ")) for row in rows)
    assert total == "1 request: 5 errors, 0 warnings"
    assert "\x1b" not in ran.stdout
