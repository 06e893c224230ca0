"""What Lambda passes to the framework's functions beside the event."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

from aws_lambda_powertools.utilities.typing import LambdaContext

CONTEXT = cast(
    LambdaContext,
    SimpleNamespace(
        function_name="provider",
        function_version="$LATEST",
        memory_limit_in_mb=128,
        invoked_function_arn="arn:aws:lambda:us-east-1:123456789012:function:provider",
        aws_request_id="lambda-request",
    ),
)
