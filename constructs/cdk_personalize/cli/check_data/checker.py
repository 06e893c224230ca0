"""Checks a data file against a schema, and against what imports and trainings need (rules 93, 179 to 186)."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import BinaryIO

from cdk_personalize.cli.check_data.columns import shown, wrong_values
from cdk_personalize.cli.check_data.expected import Expected
from cdk_personalize.cli.check_data.findings import DataFinding, Findings
from cdk_personalize.cli.check_data.header import check as check_header
from cdk_personalize.cli.check_data.header import plain
from cdk_personalize.cli.check_data.reading import Batch, Records
from cdk_personalize.cli.check_data.repeats import Keys
from cdk_personalize.schema.columns import DatasetType, columns_of
from cdk_personalize.schema.field import Field

_FEWEST_RECORDS = 1000  # of an import of interactions, and of a training (rules 93 and 183)
_FEWEST_USERS = 25  # with two interactions (rule 93)
_PERCENT_OF_USERS = 1  # with two interactions (rule 93)
_ADVISED_RECORDS, _ADVISED_USERS = 50_000, 1000  # (rule 186)
_MOST_EVENT_TYPES = 10  # with the optional metadata columns (rule 181)
_MOST_COUNTED = 1000  # event types: more are a mistake, and would take memory
_MILLISECONDS = 10**11  # seconds until the year 5138
_DAY = 86_400

_KEYS = {
    DatasetType.INTERACTIONS: ("USER_ID", "ITEM_ID", "TIMESTAMP", "EVENT_TYPE"),
    DatasetType.ACTION_INTERACTIONS: ("USER_ID", "ACTION_ID", "TIMESTAMP", "EVENT_TYPE"),
    DatasetType.ITEMS: ("ITEM_ID",),
    DatasetType.USERS: ("USER_ID",),
    DatasetType.ACTIONS: ("ACTION_ID",),
}
_INTERACTIONS = {DatasetType.INTERACTIONS, DatasetType.ACTION_INTERACTIONS}


@dataclass(kw_only=True)
class DataReport:
    """What a check of a data file found.

    Attributes:
        file: The file's name.
        dataset_type: The type of the dataset that it is for, in upper case.
        records: How many records it has.
        users: How many different users interactions have, or None.
        users_with_two: How many of those have at least two interactions, or None.
        first: The earliest timestamp in seconds, or None.
        last: The latest timestamp in seconds, or None.
        event_types: How many records each event type has.
        findings: The problems, errors first.
    """

    file: str
    dataset_type: str
    records: int = 0
    users: int | None = None
    users_with_two: int | None = None
    first: int | None = None
    last: int | None = None
    event_types: dict[str, int] = field(default_factory=dict)
    findings: list[DataFinding] = field(default_factory=list)


def check(name: str, file: BinaryIO, expected: Expected, on_piece: Callable[[], object]) -> DataReport:
    """Check a file, in memory that doesn't depend on its size.

    Args:
        name: The file's name.
        file: Its content.
        expected: What it should have.
        on_piece: Called after each piece of the file.

    Raises:
        UnreadableDataError: Nothing in it can be checked.
    """
    with ExitStack() as stack:
        findings = Findings()
        report = DataReport(file=name, dataset_type=expected.dataset_type)
        checker = _Checker(expected, report, findings, stack)
        records = Records(file, findings)
        checker.header(records.header)
        for batch in records.batches():
            checker.batch(batch)
            on_piece()
        checker.end()
        report.findings = findings.all()
        return report


class _Checker:
    def __init__(self, expected: Expected, report: DataReport, findings: Findings, stack: ExitStack) -> None:
        self._expected, self._report, self._findings = expected, report, findings
        self._keys, self._users = stack.enter_context(Keys()), stack.enter_context(Keys())
        self._event_types: Counter[str] = Counter()
        self._present: list[tuple[int, Field]] = []
        self._places: dict[str, int] = {}
        self._keys_of: list[str] = []
        self._own = 0
        self._is_interactions = expected.dataset_type in _INTERACTIONS
        self._tomorrow = int(time.time()) + _DAY

    def header(self, header: Sequence[str]) -> None:
        """Check the header, and find the columns to check."""
        check_header(header, self._expected, self._findings)
        names = [plain(name) for name in header]
        self._places = {name: names.index(name) for name in names}
        for column in (*self._expected.columns, *self._expected.optional):
            if plain(column.name) in self._places:
                self._present.append((self._places[plain(column.name)], column))
        self._keys_of = [name for name in _KEYS[self._expected.dataset_type] if name in self._places]
        self._own = len(self._places.keys() - _reserved(self._expected.dataset_type))

    def batch(self, batch: Batch) -> None:
        """Check some records."""
        rows, lines = batch
        self._report.records += len(rows)
        columns = list(zip(*rows, strict=True))
        for place, column in self._present:
            wrong = dict(wrong_values(column, columns[place]))
            for index, message in wrong.items():
                self._findings.error("value", message, column=column.name, line=lines[index])
            if plain(column.name).endswith("TIMESTAMP"):
                values = (
                    ["" if i in wrong else v for i, v in enumerate(columns[place])]
                    if wrong
                    else columns[place]
                )
                self._times(column.name, values, lines)
        if "EVENT_TYPE" in self._places and len(self._event_types) <= _MOST_COUNTED:
            self._event_types.update(columns[self._places["EVENT_TYPE"]])
        if self._keys_of:
            self._keys.add(zip(*(columns[self._places[name]] for name in self._keys_of), strict=True), lines)
        if self._is_interactions and "USER_ID" in self._places:
            self._users.add(columns[self._places["USER_ID"]], lines)

    def _times(self, name: str, values: Sequence[str], lines: Sequence[int]) -> None:
        """Check timestamps, which are whole numbers or missing."""
        numbers = [int(value) for value in values if value]
        if not numbers:
            return
        report = self._report
        earliest, latest = min(numbers), max(numbers)
        if name == "TIMESTAMP":
            report.first = earliest if report.first is None else min(earliest, report.first)
            report.last = latest if report.last is None else max(latest, report.last)
        if latest > self._tomorrow:
            for value, line in zip(values, lines, strict=True):
                if value and int(value) > self._tomorrow:
                    self._too_late(name, int(value), line)

    def _too_late(self, name: str, number: int, line: int) -> None:
        if number >= _MILLISECONDS:
            message = f"{name} must be in seconds: got {number}; divide milliseconds by 1000"
            self._findings.error("milliseconds", message, column=name, line=line)
        elif name == "TIMESTAMP":
            message = f"{name} should not be in the future: got {number}, which is {_moment(number)}"
            self._findings.warning("future", message, column=name, line=line)

    def end(self) -> None:
        """Check what only the whole file shows."""
        self._repeated()
        if not self._is_interactions:
            if not self._report.records:
                self._findings.error("no-records", "The file must have at least one record")
            return
        self._report.event_types = dict(self._event_types.most_common(_MOST_COUNTED))
        self._too_few_records()
        self._too_few_users()
        if self._expected.dataset_type is DatasetType.INTERACTIONS:
            self._too_many_event_types()

    def _repeated(self) -> None:
        what = f"A record has the same {', '.join(self._keys_of)} as an earlier one"
        effect = "it counts twice in training" if self._is_interactions else "the last one replaces it"
        for line in self._keys.repeated():
            self._findings.warning("repeated", f"{what}: {effect}", line=line)

    def _too_few_records(self) -> None:
        records = self._report.records
        if records < _FEWEST_RECORDS:
            self._findings.error(
                "few-records", f"The import fails with fewer than {_FEWEST_RECORDS} records: got {records}"
            )
        elif records < _ADVISED_RECORDS:
            self._findings.warning(
                "few-records", f"AWS recommends at least {_ADVISED_RECORDS:,} interactions: got {records:,}"
            )

    def _too_few_users(self) -> None:
        if "USER_ID" not in self._places:
            return
        users, several = self._users.counts()
        self._report.users, self._report.users_with_two = users, several
        if several < _FEWEST_USERS:
            self._findings.error(
                "few-users",
                f"A training needs {_FEWEST_USERS} users with at least 2 interactions: got {several}",
                column="USER_ID",
            )
        elif several * 100 < users * _PERCENT_OF_USERS:
            self._findings.error(
                "few-users",
                f"A training needs at least 2 interactions of {_PERCENT_OF_USERS} % of the users:"
                f" got {several} of {users}",
                column="USER_ID",
            )
        elif several < _ADVISED_USERS:
            self._findings.warning(
                "few-users",
                f"AWS recommends at least {_ADVISED_USERS:,} users with 2 interactions: got {several}",
                column="USER_ID",
            )

    def _too_many_event_types(self) -> None:
        count = len(self._event_types)
        if count and count + self._own > _MOST_EVENT_TYPES:
            shown_count = f"more than {_MOST_COUNTED}" if count > _MOST_COUNTED else str(count)
            self._findings.error(
                "event-types",
                f"There must be at most {_MOST_EVENT_TYPES} event types and optional columns in all:"
                f" got {shown_count} event types, such as {shown(next(iter(self._event_types)))},"
                f" and {self._own} columns",
                column="EVENT_TYPE",
            )


def _reserved(dataset_type: DatasetType) -> set[str]:
    """The columns that don't count as optional metadata."""
    columns = columns_of(dataset_type)
    assert columns is not None  # noqa: S101 (a custom dataset group has datasets of all types)
    return {field.name for field in (*columns.required, *columns.reserved)}


def _moment(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M} UTC"
