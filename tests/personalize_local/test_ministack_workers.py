"""Lambda functions fail and log as in Lambda."""

from __future__ import annotations

import base64
import io
import json
import zipfile
from typing import Any

import pytest

from personalize_local.testing.server_process import LocalAws

PYTHON, NODE = "python3.13", "nodejs22.x"
ROLE = "arn:aws:iam::000000000000:role/r"


class Function:
    """A function of one file."""

    def __init__(self, aws: LocalAws, runtime: str, code: str, handler: str = "index.handler") -> None:
        body = io.BytesIO()
        with zipfile.ZipFile(body, "w") as archive:
            archive.writestr("index.py" if runtime == PYTHON else "index.js", code)
        self.aws = aws
        aws.client("lambda").create_function(
            FunctionName="f", Runtime=runtime, Handler=handler, Role=ROLE, Code={"ZipFile": body.getvalue()}
        )

    def invoke(self) -> dict[str, Any]:
        """The answer, with its FunctionError."""
        answer = self.aws.client("lambda").invoke(FunctionName="f", Payload=b"{}", LogType="Tail")
        return {
            "error": answer.get("FunctionError"),
            "payload": json.loads(answer["Payload"].read()),
            "request": answer["ResponseMetadata"]["RequestId"],
            "tail": base64.b64decode(answer.get("LogResult", "")).decode(),
        }

    def events(self) -> list[str]:
        """The log events, without those that Lambda adds."""
        events = self.aws.client("logs").filter_log_events(logGroupName="/aws/lambda/f")["events"]
        return [e["message"] for e in events if e["message"].split(" ")[0] not in ("START", "END", "REPORT")]


def test_python__raises__class_message_and_stack_are_answered(local_aws: LocalAws) -> None:
    code = "def handler(event, context):\n    deeper()\n\ndef deeper():\n    raise KeyError('films')\n"
    answer = Function(local_aws, PYTHON, code).invoke()
    assert answer["error"] == "Unhandled"
    payload = answer["payload"]
    assert payload.keys() == {"errorMessage", "errorType", "requestId", "stackTrace"}
    assert (payload["errorType"], payload["errorMessage"]) == ("KeyError", "'films'")
    first, second = payload["stackTrace"]
    assert 'index.py", line 2, in handler\n    deeper()\n' in first
    assert 'index.py", line 5, in deeper\n' in second


def test_python__raises__one_log_event_tells_it(local_aws: LocalAws) -> None:
    function = Function(local_aws, PYTHON, "def handler(event, context):\n    raise ValueError('no')\n")
    tail = function.invoke()["tail"]
    (event,) = function.events()
    assert event.startswith("[ERROR] ValueError: no\nTraceback (most recent call last):\n  File ")
    assert event in tail


def test_node__throws__class_message_and_stack_are_answered(local_aws: LocalAws) -> None:
    code = "exports.handler = async () => { null.films }"
    payload = Function(local_aws, NODE, code).invoke()["payload"]
    assert payload.keys() == {"errorType", "errorMessage", "trace"}
    assert payload["errorType"] == "TypeError"
    assert payload["trace"][0] == f"TypeError: {payload['errorMessage']}"
    assert "index.js:1" in payload["trace"][1]


@pytest.mark.parametrize(
    ("code", "kind", "message"),
    [
        ("callback('films')", "string", "films"),
        ("callback(new RangeError('films'))", "RangeError", "films"),
        ("throw new RangeError('films')", "RangeError", "films"),
        ("context.fail()", "Error", "fail"),
    ],
)
def test_node__fails_without_a_promise__is_the_same(
    local_aws: LocalAws, code: str, kind: str, message: str
) -> None:
    handler = f"exports.handler = (event, context, callback) => {{ {code} }}"
    payload = Function(local_aws, NODE, handler).invoke()["payload"]
    assert (payload["errorType"], payload["errorMessage"]) == (kind, message)


def test_python__answer_is_no_json__is_a_marshal_error(local_aws: LocalAws) -> None:
    payload = Function(local_aws, PYTHON, "def handler(event, context):\n    return {1, 2}\n").invoke()[
        "payload"
    ]
    assert payload["errorType"] == "Runtime.MarshalError"
    assert (
        payload["errorMessage"] == "Unable to marshal response: Object of type set is not JSON serializable"
    )


@pytest.mark.parametrize(
    ("runtime", "code", "message"),
    [
        (
            PYTHON,
            "import os\ndef handler(event, context):\n    os._exit(3)\n",
            "exited with error: exit status 3",
        ),
        (
            PYTHON,
            "import os\ndef handler(event, context):\n    os.kill(os.getpid(), 9)\n",
            "error: signal: killed",
        ),
        (NODE, "exports.handler = async () => process.exit(0)", "Runtime exited without providing a reason"),
    ],
)
def test_function__its_process_ends__is_an_exit_error(
    local_aws: LocalAws, runtime: str, code: str, message: str
) -> None:
    payload = Function(local_aws, runtime, code).invoke()["payload"]
    assert payload["errorType"] == "Runtime.ExitError"
    assert payload["errorMessage"].startswith("RequestId: ")
    assert payload["errorMessage"].endswith(message)


@pytest.mark.parametrize(
    ("runtime", "code", "handler", "kind", "message"),
    [
        (
            PYTHON,
            "import films",
            "index.handler",
            "Runtime.ImportModuleError",
            "Unable to import module 'index': No module named 'films'",
        ),
        (
            PYTHON,
            "def handler(",
            "index.handler",
            "Runtime.UserCodeSyntaxError",
            "Syntax error in module 'index': ",
        ),
        (PYTHON, "1", "index.films", "Runtime.HandlerNotFound", "Handler 'films' missing on module 'index'"),
        (PYTHON, "{}['films']", "index.handler", "KeyError", "'films'"),
        (PYTHON, "raise SystemExit(3)", "index.handler", "Runtime.ExitError", "RequestId: "),
        (
            NODE,
            "require('films')",
            "index.handler",
            "Runtime.ImportModuleError",
            "Error: Cannot find module 'films'\nRequire stack:",
        ),
        (NODE, "const = 1", "index.handler", "Runtime.UserCodeSyntaxError", "SyntaxError: "),
        (NODE, "1", "index.films", "Runtime.HandlerNotFound", "index.films is undefined or not exported"),
        (NODE, "process.exit(3)", "index.handler", "Runtime.ExitError", "RequestId: "),
        (
            NODE,
            "require('@aws-sdk/no-such')",
            "index.handler",
            "Runtime.ImportModuleError",
            "Lambda's Node.js runtime brings @aws-sdk/no-such, and the local AWS does not find it: "
            "run `npm install @aws-sdk/no-such` in the folder where you start personalize-local",
        ),
        (
            NODE,
            "require('@aws-sdk/client-no-such')",
            "index.handler",
            "Error",
            "Lambda's Node.js runtime brings @aws-sdk/client-no-such, and",
        ),
    ],
)
def test_function__can_not_be_loaded__the_answer_says_why(
    local_aws: LocalAws, runtime: str, code: str, handler: str, kind: str, message: str
) -> None:
    function = Function(local_aws, runtime, code, handler)
    for _ in range(2):
        answer = function.invoke()
        assert answer["error"] == "Unhandled"
        assert answer["payload"]["errorType"] == kind
        assert answer["payload"]["errorMessage"].startswith(message)
        assert answer["payload"]["errorMessage"] in function.events()[-1]


def test_node__console__each_call_is_one_event(local_aws: LocalAws) -> None:
    code = """exports.handler = async (event, context) => {
        console.log("films %d:", 2, JSON.stringify({ a: 1, b: 2 }, undefined, 2));
        console.error("first\\nsecond");
        process.stdout.write("raw\\n");
        return context.awsRequestId;
    }"""
    function = Function(local_aws, NODE, code)
    request = function.invoke()["payload"]
    log, error, raw = function.events()
    assert log.split("\t", 1)[1] == f'{request}\tINFO\tfilms 2: {{\n  "a": 1,\n  "b": 2\n}}'
    assert error.split("\t", 1)[1] == f"{request}\tERROR\tfirst\nsecond"
    assert raw == "raw"


def test_python__log_records__each_is_one_event_at_the_root_loggers_level(local_aws: LocalAws) -> None:
    code = """
import logging
def handler(event, context):
    logging.info("unseen")
    logging.getLogger("films").warning("first\\nsecond %s", 2)
    logging.getLogger().setLevel("INFO")
    logging.info("seen")
    print("raw")
    return context.aws_request_id
"""
    function = Function(local_aws, PYTHON, code)
    request = function.invoke()["payload"]
    warning, seen, raw = function.events()
    assert warning.startswith("[WARNING]\t20")
    assert warning.endswith(f"Z\t{request}\tfirst\nsecond 2\n")
    assert seen.endswith(f"Z\t{request}\tseen\n")
    assert raw == "raw"
