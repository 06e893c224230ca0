"""`cdk-personalize check`: requests in files, judged as a synthesis would."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from payloads import PAYLOADS

Run = Callable[..., Result]
GROUP = "arn:aws:personalize:us-east-1:123456789012:dataset-group/movies"
GOOD = {
    "name": "good",
    "datasetGroupArn": GROUP,
    "recipeArn": "arn:aws:personalize:::recipe/aws-sims",
    "performAutoTraining": False,
}
DOUBTFUL = {"name": "doubtful", "datasetGroupArn": GROUP, "performAutoML": True, "performAutoTraining": False}
UNKNOWN_MEMBER = "performHpo is no member that the API has there: got True; did you mean performHPO?"
BAD = {**GOOD, "name": "bad", "recipeArn": "arn:aws:personalize:::recipe/aws-hrnn", "performHpo": True}


@pytest.fixture
def file(tmp_path: Path) -> Callable[[Any], Path]:
    def write(content: Any) -> Path:
        path = tmp_path / f"{len(list(tmp_path.iterdir()))}.json"
        path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
        return path

    return write


def findings(result: Result) -> list[list[tuple[str, str | None, str | None]]]:
    return [
        [(finding["severity"], finding["id"], finding["argument"]) for finding in request["findings"]]
        for request in json.loads(result.stdout)["requests"]
    ]


def test_check__good_request__says_so_and_succeeds(run: Run, file: Callable[[Any], Path]) -> None:
    result = run("check", file(GOOD))

    assert (result.exit_code, result.stdout) == (0, "1 request: 0 errors, 0 warnings\n")


def test_check__problems__are_shown_with_file_index_and_fix(run: Run, file: Callable[[Any], Path]) -> None:
    path = file([GOOD, BAD])
    result = run("check", path)

    assert result.exit_code == 1
    lines = [" ".join(line.split()) for line in result.stdout.splitlines()]
    assert f"{path}[1] bad error {UNKNOWN_MEMBER}" in lines
    assert any("use Recipe.USER_PERSONALIZATION_V2 instead" in line for line in lines)
    assert lines[-1] == "2 requests: 2 errors, 0 warnings"


def test_check__doubts_alone__are_shown_and_succeed(run: Run, file: Callable[[Any], Path]) -> None:
    result = run("check", file(DOUBTFUL), "--json")

    assert result.exit_code == 0
    assert findings(result) == [[("warning", "auto-ml", "performAutoML")]]


def test_check__what_is_no_fault__is_an_info(run: Run, file: Callable[[Any], Path]) -> None:
    silent = {"datasetGroupArn": GROUP, "recipeArn": "arn:aws:personalize:::recipe/aws-simz"}
    result = run("check", file(silent), "--json")

    assert result.exit_code == 0
    assert findings(result) == [
        [
            ("warning", "unknown-recipe", "recipeArn"),
            ("info", "unnamed", None),
            ("info", "auto-training-off", None),
        ]
    ]
    assert "did you mean aws-sims?" in result.stdout


def test_check__as_json__has_the_documented_shape(run: Run, file: Callable[[Any], Path]) -> None:
    path = file({**GOOD, "name": "a b"})
    result = run("check", path, "--json")

    assert json.loads(result.stdout) == {
        "requests": [
            {
                "file": str(path),
                "index": 0,
                "name": "a b",
                "findings": [
                    {
                        "severity": "error",
                        "id": None,
                        "argument": "name",
                        "message": "name must have only letters, digits, - and _, and begin with a letter or "
                        "digit: got 'a b'; choose a name like my-movies_2",
                    }
                ],
            }
        ]
    }


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'{"name": ', "is not JSON: Expecting value: line 1 column 10"),
        (b"", "is not JSON: Expecting value: line 1 column 1"),
        (b"\xff\xfe\x00", "is not JSON: "),
        (b"[" * 100_000, "is not JSON: "),
        (b'"movies"', "must hold a request, or a list of requests"),
    ],
)
def test_check__file_without_requests__is_an_error_and_hides_no_other(
    run: Run, file: Callable[[Any], Path], content: bytes, message: str
) -> None:
    broken, bad = file(content), file(BAD)
    result = run("check", broken, bad, "--json")

    assert result.exit_code == 1
    first, second = json.loads(result.stdout)["requests"]
    assert (first["file"], first["index"]) == (str(broken), None)
    assert first["findings"][0]["message"].startswith(message)
    assert (second["file"], len(second["findings"])) == (str(bad), 2)


@pytest.mark.parametrize("item", [3, None, "movies", []])
def test_check__item_that_is_no_request__is_an_error(
    run: Run, file: Callable[[Any], Path], item: Any
) -> None:
    result = run("check", file([item]), "--json")

    assert result.exit_code == 1
    assert findings(result) == [[("error", None, "request")]]


def test_check__standard_input__is_read_for_a_dash(run: Run) -> None:
    result = run("check", "-", input=b"\xef\xbb\xbf" + json.dumps([GOOD, BAD]).encode())

    assert result.exit_code == 1
    assert "2 requests: 2 errors, 0 warnings" in result.stdout


@pytest.mark.parametrize("arguments", [[], ["no-such-file.json"]])
def test_check__called_wrongly__is_a_usage_error(run: Run, arguments: list[str]) -> None:
    assert run("check", *arguments).exit_code == 2


@pytest.mark.parametrize("name", PAYLOADS)
def test_check__request_that_was_really_made__comes_out_as_it_should(
    run: Run, file: Callable[[Any], Path], name: str
) -> None:
    payload = PAYLOADS[name]

    assert run("check", file(payload["params"])).exit_code == (0 if payload["expect"] == "valid" else 1)
