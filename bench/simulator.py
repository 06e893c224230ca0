"""How fast the simulator answers over HTTP, alone and while it imports and trains.

The server has one core, and its client another.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any
from urllib.parse import urlsplit

from bench.page import Row
from personalize_local import address
from personalize_local.testing.server_process import LocalAws, running
from support.requests.sample_data import INTERACTIONS_SCHEMA, csv_of, sample

_PEER = Path(__file__).with_name("peers") / "bare_server.py"
_RUNS = 5
_REQUESTS = 4000
_CONNECTIONS = 8
_EVENTS = 25_000
_RECIPE = "arn:aws:personalize:::recipe/aws-user-personalization-v2"
_HEADERS = {
    "Content-Type": "application/x-amz-json-1.1",
    "X-Amz-Target": "AmazonPersonalize.DescribeSolution",
    "Authorization": "AWS4-HMAC-SHA256 Credential=test/20260301/us-east-1/personalize/aws4_request",
}


def rows() -> list[Row]:
    """Measure."""
    server_core, client_core = min(os.sched_getaffinity(0)), max(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as aws:
        os.sched_setaffinity(aws.record.pid, {server_core})
        os.sched_setaffinity(0, {client_core})
        films = _Films(aws)
        document = _answer(_connection(aws.endpoint), films.body)
        with _bare_server(document, server_core) as peer:
            rates = [(_rate(aws.endpoint, films.body), _rate(peer, films.body)) for _ in range(_RUNS)]
        idle = films.meanwhile(lambda answered: answered < _REQUESTS // _CONNECTIONS)
        imports = [films.imported(f"job-{run}") for run in range(_RUNS)]
        trainings = [films.trained(f"solution-{run}") for run in range(_RUNS)]
    return [*_throughput(rates), *_beside_work(idle, imports, trainings)]


def _throughput(rates: list[tuple[float, float]]) -> Iterator[Row]:
    ours, bare = zip(*rates, strict=True)
    values = {"slowest run": min(ours), "fastest run": max(ours)}
    yield Row("simulator over HTTP on one core", median(ours), _RUNS, "requests/s", least=1000, values=values)
    yield Row(
        "the same, against a bare handler on hypercorn",
        median(ours) / median(bare),
        _RUNS,
        values={"bare handler, requests/s": median(bare)},
    )


def _beside_work(idle: _Answers, imports: list[_Answers], trainings: list[_Answers]) -> Iterator[Row]:
    yield Row(
        f"train and measure {_EVENTS:,} interactions",
        median(training.elapsed for training in trainings),
        _RUNS,
        "s",
        most=3,
        values={"import of the CSV file, s": median(job.elapsed for job in imports)},
    )
    for work, runs in (("imports", imports), ("trains", trainings)):
        longest = [max(run.seconds) for run in runs]
        values = {
            "longest of all, ms": max(longest) * 1000,
            "median answer, ms": median(second for run in runs for second in run.seconds) * 1000,
            "median answer of an idle server, ms": median(idle.seconds) * 1000,
        }
        name = f"longest answer while it {work}"
        yield Row(name, median(longest) * 1000, _RUNS, "ms", most=50, values=values)


@dataclass(frozen=True)
class _Answers:
    """The answers in a stretch of time.

    Attributes:
        elapsed: Its length in seconds.
        seconds: How long each answer took.
    """

    elapsed: float
    seconds: list[float]


class _Films:
    """A dataset group in the local AWS, with a file of interactions in S3."""

    def __init__(self, aws: LocalAws) -> None:
        self._aws = aws
        self._personalize = aws.client("personalize")
        # Then all that an import and a training take is work.
        aws.control("POST", "durations", {"dataset_import_job": 0, "solution_version": 0})
        s3 = aws.client("s3")
        s3.create_bucket(Bucket="films")
        rows = sample(users=_EVENTS // 38).interactions[:_EVENTS]
        s3.put_object(Bucket="films", Key="all.csv", Body=csv_of(INTERACTIONS_SCHEMA, rows))
        self._group = self._personalize.create_dataset_group(name="films")["datasetGroupArn"]
        schema = self._personalize.create_schema(name="films", schema=INTERACTIONS_SCHEMA)["schemaArn"]
        aws.control("POST", "clock", {"advance": 60})
        dataset = {"name": "films", "datasetGroupArn": self._group, "datasetType": "INTERACTIONS"}
        self._dataset = self._personalize.create_dataset(**dataset, schemaArn=schema)["datasetArn"]
        aws.control("POST", "clock", {"advance": 60})
        self.body = json.dumps({"solutionArn": self._solution("films")})

    def imported(self, name: str) -> _Answers:
        """Import the interactions, and describe a solution meanwhile."""
        source = {"dataLocation": "s3://films/all.csv"}
        created = self._personalize.create_dataset_import_job(
            jobName=name, datasetArn=self._dataset, dataSource=source
        )
        return self.meanwhile(
            lambda _: _in_progress(self._personalize.describe_dataset_import_job, "datasetImportJob", created)
        )

    def trained(self, name: str) -> _Answers:
        """Train a new solution, and describe another one meanwhile."""
        created = self._personalize.create_solution_version(solutionArn=self._solution(name))
        return self.meanwhile(
            lambda _: _in_progress(self._personalize.describe_solution_version, "solutionVersion", created)
        )

    def meanwhile(self, goes_on: Callable[[int], bool]) -> _Answers:
        """Describe a solution over one connection for as long as something goes on."""
        connection, seconds = _connection(self._aws.endpoint), list[float]()
        began = perf_counter()
        while goes_on(len(seconds)):
            asked = perf_counter()
            _answer(connection, self.body)
            seconds.append(perf_counter() - asked)
        return _Answers(perf_counter() - began, seconds)

    def _solution(self, name: str) -> str:
        created = self._personalize.create_solution(
            name=name, datasetGroupArn=self._group, recipeArn=_RECIPE, performAutoTraining=False
        )
        return str(created["solutionArn"])


def _in_progress(describe: Callable[..., Any], member: str, created: dict[str, Any]) -> bool:
    arn = {name: value for name, value in created.items() if name.endswith("Arn")}
    described = describe(**arn)[member]
    if described["status"] not in {"CREATE PENDING", "CREATE IN_PROGRESS", "ACTIVE"}:
        raise RuntimeError(f"{arn} is {described['status']}: {described.get('failureReason')}")
    return bool(described["status"] != "ACTIVE")


@contextlib.contextmanager
def _bare_server(document: bytes, core: int) -> Iterator[str]:
    """The endpoint of a server on one core that answers every request with a document."""
    with address.bind(0) as sock:
        number = sock.fileno()
        command = [sys.executable, str(_PEER), str(number), document.decode()]
        with subprocess.Popen(command, pass_fds=[number]) as process:
            os.sched_setaffinity(process.pid, {core})
            try:
                # It listens already: a request waits until the server has started.
                yield f"http://{address.HOST}:{sock.getsockname()[1]}"
            finally:
                process.terminate()


def _connection(endpoint: str) -> HTTPConnection:
    parts = urlsplit(endpoint)
    return HTTPConnection(str(parts.hostname), parts.port)


def _answer(connection: HTTPConnection, body: str) -> bytes:
    connection.request("POST", "/", body, _HEADERS)
    return _received(connection)


def _received(connection: HTTPConnection) -> bytes:
    response = connection.getresponse()
    answer = response.read()
    if b"solutionArn" not in answer:
        raise RuntimeError(f"the server answered {response.status}: {answer.decode()}")
    return answer


def _rate(endpoint: str, body: str) -> float:
    """Requests a second for descriptions of a solution."""
    connections = [_connection(endpoint) for _ in range(_CONNECTIONS)]
    began = perf_counter()
    for _ in range(_REQUESTS // _CONNECTIONS):
        for connection in connections:
            connection.request("POST", "/", body, _HEADERS)
        for connection in connections:
            _received(connection)
    seconds = perf_counter() - began
    for connection in connections:
        connection.close()
    return _REQUESTS / seconds
