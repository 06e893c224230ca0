"""Makes the calls of a test with the AWS CLI: a JSON object on each line of stdin, one on each of stdout.

All in one process: each start of `aws` takes a second.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
from typing import Any

from awscli.botocore import xform_name
from awscli.clidriver import create_clidriver


def arguments(service: str, operation: str, given: dict[str, Any]) -> list[str]:
    """What follows `aws` on a command line."""
    if operation == "Upload":
        return ["s3", "cp", given["file"], f"s3://{given['bucket']}/{given['key']}", "--quiet"]
    words = [service if service != "s3" else "s3api", xform_name(operation, "-")]
    for name, value in given.items():
        words += [f"--{xform_name(name, '-')}", value if isinstance(value, str) else json.dumps(value)]
    return words


driver = create_clidriver()
for line in sys.stdin:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = driver.main(arguments(*json.loads(line).values()))
    said = {"error": err.getvalue()} if status else {"answer": json.loads(out.getvalue() or "{}")}
    sys.stdout.write(f"{json.dumps(said)}\n")
    sys.stdout.flush()
