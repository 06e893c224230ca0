"""The requests that the local AWS refuses: decisions on headers."""

from __future__ import annotations

from typing import Any

import pytest

from personalize_local.guard import origin, refusal

MINE = "https://app.example.com"

Header = tuple[str, str]


def scope(*headers: Header, path: str = "/") -> dict[str, Any]:
    return {
        "type": "http",
        "raw_path": path.encode(),
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in headers],
        "server": ("127.0.0.1", 4566),
    }


def status(*headers: Header, path: str = "/") -> int:
    refused = refusal(scope(*headers, path=path), {MINE})
    return 200 if refused is None else refused.status


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1:4566",
        "127.0.0.1",
        "localhost:4566",
        "LocalHost:4566",
        "[::1]:4566",
        "bucket.localhost:4566",
        "my.bucket.s3.localhost:4566",
        "bucket.s3.us-east-1.localhost:4566",
        "abc123.execute-api.localhost:4566",
        "abc123.execute-api.127.0.0.1:4566",
        "sync-127.0.0.1:4566",
    ],
)
def test_host__of_this_machine__passes(host: str) -> None:
    assert status(("host", host)) == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:4566",
        "127.0.0.1.evil.example",
        "127.0.0.1.nip.io:4566",
        "localhost.evil.example",
        "evillocalhost",
        "evil-localhost",
        "localhost:4566@evil.example",
        "evil.example/.localhost",
        "localhost.localstack.cloud:4566",
        "s3.amazonaws.com",
        "127.0.0.10",
        "0.0.0.0:4566",
        "[::2]",
        "localhost:4566x",
        "localhost\x00",
        "localhost\xa0",
        "",
        "a." * 5000 + "b",
    ],
)
def test_host__of_another_machine__is_refused(host: str) -> None:
    assert status(("host", host)) == 403


def test_host__missing_or_twice__is_refused() -> None:
    assert status() == 403
    assert status(("host", "localhost"), ("host", "localhost")) == 403
    assert status(("host", "localhost"), ("Host", "evil.example")) == 403


@pytest.mark.parametrize(
    "found",
    [
        "http://127.0.0.1:8000",
        "http://127.0.0.1",
        "https://127.0.0.1:4566",
        "http://localhost:4566",
        "http://127.0.0.1:4566.evil.example",
        "http://evil.example",
        "null",
        "NULL",
        "",
        "file://",
        "chrome-extension://abc",
        f"{MINE}.evil.example",
        f"{MINE}:8443",
        "http://app.example.com",
        f"{MINE}, http://evil.example",
        "127.0.0.1:4566",
    ],
)
def test_origin__of_another_page__is_refused(found: str) -> None:
    assert status(("host", "127.0.0.1:4566"), ("origin", found)) == 403
    assert status(("host", "127.0.0.1:4566"), ("Origin", found), ("sec-fetch-site", "same-origin")) == 403


def test_origin__of_the_status_page_itself__passes() -> None:
    assert status(("host", "127.0.0.1:4566"), ("origin", "http://127.0.0.1:4566")) == 200
    assert status(("host", "LOCALHOST:4566"), ("Origin", "http://localhost:4566")) == 200


def test_origin__several_and_one_foreign__is_refused() -> None:
    host = ("host", "127.0.0.1:4566")
    assert status(host, ("origin", MINE), ("origin", "http://evil.example")) == 403
    assert status(host, ("origin", "http://127.0.0.1:4566"), ("origin", "http://evil.example")) == 403


def test_origin__that_was_allowed__passes_from_its_own_site_and_no_other() -> None:
    host = ("host", "127.0.0.1:4566")
    assert status(host, ("origin", MINE), ("sec-fetch-site", "cross-site")) == 200
    assert status(host, ("sec-fetch-site", "cross-site")) == 403
    assert status(("host", "evil.example"), ("origin", MINE)) == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site", "Cross-Site", "", "none, cross-site", "new"])
def test_fetch_site__of_another_site__is_refused(site: str) -> None:
    assert status(("host", "localhost"), ("Sec-Fetch-Site", site)) == 403


@pytest.mark.parametrize("site", ["none", "same-origin"])
def test_fetch_site__of_the_user_or_the_page_itself__passes(site: str) -> None:
    assert status(("host", "localhost"), ("sec-fetch-site", site)) == 200
    assert status(("host", "localhost"), ("sec-fetch-site", site), ("sec-fetch-site", "cross-site")) == 403


@pytest.mark.parametrize("target", ["http://127.0.0.1:4566/", "http://evil.example/", "*", ""])
def test_target__not_a_path__is_refused(target: str) -> None:
    assert status(("host", "127.0.0.1:4566"), path=target) == 400


@pytest.mark.parametrize(
    ("headers", "says"),
    [
        ([("host", "evil.example")], ["'evil.example'", "Use http://127.0.0.1:4566."]),
        ([], ["no Host header", "Use http://127.0.0.1:4566."]),
        (
            [("host", "localhost"), ("origin", "http://localhost:3000")],
            ["'http://localhost:3000'", "start the local AWS with --allow-origin http://localhost:3000."],
        ),
        ([("host", "localhost"), ("origin", "null")], ["'null'", "serve it from an http:// address"]),
        (
            [("host", "localhost"), ("sec-fetch-site", "cross-site")],
            ["Sec-Fetch-Site: 'cross-site'", "--allow-origin"],
        ),
        ([("host", "x" * 9000)], ["x" * 100 + "..."]),
    ],
)
def test_refusal__text__says_what_was_found_and_what_to_do(headers: list[Header], says: list[str]) -> None:
    refused = refusal(scope(*headers))
    assert refused is not None
    assert all(words in refused.text for words in says), refused.text
    assert refused.text.isprintable() or refused.text.count("\n") == 1
    assert len(refused.text) < 500


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("http://localhost:3000", "http://localhost:3000"),
        ("http://localhost:3000/", "http://localhost:3000"),
        ("HTTPS://App.example.com", "https://app.example.com"),
        ("https://app.example.com:443", "https://app.example.com"),
        ("http://app.example.com:80", "http://app.example.com"),
        ("http://app.example.com:443", "http://app.example.com:443"),
        ("http://[::1]:3000", "http://[::1]:3000"),
        ("chrome-extension://abcdef", "chrome-extension://abcdef"),
    ],
)
def test_allowed_origin__in_any_spelling__is_as_browsers_send_it(text: str, found: str) -> None:
    assert origin(text) == found


@pytest.mark.parametrize(
    "text",
    ["*", "null", "", "localhost:3000", "http://*", "http://a/b", "http://a b", "http://a@b", "http://"],
)
def test_allowed_origin__that_is_none__is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not an origin: give scheme, host and port"):
        origin(text)
