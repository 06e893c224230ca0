"""Batch inference jobs, over files in memory."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pytest

from personalize_local.simulator import Clock, Personalize, Scope
from personalize_local.simulator.engine.objects import Location, ObjectsError, StoredObject
from support.virtual_time.simulated import START, Simulated

ROLE = "arn:aws:iam::123456789012:role/batch"


@dataclass
class Bucket:
    """The files, by URI, and the roles that read and wrote them."""

    files: dict[str, bytes] = field(default_factory=dict)
    roles: set[str | None] = field(default_factory=set)

    def read(self, location: Location, _scope: Scope, role_arn: str | None) -> list[StoredObject]:
        self.roles.add(role_arn)
        uri = f"s3://{location.bucket}/{location.key}"
        found = {key: content for key, content in self.files.items() if key.startswith(uri)}
        if not found:
            raise ObjectsError(f"There is no data at {uri}.")
        return [StoredObject(key.removeprefix("s3://in/"), partial(found.get, key, b"")) for key in found]

    def write(self, location: Location, content: bytes, _scope: Scope, role_arn: str | None) -> None:
        self.roles.add(role_arn)
        self.files[f"s3://{location.bucket}/{location.key}"] = content

    def put(self, uri: str, *lines: object) -> None:
        self.files[uri] = "".join(f"{json.dumps(line)}\n" for line in lines).encode()

    def lines(self, uri: str) -> list[Any]:
        return [json.loads(line) for line in self.files[uri].decode().splitlines()]


@pytest.fixture
def bucket() -> Bucket:
    return Bucket()


@pytest.fixture
def batch(bucket: Bucket) -> Simulated:
    """A service with files, the dataset group `films` and three items to recommend."""
    simulated = Simulated(
        Personalize(Clock.frozen(START), read_objects=bucket.read, write_object=bucket.write)
    )
    simulated.create_group("films")
    simulated.service.recommend(["alien", "heat", "up"])
    return simulated


def request(version: str, **members: object) -> dict[str, Any]:
    return {
        "jobName": "mail",
        "solutionVersionArn": version,
        "roleArn": ROLE,
        "jobInput": {"s3DataSource": {"path": "s3://in/users"}},
        "jobOutput": {"s3DataDestination": {"path": "s3://out/mail/"}},
    } | members


def started(sim: Simulated, recipe: str = "aws-user-personalization-v2", **members: object) -> str:
    version = sim.trained(sim.active(name=recipe, recipeArn=sim.recipe(recipe)))
    answer = sim.call("CreateBatchInferenceJob", **request(version, **members))
    return str(answer["batchInferenceJobArn"])


def described(sim: Simulated, arn: str) -> dict[str, Any]:
    return dict(sim.call("DescribeBatchInferenceJob", batchInferenceJobArn=arn)["batchInferenceJob"])


def test_job__of_users__writes_a_line_for_each_when_it_is_active(batch: Simulated, bucket: Bucket) -> None:
    bucket.put("s3://in/users/a.json", {"userId": "ann"}, {"userId": "bob"})
    bucket.put("s3://in/users/b.json", {"userId": "eve"})
    arn = started(batch, numResults=2)
    assert arn == "arn:aws:personalize:us-east-1:123456789012:batch-inference-job/mail"
    assert described(batch, arn)["status"] == "CREATE PENDING"
    batch.advance(59)
    assert described(batch, arn)["status"] == "CREATE IN_PROGRESS"
    assert not any(uri.startswith("s3://out") for uri in bucket.files)
    batch.advance(1)
    now = described(batch, arn)
    assert (now["status"], now["numResults"], now["roleArn"]) == ("ACTIVE", 2, ROLE)
    assert bucket.lines("s3://out/mail/a.json.out") == [
        {
            "input": {"userId": user},
            "output": {"recommendedItems": ["alien", "heat"], "scores": [0.5, 0.3333333]},
            "error": None,
        }
        for user in ("ann", "bob")
    ]
    assert len(bucket.lines("s3://out/mail/b.json.out")) == 1
    assert bucket.roles == {ROLE}
    [listed] = batch.call("ListBatchInferenceJobs", solutionVersionArn=now["solutionVersionArn"])[
        "batchInferenceJobs"
    ]
    assert (listed["jobName"], listed["batchInferenceJobMode"]) == ("mail", "BATCH_INFERENCE")
    assert batch.call("ListBatchInferenceJobs", solutionVersionArn=arn)["batchInferenceJobs"] == []


@pytest.mark.parametrize(
    ("recipe", "line", "output"),
    [
        ("aws-sims", {"itemId": "up"}, {"recommendedItems": ["alien", "heat", "up"]}),
        ("aws-popularity-count", {"userId": "a"}, {"recommendedItems": ["alien", "heat", "up"]}),
        (
            "aws-personalized-ranking",
            {"userId": "a", "itemList": ["up", "x", "heat"]},
            {"recommendedItems": ["heat", "up", "x"], "scores": [0.6666667, 0.3333333, 0.0]},
        ),
    ],
)
def test_job__of_a_recipe__has_its_documented_lines(
    batch: Simulated, bucket: Bucket, recipe: str, line: dict[str, object], output: dict[str, object]
) -> None:
    bucket.put("s3://in/users/a.json", line)
    started(batch, recipe)
    batch.advance(60)
    batch.service.state()
    assert bucket.lines("s3://out/mail/a.json.out") == [{"input": line, "output": output, "error": None}]


def test_job__with_a_filter__applies_the_values_of_each_line(batch: Simulated, bucket: Bucket) -> None:
    items = batch.dataset("Items")
    genres = {"alien": "horror", "heat": "crime"}
    records = [{"itemId": item, "properties": json.dumps({"genre": kind})} for item, kind in genres.items()]
    batch.call("PutItems", datasetArn=items, items=records)
    expression = "INCLUDE ItemID WHERE Items.GENRE IN ($GENRE)"
    parts = {"name": "f", "datasetGroupArn": batch.group, "filterExpression": expression}
    arn = batch.call("CreateFilter", **parts)["filterArn"]
    lines = [
        {"userId": "ann", "filterValues": {"GENRE": '"crime"'}},
        {"userId": "bob", "filterValues": {"GENRE": '"crime","horror"'}},
        {"userId": "eve"},
    ]
    bucket.put("s3://in/users/a.json", *lines)
    started(batch, filterArn=arn)
    assert "batch-inference-job/mail" in batch.refusal("DeleteFilter", filterArn=arn)[1]
    batch.advance(60)
    batch.service.state()
    first, second, third = bucket.lines("s3://out/mail/a.json.out")
    assert first["output"]["recommendedItems"] == ["heat"]
    assert second["output"]["recommendedItems"] == ["alien", "heat"]
    assert (third["output"], "must have a value for GENRE" in third["error"]) == (None, True)


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"[]\n", "a line must be a JSON object"),
        (b"{\n", "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
        (b'{"userId": 7}\n', "a line must have userId"),
        (b'\xef\xbb\xbf{"itemId": "up"}\r\n', "a line must have userId"),
        (b'{"userId": "a", "filterValues": {"A": 1}}', "filterValues must be strings by the names of"),
        (b"[" * 100_000, "recursion"),
    ],
)
def test_job__line_that_cannot_be_answered__has_an_error_and_the_job_goes_on(
    batch: Simulated, bucket: Bucket, content: bytes, error: str
) -> None:
    bucket.files["s3://in/users/a.json"] = content.rstrip(b"\n") + b'\n\n{"userId": "ann"}'
    arn = started(batch)
    batch.advance(60)
    assert described(batch, arn)["status"] == "ACTIVE"
    bad, good = bucket.lines("s3://out/mail/a.json.out")
    assert (bad["output"], error in bad["error"]) == (None, True), bad["error"]
    assert good["error"] is None


def test_job__files_not_there_or_not_text__fails_with_the_reason(batch: Simulated, bucket: Bucket) -> None:
    arn = started(batch)
    batch.advance(60)
    now = described(batch, arn)
    assert (now["status"], now["failureReason"]) == (
        "CREATE FAILED",
        "There is no data at s3://in/users.",
    )
    bucket.files["s3://in/users/a.json"] = b'{"userId": "\xff"}'
    arn = started(batch, "aws-user-personalization", jobName="again")
    batch.advance(60)
    assert (
        described(batch, arn)["failureReason"] == "users/a.json is not UTF-8: invalid start byte at byte 12."
    )


def test_job__planned_to_fail__writes_nothing(batch: Simulated, bucket: Bucket) -> None:
    bucket.put("s3://in/users/a.json", {"userId": "ann"})
    batch.fail("batch_inference_job", reason="no capacity")
    arn = started(batch)
    batch.advance(60)
    assert described(batch, arn)["failureReason"] == "no capacity"
    assert list(bucket.files) == ["s3://in/users/a.json"]


@pytest.mark.parametrize(
    ("recipe", "members", "words"),
    [
        ("aws-trending-now", {}, "aws-trending-now does not support batch inference jobs"),
        ("aws-next-best-action", {}, "does not support batch inference jobs"),
        ("aws-item-affinity", {}, "does not support batch inference jobs"),
        (
            "aws-sims",
            {"batchInferenceJobConfig": {"itemExplorationConfig": {"explorationWeight": "0.1"}}},
            "itemExplorationConfig is not supported by aws-sims",
        ),
        (
            "aws-user-personalization",
            {"batchInferenceJobConfig": {"itemExplorationConfig": {"explorationWeight": "2"}}},
            "explorationWeight must be a number from 0 to 1",
        ),
        (
            "aws-sims",
            {"jobInput": {"s3DataSource": {"path": "https://in/users"}}},
            "jobInput.s3DataSource.path must begin with s3://",
        ),
    ],
)
def test_create__against_the_recipe_or_without_s3__is_refused(
    batch: Simulated, recipe: str, members: dict[str, object], words: str
) -> None:
    version = batch.trained(batch.active(recipeArn=batch.recipe(recipe)))
    code, message = batch.refusal("CreateBatchInferenceJob", **request(version, **members))
    assert (code, words in message) == ("InvalidInputException", True), message


def test_create__taken_name_version_in_training_or_full_quota__is_refused(batch: Simulated) -> None:
    solution = batch.active()
    version = batch.trained(solution)
    batch.service.set_limits(batch_inference_jobs_in_progress=1)
    batch.call("CreateBatchInferenceJob", **request(version))
    for name, code in (("mail", "ResourceAlreadyExistsException"), ("other", "LimitExceededException")):
        refused = request(version, jobName=name)
        assert batch.refusal("CreateBatchInferenceJob", **refused)[0] == code
    code, message = batch.refusal("CreateBatchInferenceJob", **request(batch.train(solution)))
    assert (code, "needs a version that is ACTIVE" in message) == ("InvalidInputException", True)


def test_create__themes__are_not_simulated(batch: Simulated) -> None:
    refused = request(batch.group, batchInferenceJobMode="THEME_GENERATION")
    assert batch.refusal("CreateBatchInferenceJob", **refused) == (
        "NotImplementedException",
        "THEME_GENERATION of CreateBatchInferenceJob is not simulated",
    )


def test_job__without_an_s3_around__reads_and_writes_the_files_of_the_simulator(sim: Simulated) -> None:
    sim.service.put_object("s3://in/users/a.json", b'{"userId": "ann"}')
    started(sim, numResults=1)
    output = "s3://out/mail/a.json.out"
    with pytest.raises(KeyError):
        sim.service.get_object(output)
    sim.advance(60)
    assert json.loads(sim.service.get_object(output))["output"]["recommendedItems"] == ["item-1"]


@pytest.mark.parametrize(
    "operation",
    [
        "CreateMetricAttribution",
        "DescribeDataDeletionJob",
        "ListDatasetExportJobs",
        "CreateDataDeletionJob",
        "CreateDatasetExportJob",
    ],
)
def test_other_jobs__are_refused_by_name(sim: Simulated, operation: str) -> None:
    assert sim.refusal(operation) == ("NotImplementedException", f"{operation} is not simulated")
