"""The command's words: their arguments, and what becomes of them."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from cdk_personalize.cli import checking, recipe_search, tables
from cdk_personalize.cli.check_data import checker, expected
from cdk_personalize.cli.check_data.reading import UnreadableDataError
from cdk_personalize.cli.code import declaration
from cdk_personalize.cli.described import owner_of, request_of
from cdk_personalize.recipe.facts import catalog
from cdk_personalize.schema.columns import DatasetType, Domain
from cdk_personalize.solution import api_request

if TYPE_CHECKING:
    from cdk_personalize.cli.assembly import SynthesizedStack

_HARMFUL = ("replaced", "refused", "unknown")

_as_json = click.option("--json", "as_json", is_flag=True, help="Write JSON, for machines.")

_Function = TypeVar("_Function", bound=Callable[..., None])


def _of_an_account(function: _Function) -> _Function:
    """The options of a command that looks something up by its ARN or name."""
    options = (
        click.option("--profile", help="A profile of your AWS configuration."),
        click.option(
            "--region",
            envvar=["AWS_REGION", "AWS_DEFAULT_REGION"],
            help="The Region of a name; an ARN has its own.",
        ),
        click.option("--endpoint-url", help="Where the service is, if not at AWS."),
    )
    for option in reversed(options):
        function = option(function)
    return function


def _word(name: str) -> str:
    """A name of the API as an option takes it."""
    return name.lower().replace("_", "-")


def _name(word: str) -> str:
    """The API's name for what an option takes."""
    return word.upper().replace("-", "_")


def _show_version(context: click.Context, _option: click.Parameter, asked: bool) -> None:
    if asked:
        from importlib import metadata  # noqa: PLC0415 (for this option alone)

        try:
            click.echo(f"cdk-personalize {metadata.version('cdk-personalize')}")
        except metadata.PackageNotFoundError:
            click.echo("cdk-personalize, not installed: it runs from a checkout")
        context.exit()


@click.group()
@click.option(
    "--version",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_show_version,
    help="Show the version and exit.",
)
def command() -> None:
    """Amazon Personalize solutions as code."""


@command.command()
@click.argument("solution", metavar="ARN-OR-NAME")
@_of_an_account
@_as_json
def export(
    solution: str, profile: str | None, region: str | None, endpoint_url: str | None, *, as_json: bool
) -> None:
    """Print the Python that declares an existing solution.

    Deployed, it takes the solution over. The service is found as the AWS CLI finds it: through the same
    variables and profiles.
    """
    from cdk_personalize.cli import connection, service  # noqa: PLC0415 (botocore is slow)

    try:
        with tables.progress(f"Looking for the solution {solution} ..."):
            live = service.find(solution, connection.Connection(profile, region, endpoint_url))
    except connection.LookupFailedError as error:
        raise click.ClickException(str(error)) from error
    arn = live.described["solutionArn"]
    request = request_of(live.described, live.tags)
    read = api_request.read(request).with_overrides({"adopt_existing": True})
    problems = read.all_problems()
    if problems:
        lines = "".join(f"\n  {problem}" for problem in problems)
        raise click.ClickException(f"{arn} cannot be declared:{lines}")
    code, owner = declaration(read), owner_of(live.tags)
    if as_json:
        manager = owner and {"stackId": owner[0], "logicalId": owner[1]}
        _write_json({"arn": arn, "request": request, "code": code, "owner": manager})
    else:
        click.echo(code, nl=False)
    if owner is not None:
        click.echo(_owned(arn, *owner), err=True)


@command.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@_as_json
def check(files: tuple[str, ...], *, as_json: bool) -> None:
    """Check CreateSolution requests as a synthesis would.

    A file holds, in JSON or YAML, a request, a list of them, a response of DescribeSolution, or a
    configuration of Maintaining Personalized Experiences; - is the standard input. The exit code is 1 if
    there is an error, and 0 if there are only warnings.
    """
    checked: list[checking.Checked] = []
    for number, file in enumerate(files, 1):
        with tables.progress(f"Checking {file} ({number} of {len(files)}) ..."):
            checked += checking.check_file(file, partial(_content, file))
    if as_json:
        _write_json({"requests": [dataclasses.asdict(result) for result in checked]})
    else:
        tables.show_findings(checked)
    sys.exit(any(finding.severity == "error" for result in checked for finding in result.findings))


@command.command("check-data")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--schema",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The Avro schema of the dataset, in JSON.",
)
@click.option(
    "--type",
    "dataset_type",
    type=click.Choice([_word(name) for name in DatasetType]),
    help="The type of the dataset, if you have no schema yet: only the columns that the service requires.",
)
@click.option(
    "--domain",
    type=click.Choice([_word(name) for name in Domain]),
    help="The domain of the dataset group, if it has one.",
)
@_as_json
def check_data(
    file: Path, schema: Path | None, dataset_type: str | None, domain: str | None, *, as_json: bool
) -> None:
    """Check a CSV file before you pay for its import or a training.

    It checks the header, the values, and whether there is enough data. The exit code is 1 if there is an
    error, and 0 if there are only warnings.
    """
    if (schema is None) == (dataset_type is None):
        raise click.UsageError("pass either --schema or --type")
    place = None if domain is None else Domain(_name(domain))
    try:
        if schema is not None:
            wanted = expected.from_schema(schema.read_bytes(), place)
        else:
            wanted = expected.from_type(DatasetType(_name(str(dataset_type))), place)
    except expected.UnusableSchemaError as error:
        raise click.ClickException(f"{schema or '--type'} {error}") from error
    with file.open("rb") as opened, tables.progress_bar(f"Checking {file}", file.stat().st_size) as done:
        try:
            report = checker.check(str(file), opened, wanted, lambda: done(opened.tell()))
        except UnreadableDataError as error:
            raise click.ClickException(f"{file} {error}") from error
    if as_json:
        _write_json(dataclasses.asdict(report))
    else:
        tables.show_data(report)
    sys.exit(any(finding.severity == "error" for finding in report.findings))


@command.command()
@click.argument("stacks", metavar="[STACK]...", nargs=-1)
@click.option("--app", default="cdk.out", show_default=True, help="What `cdk synth` wrote.")
@click.option("--template", "file", help="The old template, in place of the deployed one.")
@click.option("--profile", help="A profile of your AWS configuration.")
@click.option("--region", help="The Region of stacks that don't set theirs.")
@click.option("--endpoint-url", help="Where CloudFormation is, if not at AWS.")
@click.option("--fail-on-replacement", is_flag=True, help="Exit with 1 if a solution is or may be replaced.")
@_as_json
def diff(
    stacks: tuple[str, ...],
    app: str,
    file: str | None,
    profile: str | None,
    region: str | None,
    endpoint_url: str | None,
    *,
    fail_on_replacement: bool,
    as_json: bool,
) -> None:
    """Say what a deploy does to each solution: which are replaced, and lose their versions.

    It compares what `cdk synth` wrote with what is deployed, for all stacks or for those that are named.
    """
    from cdk_personalize.cli import assembly, comparing, deployed  # noqa: PLC0415 (botocore is slow)

    try:
        chosen = _chosen(list(assembly.stacks(Path(app))), stacks)
        if file is not None and len(chosen) != 1:
            raise click.UsageError(f"--template is for one stack: name one of {_named(chosen)}")
        changes: list[comparing.Change] = []
        for stack in chosen:
            if file is not None:
                old = assembly.read_template(Path(file), "give a template in JSON")
                changes += comparing.compare(stack.name, old, stack.template, {})
                continue
            account = deployed.Account(profile, stack.region or region, endpoint_url)
            old, pseudo = account.template(stack.name)
            found = comparing.compare(stack.name, old, stack.template, pseudo)
            changes += map(account.with_versions, found)
    except (assembly.NoAssemblyError, deployed.NotDeployedError) as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        _write_json({"solutions": [dataclasses.asdict(change) for change in changes]})
    else:
        tables.show_changes(changes)
    sys.exit(fail_on_replacement and any(change.change in _HARMFUL for change in changes))


@command.command()
@click.argument("pipeline", metavar="SOLUTION")
@click.option(
    "--limit", default=10, show_default=True, type=click.IntRange(1, 100), help="How many runs to show."
)
@_of_an_account
@_as_json
def runs(
    pipeline: str,
    limit: int,
    profile: str | None,
    region: str | None,
    endpoint_url: str | None,
    *,
    as_json: bool,
) -> None:
    """Show the last runs of a solution's training pipeline.

    SOLUTION is the ARN or name of the solution, or of the pipeline's state machine.
    """
    from cdk_personalize.cli import connection  # noqa: PLC0415 (botocore is slow)
    from cdk_personalize.cli.runs.executions import Executions  # noqa: PLC0415

    executions = Executions(connection.Connection(profile, region, endpoint_url))
    try:
        with tables.progress(f"Looking for the runs of {pipeline} ..."):
            found = executions.last(pipeline, limit)
    except connection.LookupFailedError as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        _write_json({"runs": [dataclasses.asdict(run) for run in found]})
    else:
        tables.show_runs(found)


@command.command()
@click.argument("run", metavar="SOLUTION-OR-EXECUTION")
@_of_an_account
@_as_json
def watch(
    run: str, profile: str | None, region: str | None, endpoint_url: str | None, *, as_json: bool
) -> None:
    """Follow a run of a training pipeline to its end.

    SOLUTION is the ARN or name of the solution, or of the pipeline's state machine; EXECUTION is the ARN of
    a run. With --json the progress goes to standard error.

    The exit code is 0 if the version was promoted, or measured by a pipeline that doesn't promote, or if the
    run was not needed: the outcomes PROMOTED, MEASURED, DRY_RUN, NOTHING_TO_TRAIN and SKIPPED. It is 1 if the
    version was rejected or rolled back, or if the run failed, timed out or was aborted.
    """
    from cdk_personalize.cli import connection  # noqa: PLC0415 (botocore is slow)
    from cdk_personalize.cli.runs.executions import Executions  # noqa: PLC0415

    def entered(moment: datetime, state: str) -> None:
        click.echo(f"{moment.astimezone(UTC):%H:%M:%S}  {state}", err=as_json)

    executions = Executions(connection.Connection(profile, region, endpoint_url))
    try:
        execution = executions.current(run)
        click.echo(f"Run {execution} (times in UTC)", err=as_json)
        ended = executions.follow(execution, entered)
    except connection.LookupFailedError as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        _write_json(dataclasses.asdict(ended))
    else:
        click.echo()
        tables.show_runs([ended])
    sys.exit(not ended.is_good)


@command.command()
@click.argument("name", required=False)
@_as_json
def recipes(name: str | None, *, as_json: bool) -> None:
    """Show the recipes that a solution can have, or all about one."""
    if name is None:
        if as_json:
            _write_json({"recipes": [dataclasses.asdict(recipe) for recipe in catalog().values()]})
        else:
            tables.show_recipes(catalog().values())
        return
    try:
        recipe = recipe_search.find(name)
    except recipe_search.NoRecipeError as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        _write_json(dataclasses.asdict(recipe))
    else:
        tables.show_recipe(recipe)


def _owned(arn: str, stack: str, resource: str) -> str:
    """What keeps the declaration from being deployed in another stack."""
    tags = " ".join(
        f"cdk-personalize:{name}" for name in ("stack-id", "logical-id", "config-hash", "adopted", "replaces")
    )
    return (
        f"Warning: this solution belongs to the resource {resource} of the stack {stack}. A deploy of this "
        "code in another stack fails. If that stack is gone, remove its tags first:\n"
        f"  aws personalize untag-resource --resource-arn {arn} --tag-keys {tags}"
    )


def _chosen(found: list[SynthesizedStack], names: tuple[str, ...]) -> list[SynthesizedStack]:
    """The stacks that are named, by their names or by their ids in the app; all if none is."""
    unknown = [name for name in names if not any(name in (stack.name, stack.id) for stack in found)]
    if unknown:
        raise click.UsageError(f"there is no stack {', '.join(unknown)}: the app has {_named(found)}")
    return [stack for stack in found if not names or stack.name in names or stack.id in names]


def _named(stacks: Iterable[SynthesizedStack]) -> str:
    return ", ".join(sorted(stack.name for stack in stacks)) or "none"


def _content(file: str) -> bytes:
    with click.open_file(file, "rb") as opened:
        content: bytes = opened.read()
    return content


def _write_json(value: Any) -> None:
    click.echo(json.dumps(value, indent=2))
