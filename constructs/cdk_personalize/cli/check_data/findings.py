"""What a check of a data file finds: a finding stands for all places with the same problem."""

from __future__ import annotations

from bisect import insort
from dataclasses import dataclass, field
from typing import Literal

_MOST_LINES = 5

Severity = Literal["error", "warning"]


@dataclass(kw_only=True)
class DataFinding:
    """A problem in a data file.

    Attributes:
        severity: With an error, the import or the training fails, or learns from wrong data.
        id: The kind of problem, such as `milliseconds`.
        column: The column, if it is about one.
        message: The whole text, with the first value found.
        count: How many records have it.
        lines: The first lines of the file that have it, counted from 1.
    """

    severity: Severity
    id: str
    column: str | None
    message: str
    count: int = 0
    lines: list[int] = field(default_factory=list)


@dataclass
class Findings:
    """Collects problems. Its size depends on the columns of a file, not on its records."""

    _by_kind: dict[tuple[str, str | None], DataFinding] = field(default_factory=dict)

    def error(self, id: str, message: str, *, column: str | None = None, line: int | None = None) -> None:
        """Add an error, at a line if it is about a record."""
        self._add("error", id, message, column, line)

    def warning(self, id: str, message: str, *, column: str | None = None, line: int | None = None) -> None:
        """Add a warning, at a line if it is about a record."""
        self._add("warning", id, message, column, line)

    def all(self) -> list[DataFinding]:
        """All findings, errors first."""
        return sorted(self._by_kind.values(), key=lambda finding: finding.severity)

    def _add(self, severity: Severity, id: str, message: str, column: str | None, line: int | None) -> None:
        finding = self._by_kind.setdefault(
            (id, column), DataFinding(severity=severity, id=id, column=column, message=message)
        )
        finding.count += 1
        if line is not None:
            insort(finding.lines, line)
            del finding.lines[_MOST_LINES:]
