"""The checks of synthesis, for requests in files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from cdk_personalize.cli.reading import ObjectsError, parsed, requests_in
from cdk_personalize.model.findings import Doubt, Note, Problem
from cdk_personalize.model.suggestions import closest
from cdk_personalize.solution import api_request

_UNNAMED = Note("unnamed", "The request has no name. The service requires one; a Solution generates it")


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A finding about a request.

    Attributes:
        severity: Only an error keeps the request from being a solution.
        id: Acknowledges a warning or info in a stack, after `cdk-personalize:`; None for an error.
        argument: The member that it is about, if any.
        message: The whole text.
    """

    severity: Literal["error", "warning", "info"]
    id: str | None = None
    argument: str | None = None
    message: str


@dataclass(frozen=True)
class Checked:
    """A checked request, or a file or a part of it without one.

    Attributes:
        file: The file's name.
        index: The request's place among those of the file, from 0; None if there is no request to read.
        name: The name in the request, if it has one.
        findings: The findings about it.
    """

    file: str
    index: int | None
    name: str | None
    findings: tuple[Finding, ...]


def check_file(file: str, read: Callable[[], bytes]) -> list[Checked]:
    """Check the requests in a file.

    Args:
        file: The file's name.
        read: Returns its content.
    """
    try:
        return list(_check(file, read()))
    except FileNotFoundError:
        return [_unreadable(file, f"does not exist{_similar(file)}")]
    except IsADirectoryError:
        return [_unreadable(file, "is a directory; name the files in it")]
    except OSError as error:
        return [_unreadable(file, f"cannot be read: {error.strerror}")]
    except RecursionError:
        return [_unreadable(file, "cannot be checked: it is nested too deeply")]


def _check(file: str, content: bytes) -> Iterator[Checked]:
    try:
        requests = list(requests_in(parsed(file, content)))
    except ObjectsError as error:
        yield _unreadable(file, str(error))
        return
    for index, request in enumerate(requests):
        if isinstance(request, ObjectsError):
            yield _unreadable(file, str(request))
        else:
            name = request.get("name") if isinstance(request, Mapping) else None
            yield Checked(file, index, name if isinstance(name, str) else None, tuple(_findings(request)))


def _similar(file: str) -> str:
    folder = Path(file).parent
    paths = {path.stem: path for path in folder.iterdir() if path.is_file()} if folder.is_dir() else {}
    similar = closest(Path(file).stem, paths)
    return f"; did you mean {paths[similar]}?" if similar else ""


def _unreadable(file: str, message: str) -> Checked:
    return Checked(file, None, None, (Finding(severity="error", message=message),))


def _findings(request: Any) -> Iterator[Finding]:
    read = api_request.read(request)
    found = read.findings()
    yield from (_problem(finding) for finding in found if not isinstance(finding, Doubt))
    yield from (_doubt(finding) for finding in found if isinstance(finding, Doubt))
    if isinstance(request, Mapping):
        notes = (
            None if "name" in request else _UNNAMED,
            api_request.TRAINING_IS_OFF if read.is_silent_on_training else None,
        )
        yield from (_note(note) for note in notes if note is not None)


def _problem(problem: Problem) -> Finding:
    return Finding(severity="error", argument=problem.argument, message=str(problem))


def _doubt(doubt: Doubt) -> Finding:
    return Finding(severity="warning", id=doubt.id, argument=doubt.argument, message=str(doubt))


def _note(note: Note) -> Finding:
    return Finding(severity="info", id=note.id, message=note.text)
