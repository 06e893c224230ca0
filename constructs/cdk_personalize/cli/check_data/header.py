"""The header of a data file, against the columns that it should have (rule 179)."""

from __future__ import annotations

from collections.abc import Sequence

from cdk_personalize.cli.check_data.expected import Expected
from cdk_personalize.cli.check_data.findings import Findings
from cdk_personalize.model.suggestions import closest


def check(header: Sequence[str], expected: Expected, findings: Findings) -> None:
    """Find missing, repeated, extra and misplaced columns. The case of names doesn't matter (?)."""
    names = [plain(name) for name in header]
    wanted = [plain(column.name) for column in expected.columns]
    for column in expected.columns:
        if plain(column.name) not in names:
            message = f"{column.name} is missing: {_remedy(column.name, header)}"
            findings.error("missing-column", message, column=column.name, line=1)
    for name in dict.fromkeys(name for name in names if names.count(name) > 1):
        findings.error("two-columns", f"{name} must be the name of one column only", column=name, line=1)
    if not expected.is_schema:
        return
    for name in header:
        if plain(name) not in wanted:
            message = f"{name} is not in the schema, so it is not imported"
            findings.warning("extra-column", message, column=name, line=1)
    found = [name for name in dict.fromkeys(names) if name in wanted]
    in_order = [name for name in wanted if name in names]
    if found != in_order:
        message = f"The columns must be in the order of the schema: {', '.join(in_order)}"
        findings.error("order", message, line=1)


def plain(name: str) -> str:
    """Return a column's name as it is compared."""
    return name.strip().upper()


def _remedy(name: str, header: Sequence[str]) -> str:
    similar = closest(name, header)
    if similar:
        return f"rename the column {similar}"
    if any(part.strip().isdecimal() for part in header):
        return "the first line must have the names of the columns"
    return "add the column"
