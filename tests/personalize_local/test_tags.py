from __future__ import annotations

import pytest

from support.requests.avro import avro
from support.virtual_time.simulated import Simulated

EXPRESSION = 'EXCLUDE ItemID WHERE Items.GENRE IN ("horror")'


def tags(**values: str) -> list[dict[str, str]]:
    return [{"tagKey": key, "tagValue": value} for key, value in values.items()]


def many(count: int, prefix: str = "k") -> list[dict[str, str]]:
    return tags(**{f"{prefix}{n}": "" for n in range(count)})


def listed(sim: Simulated, arn: str) -> dict[str, str]:
    answer = sim.call("ListTagsForResource", resourceArn=arn)["tags"]
    return {tag["tagKey"]: tag["tagValue"] for tag in answer}


def test_tags__given_at_creation__are_listed_for_every_kind(sim: Simulated) -> None:
    schema = sim.call("CreateSchema", name="s", schema=avro("Items"))["schemaArn"]
    group = sim.create_group("books", tags=tags(a="1"))
    solution = sim.active(tags=tags(a="1"))
    version = sim.trained(solution, tags=tags(a="1"))
    campaign = sim.campaign(version, tags=tags(a="1"))
    parts = {"name": "d", "datasetType": "Items", "datasetGroupArn": group, "schemaArn": schema}
    dataset = sim.call("CreateDataset", **parts, tags=tags(a="1"))["datasetArn"]
    parts = {"name": "t", "datasetGroupArn": group, "tags": tags(a="1")}
    tracker = sim.call("CreateEventTracker", **parts)["eventTrackerArn"]
    narrow = sim.call("CreateFilter", **parts, filterExpression=EXPRESSION)["filterArn"]
    for arn in (group, solution, version, campaign, dataset, tracker, narrow):
        assert listed(sim, arn) == {"a": "1"}
        sim.call("TagResource", resourceArn=arn, tags=tags(b="2"))
        sim.call("UntagResource", resourceArn=arn, tagKeys=["a"])
        assert listed(sim, arn) == {"b": "2"}


def test_tag__existing_key__gets_the_new_value_and_keys_keep_their_case(sim: Simulated) -> None:
    arn = sim.active(tags=tags(team="a", Team="b"))
    sim.call("TagResource", resourceArn=arn, tags=tags(team="c"))
    assert listed(sim, arn) == {"team": "c", "Team": "b"}


def test_untag__absent_key__changes_nothing(sim: Simulated) -> None:
    arn = sim.active(tags=tags(team="a"))
    assert sim.call("UntagResource", resourceArn=arn, tagKeys=["other"]) == {}
    assert listed(sim, arn) == {"team": "a"}


def test_tags__fifty__are_the_most(sim: Simulated) -> None:
    arn = sim.active(tags=many(50))
    assert sim.refusal("CreateSolution", **sim.request(name="b", tags=many(51)))[0] == "TooManyTagsException"
    sim.call("TagResource", resourceArn=arn, tags=tags(k0="again"))
    code, message = sim.refusal("TagResource", resourceArn=arn, tags=tags(extra=""))
    assert (code, "51" in message) == ("TooManyTagsException", True)
    assert len(listed(sim, arn)) == 50
    code, _ = sim.refusal("UntagResource", resourceArn=arn, tagKeys=[f"k{n}" for n in range(51)])
    assert code == "TooManyTagKeysException"


@pytest.mark.parametrize(
    "bad", [tags(**{"aws:cdk": "x"}), tags(**{"AWS:x": "x"}), tags(a="aws:x"), tags(a="1") + tags(a="2")]
)
def test_tags__reserved_or_twice__are_refused(sim: Simulated, bad: list[dict[str, str]]) -> None:
    arn = sim.active()
    assert sim.refusal("CreateSolution", **sim.request(name="b", tags=bad))[0] == "InvalidInputException"
    assert sim.refusal("TagResource", resourceArn=arn, tags=bad)[0] == "InvalidInputException"
    assert listed(sim, arn) == {}


def test_untag__reserved_key__is_refused(sim: Simulated) -> None:
    arn = sim.active()
    assert sim.refusal("UntagResource", resourceArn=arn, tagKeys=["aws:x"])[0] == "InvalidInputException"


@pytest.mark.parametrize(
    ("resource", "code"),
    [
        ("us-east-1:123456789012:solution/none", "ResourceNotFoundException"),
        ("us-east-1:123456789012:solution/none/00000000", "ResourceNotFoundException"),
        ("us-east-1:123456789012:filter/none", "ResourceNotFoundException"),
        ("us-east-1:123456789012:schema/any", "InvalidInputException"),
        ("::recipe/aws-sims", "InvalidInputException"),
    ],
)
def test_tags__of_what_is_not_there_or_takes_none__are_refused(
    sim: Simulated, resource: str, code: str
) -> None:
    arn = f"arn:aws:personalize:{resource}"
    assert sim.refusal("ListTagsForResource", resourceArn=arn)[0] == code
    assert sim.refusal("TagResource", resourceArn=arn, tags=tags(a="1"))[0] == code
    assert sim.refusal("UntagResource", resourceArn=arn, tagKeys=["a"])[0] == code
