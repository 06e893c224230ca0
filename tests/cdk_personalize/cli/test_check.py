"""`cdk-personalize check`: requests in files, checked as at synthesis."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import Result
from hypothesis import given
from hypothesis import strategies as st

from cdk_personalize.cli import checking
from support.requests.solution_requests import PAYLOADS

Run = Callable[..., Result]
GROUP = "arn:aws:personalize:us-east-1:123456789012:dataset-group/movies"
GOOD = {
    "name": "good",
    "datasetGroupArn": GROUP,
    "recipeArn": "arn:aws:personalize:::recipe/aws-sims",
    "performAutoTraining": False,
}
DOUBTFUL = {"name": "doubtful", "datasetGroupArn": GROUP, "performAutoML": True, "performAutoTraining": False}
UNKNOWN_MEMBER = (
    "performHpo is not a member of CreateSolution at this level: got True; did you mean performHPO?"
)
BAD = {**GOOD, "name": "bad", "recipeArn": "arn:aws:personalize:::recipe/aws-hrnn", "performHpo": True}


DEEP = b'{"solution": {"name": "a", "datasetGroupArn": "b", "solutionConfig": {"a": %s%s}}}' % (
    b"[" * 900,
    b"]" * 900,
)
# Of every shape, so that random files come close to one.
MEMBERS = {
    *("name", "solution", "solutions", "serviceConfig", "solutionArn", "solutionVersion", "request", "code"),
    *("datasetGroupArn", "recipeArn", "performHPO", "performAutoML", "performAutoTraining", "tags"),
    *("solutionConfig", "hpoConfig", "algorithmHyperParameters", "algorithmHyperParameterRanges"),
    *("integerHyperParameterRanges", "autoTrainingConfig", "autoMLConfig", "schedulingExpression"),
}


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


@pytest.fixture
def usual_recursion() -> Iterator[None]:
    """Python's own limit: Hypothesis raises it for other tests of the process."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(1000)
    yield
    sys.setrecursionlimit(before)


@pytest.mark.usefixtures("usual_recursion")
@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'{"name": ', "is not JSON: Expecting value: line 1 column 10"),
        (b"", "is empty; expected a CreateSolution request, "),
        (b" \n", "is empty; "),
        (b"# nothing\n", "is empty; "),
        (b"\xff\xfe\x00", "is not text in UTF-8 or UTF-16; "),
        (b"\x89PNG\r\n\x1a\n\x00", "is not text in UTF-8 or UTF-16; "),
        (b"\0\0\0\0", "is not JSON: "),
        (b"[" * 100_000, "is not JSON: it is nested too deeply"),
        (DEEP, "cannot be checked: it is nested too deeply"),
        (b"a: [1\n", "is not YAML: while parsing a flow sequence"),
        (b"a: 2001-99-99\n", "is not YAML: month must be in 1..12"),
        (b"solution: !Ref Solution\n", "is not YAML: could not determine a constructor for the tag '!Ref'"),
        (b'"movies"', "contains no request: expected a CreateSolution request, "),
        (b"movies\n", "contains no request: "),
        (b'{"Resources": {}}', "is a CloudFormation template, "),
        (b'{"solutionVersion": {}}', "is a response of DescribeSolutionVersion; "),
        (b'{"solutions": [{"name": "movies", "solutionArn": "arn"}]}', "is a response of ListSolutions, "),
        (b'{"solutions": [{"name": "movies"}]}', "has an item of `solutions` without a mapping "),
        (b'{"datasetGroup": {"serviceConfig": {}}}', "is a configuration without `solutions`; "),
        (
            b'{"solution": {"status": "ACTIVE"}}',
            "looks like a response of DescribeSolution, but its name is miss",
        ),
        (
            b'{"solution": {"name": "a", "datasetGroupArn": "b", "solutionConfig": {"hpoConfig": 3}}}',
            "looks like a response of DescribeSolution, but its solutionConfig.hpoConfig is not a mapping; ",
        ),
    ],
    ids=lambda value: repr(value)[:40],
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


def test_check__files_that_can_not_be_opened__are_each_an_error(run: Run, tmp_path: Path) -> None:
    (tmp_path / "requests.json").write_text(json.dumps(BAD))
    result = run("check", tmp_path / "request.json", tmp_path, tmp_path / "requests.json", "--json")

    assert result.exit_code == 1
    missing, folder, bad = json.loads(result.stdout)["requests"]
    assert missing["findings"][0]["message"] == (
        f"does not exist; did you mean {tmp_path / 'requests.json'}?"
    )
    assert folder["findings"][0]["message"] == "is a directory; name the files in it"
    assert len(bad["findings"]) == 2


DESCRIBED = {
    "name": "good",
    "solutionArn": "arn:aws:personalize:us-east-1:123456789012:solution/good",
    "datasetGroupArn": GROUP,
    "recipeArn": "arn:aws:personalize:::recipe/aws-sims",
    "performHPO": False,
    "performAutoML": False,
    "performAutoTraining": False,
    "performIncrementalUpdate": False,
    "solutionConfig": {"autoTrainingConfig": {"schedulingExpression": "rate(7 days)"}},
    "status": "ACTIVE",
    "creationDateTime": 1764000000.0,
    "lastUpdatedDateTime": "2025-11-24T16:00:00+00:00",
}
CONFIGURED = {"serviceConfig": {name: value for name, value in GOOD.items() if name != "datasetGroupArn"}}
CONFIGURATION = {
    "datasetGroup": {"serviceConfig": {"name": "movies"}, "workflowConfig": {"schedules": {}}},
    "solutions": [
        {
            "serviceConfig": {**CONFIGURED["serviceConfig"], "solutionVersion": {"tags": []}},
            "workflowConfig": {"schedules": {"full": "cron(0 0 ? * 1 *)"}},
            "campaigns": [{"serviceConfig": {"name": "home", "minProvisionedTPS": 1}}],
        }
    ],
    "filters": [],
}
SHAPES: dict[str, Any] = {
    "request": GOOD,
    "answer": {"solution": DESCRIBED, "ResponseMetadata": {"HTTPStatusCode": 200}},
    "inside of an answer": DESCRIBED,
    "exported": {"arn": "arn", "request": GOOD, "code": "...", "owner": None},
    "configuration": CONFIGURATION,
    "solution of a configuration": CONFIGURED,
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("ending", [".json", ".yaml", ".txt"])
def test_check__shape_that_people_have__is_read_as_its_request(
    run: Run, tmp_path: Path, shape: str, ending: str
) -> None:
    path = tmp_path / f"file{ending}"
    path.write_text(json.dumps(SHAPES[shape]) if ending == ".json" else yaml.safe_dump(SHAPES[shape]))
    result = run("check", path, "--json")

    (request,) = json.loads(result.stdout)["requests"]
    assert (request["index"], request["name"], request["findings"]) == (0, "good", [])


@pytest.mark.parametrize("shape", SHAPES)
def test_check__a_mistake_in_any_shape__is_found(run: Run, file: Callable[[Any], Path], shape: str) -> None:
    text = json.dumps([SHAPES[shape], SHAPES[shape]]).replace("recipe/aws-sims", "recipe/aws-hrnn")
    result = run("check", file(text.encode()), "--json")

    assert findings(result) == [[("error", None, "recipeArn")]] * 2


def test_check__several_yaml_documents__are_several_requests(run: Run) -> None:
    documents = yaml.safe_dump_all([GOOD, DOUBTFUL]).encode() + b"---\n"
    result = run("check", "-", "--json", input=documents)

    assert findings(result) == [[], [("warning", "auto-ml", "performAutoML")]]


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=3) | st.just(GROUP),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(sorted(MEMBERS)) | st.text(max_size=2) | st.integers(), inner)
        ),
        max_leaves=20,
    )
)
def test_requests_in__whatever_a_file_holds__can_be_checked(value: Any) -> None:
    text = yaml.safe_dump(value).encode()

    for checked in checking.check_file("x.yaml", lambda: text):
        assert all(finding.message for finding in checked.findings)


def test_check__text_with_control_characters__stays_on_its_line(
    run: Run, file: Callable[[Any], Path]
) -> None:
    lines = run("check", file({**GOOD, "name": "\x1b[31m\n\ud800", "a\nb": 1})).stdout.splitlines()

    assert len(lines) == 4
    assert "\x1b" not in "".join(lines)
    assert all(line == line.rstrip() for line in lines)


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


def test_check__without_a_file__is_a_usage_error(run: Run) -> None:
    assert run("check").exit_code == 2


@pytest.mark.parametrize("name", PAYLOADS)
def test_check__request_that_was_really_made__comes_out_as_it_should(
    run: Run, file: Callable[[Any], Path], name: str
) -> None:
    payload = PAYLOADS[name]

    assert run("check", file(payload["params"])).exit_code == (0 if payload["expect"] == "valid" else 1)
