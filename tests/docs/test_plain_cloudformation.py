"""docs/plain-cloudformation.md and the templates in plain/, against the code."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from textwrap import indent

import pytest
from plain import build

from personalize_provider.kinds import KINDS
from support.pages.documents import ROOT, blocks
from support.pages.plain_reference import attributes, documented_types, reference

DOCUMENT = ROOT / "docs" / "plain-cloudformation.md"
EXAMPLES = ROOT / "plain"
_REFERENCE = re.compile(r"(?<=<!-- reference -->\n).*(?=<!-- end of reference -->)", re.DOTALL)


def test_properties__in_the_document__are_those_of_the_model_and_the_handler() -> None:
    text = DOCUMENT.read_text()
    if os.environ.get("PLAIN_REFERENCE") == "update":
        DOCUMENT.write_text(_REFERENCE.sub(lambda _: reference(), text))
        text = DOCUMENT.read_text()
    written = _REFERENCE.search(text)
    assert written is not None
    assert written[0] == reference()


def test_reference__its_kinds__are_those_of_the_provider() -> None:
    assert documented_types() == list(KINDS)


@pytest.mark.parametrize("resource_type", KINDS)
def test_attributes__of_each_kind__are_those_that_the_handler_answers(resource_type: str) -> None:
    documented, answered = attributes(resource_type)
    assert documented == answered


def test_properties__each__is_explained() -> None:
    rows = [line for line in reference().splitlines() if line.startswith("| `")]
    assert [row for row in rows if row.endswith("|  |")] == []


def test_examples__in_the_document__are_parts_of_the_templates() -> None:
    examples = blocks(DOCUMENT, "yaml")
    templates = [path.read_text() for path in EXAMPLES.glob("*.yaml")]
    assert len(examples) == 2
    assert [
        example for example in examples if not any(indent(example, "  ") in text for text in templates)
    ] == []


@pytest.mark.parametrize("name", sorted(path.name for path in EXAMPLES.glob("*.yaml")))
def test_example__linted__has_no_finding(name: str) -> None:
    lint(EXAMPLES / name)


def test_template__of_the_provider__is_the_same_bytes_again_and_has_no_finding(tmp_path: Path) -> None:
    one, two = build.build(tmp_path / "one"), build.build(tmp_path / "two")
    assert [path.name for path in one] == [path.name for path in two]
    assert [path.read_bytes() for path in one] == [path.read_bytes() for path in two]
    assert build.EXPORT in DOCUMENT.read_text()
    assert "cdk-bootstrap" not in one[0].read_text()
    lint(one[0])


def lint(template: Path) -> None:
    command = [Path(sys.executable).with_name("cfn-lint"), "--regions", "us-east-1", "--template", template]
    options = ["--ignore-checks", "W3005"]  # CDK writes out dependencies that a reference already makes
    ran = subprocess.run([*command, *options], capture_output=True, text=True, check=False)
    assert ran.stdout == ""
    assert ran.returncode == 0, ran.stderr
