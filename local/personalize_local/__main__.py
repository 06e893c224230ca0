"""`personalize-local`, or `python -m personalize_local`: the embedded AWS from a shell.

serve       run it in the foreground
start       run it in the background, once
stop        end the one in the background
status      what runs here
exec        run a command, such as `cdk deploy`, against it
env         the variables that `exec` gives the command
leftovers   the stacks and what exists in Amazon Personalize; status 1 if anything does
"""

from __future__ import annotations

import argparse
import contextlib
import os
import socket
import sys
import uuid
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path

from personalize_local import address, background, shell
from personalize_local.address import DEFAULT_PORT, PortTakenError
from personalize_local.background import DEFAULT_STATE_DIR, Record, StateDir
from personalize_local.guard import origin

# `cdk bootstrap` makes it, and `cdk destroy` leaves it.
_BOOTSTRAP_STACK = "CDKToolkit"

# The most that the simulator's clock takes, in a module that takes long to import.
FASTEST = 1_000_000

# The commands that run a server, which an installation without the extra `local` can't.
_SERVERS = ("serve", "start")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    status = 1
    try:
        status = _run(given)
    finally:
        # A shell runs `env $(... env) cdk deploy` whatever happens here. With nothing in place of the
        # parentheses that would be the user's own account.
        if status and given[:1] == ["env"]:
            # argparse takes `--exp` for `--export`.
            export = any(text.startswith("--e") for text in given)
            _say(shell.nowhere(os.environ) if export else shell.REFUSED_BY_ENV)
    return status


def _run(arguments: Sequence[str]) -> int:
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
        case "exec":
            return _exec(state, options.words)
        case "env":
            return _env(state, export=options.export)
        case "leftovers":
            return _leftovers(state)
        case _:
            return _status(state)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=shell.program(), description="AWS on this machine.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument(
        "--state-dir",
        type=Path,
        default=DEFAULT_STATE_DIR,
        help=f"folder for the files of the running server (default: {DEFAULT_STATE_DIR})",
    )
    run = argparse.ArgumentParser(add_help=False)
    run.add_argument("--port", type=_port, help=f"default: {DEFAULT_PORT}, or a free port if it is in use")
    run.add_argument("--enforce-iam", action="store_true", help="check policies as AWS does (default: allow)")
    run.add_argument(
        "--lambda-concurrency",
        type=_positive,
        metavar="N",
        help="maximum number of concurrent Lambda executions (default: as many as fit in memory)",
    )
    run.add_argument(
        "--time-scale",
        type=_scale,
        metavar="FACTOR",
        help="how many seconds pass in Personalize, state machines and schedules in each real second: with "
        "1200 a training of 20 minutes ends in a second (default: 1)",
    )
    run.add_argument("--verbose", action="store_true", help="write ministack's debug log")
    run.add_argument(
        "--allow-origin",
        type=_origin,
        action="append",
        default=[],
        metavar="ORIGIN",
        help="let pages of this origin, such as http://localhost:3000, call it from a browser, "
        "and so run code on this machine; repeat it for more origins (default: none)",
    )
    serve = commands.add_parser("serve", parents=[shared, run], help="run in the foreground")
    serve.add_argument(
        "--mode", choices=("foreground", "background"), default="foreground", help=argparse.SUPPRESS
    )
    serve.add_argument(
        "--until-eof",
        action="store_true",
        help="stop when standard input closes",
    )
    commands.add_parser(
        "start", parents=[shared, run], help="run in the background, or reuse the one that runs"
    )
    commands.add_parser("stop", parents=[shared], help="stop the one in the background")
    commands.add_parser("status", parents=[shared], help="show whether one runs, and where")
    execute = commands.add_parser(
        "exec", parents=[shared], help="run a command against it: exec -- cdk deploy"
    )
    execute.add_argument("words", nargs=argparse.REMAINDER, metavar="COMMAND", help="the command")
    env = commands.add_parser(
        "env", parents=[shared], help="print the environment variables of exec, as arguments for env(1)"
    )
    env.add_argument(
        "--export", action="store_true", help='print them as shell commands: eval "$(... env --export)"'
    )
    commands.add_parser(
        "leftovers",
        parents=[shared],
        help="list the stacks and the Personalize resources; exit status 1 if there are any",
    )
    return parser


def _port(text: str) -> int:
    if text.isdecimal() and int(text) <= 65535:  # noqa: PLR2004 (the range of ports)
        return int(text)
    raise argparse.ArgumentTypeError(f"{text} is not a port: expected 0 to 65535")


def _positive(text: str) -> int:
    if text.isdecimal() and int(text) >= 1:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text} is not a whole number of 1 or more")


def _scale(text: str) -> float:
    with contextlib.suppress(ValueError):
        if 0 < (factor := float(text)) <= FASTEST:
            return factor
    raise argparse.ArgumentTypeError(f"{text} is not a number above 0, at most {FASTEST:,}")


def _origin(text: str) -> str:
    try:
        return origin(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


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
        return _fail(f"{error}; choose another with --port, or leave it out to use a free port")
    record = Record.of_this_process(sock.getsockname()[1], options.mode, uuid.uuid4().hex)

    # Now: the server changes this process's environment, and the text depends on it.
    welcome = _welcome(state, record)

    def ready() -> None:
        state.write(record)
        _say(welcome)

    server.run(
        sock,
        record.run,
        ready,
        lambda: state.forget(record),
        enforce_iam=options.enforce_iam,
        lambda_concurrency=options.lambda_concurrency,
        verbose=options.verbose,
        until_eof=options.until_eof,
        allowed_origins=options.allow_origin,
        time_scale=options.time_scale or 1,
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
            if options.time_scale is not None:
                background.set_time_scale(running, options.time_scale)
                _say(f"Each real second is now {options.time_scale:g} seconds on its clock.")
            if options.port not in (None, 0, running.port) or _flags(options, time_scale=None):
                _say("It keeps its other options.")
                _say(f"To change them, stop it: {shell.command(state.path, 'stop')}")
            return 0
        try:
            with _bind(options.port) as probe:
                port = probe.getsockname()[1]
        except PortTakenError as error:
            return _fail(f"{error}; choose another with --port, or leave it out to use a free port")
        try:
            record = background.start(state, port, _flags(options, options.time_scale))
        except background.StartError as error:
            return _fail(str(error))
    if options.port is None and port != DEFAULT_PORT:
        _say(f"Port {DEFAULT_PORT} is in use, so the local AWS uses {port}.")
    _say(f"The local AWS runs at {record.endpoint} (process {record.pid}, log {state.log}).")
    return 0


def _flags(options: argparse.Namespace, time_scale: float | None) -> tuple[str, ...]:
    flags = [flag for flag in ("--enforce-iam", "--verbose") if getattr(options, flag[2:].replace("-", "_"))]
    if options.lambda_concurrency is not None:
        flags += ["--lambda-concurrency", str(options.lambda_concurrency)]
    if time_scale is not None:
        flags += ["--time-scale", str(time_scale)]
    for allowed in options.allow_origin:
        flags += ["--allow-origin", allowed]
    return tuple(flags)


def _stop(state: StateDir) -> int:
    record = state.live()
    if record is None:
        _say("No local AWS runs here.")
        return 0
    if record.mode == "foreground":
        _say(f"The local AWS at {record.endpoint} runs in the foreground: press Ctrl-C there to stop it.")
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


def _exec(state: StateDir, words: Sequence[str]) -> int:
    command = list(words[1:] if words[:1] == ["--"] else words)
    if not command:
        return _fail(f"name the command to run: {shell.command(state.path, 'exec')} -- cdk deploy")
    record = state.live()
    if record is None:
        return _fail(f"{_none_runs(state)}; `{command[0]}` was not run")
    wanted = address.environment(os.environ, record.endpoint)
    try:
        os.execvpe(command[0], command, wanted)  # noqa: S606 (it is the user's command)
    except FileNotFoundError:
        _fail(f"{command[0]}: no such command")
        return 127
    except OSError as error:
        _fail(f"{command[0]}: {error.strerror}")
        return 126


def _env(state: StateDir, *, export: bool) -> int:
    record = state.live()
    if record is None:
        return _fail(_none_runs(state))
    text = shell.exports if export else shell.arguments
    _say(text(os.environ, record.endpoint))
    return 0


def _none_runs(state: StateDir) -> str:
    start = shell.command(state.path, "start")
    return f"no local AWS runs here ({state.path.resolve()}): start one with `{start}`"


def _leftovers(state: StateDir) -> int:
    record = state.live()
    if record is None:
        _say("No local AWS runs here.")
        return 0
    resources = [*_stacks(record), *leftovers(background.get(record, ""))]
    if not resources:
        _say("Nothing is left in the local AWS.")
        return 0
    _say("\n".join(["Still in the local AWS:", *(f"  {resource}" for resource in resources)]))
    stop = shell.command(state.path, "stop")
    _say(f"Fix the reasons and delete the stacks again, or stop the local AWS and lose everything: {stop}")
    return 1


def _stacks(record: Record) -> Iterator[str]:
    import botocore.session  # noqa: PLC0415 (slow, and no other command needs it)

    wanted = address.environment(os.environ, record.endpoint)
    os.environ.clear()
    os.environ.update(wanted)
    cloudformation = botocore.session.get_session().create_client("cloudformation")
    for page in cloudformation.get_paginator("describe_stacks").paginate():
        for stack in page["Stacks"]:
            name, status = stack["StackName"], stack["StackStatus"]
            if name == _BOOTSTRAP_STACK or status == "DELETE_COMPLETE":
                continue
            yield f"stack {name}  {status}"
            for resource in cloudformation.describe_stack_resources(StackName=name)["StackResources"]:
                if resource["ResourceStatus"].endswith("FAILED"):
                    reason = resource.get("ResourceStatusReason", "no reason given")
                    yield f"  {resource['LogicalResourceId']}  {resource['ResourceStatus']}: {reason}"


def leftovers(state: object) -> Iterator[str]:
    """The ARNs, with the status where there is one, of all that the simulator's state has.

    Jobs are not among them: they are records of what ran, and no operation deletes them.

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
            if arn is not None and "-job/" not in arn:
                yield f"{arn}  {item.get('status', '')}".rstrip()
            yield from leftovers(item)


def _welcome(state: StateDir, record: Record) -> str:
    run = f"{shell.command(state.path, 'exec')} --"
    return f"""\
The local AWS runs at {record.endpoint}. Amazon Personalize: {record.endpoint}/_personalize/
In another shell, in this folder:

    {run} {shell.found("cdk")} deploy
    {run} {shell.found("aws")} personalize list-solutions

Press Ctrl-C to stop it."""


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 (a command speaks through its output)


def _fail(text: str) -> int:
    print(f"error: {text}", file=sys.stderr, flush=True)  # noqa: T201
    return 1


if __name__ == "__main__":
    sys.exit(main())
