"""The HTTP server of the local AWS with a handler that only returns one JSON document.

The command line has the file descriptor of a listening socket, and the document. It serves until it is
terminated.
"""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, Any, cast

from hypercorn.asyncio import serve
from hypercorn.config import Config

if TYPE_CHECKING:
    from hypercorn.typing import ASGIFramework

DOCUMENT = sys.argv[2].encode()
HEADERS = [(b"content-type", b"application/x-amz-json-1.1"), (b"content-length", b"%d" % len(DOCUMENT))]


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Answer each request, once all of it has come."""
    if scope["type"] != "http":
        raise NotImplementedError(scope["type"])
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    await send({"type": "http.response.body", "body": DOCUMENT})


if __name__ == "__main__":
    config = Config()
    config.bind = [f"fd://{sys.argv[1]}"]
    config.loglevel = "ERROR"
    asyncio.run(serve(cast("ASGIFramework", application), config))
