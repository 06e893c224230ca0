"""How many requests the simulator answers over HTTP, its server on one core and its clients on another."""

from __future__ import annotations

import json
import os
import tempfile
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from time import perf_counter
from urllib.parse import urlsplit

from bench.page import Row
from personalize_local.testing.server_process import LocalAws, running

_RUNS = 5
_REQUESTS = 4000
_CONNECTIONS = 8


def rows() -> list[Row]:
    """Measure."""
    server_core, client_core = min(os.sched_getaffinity(0)), max(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as aws:
        os.sched_setaffinity(aws.record.pid, {server_core})
        os.sched_setaffinity(0, {client_core})
        arn = _solution(aws)
        rates = [_rate(aws, arn) for _ in range(_RUNS)]
    values = {"slowest run": min(rates), "fastest run": max(rates)}
    return [
        Row("simulator over HTTP on one core", median(rates), _RUNS, "requests/s", least=1000, values=values)
    ]


def _solution(aws: LocalAws) -> str:
    personalize = aws.client("personalize")
    group = personalize.create_dataset_group(name="films")["datasetGroupArn"]
    aws.control("POST", "clock", {"advance": 60})
    recipe = "arn:aws:personalize:::recipe/aws-user-personalization-v2"
    created = personalize.create_solution(name="films", datasetGroupArn=group, recipeArn=recipe)
    return str(created["solutionArn"])


def _rate(aws: LocalAws, arn: str) -> float:
    """Requests a second for descriptions of a solution."""
    address = urlsplit(aws.endpoint)
    body = json.dumps({"solutionArn": arn})
    headers = {
        "Content-Type": "application/x-amz-json-1.1",
        "X-Amz-Target": "AmazonPersonalize.DescribeSolution",
        "Authorization": "AWS4-HMAC-SHA256 Credential=test/20260301/us-east-1/personalize/aws4_request",
    }
    connections = [HTTPConnection(str(address.hostname), address.port) for _ in range(_CONNECTIONS)]
    began = perf_counter()
    for _ in range(_REQUESTS // _CONNECTIONS):
        for connection in connections:
            connection.request("POST", "/", body, headers)
        for connection in connections:
            response = connection.getresponse()
            answer = response.read()
            if b"solutionArn" not in answer:
                raise RuntimeError(f"the simulator answered {response.status}: {answer.decode()}")
    seconds = perf_counter() - began
    for connection in connections:
        connection.close()
    return _REQUESTS / seconds
