"""docs/troubleshooting.md quotes messages that exist."""

from __future__ import annotations

import re

from support.pages.documents import ROOT, code, section

PAGE = ROOT / "docs" / "troubleshooting.md"
# Of the CDK CLI and of AWS.
FOREIGN = {
    "may cause replacement",
    "cdk diff",
    "AccessDeniedException",
    "LimitExceededException",
    "DELETE_FAILED",
}


def test_messages__quoted__are_in_the_code() -> None:
    source = "".join(
        re.sub(r'"\s*\n\s*f?"', "", path.read_text())
        for root in ("constructs", "lambda/personalize_provider")
        for path in (ROOT / root).rglob("*.py")
    )
    rows = re.findall(r"^\| (.*?) \|", section(PAGE, "Troubleshooting"), re.MULTILINE)
    quoted = {message for row in rows for message in code(row)} - FOREIGN
    assert len(quoted) > 5
    assert {m for m in quoted if not all(part.strip() in source for part in m.split("..."))} == set()
