"""check-data finds an error in a file if and only if an import job of the simulator fails on it."""

from __future__ import annotations

import io
import json

import pytest

from cdk_personalize.cli.check_data import checker, expected
from cdk_personalize.cli.check_data.reading import UnreadableDataError
from personalize_local.simulator.learning.csv_import import Failure, File, read
from personalize_local.simulator.learning.table import fields_of
from support.requests.avro import avro

SCHEMA = avro(
    "Items",
    {"name": "PRICE", "type": ["null", "float"]},
    {"name": "STOCK", "type": ["int", "null"]},
    {"name": "NEW", "type": "boolean"},
    {"name": "ABOUT", "type": ["null", "string"], "textual": True},
)
HEADER = "ITEM_ID,GENRE,PRICE,STOCK,NEW,ABOUT"
LINES = (
    "a,drama,1.5,3,true,x",
    "a,drama,,,FALSE,",
    'a,drama,-.5e3,-2147483648,True,"a ""quoted"" text, with a comma"',
    r'a,drama,+1,+7,true,"a \"quoted\" text"',
    f"a,drama,1,2147483647,true,{'x' * 30_000}",
    f"{'a' * 256},{'b' * 1000},1,1,true,x",
    f"{'a' * 257},drama,1,1,true,x",
    f"a,{'b' * 1001},1,1,true,x",
    ",drama,1,1,true,x",
    "a,,1,1,true,x",
    "a,drama,1,2147483648,true,x",
    "a,drama,1,1.0,true,x",
    "a,drama,1_0,1,true,x",
    "a,drama, 1,1,true,x",
    "a,drama,1e999,1,true,x",
    "a,drama,nan,1,true,x",
    "a,drama,\u0661,1,true,x",
    "a,drama,1,1,yes,x",
    "a,drama,1,1,,x",
    "a,drama,1,1,true",
    "a,drama,1,1,true,x,y",
    "",
    'a,drama,1,1,true,"x\ny"',
    'a,drama,1,1,true,"x"y',
    'a,drama,1,1,true,"x',
    "a,drama,1,1,true,x\r",
    "a,caf\udce9,1,1,true,x",
)
HEADERS = (
    HEADER,
    HEADER.lower(),
    f"{HEADER},MORE",
    HEADER.replace("PRICE,STOCK", "STOCK,PRICE"),
    HEADER.replace("NEW", "OLD"),
    f"{HEADER},GENRE",
    HEADER.replace(",", ";"),
    f"\ufeff{HEADER}",
    "",
)


def agree(content: str) -> None:
    data = content.encode(errors="surrogateescape")
    job = read([File("items.csv", [data])], fields_of(json.loads(SCHEMA)), "ITEMS")
    try:
        report = checker.check(
            "items.csv", io.BytesIO(data), expected.from_schema(SCHEMA.encode()), lambda: None
        )
        errors = [finding.message for finding in report.findings if finding.severity == "error"]
    except UnreadableDataError as error:
        errors = [str(error)]

    assert bool(errors) == isinstance(job, Failure), (errors, job)


@pytest.mark.parametrize("line", range(len(LINES)))
def test_line__of_a_file__is_an_error_if_the_import_fails(line: int) -> None:
    agree(f"{HEADER}\nb,drama,1,1,true,x\n{LINES[line]}\n")


@pytest.mark.parametrize("header", range(len(HEADERS)))
def test_header__of_a_file__is_an_error_if_the_import_fails(header: int) -> None:
    values = "a,drama,1,1,true,x" + ",y" * (HEADERS[header].count(",") - HEADER.count(","))
    agree(f"{HEADERS[header]}\n{values}\n")
