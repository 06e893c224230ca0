"""What goes before ministack's worker for Python: errors and log records as in Lambda.

The names and messages of errors are those of awslambdaric, the runtime's own code.
"""

import json
import logging
import sys
import time
import traceback
from collections.abc import Mapping
from typing import Any

_MS_REQUEST = {"id": ""}


class _MsMarshalError(Exception):
    """What a handler returned can't be written as JSON."""


class _MsRecords(logging.Handler):
    """The handler that Lambda gives the root logger: each record is one log event."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record down."""
        _ms_log(self.format(record) + "\n")


class _MsFormatter(logging.Formatter):
    """Lambda's format of a record."""

    converter = time.gmtime  # type: ignore[assignment] # as the documentation of logging has it

    def format(self, record: logging.LogRecord) -> str:
        """Write a record with the id of the request."""
        record.aws_request_id = _MS_REQUEST["id"]
        return super().format(record)


def _ms_log(text: str) -> None:
    """Make one log event of a text, whatever lines it has."""
    sys.stderr.write("\x1e" + json.dumps(text) + "\n")
    sys.stderr.flush()


def _ms_log_records() -> None:
    handler = _MsRecords()
    handler.setFormatter(
        _MsFormatter(
            "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s",
            datefmt="%Y-%m-%dT%H:%M:%S",
        )
    )
    logging.getLogger().addHandler(handler)


def _ms_request(message: Mapping[str, Any]) -> None:
    """Note which request is being answered."""
    _MS_REQUEST["id"] = (message.get("ctx") or {}).get("request_id", "")


def _ms_answer(result: object) -> str:
    """What the worker answers when the handler has returned."""
    try:
        return json.dumps({"status": "ok", "result": result})
    except (TypeError, ValueError) as error:
        raise _MsMarshalError(f"Unable to marshal response: {error}") from None


def _ms_failed(error: Exception) -> dict[str, object]:
    """What the worker answers when the handler has raised."""
    unreadable = isinstance(error, _MsMarshalError)
    payload = {
        "errorMessage": str(error),
        "errorType": "Runtime.MarshalError" if unreadable else type(error).__name__,
        "requestId": _MS_REQUEST["id"],
        # Without the worker's own frame.
        "stackTrace": [] if unreadable else traceback.format_tb(error.__traceback__)[1:],
    }
    return {
        "status": "error",
        "error": str(error),
        "payload": payload,
        "record": "\n".join(
            [f"[ERROR] {payload['errorType']}: {error}", "Traceback (most recent call last):"]
            + [frame.rstrip() for frame in payload["stackTrace"]]
        ),
    }


def _ms_not_loaded(error: Exception, module: str, handler: str) -> dict[str, object]:
    """What the worker answers when the handler can't be loaded."""
    kind, message, stack = type(error).__name__, str(error), traceback.format_tb(error.__traceback__)[1:]
    if isinstance(error, ImportError):
        kind, message, stack = "Runtime.ImportModuleError", f"Unable to import module '{module}': {error}", []
    elif isinstance(error, SyntaxError):
        kind, message = "Runtime.UserCodeSyntaxError", f"Syntax error in module '{module}': {error}"
        stack = [f'  File "{error.filename}" Line {error.lineno}\n    {error.text}']
    elif (
        isinstance(error, AttributeError)
        and module in sys.modules
        and not hasattr(sys.modules[module], handler)
    ):
        kind, message = "Runtime.HandlerNotFound", f"Handler '{handler}' missing on module '{module}'"
        stack = []
    payload = {"errorMessage": message, "errorType": kind, "stackTrace": stack}
    return {"status": "error", "error": json.dumps(payload)}


_ms_log_records()
