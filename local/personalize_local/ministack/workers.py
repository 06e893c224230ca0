"""The processes that run Lambda functions: their errors and logs, as in Lambda's runtimes.

ministack's workers return only the text of an exception, drop the error of a function that cannot be loaded,
and log each line separately. Lambda's runtimes return the exception's class and stack trace, report why a
function cannot be loaded, and write one log event for each record, even if it has several lines
(https://docs.aws.amazon.com/lambda/latest/dg/python-exceptions.html, nodejs-exceptions.html and
python-logging.html). The scripts that the workers run are ministack's, edited here.
"""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

FAILED_TO_LOAD = "failed_to_load"  # in the result of a function whose code never got to the handler

_RECORD = "\x1e"  # begins a line of a worker that is one log record, written as a JSON string
_SCRIPTS = Path(__file__).with_name("scripts")
# The module that stands in for a client of the SDK which is not installed.
_PROXY = "\n      {},\n      {\n"
_PROXY_ENDS = "return BareClient;\n          return undefined;\n        },\n      }\n    "


class _Log(str):
    """The log of a function. Each of its "lines" is a log event, which can have several lines."""

    __slots__ = ("records",)
    records: list[str]

    def __new__(cls, records: Iterable[str]) -> _Log:
        kept = [record for record in records if record]
        log = super().__new__(cls, "\n".join(kept))
        log.records = kept
        return log

    @classmethod
    def parse(cls, text: str) -> _Log:
        """The output of a worker."""
        lines = text.split("\n")
        return cls(json.loads(line[1:]) if line.startswith(_RECORD) else line for line in lines)

    def splitlines(self, keepends: bool = False) -> list[str]:  # noqa: ARG002 (as str has it)
        """The log events. ministack makes one of each line."""
        return self.records


class _Failure(str):
    """The message of an error, with Lambda's response."""

    __slots__ = ("failed_to_load", "log", "payload")
    payload: Mapping[str, object]
    log: _Log
    failed_to_load: bool

    def __new__(cls, payload: Mapping[str, object], log: _Log, *, failed_to_load: bool = False) -> _Failure:
        failure = super().__new__(cls, payload["errorMessage"])
        failure.payload, failure.log, failure.failed_to_load = payload, log, failed_to_load
        return failure


class _LoadError(Exception):
    """A worker that could not load the handler."""

    def __init__(self, payload: Mapping[str, object] | None, code: int | None, log: _Log) -> None:
        self.payload = payload  # None: the process ended
        self.code = code
        self.log = log
        super().__init__(payload and payload["errorMessage"])


class _Worker(lambda_runtime.Worker):  # type: ignore[misc] # ministack publishes no types
    """An execution environment of a Python or Node.js function."""

    _ran: subprocess.Popen[str]  # the last process, which ministack forgets when it has ended
    _proc: subprocess.Popen[str] | None

    def invoke(self, event: object, request_id: str, **more: Any) -> dict[str, Any]:
        """Run the function once."""
        try:
            result: dict[str, Any] = super().invoke(event, request_id, **more)
        except _LoadError as error:
            payload = error.payload or _ended(request_id, error.code)
            log = _Log([*error.log.records, _log_of(payload)])
            # After another process ended this one, the next try can succeed.
            is_code_wrong = error.payload is not None or (error.code or 0) >= 0
            return {"status": "error", "error": _Failure(payload, log, failed_to_load=is_code_wrong)}
        if result["status"] == "error":
            payload = result.get("payload") or {}
            if result["error"] == "Worker process died":
                payload = _ended(request_id, self._ran.poll())
            if payload:
                said = _Log(
                    [*_Log.parse(result.get("log", "")).records, result.get("record") or _log_of(payload)]
                )
                result["error"] = _Failure(payload, said)
        return result

    def _spawn(self) -> None:
        try:
            super()._spawn()
        except RuntimeError as error:
            failed, self._proc = self._proc, None
            if failed is None:
                raise
            lambda_runtime._signal(failed)
            lambda_runtime._collect(failed, 0)
            self._stderr_thread.join(timeout=1)
            log = _Log.parse(super()._drain_stderr())
            _, told, payload = str(error).partition("Worker init failed: ")
            raise _LoadError(json.loads(payload) if told else None, failed.poll(), log) from error
        assert self._proc is not None  # noqa: S101
        self._ran = self._proc

    def _drain_stderr(self) -> str:
        return _Log.parse(super()._drain_stderr())

    def _drain_stderr_bounded(self, *waits: float, **more: float) -> str:
        return _Log.parse(super()._drain_stderr_bounded(*waits, **more))


def register() -> None:
    """Make functions fail and log as in Lambda."""
    lambda_runtime._PYTHON_WORKER_SCRIPT = _python_script(lambda_runtime._PYTHON_WORKER_SCRIPT)
    lambda_runtime._NODEJS_WORKER_SCRIPT = _node_script(lambda_runtime._NODEJS_WORKER_SCRIPT)
    worker_class_for, execute = lambda_runtime._worker_class_for, lambda_svc._execute_function_warm

    def worker_class(config: Mapping[str, object]) -> type:
        kind: type = worker_class_for(config)
        return _Worker if kind is lambda_runtime.Worker else kind

    def execute_function(function: Mapping[str, object], event: object, request_id: str) -> dict[str, Any]:
        result: dict[str, Any] = execute(function, event, request_id)
        failure = result["body"].get("errorMessage") if result.get("error") else None
        if isinstance(failure, _Failure):
            result |= {"body": failure.payload, "log": failure.log, FAILED_TO_LOAD: failure.failed_to_load}
        return result

    lambda_runtime._worker_class_for = worker_class
    lambda_svc._execute_function_warm = execute_function


def _ended(request_id: str, code: int | None) -> Mapping[str, object]:
    """Lambda's response if the process has ended."""
    if not code:
        reason = "Runtime exited without providing a reason"
    elif code < 0:
        reason = f"Runtime exited with error: signal: {_signal_name(-code)}"
    else:
        reason = f"Runtime exited with error: exit status {code}"
    return {"errorType": "Runtime.ExitError", "errorMessage": f"RequestId: {request_id} Error: {reason}"}


def _signal_name(number: int) -> str:
    return (signal.strsignal(number) or str(number)).lower()


def _log_of(payload: Mapping[str, object]) -> str:
    """The log event of an error that the worker has not logged."""
    return f"[ERROR] {payload['errorType']}: {payload['errorMessage']}"


def _python_script(script: str) -> str:
    return (_SCRIPTS / "errors_and_logs.py").read_text() + _edited(
        script,
        ('{"status": "error", "error": str(e)})', "_ms_not_loaded(e, module_name, handler_name))"),
        ('{"status": "error", "error": str(e), "trace": traceback.format_exc()}', "_ms_failed(e)"),
        ('json.dumps({"status": "ok", "result": result})', "_ms_answer(result)"),
        ('event = _ms_msg["event"]\n', 'event = _ms_msg["event"]; _ms_request(_ms_msg)\n'),
    )


def _node_script(script: str) -> str:
    return (_SCRIPTS / "errors_and_logs.js").read_text() + _edited(
        script,
        ("error: `Handler ${handlerName} is not a function in ${modPath}`", "error: _msNoHandler(msg)"),
        (
            'status: "error", error: e.message\n        }',
            'status: "error", error: _msNotLoaded(e)\n        }',
        ),
        ('status: "error", error: String(err.message || err), trace: err.stack || ""', "..._msFailed(err)"),
        ('status: "error", error: e.message, trace: e.stack\n', "..._msFailed(e)\n"),
        ("const ctx = msg.ctx || {};\n", "const ctx = msg.ctx || {}; _msRequestId = ctx.request_id;\n"),
        (
            """"MiniStack local executor has no stub for '" + id
        + "'; bundle the module with your function or use LAMBDA_EXECUTOR=docker."
""",
            "_msMissing(id)\n",
        ),
        # esbuild copies a module's own members, of which a proxy has none, and keeps its prototype.
        (f"    return new Proxy({_PROXY}", f"    return Object.create(new Proxy({_PROXY}"),
        (f"{_PROXY_ENDS});", f"{_PROXY_ENDS}));"),
    )


def _edited(script: str, *edits: tuple[str, str]) -> str:
    """Return a script with some texts replaced. Each must be there exactly once."""
    for old, new in edits:
        before, found, after = script.partition(old)
        if not found or old in after:
            raise RuntimeError(f"this is not the ministack that is pinned: its worker has no single {old!r}")
        script = before + new + after
    return script
