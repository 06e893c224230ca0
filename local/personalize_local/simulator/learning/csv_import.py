"""Read the CSV files of a dataset import job into a table, or say why the job fails.

Bad data never raises: the answer is a `Failure` with the reason. Memory stays bounded: files are read in
chunks, and a job fails as soon as it is larger than the simulator takes.

[DG preparing-training-data, items-datasets, limits, error-messages, bulk-data-import-step; rules 179 to 183]
"""

from __future__ import annotations

import codecs
import csv
import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from personalize_local.simulator.learning.table import Field, Strings, Table, Value

MOST_BYTES = 256 * 1024 * 1024
"""The most data that the simulator imports in one job. The service takes 100 GB, or 1 GB INCREMENTAL."""

MOST_RECORDS = 1_000_000
"""The most records that the simulator imports in one job."""

FEWEST_INTERACTIONS = 1000
"""The fewest records of a job that imports interactions (rule 183)."""

_INTERACTIONS = {"INTERACTIONS", "ACTION_INTERACTIONS"}
_IDS = {"USER_ID", "ITEM_ID", "ACTION_ID"}
_LONGEST_ID, _LONGEST_STRING = 256, 1000
_LONGEST_TEXT, _LONGEST_TEXT_CHINESE_JAPANESE = 20_000, 7_000
_CHINESE_JAPANESE = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]")
# No valid record comes near: 100 columns of 1,000 characters and one text of 20,000.
_LONGEST_LINE = 1024 * 1024
_INTEGER = re.compile(r"[+-]?[0-9]{1,19}")
_DECIMAL = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
_BITS = {"int": 31, "long": 63}
_BYTE_ORDER_MARK = "\ufeff"
# Event types and optional metadata columns of an Item interactions dataset, together (rule 181).
_MOST_EVENT_TYPES_AND_COLUMNS = 10
_RESERVED_OF_INTERACTIONS = _IDS | {
    "TIMESTAMP",
    "EVENT_TYPE",
    "EVENT_VALUE",
    "IMPRESSION",
    "RECOMMENDATION_ID",
    "EVENT_ATTRIBUTION_SOURCE",
}


@dataclass(frozen=True, slots=True)
class File:
    """A CSV file.

    Attributes:
        name: What failure reasons call it, for example its key in the bucket.
        chunks: Its content, in pieces of any size.
    """

    name: str
    chunks: Iterable[bytes]


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an import job fails: the `failureReason` that DescribeDatasetImportJob answers."""

    reason: str


class _RefusedError(Exception):
    """The job fails; the text is the reason."""


def read(
    files: Iterable[File],
    fields: Sequence[Field],
    dataset_type: str,
    *,
    most_bytes: int = MOST_BYTES,
    most_records: int = MOST_RECORDS,
) -> Table | Failure:
    """Read all files of an import job.

    Args:
        files: The files, in order: a later record of the same id replaces an earlier one.
        fields: The fields of the dataset's schema, in its order.
        dataset_type: In upper case, as ARNs have it.
        most_bytes: Fail a job with more data than this.
        most_records: Fail a job with more records than this.
    """
    table = Table(tuple(fields))
    try:
        _read_all(files, table, _Budget(most_bytes), most_records)
        _require_enough(table, dataset_type)
        _require_few_event_types(table, dataset_type)
    except _RefusedError as refused:
        return Failure(str(refused))
    return table


def _read_all(files: Iterable[File], table: Table, budget: _Budget, most_records: int) -> None:
    first: list[str] | None = None
    for file in files:
        rows = _Rows(file, budget)
        header = rows.header()
        if first is not None and header != first:
            raise _RefusedError(
                f"All files must have the same column headers: {file.name} has other headers."
            )
        first = header
        places = _places(header, table.fields, marked=rows.marked)
        plan = [
            (place, _parser(field), table.columns[field.name].append)
            for place, field in zip(places, table.fields, strict=True)
        ]
        for row in rows.records(len(header)):
            try:
                for place, parsed, append in plan:
                    append(parsed(row[place]))
            except _RefusedError as refused:
                raise _RefusedError(f"{refused} ({rows.where()})") from refused
            if len(table) > most_records:
                raise _RefusedError(f"The simulator imports at most {most_records} records in one job.")


class _Budget:
    """The data that a job may still have."""

    def __init__(self, most: int) -> None:
        self._most = self._left = most

    def spend(self, count: int) -> None:
        self._left -= count
        if self._left < 0:
            raise _RefusedError(f"The simulator imports at most {self._most} bytes in one job.")


class _Rows:
    """The rows of one file.

    Attributes:
        marked: Whether the file starts with a byte order mark.
    """

    def __init__(self, file: File, budget: _Budget) -> None:
        self._file = file
        self._budget = budget
        self._lines = self._split()
        self._line_number = 0
        self.marked = False

    def header(self) -> list[str]:
        """The names of the columns, as the first line has them.

        Rule 179 (?): "Don't enclose headers in quotation marks": a quoted name does not match its field.
        Nor does a name after a byte order mark (?), which is what "ignores 1st column" reports describe
        [I aws-samples/amazon-personalize-samples#17].
        """
        line = next(self._lines, "")
        self.marked = line.startswith(_BYTE_ORDER_MARK)
        return line.rstrip("\r\n").split(",") if line.strip() else []

    def records(self, width: int) -> Iterator[list[str]]:
        r"""The rows after the header; blank lines are left out.

        Double quotes wrap a value, and a backslash escapes a double quote or a backslash in it
        [DG items-datasets]. A doubled double quote, which most programs write, works as well (?).
        """
        rows = csv.reader(self._lines, escapechar="\\", strict=True)
        while True:
            number = self._line_number + 1
            broken = None
            try:
                row = next(rows, None)
            except csv.Error as error:
                row, broken = None, error
            if self._line_number > number:
                self._line_number = number
                raise _RefusedError(
                    "Each record must be on a single line: a value has a line break, or a quotation mark is"
                    f" not closed ({self.where()})."
                )
            if broken:
                raise _RefusedError(f"{self._file.name} is not valid CSV: {broken} ({self.where()}).")
            if row is None:
                return
            if not row:
                continue
            if len(row) != width:
                raise _RefusedError(
                    f"Each record must have {width} values, like the header: got {len(row)} ({self.where()})."
                )
            yield row

    def where(self) -> str:
        """The line that was read last, for people."""
        return f"line {self._line_number} of {self._file.name}"

    def _split(self) -> Iterator[str]:
        rest = ""
        for text in self._decoded():
            *lines, rest = (rest + text).split("\n")
            for line in lines:
                self._line_number += 1
                yield f"{line}\n"
            if len(rest) > _LONGEST_LINE:
                self._line_number += 1
                raise _RefusedError(f"A record is longer than {_LONGEST_LINE} characters ({self.where()}).")
        if rest:
            self._line_number += 1
            yield rest

    def _decoded(self) -> Iterator[str]:
        decode, lines = codecs.getincrementaldecoder("utf-8")().decode, 1
        try:
            for chunk in self._file.chunks:
                self._budget.spend(len(chunk))
                text = decode(chunk)
                lines += text.count("\n")
                yield text
            yield decode(b"", final=True)
        except UnicodeDecodeError as error:
            self._line_number = lines + error.object.count(b"\n", 0, error.start)
            raise _RefusedError(
                f"The file is not encoded in UTF-8: save it as UTF-8 ({self.where()})."
            ) from error


def _places(header: Sequence[str], fields: Sequence[Field], *, marked: bool) -> list[int]:
    """Where each field's column is. Columns that the schema does not have are ignored (?)."""
    names = [_plain(name) for name in header]
    missing = [field.name for field in fields if _plain(field.name) not in names]
    if missing:
        advice = " The file starts with a byte order mark: save it as UTF-8 without one." if marked else ""
        # The words of public reports, where the developer guide writes "CSV" [DG error-messages].
        raise _RefusedError(f"Input csv is missing the following columns: [{', '.join(missing)}]{advice}")
    places = [names.index(_plain(field.name)) for field in fields]
    for field, place in zip(fields, places, strict=True):
        if names.count(names[place]) > 1:
            raise _RefusedError(
                f"Each column must have a name of its own: the header has {field.name} twice."
            )
    _require_order(places, fields)
    return places


def _plain(name: str) -> str:
    """A column's name for comparisons: case does not matter, as with dataset types (rule 15) (?)."""
    return name.upper()


def _require_order(places: Sequence[int], fields: Sequence[Field]) -> None:
    """Require columns in the order of the schema (rule 179). The service's words are not known (?)."""
    if list(places) != sorted(places):
        expected = ", ".join(field.name for field in fields)
        raise _RefusedError(f"The columns must be in the order of the schema: {expected}.")


def _parser(field: Field) -> Callable[[str], Any]:
    """What turns a cell into a value of the field."""
    if field.kind == "string":
        valued: Callable[[str], Value] = _text(field) if field.textual else _string(field)
    elif field.kind == "boolean":
        valued = _boolean(field)
    else:
        valued = _integer(field) if field.kind in _BITS else _decimal(field)

    def parsed(cell: str) -> Value:
        if cell:
            return valued(cell)
        if field.nullable:
            return None
        raise _RefusedError(f"{field.name} must have a value: the type in the schema has no null.")

    return parsed


def _string(field: Field) -> Callable[[str], str]:
    most = _LONGEST_ID if field.name in _IDS else _LONGEST_STRING

    def valued(cell: str) -> str:
        if len(cell) > most:
            # The service's words [DG error-messages].
            raise _RefusedError(
                f"Length cannot be more than {most} characters for {field.name}. If no values exceed the"
                " character limit, make sure your data follows the formatting guidelines listed in"
                " https://docs.aws.amazon.com/personalize/latest/dg/data-prep-formatting.html."
            )
        return cell

    return valued


def _text(_field: Field) -> Callable[[str], str]:
    """Truncate text. How the service recognizes Chinese and Japanese is not known (?)."""

    def valued(cell: str) -> str:
        if len(cell) > _LONGEST_TEXT_CHINESE_JAPANESE:
            return cell[: _LONGEST_TEXT_CHINESE_JAPANESE if _CHINESE_JAPANESE.search(cell) else _LONGEST_TEXT]
        return cell

    return valued


def _boolean(field: Field) -> Callable[[str], str]:
    def valued(cell: str) -> str:
        if cell.lower() not in {"true", "false"}:
            raise _RefusedError(f"{field.name} must be true or false: got {_quoted(cell)}.")
        return cell.lower()

    return valued


def _integer(field: Field) -> Callable[[str], int]:
    bits = _BITS[field.kind]

    def valued(cell: str) -> int:
        number = int(cell) if _INTEGER.fullmatch(cell) else None
        if number is None or not -(1 << bits) <= number < 1 << bits:
            raise _RefusedError(f"{field.name} must be of the type {field.kind}: got {_quoted(cell)}.")
        return number

    return valued


def _decimal(field: Field) -> Callable[[str], float]:
    def valued(cell: str) -> float:
        number = float(cell) if _DECIMAL.fullmatch(cell) else math.inf
        if not math.isfinite(number):
            raise _RefusedError(f"{field.name} must be of the type {field.kind}: got {_quoted(cell)}.")
        return number

    return valued


def _quoted(cell: str) -> str:
    """The start of a cell, for people."""
    shown = 40
    return repr(cell if len(cell) <= shown else f"{cell[:shown]}...")


def _require_enough(table: Table, dataset_type: str) -> None:
    """Require 1,000 interactions in all files of a job (rule 183). The service's words are not known (?)."""
    if dataset_type in _INTERACTIONS and len(table) < FEWEST_INTERACTIONS:
        raise _RefusedError(
            f"The import must have at least {FEWEST_INTERACTIONS} interaction records: got {len(table)}."
        )


def _require_few_event_types(table: Table, dataset_type: str) -> None:
    """Limit event types and optional columns (rule 181). That the import fails is our reading (?)."""
    types = table.columns.get("EVENT_TYPE")
    if dataset_type != "INTERACTIONS" or not isinstance(types, Strings):
        return
    own = [field.name for field in table.fields if field.name not in _RESERVED_OF_INTERACTIONS]
    if len(types.values) + len(own) > _MOST_EVENT_TYPES_AND_COLUMNS:
        raise _RefusedError(
            f"There must be at most {_MOST_EVENT_TYPES_AND_COLUMNS} event types and optional columns in all:"
            f" got {len(types.values)} event types and {len(own)} columns."
        )
