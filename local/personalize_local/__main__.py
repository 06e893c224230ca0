"""`personalize-local`, or `python -m personalize_local`: the embedded AWS from a shell.

serve       run it in the foreground
start       run it in the background, once
stop        end the one in the background
status      what runs here
env         the variables that lead the AWS CLI, the CDK and the SDKs to it
leftovers   what exists in its Amazon Personalize; status 1 if anything does
"""

from __future__ import annotations

import argparse
import os
import shlex
import socket
import sys
import uuid
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path

from personalize_local import address, background
from personalize_local.address import DEFAULT_PORT, PortTakenError
from personalize_local.background import DEFAULT_STATE_DIR, Record, StateDir

# What would lead an AWS client past the endpoint, or sign for somebody else.
_MISLEADING = (
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_CA_BUNDLE",
)


# The commands that run a server, which an installation without the extra `local` can't.
_SERVERS = ("serve", "start")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status."""
    options = _parser().parse_args(arguments)
    if options.command in _SERVERS and find_spec("ministack") is None:
        return _fail("ministack is not installed: pip install 'cdk-personalize[local]'")
    state = StateDir(options.state_dir)
    match options.command:
        case "serve":
            return _serve(state, options)
        case "start":
            return _start(state, options)
        case "stop":
            return _stop(state)
        case "env":
            return _env(state, export=options.export)
        case "leftovers":
            return _leftovers(state)
        case _:
            return _status(state)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=_program(), description="AWS on this machine.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument(
        "--state-dir",
        type=Path,
        default=DEFAULT_STATE_DIR,
        help=f"where the running server is remembered (default: {DEFAULT_STATE_DIR})",
    )
    run = argparse.ArgumentParser(add_help=False)
    run.add_argument("--port", type=_port, help=f"default: {DEFAULT_PORT}, or a free one when that is taken")
    run.add_argument("--enforce-iam", action="store_true", help="check policies as AWS does (default: allow)")
    run.add_argument(
        "--lambda-concurrency",
        type=_positive,
        metavar="N",
        help="how many Lambda executions may run at once (default: as many as fit in memory)",
    )
    run.add_argument("--verbose", action="store_true", help="log each thing that ministack does")
    serve = commands.add_parser("serve", parents=[shared, run], help="run in the foreground")
    serve.add_argument(
        "--mode", choices=("foreground", "background"), default="foreground", help=argparse.SUPPRESS
    )
    serve.add_argument(
        "--until-eof",
        action="store_true",
        help="end when standard input closes, as with the program that opened it",
    )
    commands.add_parser("start", parents=[shared, run], help="run in the background; reuses one that runs")
    commands.add_parser("stop", parents=[shared], help="end the one in the background")
    commands.add_parser("status", parents=[shared], help="what runs here")
    env = commands.add_parser("env", parents=[shared], help="arguments for env(1): env $(... env) cdk deploy")
    env.add_argument("--export", action="store_true", help='commands for a shell: eval "$(... env --export)"')
    commands.add_parser(
        "leftovers", parents=[shared], help="what exists in Personalize; status 1 if anything"
    )
    return parser


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= 65535:  # noqa: PLR2004 (the range of ports)
        raise argparse.ArgumentTypeError(f"{port} is not a port")
    return port


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is not 1 or more")
    return number


def _serve(state: StateDir, options: argparse.Namespace) -> int:  # noqa: RET503 (`run` does not return)
    from personalize_local import server  # noqa: PLC0415 (slow, and no other command needs it)

    running = state.live()
    if running is not None:
        return _fail(
            f"a local AWS already runs in the {running.mode} at {running.endpoint} (process {running.pid})"
        )
    try:
        sock = _bind(options.port)
    except PortTakenError as error:
        return _fail(f"{error}; choose another with --port, or leave it out to take a free one")
    record = Record.of_this_process(sock.getsockname()[1], options.mode, uuid.uuid4().hex)

    def ready() -> None:
        state.write(record)
        _say(_welcome(record))

    server.run(
        sock,
        record.run,
        ready,
        lambda: state.forget(record),
        enforce_iam=options.enforce_iam,
        lambda_concurrency=options.lambda_concurrency,
        verbose=options.verbose,
        until_eof=options.until_eof,
    )


def _bind(port: int | None) -> socket.socket:
    if port is not None:
        return address.bind(port)
    try:
        return address.bind(DEFAULT_PORT)
    except PortTakenError:
        return address.bind(0)


def _start(state: StateDir, options: argparse.Namespace) -> int:
    with state.lock():
        running = state.live()
        if running is not None:
            _say(f"The local AWS runs at {running.endpoint} (process {running.pid}).")
            return 0
        try:
            with _bind(options.port) as probe:
                port = probe.getsockname()[1]
        except PortTakenError as error:
            return _fail(f"{error}; choose another with --port, or leave it out to take a free one")
        flags = [
            flag for flag in ("--enforce-iam", "--verbose") if getattr(options, flag[2:].replace("-", "_"))
        ]
        if options.lambda_concurrency is not None:
            flags += ["--lambda-concurrency", str(options.lambda_concurrency)]
        try:
            record = background.start(state, port, tuple(flags))
        except background.StartError as error:
            return _fail(str(error))
    if options.port is None and port != DEFAULT_PORT:
        _say(f"Port {DEFAULT_PORT} is taken, so the local AWS took {port}.")
    _say(f"The local AWS runs at {record.endpoint} (process {record.pid}, log {state.log}).")
    return 0


def _stop(state: StateDir) -> int:
    record = state.live()
    if record is None:
        _say("No local AWS runs here.")
        return 0
    if record.mode == "foreground":
        _say(f"The local AWS at {record.endpoint} runs in the foreground: end it there with Ctrl-C.")
        return 0
    try:
        background.stop(record)
    except background.StopError as error:
        return _fail(str(error))
    _say(f"The local AWS at {record.endpoint} has ended.")
    return 0


def _status(state: StateDir) -> int:
    record = state.live()
    if record is None:
        _say("No local AWS runs here.")
        return 1
    _say(
        f"The local AWS runs in the {record.mode} at {record.endpoint} "
        f"(process {record.pid}, since {record.started})."
    )
    return 0


def _env(state: StateDir, *, export: bool) -> int:
    record = state.live()
    if record is None:
        return _fail(f"no local AWS runs here: start one with `{_program()} start`")
    unset = [name for name in os.environ if name in _MISLEADING or name.startswith("AWS_ENDPOINT_URL_")]
    if export:
        lines = [f"unset {name}" for name in unset]
        lines += [
            f"export {name}={shlex.quote(value)}"
            for name, value in address.client_environment(record.endpoint).items()
        ]
    else:
        lines = [f"-u{name}" for name in unset]
        lines += [f"{name}={value}" for name, value in address.client_environment(record.endpoint).items()]
    _say("\n".join(lines))
    return 0


def _leftovers(state: StateDir) -> int:
    record = state.live()
    if record is None:
        _say("No local AWS runs here.")
        return 0
    resources = list(leftovers(background.get(record, "")))
    if not resources:
        _say("Nothing is left in Amazon Personalize.")
        return 0
    _say("\n".join(["Still in Amazon Personalize:", *(f"  {resource}" for resource in resources)]))
    return 1


def leftovers(state: object) -> Iterator[str]:
    """The ARNs, with the status where there is one, of all that the simulator's state has.

    Args:
        state: The answer of `GET /_personalize/`.
    """
    if not isinstance(state, dict):
        return
    # Resources are in lists; what stands alone, such as a solution's latest version, is a summary.
    for items in state.values():
        for item in items if isinstance(items, list) else ():
            # The first ARN that a resource names is its own.
            arn = next((value for name, value in item.items() if name.endswith("Arn")), None)
            if arn is not None:
                yield f"{arn}  {item.get('status', '')}".rstrip()
            yield from leftovers(item)


def _welcome(record: Record) -> str:
    command = f"{_program()} env"
    return f"""\
The local AWS runs at {record.endpoint}. Amazon Personalize: {record.endpoint}/_personalize/

    env $({command}) cdk deploy
    env $({command}) aws personalize list-solutions

Ctrl-C ends it."""


def _program() -> str:
    """What whoever runs this has typed."""
    script = "personalize-local"
    return script if Path(sys.argv[0]).stem == script else "python -m personalize_local"


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 (a command speaks through its output)


def _fail(text: str) -> int:
    print(f"error: {text}", file=sys.stderr, flush=True)  # noqa: T201
    return 1


if __name__ == "__main__":
    sys.exit(main())
