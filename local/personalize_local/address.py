"""Where the embedded AWS is: always this machine, one account, one Region by default."""

from __future__ import annotations

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
