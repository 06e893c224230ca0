"""What to do when a service can't be reached, or denies access."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from botocore import exceptions
from botocore.exceptions import ClientError

_LOCAL = "for the local AWS: `personalize-local start`, then `personalize-local exec -- cdk-personalize ...`"
_SIGN_IN = (
    exceptions.SSOError,
    exceptions.TokenRetrievalError,
    exceptions.NoAuthTokenError,
    exceptions.UnauthorizedSSOTokenError,
)
_NO_CREDENTIALS = (
    exceptions.NoCredentialsError,
    exceptions.PartialCredentialsError,
    exceptions.CredentialRetrievalError,
)
_NO_ANSWER = (exceptions.ConnectionError, exceptions.HTTPClientError)
_NO_REGION = (exceptions.NoRegionError, exceptions.InvalidRegionError)
_NOT_ACCEPTED = {
    "ExpiredToken",
    "ExpiredTokenException",
    "IncompleteSignature",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
}
_RUNS = "`cdk-personalize runs SOLUTION`"
_NOT_THERE = {
    "ExecutionDoesNotExist": f"see the last runs with {_RUNS}; Step Functions keeps a run for 90 days",
    "StateMachineDoesNotExist": f"name the solution instead: {_RUNS} finds its state machine",
    "InvalidArn": "pass the name of a solution, or the whole ARN of a state machine or of an execution",
}
_SHOWN = 10


def advice(
    error: Exception,
    *,
    actions: Sequence[str],
    profile: str | None,
    profiles: Sequence[str],
    regions: Sequence[str],
    endpoint: str | None,
) -> str | None:
    """Return what to do about an error of botocore; None if its own text is enough.

    Args:
        error: The error.
        actions: The IAM actions of the calls.
        profile: The requested profile, if any.
        profiles: The names of the configured profiles.
        regions: Where botocore lists Amazon Personalize.
        endpoint: The requested URL, from an option or the environment, if any.
    """
    known = f"configured are {', '.join(profiles)}" if profiles else "none is configured"
    sign_in = f"sign in with `aws sso login{f' --profile {profile}' if profile else ''}`"
    other = f"name another profile with --profile ({known})"
    code = error.response["Error"].get("Code") if isinstance(error, ClientError) else None
    if isinstance(error, exceptions.ProfileNotFound):
        return f"{other}; {_LOCAL}"
    if isinstance(error, _NO_REGION):
        return f"name a Region with --region or AWS_REGION: {', '.join(regions)}; {_LOCAL}"
    if isinstance(error, _SIGN_IN):
        return sign_in
    if isinstance(error, _NO_CREDENTIALS) or code in _NOT_ACCEPTED:
        return f"{sign_in} or set up credentials with `aws configure`; or {other}; {_LOCAL}"
    if code == "AccessDeniedException":
        return f"allow these credentials {', '.join(actions)}; or {other}"
    if isinstance(error, _NO_ANSWER):
        is_here = urlsplit(endpoint or "").hostname in ("127.0.0.1", "localhost", "::1")
        network = f"check the network, the proxy and the Region: {', '.join(regions)}"
        return f"nothing answers there; {_LOCAL}" if is_here else f"{network}; {_LOCAL}"
    return _NOT_THERE.get(str(code))


def existing(names: Iterable[str]) -> str:
    """Return the first names, and how many more there are."""
    known = sorted(names)
    more = f" and {len(known) - _SHOWN} more" if len(known) > _SHOWN else ""
    return f"there are {', '.join(known[:_SHOWN])}{more}" if known else "there are none"
