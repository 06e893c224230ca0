r"""The records of a CSV file, read in pieces, with the number of each line.

[DG preparing-training-data, items-datasets: UTF-8, commas, a record on each line, \ escapes quotes]
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from typing import BinaryIO

from cdk_personalize.cli.check_data.findings import Findings

# No valid record comes near: 100 columns of 1,000 characters and one text of 20,000.
_LONGEST_LINE = 1024 * 1024
_BATCH = 10_000  # records: enough to check a column at once, few enough to hold
_MARKS = {
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}
_OTHER_DELIMITERS = {";": "semicolons", "\t": "tabs", "|": "vertical bars"}


class UnreadableDataError(Exception):
    """The file isn't a CSV file whose records could be checked. The text says why, and what to do."""


Batch = tuple[list[list[str]], list[int]]
"""Records, and the number of the line that each ends at."""


class Records:
    r"""The records of a file.

    Attributes:
        header: The names of the columns.
    """

    def __init__(self, file: BinaryIO, findings: Findings) -> None:
        """Read the header.

        Raises:
            UnreadableDataError: The file is empty, in another encoding, or has another delimiter.
        """
        self._findings = findings
        start = file.read(4)
        file.seek(0)
        encoding = next((name for mark, name in _MARKS.items() if start.startswith(mark)), None)
        if encoding or b"\0" in start:
            raise UnreadableDataError(
                f"is encoded in {encoding or 'UTF-16 or is not text'}: save it as UTF-8"
            )
        if start.startswith(codecs.BOM_UTF8):
            file.seek(len(codecs.BOM_UTF8))
            findings.error(
                "byte-order-mark",
                "The file must not start with a byte order mark: the service takes it as part of the first"
                " column's name. Save the file as UTF-8 without one",
                line=1,
            )
        self._rows = csv.reader(self._lines(file), escapechar="\\", strict=True)
        self.header = self._read_header()

    def _read_header(self) -> list[str]:
        try:
            header = next(self._rows, None)
        except csv.Error as error:
            raise UnreadableDataError(f"has no valid header in its first line: {_reason(error)}") from error
        if header is None:
            raise UnreadableDataError("is empty: write a header, and a record on each line after it")
        if len(header) == 1:
            for delimiter, name in _OTHER_DELIMITERS.items():
                if delimiter in header[0]:
                    raise UnreadableDataError(f"separates its columns with {name}: use commas")
        return header

    def batches(self) -> Iterator[Batch]:
        """Yield the records that have a value for each column of the header."""
        rows: list[list[str]] = []
        lines: list[int] = []
        width, line = len(self.header), self._rows.line_num
        while True:
            before = line
            try:
                row = next(self._rows, None)
            except csv.Error as error:
                line = self._rows.line_num
                message = f"A record is not valid CSV: {_reason(error)}"
                self._findings.error("csv", message, line=before + 1)
                continue
            line = self._rows.line_num
            if row is None:
                break
            if line > before + 1:
                self._findings.error(
                    "line-break",
                    "Each record must be on a single line: a value has a line break, or a quotation mark is"
                    " not closed",
                    line=before + 1,
                )
            if not row:
                continue
            if len(row) != width:
                self._findings.error(
                    "values",
                    f"Each record must have {width} values, like the header: got {len(row)}. Quote values"
                    " with commas",
                    line=before + 1,
                )
                continue
            rows.append(row)
            lines.append(before + 1)
            if len(rows) == _BATCH:
                yield rows, lines
                rows, lines = [], []
        if rows:
            yield rows, lines

    def _lines(self, file: BinaryIO) -> Iterator[str]:
        number = 0
        while line := file.readline(_LONGEST_LINE):
            number += 1
            if len(line) == _LONGEST_LINE and not line.endswith(b"\n"):
                self._findings.error(
                    "long-line", f"A line must not have more than {_LONGEST_LINE} bytes", line=number
                )
                while len(line) == _LONGEST_LINE and not line.endswith(b"\n"):
                    line = file.readline(_LONGEST_LINE)
                line = b"\n"
            try:
                yield line.decode()
            except UnicodeDecodeError:
                self._findings.error(
                    "encoding", "The file must be encoded in UTF-8: save it as that", line=number
                )
                yield line.decode(errors="replace")


def _reason(error: csv.Error) -> str:
    """Why a line is no record, and what to do. Python's own advice on line ends is for programmers."""
    if "new-line" in str(error):
        return "a carriage return is not followed by a line feed; save the file with Unix line ends"
    return f"{error}; check its quotation marks"
