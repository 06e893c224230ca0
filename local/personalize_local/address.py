"""The address of the embedded AWS: this machine, one account, and one Region by default."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping

HOST = "127.0.0.1"
DEFAULT_PORT = 4566
REGION = "us-east-1"
ACCOUNT = "000000000000"

# What AWS clients print and how often they try. All other `AWS_*` variables may send them elsewhere: a
# profile, the endpoint of one service, a session token, FIPS endpoints, and those of releases to come.
_HARMLESS = {
    "AWS_CLI_AUTO_PROMPT",
    "AWS_CLI_FILE_ENCODING",
    "AWS_DEFAULT_OUTPUT",
    "AWS_MAX_ATTEMPTS",
    "AWS_PAGER",
    "AWS_RETRY_MODE",
    "AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED",
}
# The CDK CLI reads each option from `CDK_` and its name. These choose the account, the way and the rights.
_CDK_OPTIONS = {"CDK_PROFILE", "CDK_PROXY", "CDK_CA_BUNDLE_PATH", "CDK_ROLE_ARN", "CDK_EC2CREDS"}
_NO_PROXY = ("NO_PROXY", "no_proxy")


class PortTakenError(Exception):
    """Another program listens on the requested port.

    Attributes:
        port: The port.
    """

    def __init__(self, port: int) -> None:
        super().__init__(f"port {port} of {HOST} is in use")
        self.port = port


def bind(port: int) -> socket.socket:
    """Reserve a port of 127.0.0.1.

    Args:
        port: The port. 0: a free one.

    Raises:
        PortTakenError: Another program listens there.
    """
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((HOST, port))
        sock.listen(512)
    except OSError as error:
        sock.close()
        raise PortTakenError(port) from error
    return sock


def client_environment(endpoint: str) -> dict[str, str]:
    """Return the variables with which AWS clients and the CDK call the server at an endpoint URL.

    Other variables can still name other endpoints. `environment` removes those.
    """
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "false",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "CDK_DEFAULT_ACCOUNT": ACCOUNT,
        "CDK_DEFAULT_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
        # Some operations have a host of their own, such as sync-states.us-east-1.amazonaws.com.
        "AWS_DISABLE_HOST_PREFIX_INJECTION": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        **dict.fromkeys(_NO_PROXY, f"{HOST},localhost"),
    }


def misleads(name: str) -> bool:
    """Return whether an environment variable can make an AWS client or the CDK call another endpoint."""
    return name in _CDK_OPTIONS or (name.startswith("AWS_") and name not in _HARMLESS)


def environment(inherited: Mapping[str, str], endpoint: str) -> dict[str, str]:
    """Return the environment of a process whose AWS clients must call only the server.

    Args:
        inherited: The environment to start from.
        endpoint: The server's endpoint URL.
    """
    kept = {name: value for name, value in inherited.items() if not misleads(name)}
    ours = client_environment(endpoint)
    # Programs read one spelling or the other, and what the user excepts from the proxy stays excepted.
    hosts = [
        host for name in _NO_PROXY for host in (*inherited.get(name, "").split(","), *ours[name].split(","))
    ]
    without_proxy = ",".join(dict.fromkeys(host.strip() for host in hosts if host.strip()))
    return kept | ours | dict.fromkeys(_NO_PROXY, without_proxy)
