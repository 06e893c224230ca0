"""Where the embedded AWS is: always this machine, one account, one Region by default."""

from __future__ import annotations

import os
import socket

HOST = "127.0.0.1"
DEFAULT_PORT = 4566
REGION = "us-east-1"
ACCOUNT = "000000000000"


class PortTakenError(Exception):
    """Another program listens on the port that was asked for.

    Attributes:
        port: The port.
    """

    def __init__(self, port: int) -> None:
        super().__init__(f"port {port} of {HOST} is taken")
        self.port = port


def bind(port: int) -> socket.socket:
    """Reserve a port of 127.0.0.1.

    Args:
        port: The port; 0 takes a free one.

    Raises:
        PortTakenError: something else listens there.
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
    """The variables that lead AWS clients and the CDK to the server at an endpoint URL."""
    return {
        "AWS_ENDPOINT_URL": endpoint,
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
        "NO_PROXY": f"{HOST},localhost",
        "no_proxy": f"{HOST},localhost",
    }
