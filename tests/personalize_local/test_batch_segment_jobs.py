"""Batch segment jobs, over files in memory."""

from __future__ import annotations

import json
from typing import Any

import pytest

from personalize_local.simulator import Clock, Personalize, Scope
from personalize_local.simulator.engine.objects import Location
from support.requests.sample_data import USERS_SCHEMA
from support.virtual_time.imported_data import dataset, imported, small, with_data
from support.virtual_time.simulated import START, Simulated

ROLE = "arn:aws:iam::123456789012:role/batch"
BY_ITEM, BY_ATTRIBUTE = "aws-item-affinity", "aws-item-attribute-affinity"
GENRES = {item: genre for item, genre, *_ in small().items}

Written = dict[str, list[Any]]


@pytest.fixture
def written() -> Written:
    """The lines of the files that jobs wrote, by key."""
    return {}


@pytest.fixture
def batch(written: Written) -> Simulated:
    """A service with data in the dataset group `films`, whose jobs can write."""

    def write(location: Location, content: bytes, _scope: Scope, role_arn: str | None) -> None:
        assert (location.bucket, role_arn) == ("out", ROLE)
        written[location.key] = [json.loads(line) for line in content.decode().splitlines()]

    simulated = Simulated(Personalize(Clock.frozen(START), write_object=write))
    simulated.create_group("films")
    return with_data(simulated)


def version(sim: Simulated, recipe: str = BY_ITEM, **members: object) -> str:
    return sim.trained(sim.active(name=recipe, recipeArn=sim.recipe(recipe), **members))


def request(version: str, **members: object) -> dict[str, Any]:
    return {
        "jobName": "mail",
        "solutionVersionArn": version,
        "roleArn": ROLE,
        "jobInput": {"s3DataSource": {"path": "s3://in/queries"}},
        "jobOutput": {"s3DataDestination": {"path": "s3://out/mail/"}},
    } | members


def ended(sim: Simulated, version: str, *lines: object, **members: object) -> dict[str, Any]:
    """The description of a job that has run its time."""
    text = "\n".join(json.dumps(line) for line in lines)
    sim.service.put_object("s3://in/queries/a.json", text.encode())
    arn = sim.call("CreateBatchSegmentJob", **request(version, **members))["batchSegmentJobArn"]
    sim.advance(60)
    return dict(sim.call("DescribeBatchSegmentJob", batchSegmentJobArn=arn)["batchSegmentJob"])


def viewers(*items: str) -> set[str]:
    return {user for user, item, *_ in small().interactions if item in items}


def test_job__of_items__writes_the_users_with_the_most_affinity(batch: Simulated, written: Written) -> None:
    arn = version(batch)
    job = ended(batch, arn, {"itemId": "item-0001"}, {"itemId": "nobody's"}, {"userId": "a"}, numResults=10)
    assert (job["status"], job["numResults"], job["roleArn"]) == ("ACTIVE", 10, ROLE)
    known, unknown, wrong = written["mail/a.json.out"]
    assert known["input"] == {"itemId": "item-0001"}
    users = known["output"]["recommendedUsers"]
    assert len(users) == len(set(users)) == 10
    same_genre = [item for item, genre in GENRES.items() if genre == GENRES["item-0001"]]
    assert set(users) <= viewers(*same_genre)
    assert unknown["output"] == {"recommendedUsers": []}
    assert (wrong["output"], wrong["error"]) == (None, "a line must have itemId")
    [listed] = batch.call("ListBatchSegmentJobs", solutionVersionArn=arn)["batchSegmentJobs"]
    assert (listed["jobName"], listed["status"]) == ("mail", "ACTIVE")


def test_job__of_attributes__finds_the_users_of_items_that_have_them_all(
    batch: Simulated, written: Written
) -> None:
    def query(text: str) -> dict[str, str]:
        return {"itemAttributes": text}

    ended(
        batch,
        version(batch, BY_ATTRIBUTE),
        query('ITEMS.genre = "genre-1"'),
        query('ITEMS.genre = "genre-1" AND ITEMS.price < 0'),
        query('Items.GENRE IN ("genre-1")'),
        query('ITEMS.genre = "genre-1" OR ITEMS.genre = "genre-2"'),
        query("genre-1"),
        numResults=5,
    )
    found, none, *wrong = written["mail/a.json.out"]
    fans = viewers(*(item for item, genre in GENRES.items() if genre == "genre-1"))
    assert len(found["output"]["recommendedUsers"]) == 5
    assert set(found["output"]["recommendedUsers"]) <= fans
    assert none["output"] == {"recommendedUsers": []}
    assert {line["output"] for line in wrong} == {None}
    assert all(line["error"].startswith("itemAttributes must ") for line in wrong)


def test_job__with_a_filter_of_users__leaves_out_the_others(batch: Simulated, written: Written) -> None:
    users = dataset(batch, "Users", USERS_SCHEMA)
    imported(batch, small().users_csv, users, "s3://films/users.csv", name="users")
    ages = dict(small().users)
    parts = {"name": "f", "datasetGroupArn": batch.group}
    expression = "INCLUDE UserID WHERE Users.AGE > 50 | EXCLUDE UserID WHERE Interactions.EVENT_TYPE IN ($E)"
    arn = batch.call("CreateFilter", **parts, filterExpression=expression)["filterArn"]
    lines = [{"itemId": "item-0001"}, {"itemId": "item-0001", "filterValues": {"E": '"View"'}}]
    ended(batch, version(batch), *lines, filterArn=arn)
    old, none = (line["output"]["recommendedUsers"] for line in written["mail/a.json.out"])
    assert old
    assert min(ages[user] for user in old) > 50
    assert none == []


def test_job__with_a_filter_of_items__has_an_error_in_each_line(batch: Simulated, written: Written) -> None:
    parts = {"name": "f", "datasetGroupArn": batch.group}
    expression = 'INCLUDE ItemID WHERE Items.GENRE IN ("genre-1")'
    arn = batch.call("CreateFilter", **parts, filterExpression=expression)["filterArn"]
    ended(batch, version(batch), {"itemId": "item-0001"}, filterArn=arn)
    [line] = written["mail/a.json.out"]
    assert "filterArn must be that of a filter of UserID" in line["error"]


def test_job__of_attributes_with_a_filter_of_interactions__has_an_error_in_each_line(
    batch: Simulated, written: Written
) -> None:
    parts = {"name": "f", "datasetGroupArn": batch.group}
    expression = 'EXCLUDE UserID WHERE Interactions.EVENT_TYPE IN ("View")'
    arn = batch.call("CreateFilter", **parts, filterExpression=expression)["filterArn"]
    ended(batch, version(batch, BY_ATTRIBUTE), {"itemAttributes": 'ITEMS.genre = "genre-1"'}, filterArn=arn)
    [line] = written["mail/a.json.out"]
    assert line["error"] == "a filter that uses Interactions is not for aws-item-attribute-affinity"


@pytest.mark.parametrize(("recipe", "most"), [(BY_ITEM, 500), (BY_ATTRIBUTE, 10)])
def test_job__of_too_many_lines__fails(batch: Simulated, written: Written, recipe: str, most: int) -> None:
    job = ended(batch, version(batch, recipe), *[{"itemId": "a"}] * (most + 1))
    assert (job["status"], job["failureReason"]) == (
        "CREATE FAILED",
        f"The input must have {most} lines at most: got {most + 1}.",
    )
    assert written == {}


def test_job__version_trained_without_data__fails(batch: Simulated, written: Written) -> None:
    arn = version(batch, datasetGroupArn=batch.create_group("empty"))
    job = ended(batch, arn, {"itemId": "item-0001"})
    assert job["status"] == "CREATE FAILED"
    assert "was trained without data" in job["failureReason"]
    assert written == {}


def test_create__of_another_recipe_or_size_or_a_taken_name__is_refused(batch: Simulated) -> None:
    wrong, right = version(batch, "aws-sims"), version(batch)
    for members, code, words in (
        (request(wrong), "InvalidInputException", "aws-sims does not support batch segment jobs"),
        (request(right, numResults=5_000_001), "InvalidInputException", "5000000 at most: got 5000001"),
        (request(f"{right}0"), "ResourceNotFoundException", right),
    ):
        refused, message = batch.refusal("CreateBatchSegmentJob", **members)
        assert (refused, words in message) == (code, True), message
    batch.service.set_limits(batch_segment_jobs_in_progress=1)
    batch.call("CreateBatchSegmentJob", **request(right))
    for name, code in (("mail", "ResourceAlreadyExistsException"), ("other", "LimitExceededException")):
        assert batch.refusal("CreateBatchSegmentJob", **request(right, jobName=name))[0] == code
