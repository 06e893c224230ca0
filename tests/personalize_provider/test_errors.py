"""What a stack's events show."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ProxyConnectionError,
    ReadTimeoutError,
    ResponseStreamingError,
    SSLError,
)
from botocore.parsers import ResponseParserError
from hypothesis import given
from hypothesis import strategies as st

from personalize_provider.aws.errors import (
    CALL_ERRORS,
    NEVER_ANSWERED,
    CallError,
    InvalidPropertiesError,
    LifecycleError,
    SupersededError,
    error_code,
    error_message,
    is_throttle,
    may_pass,
    refused,
)


def client_error(code: str, message: str = "", status: int = 400) -> ClientError:
    answer = {
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {
            "HTTPStatusCode": status,
            "RequestId": "r-1",
            "HostId": "",
            "HTTPHeaders": {},
            "RetryAttempts": 0,
        },
    }
    return ClientError(answer, "CreateSolution")


def test_message__all_parts__in_their_order() -> None:
    error = LifecycleError("solution movies", "CreateSolution", "no such group", "make it first", "NotFound")
    assert str(error) == "solution movies: CreateSolution failed: no such group (NotFound); make it first"


def test_message__no_code__has_no_brackets() -> None:
    assert (
        str(LifecycleError("solution m", "waiting", "late", "wait"))
        == "solution m: waiting failed: late; wait"
    )


@given(st.text(max_size=200), st.sampled_from(["", "AlreadyExists"]))
def test_message__any_cause__is_one_line(cause: str, code: str) -> None:
    assert len(str(LifecycleError("solution m", "CreateSolution", cause, "do this", code)).splitlines()) <= 1


@pytest.mark.parametrize("character", ["x", "é", "映", "🎬", "x\n", '"\\'])
@pytest.mark.parametrize("code", ["", "ValidationException"])
def test_message__five_thousand_characters__fits_with_code_and_next_step(character: str, code: str) -> None:
    message = str(LifecycleError("solution m", "CreateSolution", character * 5_000, "do this", code))
    assert len(message.encode()) < 1_000
    assert len(message.encode()) > 950
    assert message.startswith("solution m: CreateSolution failed: ")
    assert message.endswith(f"... ({code}); do this" if code else "...; do this")


def test_invalid_properties__many_problems__are_all_named() -> None:
    error = InvalidPropertiesError("resource Movies", ["a is wrong", "b is wrong"])
    assert error.problems == ("a is wrong", "b is wrong")
    assert str(error) == (
        "resource Movies: reading its properties failed: a is wrong; b is wrong; "
        "correct the template and deploy again"
    )


@pytest.mark.parametrize("operation", ["waiting in CREATE_IN_PROGRESS", "Create"])
def test_superseded__what_was_done_and_what_the_stack_does__are_named(operation: str) -> None:
    assert str(SupersededError("solution m", operation, "ROLLBACK_IN_PROGRESS")) == (
        f"solution m: {operation} failed: the stack is ROLLBACK_IN_PROGRESS by now, "
        "so this request is out of date and changes nothing more; look at the stack's later events"
    )


@pytest.mark.parametrize(
    ("cause", "shown"),
    [
        ("a\x01b", "a\\x01b"),
        ("a\x7fb", "a\\x7fb"),
        ("a\ud800b", "a\\ud800b"),
        ("a\u2028b", "a b"),  # white space, as a line's end is
        ("a\u202eb", "a\\u202eb"),  # would turn the rest of the line round
        ("a\ufeffb", "a\\ufeffb"),
        ("é映🎬", "é映🎬"),
    ],
)
def test_message__letter_that_cannot_be_shown__is_escaped(cause: str, shown: str) -> None:
    message = str(LifecycleError("solution m", "CreateSolution", cause, "do this"))
    assert message == f"solution m: CreateSolution failed: {shown}; do this"


@given(st.text(st.characters(exclude_categories=())), st.sampled_from(["", "AlreadyExists"]))
def test_message__any_text__is_short_and_can_be_sent(cause: str, code: str) -> None:
    message = str(LifecycleError("solution m", "CreateSolution", cause * 40, "do this", code))
    assert len(message.encode()) < 1_000
    assert message.isprintable()


@pytest.mark.parametrize(
    ("error", "passes"),
    [
        (client_error("LimitExceededException"), True),
        (client_error("ThrottlingException"), True),
        (client_error("Throttling"), True),
        (client_error("TooManyRequestsException"), True),
        (client_error("RequestLimitExceeded"), True),
        (client_error("ResourceInUseException"), True),
        (client_error("InternalFailure", status=500), True),
        (client_error("503", status=503), True),
        (client_error("ANewOne", status=503), True),
        (ReadTimeoutError(endpoint_url="https://x"), True),
        (ConnectTimeoutError(endpoint_url="https://x"), True),
        (EndpointConnectionError(endpoint_url="https://x"), True),
        (ResponseStreamingError(error="cut"), True),
        (ResponseParserError("no XML"), True),
        (client_error("InvalidInputException"), False),
        (client_error("ResourceNotFoundException"), False),
        (client_error("AccessDeniedException"), False),
        (client_error("TooManyTagsException"), False),
        (client_error("UnrecognizedClientException", status=403), False),
        (client_error("InvalidClientTokenId", status=403), False),
        (NoCredentialsError(), False),
    ],
)
def test_may_pass__an_error__by_code_or_status(error: CallError, passes: bool) -> None:
    assert isinstance(error, CALL_ERRORS)
    assert may_pass(error, age=3600) is passes


@pytest.mark.parametrize(
    ("error", "throttled"),
    [
        (client_error("LimitExceededException"), True),
        (client_error("Throttling"), True),
        (client_error("ThrottlingException"), True),
        (client_error("TooManyRequestsException"), True),
        (client_error("RequestLimitExceeded", status=503), True),
        (client_error("ServiceUnavailable", status=503), False),
        (client_error("InternalFailure", status=500), False),
        (client_error("ResourceInUseException"), False),
        (client_error("AccessDeniedException"), False),
        (ReadTimeoutError(endpoint_url="https://x"), False),
        (ResponseParserError("Throttling"), False),
    ],
)
def test_is_throttle__an_error__only_where_the_service_asks_for_less(
    error: CallError, throttled: bool
) -> None:
    assert is_throttle(error) is throttled


@pytest.mark.parametrize(
    "code",
    [
        "AccessDenied",
        "AccessDeniedException",
        "ExpiredToken",
        "ExpiredTokenException",
        "InvalidClientTokenId",
        "NotAuthorized",
        "UnrecognizedClientException",
        "ResourceNotFoundException",  # of CreateSolution: the dataset group may be new (rule 64)
    ],
)
@pytest.mark.parametrize(("age", "passes"), [(0, True), (29, True), (30, False)])
def test_may_pass__what_a_new_role_or_dataset_group_meets__only_at_first(
    code: str, age: float, passes: bool
) -> None:
    assert may_pass(client_error(code), age) is passes


def test_may_pass__not_found_of_another_operation__never() -> None:
    answer: Any = {"Error": {"Code": "ResourceNotFoundException"}}
    assert not may_pass(ClientError(answer, "UpdateSolution"), age=0)


UNREACHABLE = (EndpointConnectionError, ConnectTimeoutError, SSLError, ProxyConnectionError)


def unreachable(kind: type[BotoCoreError], *, never_answered: bool) -> BotoCoreError:
    error = kind(endpoint_url="https://personalize.eu-south-9.amazonaws.com/", proxy_url="", error="no route")
    setattr(error, NEVER_ANSWERED, never_answered)
    return error


@pytest.mark.parametrize("kind", UNREACHABLE)
@pytest.mark.parametrize(("age", "passes"), [(0, True), (179, True), (180, False)])
def test_may_pass__endpoint_that_never_answered__for_three_minutes(
    kind: type[BotoCoreError], age: float, passes: bool
) -> None:
    assert may_pass(unreachable(kind, never_answered=True), age) is passes
    assert may_pass(unreachable(kind, never_answered=False), age)


@pytest.mark.parametrize("kind", UNREACHABLE)
def test_refused__no_connection__names_region_dns_and_the_way_out(kind: type[BotoCoreError]) -> None:
    message = str(refused("solution m", "DescribeSolution", unreachable(kind, never_answered=True)))
    for word in ("Region", "DNS", "NAT gateway", "VPC endpoint", kind.__name__):
        assert word in message


def test_error_message__null__is_the_exceptions_own() -> None:
    answer: Any = {"Error": {"Code": "X", "Message": None}}
    assert "DescribeSolution" in error_message(ClientError(answer, "DescribeSolution"))


def test_refused__service_answered__speaks_its_words() -> None:
    message = str(
        refused("solution m", "CreateSolution", client_error("InvalidInputException", "bad recipe"))
    )
    assert message == (
        "solution m: CreateSolution failed: bad recipe (InvalidInputException); "
        "correct the property that the service names and deploy again"
    )


def test_refused__no_service_answered__names_the_exception() -> None:
    message = str(refused("solution m", "calling AWS", NoCredentialsError()))
    assert "Unable to locate credentials (NoCredentialsError)" in message


def test_error_words__empty_answer__still_say_something() -> None:
    error = ClientError({}, "CreateSolution")
    assert error_code(error) == ""
    assert "CreateSolution" in error_message(error)
