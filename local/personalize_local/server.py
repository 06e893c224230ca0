"""The embedded AWS: ministack and the Personalize simulator in one process, on one port of 127.0.0.1.

ministack reads its settings from the environment when it is imported. So `run` sets the environment first and
imports ministack then, and a process can run only one server.
"""

from __future__ import annotations

import asyncio
import gc
import os
import shutil
import signal
import socket
import sys
import tempfile
import traceback
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, cast

from hypercorn.asyncio import serve
from hypercorn.config import Config

from personalize_local.address import ACCOUNT, HOST, REGION
from personalize_local.guard import guarded
from personalize_local.node_sdk import link_sdk

if TYPE_CHECKING:
    from hypercorn.typing import ASGIFramework

_CHECKOUT = Path(__file__).resolve().parents[2]

_SWITCHES = {
    "MINISTACK_HOST": HOST,
    "BIND_HOST": HOST,
    "MINISTACK_REGION": REGION,
    "MINISTACK_ACCOUNT_ID": ACCOUNT,
    # Lambda functions are processes of this machine. The socket that does not exist keeps ministack from
    # Docker: at its start it would remove containers that carry its label, whoever started them.
    "LAMBDA_EXECUTOR": "local",
    "DOCKER_HOST": "unix:///nonexistent/docker.sock",
    # Both listeners bind every interface.
    "IOT_MTLS_ENABLED": "0",
    "SFTP_ENABLED": "0",
    # The user's files, which could direct the clients of ministack and of the functions to real AWS.
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
    # Calls to this machine must not go through the user's proxy.
    "NO_PROXY": f"{HOST},localhost",
    "no_proxy": f"{HOST},localhost",
}
# The user's settings for real AWS, Python or ministack, which the functions would inherit.
_FOREIGN_PREFIXES = ("AWS_", "LAMBDA_", "LOCALSTACK_", "MINISTACK_", "SFN_", "SFTP_", "S3_")
_FOREIGN = {"PYTHONPATH", "SERVICES", "EDGE_PORT", "USE_SSL", "PERSIST_STATE", "STATE_DIR"}


def environment(
    inherited: Mapping[str, str],
    port: int,
    data: Path,
    *,
    enforce_iam: bool = False,
    lambda_concurrency: int | None = None,
    verbose: bool = False,
) -> dict[str, str]:
    """Return the environment for ministack and the Lambda functions.

    Args:
        inherited: The environment of the process that starts the server.
        port: The port of the server.
        data: A folder for everything that the server and the functions write.
        enforce_iam: Whether policies are enforced. Default: - every call is allowed.
        lambda_concurrency: The maximum number of concurrent Lambda executions. Default: - ministack's limit.
        verbose: Whether ministack writes its debug log. Default: - errors only.
    """
    kept = {
        name: value
        for name, value in inherited.items()
        if name not in _FOREIGN and not name.startswith(_FOREIGN_PREFIXES)
    }
    limits = {} if lambda_concurrency is None else {"LAMBDA_ACCOUNT_CONCURRENCY": str(lambda_concurrency)}
    return (
        kept
        | _SWITCHES
        | limits
        | {
            "GATEWAY_PORT": str(port),
            "TMPDIR": str(data),
            "S3_DATA_DIR": str(data / "s3"),
            "AUTH": "true" if enforce_iam else "false",
            "LOG_LEVEL": "INFO" if verbose else "ERROR",
        }
    )


def run(
    sock: socket.socket,
    run_id: str,
    on_ready: Callable[[], None],
    on_end: Callable[[], None],
    *,
    enforce_iam: bool = False,
    lambda_concurrency: int | None = None,
    verbose: bool = False,
    until_eof: bool = False,
    allowed_origins: Collection[str] = (),
    time_scale: float = 1,
) -> NoReturn:
    """Serve until SIGINT, SIGTERM or SIGHUP, then end this process and its Lambda workers.

    Args:
        sock: A listening socket, from `address.bind`.
        run_id: The id of this server in `GET /_personalize/health`.
        on_ready: Called once the server answers.
        on_end: Called before the process ends.
        enforce_iam: Whether policies are enforced. Default: - every call is allowed.
        lambda_concurrency: The maximum number of concurrent Lambda executions. Default: - ministack's limit.
        verbose: Whether ministack writes its debug log. Default: - errors only.
        until_eof: Whether to end when standard input closes. Default: - it is not read.
        allowed_origins: The allowed origins, as returned by `guard.origin`. Default: - none.
        time_scale: How many seconds pass in Personalize, state machines and schedules in each real second.
    """
    port = sock.getsockname()[1]
    data = Path(tempfile.mkdtemp(prefix="personalize-local-"))
    wanted = environment(
        os.environ,
        port,
        data,
        enforce_iam=enforce_iam,
        lambda_concurrency=lambda_concurrency,
        verbose=verbose,
    )
    os.environ.clear()
    os.environ.update(wanted)
    tempfile.tempdir = str(data)
    link_sdk(data, [Path.cwd(), _CHECKOUT])
    status = 1
    try:
        asyncio.new_event_loop().run_until_complete(
            _serve(
                sock,
                run_id,
                on_ready,
                until_eof=until_eof,
                allowed_origins=allowed_origins,
                time_scale=time_scale,
            )
        )
        status = 0
    except Exception:
        traceback.print_exc()
    finally:
        on_end()
        shutil.rmtree(data, ignore_errors=True)
        sys.stdout.flush()
        sys.stderr.flush()
        # A normal exit waits for every thread, and threads wait for functions and for timers.
        os._exit(status)


async def _serve(
    sock: socket.socket,
    run_id: str,
    on_ready: Callable[[], None],
    *,
    until_eof: bool,
    allowed_origins: Collection[str],
    time_scale: float,
) -> None:
    from personalize_local import ministack  # noqa: PLC0415 (it reads the environment while it is imported)

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, stop.set)

    def end_at_eof() -> None:
        if not os.read(sys.stdin.fileno(), 4096):
            loop.remove_reader(sys.stdin)
            stop.set()

    if until_eof:
        loop.add_reader(sys.stdin, end_at_eof)

    async def until_stopped() -> None:
        on_ready()
        await stop.wait()
        # Before the connections are drained: a running function keeps its caller's connection open.
        ministack.end_lambda_workers()

    config = Config()
    config.bind = [f"fd://{sock.detach()}"]
    config.loglevel = "ERROR"
    config.keep_alive_timeout = 75
    config.graceful_timeout = 0.2
    local_aws = ministack.application(run_id, time_scale)
    application = cast("ASGIFramework", guarded(local_aws, allowed_origins))
    # Trainings run in a thread. Answers get their turn after 0.5 ms instead of 5, and the garbage collector,
    # which stops all threads, skips what is never freed.
    sys.setswitchinterval(0.0005)
    gc.freeze()
    await serve(application, config, shutdown_trigger=until_stopped)
    ministack.end_lambda_workers()
