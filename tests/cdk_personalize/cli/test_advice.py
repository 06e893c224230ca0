"""The command's advice where Amazon Personalize can't be reached."""

from __future__ import annotations

from typing import Any

import pytest
from botocore import exceptions
from botocore.exceptions import ClientError

from cdk_personalize.cli.advice import advice, existing


def advised(error: Exception, **changes: Any) -> str | None:
    facts: dict[str, Any] = {
        "actions": ["personalize:DescribeSolution"],
        "profile": None,
        "profiles": ["prod", "test"],
        "regions": ["eu-west-1", "us-east-1"],
        "endpoint": None,
    }
    return advice(error, **{**facts, **changes})


def refused(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "no"}}, "DescribeSolution")


@pytest.mark.parametrize(
    ("error", "parts"),
    [
        (exceptions.NoRegionError(), ["--region", "eu-west-1, us-east-1", "personalize-local exec"]),
        (exceptions.InvalidRegionError(region_name="x y"), ["--region", "eu-west-1, us-east-1"]),
        (exceptions.ProfileNotFound(profile="x"), ["--profile (configured are prod, test)"]),
        (
            exceptions.NoCredentialsError(),
            ["aws sso login", "aws configure", "--profile", "personalize-local"],
        ),
        (exceptions.PartialCredentialsError(provider="env", cred_var="x"), ["aws configure"]),
        (exceptions.CredentialRetrievalError(provider="process", error_msg="x"), ["aws configure"]),
        (exceptions.UnauthorizedSSOTokenError(), ["aws sso login"]),
        (exceptions.SSOTokenLoadError(error_msg="x"), ["aws sso login"]),
        (exceptions.TokenRetrievalError(provider="sso", error_msg="x"), ["aws sso login"]),
        (refused("ExpiredTokenException"), ["aws sso login", "--profile"]),
        (refused("UnrecognizedClientException"), ["aws sso login", "--profile"]),
        (refused("AccessDeniedException"), ["personalize:DescribeSolution", "--profile"]),
        (refused("ExecutionDoesNotExist"), ["cdk-personalize runs", "90 days"]),
        (refused("StateMachineDoesNotExist"), ["cdk-personalize runs"]),
        (refused("InvalidArn"), ["ARN of a state machine"]),
        (exceptions.EndpointConnectionError(endpoint_url="x"), ["network", "eu-west-1, us-east-1"]),
        (exceptions.ConnectTimeoutError(endpoint_url="x"), ["network"]),
        (exceptions.ReadTimeoutError(endpoint_url="x"), ["network"]),
        (exceptions.ConnectionClosedError(endpoint_url="x"), ["network"]),
        (exceptions.ProxyConnectionError(proxy_url="x"), ["proxy"]),
        (exceptions.SSLError(endpoint_url="x", error="y"), ["proxy"]),
    ],
    ids=lambda value: type(value).__name__,
)
def test_advice__error__names_what_to_do(error: Exception, parts: list[str]) -> None:
    text = advised(error)
    assert text is not None
    assert [part for part in parts if part not in text] == []


@pytest.mark.parametrize("error", [refused("ThrottlingException"), ValueError("Invalid endpoint: x")])
def test_advice__error_that_says_enough__is_none(error: Exception) -> None:
    assert advised(error) is None


def test_advice__nothing_configured_or_known__still_reads() -> None:
    text = advised(exceptions.ProfileNotFound(profile="x"), profiles=[])
    assert text is not None
    assert "--profile (none is configured)" in text


def test_advice__profile_that_is_asked_for__is_in_the_command_to_sign_in() -> None:
    text = advised(exceptions.UnauthorizedSSOTokenError(), profile="prod")
    assert text == "sign in with `aws sso login --profile prod`"


def test_advice__endpoint_of_this_machine__is_about_the_local_aws_alone() -> None:
    error = exceptions.EndpointConnectionError(endpoint_url="x")
    text = advised(error, endpoint="http://127.0.0.1:4566")
    assert text is not None
    assert text.startswith("nothing answers there; for the local AWS: `personalize-local start`")


def test_existing__many_names__are_cut_and_counted() -> None:
    assert existing([]) == "there are none"
    assert existing(["b", "a"]) == "there are a, b"
    assert existing(map(str, range(12))).endswith(" and 2 more")
