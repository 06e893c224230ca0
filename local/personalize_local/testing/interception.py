"""Sends the calls of all AWS clients in this process to a simulator."""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import io
import socket
from collections.abc import Iterator, Mapping
from typing import Any
from unittest import mock
from urllib.parse import urlsplit

import botocore.configloader
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import ConfigNotFound
from botocore.httpsession import URLLib3Session

from personalize_local.simulator import Personalize, Response, Scope
from personalize_local.simulator.engine.http import caller, target
from personalize_local.simulator.engine.service import TARGET
from personalize_local.testing.endpoints import is_this_machine, region_of

CREDENTIALS = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
"""Those of each client that the code under test does not give others to."""

# The HTTP libraries of aiobotocore: aiohttp, and optionally httpx.
_ASYNC_SESSIONS = (
    ("aiobotocore.httpsession", "AIOHTTPSession"),
    ("aiobotocore.httpxsession", "HttpxSession"),
)


class UnservedClientError(RuntimeError):
    """A client that cannot be intercepted tried to resolve Amazon Personalize. It sent no call."""


@contextlib.contextmanager
def intercepted(simulator: Personalize) -> Iterator[None]:
    """Answer the calls of boto3, botocore and aiobotocore to Amazon Personalize inside this context manager.

    It replaces the methods that open connections. Event handlers would work only for clients that are created
    later, and code under test can create its clients while it is imported. A client of another library that
    resolves a Personalize endpoint gets an `UnservedClientError`.
    """
    send = URLLib3Session.send

    def answer(session: URLLib3Session, request: AWSPreparedRequest) -> AWSResponse:
        response = _response(simulator, request)
        return send(session, request) if response is None else aws_response(request, response)

    with contextlib.ExitStack() as patches:
        patches.enter_context(mock.patch.object(URLLib3Session, "send", answer))
        patches.enter_context(mock.patch.object(socket, "getaddrinfo", _guarded(socket.getaddrinfo)))
        for session in _async_sessions():
            patches.enter_context(mock.patch.object(session, "send", _async_answer(simulator, session.send)))
        yield


@contextlib.contextmanager
def any_profile() -> Iterator[None]:
    """Make every profile exist in AWS sessions, with fake credentials.

    The settings of profiles in the configuration file stay the same.
    """
    load = botocore.configloader.load_config

    def loaded(path: str) -> dict[str, Any]:
        try:
            config: dict[str, Any] = load(path)
        except ConfigNotFound:
            config = {}
        return {**config, "profiles": _Profiles(config.get("profiles", {}))}

    with mock.patch.object(botocore.configloader, "load_config", loaded):
        yield


def aws_response(request: AWSPreparedRequest, response: Response) -> AWSResponse:
    """The simulator's response, in the form that botocore expects of a connection."""
    return AWSResponse(request.url, response.status, response.headers, _Raw(response.body))


def _response(simulator: Personalize, request: AWSPreparedRequest) -> Response | None:
    """The simulator's response, or None if the request is not for Amazon Personalize."""
    url = urlsplit(request.url)
    headers = {name.lower(): _text(value) for name, value in request.headers.items()}
    region = region_of(url.hostname or "")
    if region is None and not _names_personalize(url.hostname or "", headers):
        return None
    authorization = headers.get("authorization", "")
    scope = caller(authorization) if authorization else Scope.of(region or "us-east-1", "0" * 12)
    return simulator.respond(target(url.path, headers), request.body or b"", scope)


def _names_personalize(host: str, headers: Mapping[str, str]) -> bool:
    """Whether a request to another host, such as a proxy or an emulator, is for Amazon Personalize.

    Requests to servers on this machine are not intercepted.
    """
    return not is_this_machine(host) and (
        "/personalize/aws4_request" in headers.get("authorization", "")
        or headers.get("x-amz-target", "").startswith(TARGET)
    )


def _guarded(getaddrinfo: Any) -> Any:
    def guarded(host: str | bytes | None, *arguments: Any, **options: Any) -> Any:
        name = _text(host or "")
        if region_of(name):
            raise UnservedClientError(
                f"{name}: a client was about to call Amazon Personalize over the network. The fixture "
                "personalize_simulator serves clients of boto3, botocore and aiobotocore. Call the service "
                "with one of these, or give your client the endpoint of the fixture local_aws"
            )
        return getaddrinfo(host, *arguments, **options)

    return guarded


def _async_sessions() -> Iterator[Any]:
    for module, name in _ASYNC_SESSIONS:
        if importlib.util.find_spec("aiobotocore") is None:
            return
        with contextlib.suppress(ImportError):  # of an older aiobotocore, which has no sessions with httpx
            yield getattr(importlib.import_module(module), name)


def _async_answer(simulator: Personalize, send: Any) -> Any:
    from aiobotocore.awsrequest import AioAWSResponse  # noqa: PLC0415 (only where it is installed)

    async def answer(session: Any, request: AWSPreparedRequest) -> Any:
        response = _response(simulator, request)
        if response is None:
            return await send(session, request)
        return AioAWSResponse(request.url, response.status, response.headers, _AsyncRaw(response.body))

    return answer


class _Raw(io.BytesIO):
    def stream(self, **_options: Any) -> Iterator[bytes]:
        yield self.read()


class _AsyncRaw:
    def __init__(self, body: bytes) -> None:
        self._body = body

    async def read(self) -> bytes:
        return self._body


class _Profiles(dict[str, Any]):
    """The profiles of a configuration file, and any other name."""

    def __contains__(self, _name: object) -> bool:
        return True

    def __missing__(self, _name: str) -> dict[str, str]:
        return dict(CREDENTIALS)


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value
