"""What an import job makes of CSV files: a table, or the reason why it fails."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Iterable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personalize_local.simulator.learning.csv_import import Failure, File, read
from personalize_local.simulator.learning.table import Field, Table, fields_of
from support.requests.avro import avro
from support.requests.sample_data import INTERACTIONS_SCHEMA, ITEMS_SCHEMA, USERS_SCHEMA, csv_of, sample

ITEMS = fields_of(
    json.loads(
        avro(
            "Items",
            {"name": "PRICE", "type": ["null", "float"]},
            {"name": "STOCK", "type": ["int", "null"]},
            {"name": "NEW", "type": ["null", "boolean"]},
            {"name": "ABOUT", "type": ["null", "string"], "textual": True},
        )
    )
)
HEADER = "ITEM_ID,GENRE,PRICE,STOCK,NEW,ABOUT"
INTERACTIONS = fields_of(json.loads(avro("Interactions")))
EVENTS = fields_of(json.loads(INTERACTIONS_SCHEMA))


def imported(
    content: str | bytes, fields: Iterable[Field] = ITEMS, kind: str = "ITEMS", chunk: int = 7
) -> Table | Failure:
    data = content.encode() if isinstance(content, str) else content
    chunks = [data[start : start + chunk] for start in range(0, len(data), chunk)]
    return read([File("a.csv", chunks)], tuple(fields), kind)


def table_of(content: str | bytes, fields: Iterable[Field] = ITEMS, kind: str = "ITEMS") -> Table:
    found = imported(content, fields, kind)
    assert isinstance(found, Table), found
    return found


def reason_of(content: str | bytes, fields: Iterable[Field] = ITEMS, kind: str = "ITEMS") -> str:
    found = imported(content, fields, kind)
    assert isinstance(found, Failure)
    return found.reason


def events(count: int, item: str = "i") -> str:
    rows = "".join(f"u{number},{item},{number}\n" for number in range(count))
    return f"USER_ID,ITEM_ID,TIMESTAMP\n{rows}"


def test_sample__all_three_datasets__are_read() -> None:
    data = sample(users=60, items=50)
    files = {
        "INTERACTIONS": (INTERACTIONS_SCHEMA, data.interactions_csv, data.interactions),
        "ITEMS": (ITEMS_SCHEMA, data.items_csv, data.items),
        "USERS": (USERS_SCHEMA, data.users_csv, data.users),
    }
    for kind, (schema, content, rows) in files.items():
        table = table_of(content, fields_of(json.loads(schema)), kind)
        assert [tuple(table.record(number).values()) for number in range(len(table))] == list(rows)


def test_values__of_every_type__have_the_type() -> None:
    table = table_of(f'{HEADER}\nmovie,a|b,1.5,-3,True,"says, ""hello"""\nbook,,,,,\n')
    assert table.record(0) == {
        "ITEM_ID": "movie",
        "GENRE": "a|b",
        "PRICE": 1.5,
        "STOCK": -3,
        "NEW": "true",
        "ABOUT": 'says, "hello"',
    }
    assert table.record(1) == {"ITEM_ID": "book"}


def test_text__escaped_with_backslashes__is_unescaped() -> None:
    table = table_of(f'{HEADER}\na,,,,,"a \\"word\\" and a \\\\"\n')
    assert table.record(0)["ABOUT"] == 'a "word" and a \\'


def test_items__with_the_same_id__keep_the_last_record() -> None:
    table = table_of(f"{HEADER}\na,x,1,,,\nb,x,2,,,\na,y,,,,\n")
    assert table.keyed("ITEM_ID") == {
        "a": {"ITEM_ID": "a", "GENRE": "y"},
        "b": {"ITEM_ID": "b", "GENRE": "x", "PRICE": 2.0},
    }


@pytest.mark.parametrize("ending", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize("last", [True, False], ids=["final-newline", "no-final-newline"])
def test_lines__however_they_end__are_read(ending: str, last: bool) -> None:
    content = ending.join([HEADER, "a,é,,,,", "", "b,,,,,"]) + (ending if last else "")
    assert [table_of(content).record(number)["ITEM_ID"] for number in (0, 1)] == ["a", "b"]


@pytest.mark.parametrize(
    "header", ["item_id,Genre,price,stock,new,about", f"OTHER,{HEADER}"], ids=["other-case", "extra-column"]
)
def test_header__with_what_the_service_ignores__is_accepted(header: str) -> None:
    extra = "x," if header.startswith("OTHER") else ""
    assert table_of(f"{header}\n{extra}a,g,,,,\n").record(0) == {"ITEM_ID": "a", "GENRE": "g"}


MISSING = "Input csv is missing the following columns: "


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param("", f"{MISSING}[ITEM_ID, GENRE, PRICE, STOCK, NEW, ABOUT]", id="empty"),
        pytest.param("ITEM_ID,GENRE,NEW,ABOUT\n", f"{MISSING}[PRICE, STOCK]", id="columns-missing"),
        pytest.param('"ITEM_ID",GENRE,PRICE,STOCK,NEW,ABOUT\n', f"{MISSING}[ITEM_ID]", id="quoted-header"),
        pytest.param(
            f"\ufeff{HEADER}\na,,,,,\n",
            f"{MISSING}[ITEM_ID] The file starts with a byte order mark: save it as UTF-8 without one.",
            id="byte-order-mark",
        ),
        pytest.param(
            f"{HEADER},PRICE\n",
            "Each column must have a name of its own: the header has PRICE twice.",
            id="column-twice",
        ),
        pytest.param(
            "GENRE,ITEM_ID,PRICE,STOCK,NEW,ABOUT\n",
            "The columns must be in the order of the schema: ITEM_ID, GENRE, PRICE, STOCK, NEW, ABOUT.",
            id="other-order",
        ),
        pytest.param(
            f"{HEADER}\na,,,,\n",
            "Each record must have 6 values, like the header: got 5 (line 2 of a.csv).",
            id="value-missing",
        ),
        pytest.param(
            f'{HEADER}\na,,,,,\nb,,,,,"two\nlines"\n',
            "Each record must be on a single line: a value has a line break, or a quotation mark is not"
            " closed (line 3 of a.csv).",
            id="quoted-newline",
        ),
        pytest.param(
            f'{HEADER}\na,,,,,"open\n' + "b,,,,,x\n" * 50_000,
            "Each record must be on a single line: a value has a line break, or a quotation mark is not"
            " closed (line 2 of a.csv).",
            id="open-quote",
        ),
        pytest.param(
            f"{HEADER}\n,x,,,,\n",
            "ITEM_ID must have a value: the type in the schema has no null. (line 2 of a.csv)",
            id="no-id",
        ),
        pytest.param(
            f"{HEADER}\na,x,1_0,,,\n",
            "PRICE must be of the type float: got '1_0'. (line 2 of a.csv)",
            id="no-float",
        ),
        pytest.param(
            f"{HEADER}\na,x,nan,,,\n",
            "PRICE must be of the type float: got 'nan'. (line 2 of a.csv)",
            id="not-a-number",
        ),
        pytest.param(
            f"{HEADER}\na,x,,3.0,,\n",
            "STOCK must be of the type int: got '3.0'. (line 2 of a.csv)",
            id="no-int",
        ),
        pytest.param(
            f"{HEADER}\na,x,,2147483648,,\n",
            "STOCK must be of the type int: got '2147483648'. (line 2 of a.csv)",
            id="int-too-large",
        ),
        pytest.param(
            f"{HEADER}\na,x,,,yes,\n",
            "NEW must be true or false: got 'yes'. (line 2 of a.csv)",
            id="no-boolean",
        ),
        pytest.param(
            f"{HEADER}\n{'a' * 257},x,,,,\n",
            "Length cannot be more than 256 characters for ITEM_ID. If no values exceed the character limit,"
            " make sure your data follows the formatting guidelines listed in"
            " https://docs.aws.amazon.com/personalize/latest/dg/data-prep-formatting.html. (line 2 of a.csv)",
            id="id-too-long",
        ),
    ],
)
def test_file__that_is_not_as_documented__fails_with_the_reason(content: str, reason: str) -> None:
    assert reason_of(content) == reason


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16", "utf-32"])
def test_file__in_another_encoding__fails(encoding: str) -> None:
    reason = reason_of(f"{HEADER}\na,é,,,,\n".encode(encoding))
    assert "UTF-8" in reason


@pytest.mark.parametrize("chunk", [1, 7, 4096])
def test_file__with_a_letter_in_another_encoding__names_its_line(chunk: int) -> None:
    content = f"{HEADER}\n".encode() + b"a,x,,,,\n" * 3 + "b,é,,,,\n".encode("latin-1") + b"c,x,,,,\n"
    assert imported(content, chunk=chunk) == Failure(
        "The file is not encoded in UTF-8: save it as UTF-8 (line 5 of a.csv)."
    )


def test_file__utf_16_without_mark__fails() -> None:
    assert reason_of(f"{HEADER}\n".encode("utf-16-le")).startswith(MISSING)


def test_text__beyond_the_limit__is_truncated() -> None:
    table = table_of(f"{HEADER}\na,,,,,{'x' * 20_001}\nb,,,,,{'日' * 7_001}\n")
    assert [len(str(table.record(number)["ABOUT"])) for number in (0, 1)] == [20_000, 7_000]


@pytest.mark.parametrize("kind", ["INTERACTIONS", "ACTION_INTERACTIONS"])
def test_interactions__fewer_than_1000__fail(kind: str) -> None:
    assert reason_of(events(999), INTERACTIONS, kind) == (
        "The import must have at least 1000 interaction records: got 999."
    )


def test_interactions__1000_in_two_files__are_read() -> None:
    files = [File("a.csv", [events(400).encode()]), File("b.csv", [events(600).encode()])]
    table = read(files, INTERACTIONS, "INTERACTIONS")
    assert isinstance(table, Table)
    assert len(table) == 1000


def test_files__with_different_headers__fail() -> None:
    files = [File("a.csv", [f"{HEADER}\n".encode()]), File("b.csv", [f"X,{HEADER}\n".encode()])]
    assert read(files, ITEMS, "ITEMS") == Failure(
        "All files must have the same column headers: b.csv has other headers."
    )


def test_event_types__more_than_10__fail() -> None:
    rows = [(f"u{n}", "i", n, f"type-{n % 11}", "") for n in range(1100)]
    assert reason_of(csv_of(INTERACTIONS_SCHEMA, rows), EVENTS, "INTERACTIONS") == (
        "There must be at most 10 event types and optional columns in all: got 11 event types and 0 columns."
    )


class Endless:
    """2 GB of records, and how much of them was taken."""

    def __init__(self, header: str, record: str) -> None:
        self.header, self.block = f"{header}\n".encode(), f"{record}\n".encode() * 10_000
        self.taken = 0

    def __iter__(self) -> Iterator[bytes]:
        yield self.header
        while self.taken < 2 * 1024**3:
            self.taken += len(self.block)
            yield self.block


def test_job__of_2_gigabytes__fails_after_the_most_records() -> None:
    endless = Endless("USER_ID,ITEM_ID,TIMESTAMP", "user,item,1700000000")
    found = read([File("a.csv", endless)], INTERACTIONS, "INTERACTIONS", most_records=50_000)
    assert found == Failure("The simulator imports at most 50000 records in one job.")
    assert endless.taken < 10 * len(endless.block)


def test_job__of_2_gigabytes__fails_after_the_most_bytes() -> None:
    endless = Endless(HEADER, "item,genre,1.5,1,true,about the item")
    found = read([File("a.csv", endless)], ITEMS, "ITEMS", most_bytes=1_000_000)
    assert found == Failure("The simulator imports at most 1000000 bytes in one job.")
    assert endless.taken < 10 * len(endless.block)


def test_line__without_an_end__fails_in_bounded_memory() -> None:
    chunk = b"x" * 65_536
    tracemalloc.start()
    try:
        found = read([File("big.csv", (chunk for _ in range(4_000)))], ITEMS, "ITEMS")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert found == Failure("A record is longer than 1048576 characters (line 1 of big.csv).")
    assert peak < 20 * 1024**2


@given(st.binary(max_size=200), st.booleans())
def test_bytes__whatever_they_are__are_read_or_refused(data: bytes, headed: bool) -> None:
    found = imported(f"{HEADER}\n".encode() + data if headed else data, chunk=3)
    assert isinstance(found, Table | Failure)


@given(
    st.lists(st.tuples(*[st.text("ab,\"\\é日| '", min_size=1, max_size=5)] * 2), max_size=8),
    st.integers(1, 9),
)
def test_strings__as_documented_files_have_them__come_back(rows: list[tuple[str, str]], chunk: int) -> None:
    def quoted(value: str) -> str:
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'

    content = HEADER + "".join(f"\n{quoted(item)},{quoted(genre)},,,," for item, genre in rows)
    table = imported(content, chunk=chunk)
    assert isinstance(table, Table), table
    found = [table.record(number) for number in range(len(table))]
    assert found == [{"ITEM_ID": item, "GENRE": genre} for item, genre in rows]
