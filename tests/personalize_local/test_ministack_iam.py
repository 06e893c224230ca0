"""Policies are enforced on calls to Personalize as AWS enforces them (rules 124 to 131)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from personalize_local.address import ACCOUNT, REGION
from personalize_local.testing.server_process import LocalAws

PREFIX = f"arn:aws:personalize:{REGION}:{ACCOUNT}"
GROUP = f"{PREFIX}:dataset-group/films"
SOLUTION = f"{PREFIX}:solution/films"
RECIPE = "arn:aws:personalize:::recipe/aws-user-personalization-v2"
SOLUTIONS = f"{PREFIX}:solution/*"


@pytest.fixture
def aws(enforcing_aws: LocalAws) -> LocalAws:
    """The root user has made a dataset group."""
    enforcing_aws.control("POST", "durations", {"dataset_group": 0, "solution_create": 0})
    enforcing_aws.client("personalize").create_dataset_group(name="films")
    return enforcing_aws


def allow(*actions: str, resource: str | list[str] = "*", **more: object) -> dict[str, object]:
    return {"Effect": "Allow", "Action": [f"personalize:{a}" for a in actions], "Resource": resource, **more}


def as_user(aws: LocalAws, *statements: dict[str, object], service: str = "personalize") -> Any:
    """Personalize as a user with these statements sees it."""
    iam = aws.client("iam")
    iam.create_user(UserName="tester")
    policy = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    iam.put_user_policy(UserName="tester", PolicyName="test", PolicyDocument=policy)
    key = iam.create_access_key(UserName="tester")["AccessKey"]
    return aws.client(
        service, aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"]
    )


def create(personalize: Any, **more: object) -> Any:
    return personalize.create_solution(name="films", datasetGroupArn=GROUP, recipeArn=RECIPE, **more)


def denial(error: pytest.ExceptionInfo[ClientError]) -> str:
    assert error.value.response["Error"]["Code"] == "AccessDeniedException"
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    return str(error.value.response["Error"]["Message"])


def test_create_solution__allowed_on_both_resources__is_made(aws: LocalAws) -> None:
    personalize = as_user(aws, allow("CreateSolution", resource=[SOLUTIONS, f"{PREFIX}:dataset-group/*"]))
    assert create(personalize)["solutionArn"] == SOLUTION


@pytest.mark.parametrize(("granted", "missing"), [(SOLUTIONS, GROUP), (GROUP, SOLUTION)])
def test_create_solution__one_resource_not_allowed__is_denied(
    aws: LocalAws, granted: str, missing: str
) -> None:
    personalize = as_user(aws, allow("CreateSolution", resource=granted))
    with pytest.raises(ClientError) as error:
        create(personalize)
    assert denial(error) == (
        f"User: arn:aws:iam::{ACCOUNT}:user/tester is not authorized to perform: personalize:CreateSolution"
        f" on resource: {missing}"
        " because no identity-based policy allows the personalize:CreateSolution action"
    )
    assert aws.client("personalize").list_solutions()["solutions"] == []


def test_create_solution__tags_without_tag_resource__is_denied(aws: LocalAws) -> None:
    personalize = as_user(aws, allow("CreateSolution"))
    with pytest.raises(ClientError) as error:
        create(personalize, tags=[{"tagKey": "team", "tagValue": "films"}])
    assert "personalize:TagResource" in denial(error)


def test_create_solution__tag_of_the_request_as_condition__is_looked_at(aws: LocalAws) -> None:
    owned = {"StringEquals": {"aws:RequestTag/team": "films"}}
    personalize = as_user(aws, allow("CreateSolution", "TagResource", Condition=owned))
    with pytest.raises(ClientError):
        create(personalize, tags=[{"tagKey": "team", "tagValue": "books"}])
    create(personalize, tags=[{"tagKey": "team", "tagValue": "films"}])


OURS = {"tagKey": "team", "tagValue": "films"}
THEIRS = {"tagKey": "team", "tagValue": "books"}
OF_OURS = {"StringEquals": {"aws:ResourceTag/team": "films"}}
NOT_OF_OTHERS = {"StringEqualsIfExists": {"aws:ResourceTag/team": "films"}}


@pytest.mark.parametrize(
    ("condition", "tags", "served"),
    [
        (OF_OURS, [OURS], True),
        (OF_OURS, [THEIRS], False),
        (OF_OURS, [], False),
        (NOT_OF_OTHERS, [OURS], True),
        (NOT_OF_OTHERS, [THEIRS], False),
        (NOT_OF_OTHERS, [], True),
    ],
)
def test_solution__its_tag_as_condition__is_looked_at(
    aws: LocalAws, condition: object, tags: list[dict[str, str]], served: bool
) -> None:
    create(aws.client("personalize"), tags=tags)
    aws.control("DELETE", "calls")
    personalize = as_user(aws, allow("DescribeSolution", Condition=condition))
    if served:
        assert personalize.describe_solution(solutionArn=SOLUTION)["solution"]["name"] == "films"
    else:
        with pytest.raises(ClientError) as error:
            personalize.describe_solution(solutionArn=SOLUTION)
        assert f"personalize:DescribeSolution on resource: {SOLUTION} because" in denial(error)
    calls = [call["operation"] for call in aws.control("GET", "calls")["calls"]]
    assert calls == (["DescribeSolution"] if served else [])


def test_solution__retagged__is_judged_by_the_tag_it_has_not_by_the_one_it_gets(aws: LocalAws) -> None:
    create(aws.client("personalize"), tags=[THEIRS])
    personalize = as_user(aws, allow("TagResource", "UntagResource", Condition=NOT_OF_OTHERS))
    with pytest.raises(ClientError) as error:
        personalize.tag_resource(resourceArn=SOLUTION, tags=[OURS])
    assert "personalize:TagResource" in denial(error)
    with pytest.raises(ClientError) as error:
        personalize.untag_resource(resourceArn=SOLUTION, tagKeys=["team"])
    assert "personalize:UntagResource" in denial(error)
    assert aws.client("personalize").list_tags_for_resource(resourceArn=SOLUTION)["tags"] == [THEIRS]


def test_create_solution__tag_of_the_dataset_group_as_condition__is_looked_at(aws: LocalAws) -> None:
    aws.client("personalize").tag_resource(resourceArn=GROUP, tags=[THEIRS])
    personalize = as_user(aws, allow("CreateSolution", Condition=NOT_OF_OTHERS))
    with pytest.raises(ClientError) as error:
        create(personalize)
    assert f"on resource: {GROUP} because" in denial(error)
    aws.client("personalize").tag_resource(resourceArn=GROUP, tags=[OURS])
    assert create(personalize)["solutionArn"] == SOLUTION


def test_create_solution__on_a_name_that_is_taken__has_no_tags_of_the_one_there(aws: LocalAws) -> None:
    create(aws.client("personalize"), tags=[THEIRS])
    personalize = as_user(aws, allow("CreateSolution", "TagResource", Condition=NOT_OF_OTHERS))
    with pytest.raises(ClientError) as error:
        create(personalize, tags=[OURS])
    assert error.value.response["Error"]["Code"] == "ResourceAlreadyExistsException"
    assert SOLUTION in error.value.response["Error"]["Message"]


@pytest.mark.parametrize(("tags", "served"), [([THEIRS], False), ([], True)])
def test_version__tag_as_condition__is_its_own_and_not_the_solutions(
    aws: LocalAws, tags: list[dict[str, str]], served: bool
) -> None:
    create(aws.client("personalize"), performAutoTraining=False, tags=[THEIRS])
    version = aws.client("personalize").create_solution_version(solutionArn=SOLUTION, tags=tags)
    stop = {"solutionVersionArn": version["solutionVersionArn"]}
    personalize = as_user(aws, allow("StopSolutionVersionCreation", Condition=NOT_OF_OTHERS))
    if served:
        personalize.stop_solution_version_creation(**stop)
    else:
        with pytest.raises(ClientError) as error:
            personalize.stop_solution_version_creation(**stop)
        assert f"on resource: {stop['solutionVersionArn']} because" in denial(error)


@pytest.mark.parametrize("arn", [f"{PREFIX}:solution/nowhere", f"{PREFIX}:schema/films", "films"])
def test_condition__on_the_tag_of_what_has_none__finds_no_key(aws: LocalAws, arn: str) -> None:
    personalize = as_user(aws, allow("TagResource", Condition=OF_OURS))
    with pytest.raises(ClientError) as error:
        personalize.tag_resource(resourceArn=arn, tags=[OURS])
    assert f"on resource: {arn} because" in denial(error)


def test_describe_solution__of_another_name__is_denied(aws: LocalAws) -> None:
    create(aws.client("personalize"))
    personalize = as_user(aws, allow("DescribeSolution", resource=f"{PREFIX}:solution/books"))
    with pytest.raises(ClientError) as error:
        personalize.describe_solution(solutionArn=SOLUTION)
    assert SOLUTION in denial(error)


def test_list__allowed_on_a_resource_only__is_denied(aws: LocalAws) -> None:
    personalize = as_user(aws, allow("ListSolutions", resource=SOLUTIONS))
    with pytest.raises(ClientError) as error:
        personalize.list_solutions()
    assert "on resource: *" in denial(error)


def test_version__allowed_under_the_solution__is_stopped(aws: LocalAws) -> None:
    create(aws.client("personalize"), performAutoTraining=False)
    version = aws.client("personalize").create_solution_version(solutionArn=SOLUTION)["solutionVersionArn"]
    personalize = as_user(aws, allow("StopSolutionVersionCreation", resource=f"{SOLUTION}/*"))
    personalize.stop_solution_version_creation(solutionVersionArn=version)


def test_event_tracker__allowed_whatever_id_it_gets__is_made(aws: LocalAws) -> None:
    trackers = f"{PREFIX}:event-tracker/*"
    personalize = as_user(aws, allow("CreateEventTracker", resource=[trackers, GROUP]))
    tracker = personalize.create_event_tracker(name="site", datasetGroupArn=GROUP)["eventTrackerArn"]
    with pytest.raises(ClientError) as error:
        personalize.describe_event_tracker(eventTrackerArn=tracker)
    assert f"personalize:DescribeEventTracker on resource: {tracker}" in denial(error)


def test_put_events__not_allowed__is_denied_as_a_rest_service_does(aws: LocalAws) -> None:
    events = as_user(
        aws, allow("PutEvents", resource=f"{PREFIX}:event-tracker/*"), service="personalize-events"
    )
    with pytest.raises(ClientError) as error:
        events.put_events(trackingId="t", sessionId="s", eventList=[{"eventType": "buy", "sentAt": 1}])
    assert error.value.response["Error"]["Code"] == "AccessDeniedException"
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
    # The action knows no resource types, so a policy has to say *.
    assert "personalize:PutEvents on resource: *" in error.value.response["Error"]["Message"]


def test_call__explicit_deny__wins(aws: LocalAws) -> None:
    create(aws.client("personalize"))
    deny = allow("DescribeSolution") | {"Effect": "Deny"}
    personalize = as_user(aws, allow("*"), deny)
    with pytest.raises(ClientError) as error:
        personalize.describe_solution(solutionArn=SOLUTION)
    assert "with an explicit deny" in denial(error)


def test_call__unknown_key__is_refused(aws: LocalAws) -> None:
    stranger = aws.client("personalize", aws_access_key_id="AKIASTRANGER", aws_secret_access_key="x")
    with pytest.raises(ClientError) as error:
        stranger.list_solutions()
    assert error.value.response["Error"]["Code"] == "UnrecognizedClientException"


def test_call__policies_not_enforced__what_they_leave_out_is_served(local_aws: LocalAws) -> None:
    assert as_user(local_aws, allow("DescribeSolution")).list_solutions()["solutions"] == []
