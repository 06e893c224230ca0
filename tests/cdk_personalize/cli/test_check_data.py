"""`cdk-personalize check-data`: problems of a data file with their lines, in one pass and little memory."""

from __future__ import annotations

import codecs
import io
import json
import time
import tracemalloc
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from cdk_personalize.cli.check_data import checker, expected, reading, repeats
from cdk_personalize.cli.check_data.repeats import Keys
from cdk_personalize.schema.columns import DatasetType

Run = Callable[..., Result]

HEADER = "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE"
THEN = 1_700_000_000


def interactions(count: int = 1000, users: int = 100) -> list[str]:
    return [f"u{n % users},i{n % 7},{THEN + n},{('view', 'buy')[n % 2]}" for n in range(count)]


@pytest.fixture
def check(tmp_path: Path, run: Run) -> Callable[..., dict[str, Any]]:
    """Check a file with these lines; the report as JSON."""

    def report(
        lines: Iterable[str] | bytes, *arguments: object, kind: str = "interactions"
    ) -> dict[str, Any]:
        file = tmp_path / "data.csv"
        content = lines if isinstance(lines, bytes) else "".join(f"{line}\n" for line in lines).encode()
        file.write_bytes(content)
        result = run("check-data", file, *(arguments or ("--type", kind)), "--json")
        found: dict[str, Any] = json.loads(result.stdout)
        assert result.exit_code == any(each["severity"] == "error" for each in found["findings"])
        return found

    return report


def problems(report: dict[str, Any]) -> list[tuple[str, str, str | None, int, list[int]]]:
    """The findings, without AWS's recommendation on how much data to have."""
    return [
        (each["severity"], each["id"], each["column"], each["count"], each["lines"])
        for each in report["findings"]
        if not each["message"].startswith("AWS recommends")
    ]


def messages(report: dict[str, Any]) -> str:
    return "\n".join(each["message"] for each in report["findings"])


def test_good_file__has_its_counts_and_only_recommendations(check: Any) -> None:
    report = check([HEADER, *interactions()])

    assert problems(report) == []
    assert [each["severity"] for each in report["findings"]] == ["warning", "warning"]
    assert (report["records"], report["users"], report["users_with_two"]) == (1000, 100, 100)
    assert (report["first"], report["last"]) == (THEN, THEN + 999)
    assert report["event_types"] == {"view": 500, "buy": 500}


def test_bad_file__each_kind_of_problem__is_listed_once_with_its_lines(check: Any) -> None:
    tomorrow = int(time.time()) + 200_000
    bad = [
        f"u1,i1,{THEN}000,view",
        f"u1,i1,{THEN}001,view",
        "u1,i1,2023-11-14,view",
        f",i1,{THEN},view",
        f"u1,i1,{tomorrow},view",
        f"u1,i1,{THEN}",
        f"u1,i1,{THEN},view",
        f"u1,i1,{THEN},view",
        f'u1,"i\n1",{THEN},view',
        f'u1,"i"1,{THEN},view',
        f"{'u' * 257},i1,{THEN},view",
    ]
    assert problems(check([HEADER, *bad, *interactions()])) == [
        ("error", "values", None, 1, [7]),
        ("error", "line-break", None, 1, [10]),
        ("error", "csv", None, 1, [12]),
        ("error", "value", "USER_ID", 2, [5, 13]),
        ("error", "value", "TIMESTAMP", 1, [4]),
        ("error", "milliseconds", "TIMESTAMP", 2, [2, 3]),
        ("warning", "future", "TIMESTAMP", 1, [6]),
        ("warning", "repeated", None, 1, [9]),
    ]


def test_many_problems__of_one_kind__are_counted_with_the_first_lines(check: Any) -> None:
    report = check([HEADER, *(f"u{n},i,{THEN}000,view" for n in range(30_000))])

    assert ("error", "milliseconds", "TIMESTAMP", 30_000, [2, 3, 4, 5, 6]) in problems(report)


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ([HEADER, *interactions(999)], "The import fails with fewer than 1000 records: got 999"),
        ([HEADER, *interactions(users=24)], "A training needs 25 users with at least 2 interactions: got 24"),
        (
            [HEADER, *interactions(users=25), *(f"x{n},i,{THEN},view" for n in range(2500))],
            "A training needs at least 2 interactions of 1 % of the users: got 25 of 2525",
        ),
        (
            [f"{HEADER},DEVICE", *(f"u{n % 50},i{n},{THEN},type{n % 10},phone" for n in range(1000))],
            "got 10 event types, such as 'type0', and 1 columns",
        ),
    ],
    ids=["records", "users", "share of users", "event types"],
)
def test_minimum_or_limit__not_met__is_an_error(check: Any, lines: list[str], found: str) -> None:
    assert found in messages(check(lines))


def test_event_types__of_very_many__are_not_all_kept(check: Any) -> None:
    report = check([HEADER, *(f"u{n % 50},i,{THEN + n},type{n}" for n in range(25_000))])

    assert len(report["event_types"]) == 1000
    assert "got more than 1000 event types" in messages(report)


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("USER_ID,ITEM_ID,TIME,EVENT_TYPE", "TIMESTAMP is missing: rename the column TIME"),
        ("USER_ID,ITEM_ID,X,EVENT_TYPE", "TIMESTAMP is missing: add the column"),
        (f"u1,i1,{THEN},view", "USER_ID is missing: the first line must have the names of the columns"),
        ("USER_ID,ITEM_ID,TIMESTAMP,USER_ID", "USER_ID must be the name of one column only"),
    ],
)
def test_header__wrong__says_what_to_change(check: Any, header: str, found: str) -> None:
    assert found in messages(check([header, *interactions()]))


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", "is empty: write a header, and a record on each line after it"),
        (b"USER_ID;ITEM_ID;TIMESTAMP\nu;i;1\n", "separates its columns with semicolons: use commas"),
        (b"USER_ID\tITEM_ID\nu\ti\n", "separates its columns with tabs: use commas"),
        ("USER_ID,ITEM_ID".encode("utf-16"), "is encoded in UTF-16: save it as UTF-8"),
        ("USER_ID,ITEM_ID".encode("utf-16-le"), "is encoded in UTF-16 or is not text: save it as UTF-8"),
        (
            b"USER_ID,ITEM_ID\ru,i\r",
            "has no valid header in its first line: a carriage return is not followed by a line feed;"
            " save the file with Unix line ends",
        ),
    ],
    ids=["empty", "semicolons", "tabs", "UTF-16", "UTF-16 without a mark", "old Mac"],
)
def test_file__that_is_no_such_csv__is_one_clear_error(
    tmp_path: Path, run: Run, content: bytes, found: str
) -> None:
    file = tmp_path / "data.csv"
    file.write_bytes(content)

    result = run("check-data", file, "--type", "interactions")

    assert (result.exit_code, result.stdout) == (1, "")
    assert f"Error: {file} {found}" in result.stderr


def test_byte_order_mark__is_an_error_and_the_rest_is_checked(check: Any) -> None:
    content = codecs.BOM_UTF8 + "\n".join([HEADER, *interactions()]).encode()

    assert problems(check(content)) == [("error", "byte-order-mark", None, 1, [1])]


def test_encoding__other_than_utf8__has_its_lines(check: Any) -> None:
    content = "\r\n".join([HEADER, *interactions(), f"u,caf\u00e9,{THEN},view", f"\u00fc,i,{THEN},view"])

    assert problems(check(content.encode("latin-1"))) == [("error", "encoding", None, 2, [1002, 1003])]


def test_line__of_many_megabytes__is_an_error_and_the_rest_is_checked(check: Any) -> None:
    long = f"{'u' * 3_000_000},i,{THEN},view"

    assert problems(check([HEADER, long, *interactions(), f"u,i,{THEN},"])) == [
        ("error", "long-line", None, 1, [2]),
        ("error", "value", "EVENT_TYPE", 1, [1003]),
    ]


SCHEMA = {
    "type": "record",
    "name": "Items",
    "fields": [
        {"name": "ITEM_ID", "type": "string"},
        {"name": "PRICE", "type": ["null", "float"]},
        {"name": "YEAR", "type": "int"},
        {"name": "SOLD", "type": "boolean"},
        {"name": "PLOT", "type": "string", "textual": True},
    ],
}


@pytest.fixture
def schema(tmp_path: Path) -> Path:
    file = tmp_path / "items.json"
    file.write_text(json.dumps(SCHEMA))
    return file


def test_schema__of_items__values_are_checked_by_their_types(check: Any, schema: Path) -> None:
    text = "x" * 5000
    report = check(
        [
            "ITEM_ID,PRICE,YEAR,SOLD,PLOT",
            f"a,1.5,1999,true,{text}",
            "b,,-1,FALSE,x",
            'c,"1,5",99999999999,yes,x',
            "d,1e999,1.0,,",
            "a,2,1,true,x",
        ],
        "--schema",
        schema,
    )

    assert problems(report) == [
        ("error", "value", "PRICE", 2, [4, 5]),
        ("error", "value", "YEAR", 2, [4, 5]),
        ("error", "value", "SOLD", 2, [4, 5]),
        ("error", "value", "PLOT", 1, [5]),
        ("warning", "repeated", None, 1, [6]),
    ]
    assert "PRICE must be a number (float): got '1,5'; write a decimal point" in messages(report)
    assert (report["records"], report["users"], report["first"]) == (5, None, None)


def test_schema__columns_in_another_order_or_extra__are_found(check: Any, schema: Path) -> None:
    report = check(["ITEM_ID,YEAR,price,SOLD,PLOT,STUDIO", "a,1,2,true,x,y"], "--schema", schema)

    assert problems(report) == [
        ("error", "order", None, 1, [1]),
        ("warning", "extra-column", "STUDIO", 1, [1]),
    ]


def test_items__without_records__are_an_error(check: Any) -> None:
    assert problems(check(["ITEM_ID,GENRE"], kind="items")) == [("error", "no-records", None, 1, [])]


@pytest.mark.parametrize(
    ("arguments", "code", "found"),
    [
        ((), 2, "pass either --schema or --type"),
        (("--type", "films"), 2, "'films' is not one of 'interactions'"),
        (("--type", "actions", "--domain", "ecommerce"), 1, "ECOMMERCE has no dataset ACTIONS"),
        (("--schema", "nothing.json"), 2, "'nothing.json' does not exist"),
    ],
)
def test_arguments__that_fit_nothing__are_an_error(
    tmp_path: Path, run: Run, arguments: tuple[str, ...], code: int, found: str
) -> None:
    file = tmp_path / "data.csv"
    file.write_text(HEADER)

    result = run("check-data", file, *arguments)

    assert result.exit_code == code
    assert found in result.stderr


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ("{", "is not valid JSON"),
        ("[" * 100_000, "is not valid JSON"),
        ("[]", "is not the schema of a dataset:\n  schema must be an Avro record"),
        (
            '{"type": "record", "name": "Films", "fields": [{"name": "A", "type": "text"}]}',
            "is not the schema of a dataset:\n  schema.name must be the dataset type: Interactions, Items",
        ),
    ],
    ids=["unclosed", "nested too deeply", "list", "other name"],
)
def test_schema__that_is_none__is_an_error(tmp_path: Path, run: Run, content: str, found: str) -> None:
    schema = tmp_path / "schema.json"
    schema.write_text(content)

    result = run("check-data", schema, "--schema", schema)

    assert result.exit_code == 1
    assert f"Error: {schema} {found}" in result.stderr


def test_domain__requires_its_columns(check: Any) -> None:
    lines = [HEADER.removesuffix(",EVENT_TYPE"), *(line.rpartition(",")[0] for line in interactions())]

    assert problems(check(lines)) == []
    report = check(lines, "--type", "interactions", "--domain", "ecommerce")
    assert problems(report) == [("error", "missing-column", "EVENT_TYPE", 1, [1])]


def test_output__for_people__has_findings_event_types_and_a_summary(tmp_path: Path, run: Run) -> None:
    file = tmp_path / "data.csv"
    file.write_text("\n".join([HEADER, f"u1,i1,{THEN}000,view", *interactions()]))

    result = run("check-data", file, "--type", "interactions")

    rows = [" ".join(line.split()) for line in result.stdout.splitlines()]
    assert (result.exit_code, rows[0]) == (1, "Lines Finding")
    assert rows[1].startswith("2 error TIMESTAMP must be in seconds: got 1700000000000; divide milliseconds")
    assert "view 501" in rows
    assert rows[-1].startswith("1,001 records; 100 users, 100 with at least 2 interactions; from 2023-11-14")
    assert rows[-1].endswith("1 error, 2 warnings")


def test_keys__repeated_among_many__are_found_with_their_lines() -> None:
    with Keys() as keys:
        for start in range(0, 200_000, 10_000):
            keys.add(
                [f"key{n % 150_000}" for n in range(start, start + 10_000)], range(start, start + 10_000)
            )

        assert sorted(keys.repeated()) == list(range(150_000, 200_000))
        assert keys.counts() == (150_000, 50_000)


def test_memory__of_a_file_three_times_as_long__is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_BATCH", 500)
    monkeypatch.setattr(repeats, "_IN_MEMORY", 256)
    wanted = expected.from_type(DatasetType.INTERACTIONS)

    def peak(count: int) -> int:
        lines = "\n".join([HEADER, *interactions(count, users=count)]).encode()
        tracemalloc.start()
        try:
            checker.check("data.csv", io.BytesIO(lines), wanted, lambda: None)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert peak(15_000) < peak(5_000) * 1.1
