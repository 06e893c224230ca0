"""The roles of the template, enforced: enough for what the handler does, no more, and only for its stack."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from botocore.exceptions import ClientError

from cdk_personalize import (
    AutoTraining,
    Campaign,
    DatasetGroup,
    EventTracker,
    PersonalizeProvider,
    Recipe,
    Solution,
)
from personalize_local.address import ACCOUNT, REGION
from personalize_local.testing.server_process import LocalAws
from support.processes.audit import Function, handlers, recording
from support.processes.cloud import Build, Cloud
from support.processes.process_faults import eventually

SOLUTION = f"arn:aws:personalize:{REGION}:{ACCOUNT}:solution"
CAMPAIGN = f"arn:aws:personalize:{REGION}:{ACCOUNT}:campaign"
RECIPE = "arn:aws:personalize:::recipe/aws-similar-items"
STACK_ID = "cdk-personalize:stack-id"
LOGICAL_ID = "cdk-personalize:logical-id"

# Lambda calls these itself, with the function's role; ministack keeps a function's log without a call.
CALLED_BY_LAMBDA = {"logs:CreateLogStream", "logs:PutLogEvents"}


@pytest.fixture
def cloud(enforcing_aws: LocalAws) -> Cloud:
    """An account that enforces policies, where nothing but a training takes long."""
    set_quick(enforcing_aws)
    return Cloud(enforcing_aws)


def set_quick(aws: LocalAws) -> None:
    quick = ("solution_create", "solution_update", "solution_version_stop", "campaign", "delete")
    aws.control("POST", "durations", dict.fromkeys(quick, 0))


def recommender(tags: dict[str, str] | None = None, **properties: Any) -> Build:
    def build(stack: cdk.Stack) -> None:
        given = {"recipe": Recipe.USER_PERSONALIZATION_V2, **properties}
        solution = Solution(stack, "Recommender", dataset_group=Cloud.dataset_group_arn, **given)
        for key, value in (tags or {}).items():
            cdk.Tags.of(solution).add(key, value)

    return build


def test_roles__enforced_through_a_whole_life__allow_all_that_is_called_and_no_more(cloud: Cloud) -> None:
    with recording(cloud.aws):
        created = cloud.deploy(recommender({"team": "recs", "stage": "alpha"}))
        assert created == "CREATE_COMPLETE", cloud.reasons()
        functions = handlers(cloud.aws)
        granted = {(name, action) for name in functions for action in functions[name].granted()}
        live_through_changes(cloud)
        live_through_a_new_logical_id(cloud)
        live_with_a_campaign(cloud)
        be_destroyed_in_use(cloud)
        called = {(name, action) for name in functions for action in functions[name].called()}

    called |= {(name, action) for name in functions for action in CALLED_BY_LAMBDA}
    assert functions.keys() == {"on_event", "is_complete"}
    assert {"too many": granted - called, "too few": called - granted} == {
        "too many": set(),
        "too few": set(),
    }


def test_role__of_the_single_function__allows_all_that_is_called_and_no_more(enforcing_aws: LocalAws) -> None:
    set_quick(enforcing_aws)
    cloud = Cloud(enforcing_aws, brief_single_function)
    with recording(cloud.aws):
        created = cloud.deploy(recommender({"team": "recs", "stage": "alpha"}))
        assert created == "CREATE_COMPLETE", cloud.reasons()
        [function] = handlers(cloud.aws).values()
        granted = function.granted()
        with short_minutes(cloud):
            live_through_changes(cloud)
            live_through_a_new_logical_id(cloud)
            live_with_a_campaign(cloud)
            be_destroyed_in_use(cloud)
        called = function.called() | CALLED_BY_LAMBDA

    assert {"too many": granted - called, "too few": called - granted} == {
        "too many": set(),
        "too few": set(),
    }
    assert cloud.rules() == []


def brief_single_function(stack: cdk.Stack) -> None:
    """One that works for a second, so that a look later needs a rule."""
    function = PersonalizeProvider.single_function(stack).function.node.default_child
    assert isinstance(function, cdk.CfnResource)
    function.add_property_override("Timeout", 121)


@contextlib.contextmanager
def short_minutes(cloud: Cloud) -> Iterator[None]:
    """Let EventBridge's minute last three seconds for as long as the block runs."""
    over = threading.Event()

    def pass_minutes() -> None:
        while not over.wait(3):
            with contextlib.suppress(ClientError):  # the rule or the function has just gone
                cloud.minute_passes()

    thread = threading.Thread(target=pass_minutes)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def live_through_changes(cloud: Cloud) -> None:
    """Tags and configuration in place, a replacement, and both once more, failed and rolled back."""
    tags = {"team": "search", "owner": "ann"}  # one changed, one added, one removed
    first = cloud.only_solution()
    changed = recommender(tags, auto_training=AutoTraining.every(days=2))
    assert cloud.deploy(changed) == "UPDATE_COMPLETE", cloud.reasons()
    in_place = cloud.only_solution()
    assert in_place["solutionArn"] == first["solutionArn"]
    assert in_place["performAutoTraining"] is True
    assert cloud.tags(first["solutionArn"]).items() >= tags.items()
    assert "stage" not in cloud.tags(first["solutionArn"])

    replaced = recommender(tags, recipe=Recipe.SIMILAR_ITEMS)
    assert cloud.deploy(replaced) == "UPDATE_COMPLETE", cloud.reasons()
    second = cloud.only_solution()
    assert second["solutionArn"] != first["solutionArn"]

    new_tags = {**tags, "owner": "bob"}  # applied by the time that the rest fails
    trained = recommender(new_tags, recipe=Recipe.SIMILAR_ITEMS, auto_training=AutoTraining.every(days=2))
    fail_next(cloud, "solution_update")
    assert cloud.deploy(trained) == "UPDATE_ROLLBACK_COMPLETE"
    second = cloud.only_solution()
    assert second["performAutoTraining"] is False
    assert cloud.tags(second["solutionArn"]).items() >= tags.items()

    fail_next(cloud, "solution")
    assert cloud.deploy(recommender(tags, recipe=Recipe.SIMS)) == "UPDATE_ROLLBACK_COMPLETE"
    assert "CREATE FAILED" in cloud.reasons()
    assert cloud.only_solution() == second


def live_through_a_new_logical_id(cloud: Cloud) -> None:
    """An update after the logical id has changed, and one that asks for a name that is taken."""
    solution = cloud.only_solution()
    arn = solution["solutionArn"]
    [logical_id] = (tag for key, tag in cloud.tags(arn).items() if key == LOGICAL_ID)
    cloud.personalize.tag_resource(resourceArn=arn, tags=[{"tagKey": LOGICAL_ID, "tagValue": "Before"}])
    renamed = recommender({"team": "recs"}, recipe=Recipe.SIMILAR_ITEMS)
    assert cloud.deploy(renamed) == "UPDATE_COMPLETE", cloud.reasons()
    assert cloud.only_solution()["solutionArn"] == arn
    assert cloud.tags(arn)[LOGICAL_ID] == logical_id

    taken = {"name": "taken", "datasetGroupArn": Cloud.dataset_group_arn, "performAutoTraining": False}
    theirs = cloud.personalize.create_solution(**taken, recipeArn="arn:aws:personalize:::recipe/aws-sims")
    named = recommender({"team": "recs"}, recipe=Recipe.SIMILAR_ITEMS, solution_name="taken")
    assert cloud.deploy(named) == "UPDATE_ROLLBACK_COMPLETE"
    assert "a solution of that name exists" in cloud.reasons()
    cloud.personalize.delete_solution(solutionArn=theirs["solutionArn"])
    eventually("only one", lambda: len(cloud.solutions()) == 1)


def live_with_a_campaign(cloud: Cloud) -> None:
    """One that is created and changed in place; it stays. And one that asks for a name that is taken.

    Beside it stays an event tracker, whose dataset must go before its group.
    """
    cloud.aws.control("POST", "durations", {"solution_version": 0})
    solution = cloud.only_solution()["solutionArn"]
    version = cloud.personalize.create_solution_version(solutionArn=solution)["solutionVersionArn"]

    def served(tags: dict[str, str], **arguments: Any) -> Build:
        def build(stack: cdk.Stack) -> None:
            recommender({"team": "recs"}, recipe=Recipe.SIMILAR_ITEMS)(stack)
            solution = stack.node.find_child("Recommender")
            assert isinstance(solution, Solution)
            campaign = Campaign(stack, "Live", solution=solution, **arguments)
            EventTracker(stack, "Events", dataset_group=DatasetGroup(stack, "Shows"))
            for key, value in tags.items():
                cdk.Tags.of(campaign).add(key, value)

        return build

    assert cloud.deploy(served({"team": "recs", "stage": "alpha"})) == "UPDATE_COMPLETE", cloud.reasons()
    [created] = cloud.personalize.list_campaigns()["campaigns"]
    changed = served({"team": "search"}, min_provisioned_tps=2)
    assert cloud.deploy(changed) == "UPDATE_COMPLETE", cloud.reasons()
    campaign = cloud.personalize.describe_campaign(campaignArn=created["campaignArn"])["campaign"]
    assert (campaign["minProvisionedTPS"], campaign["solutionVersionArn"]) == (2, version)
    assert "stage" not in cloud.tags(campaign["campaignArn"])

    theirs = cloud.personalize.create_campaign(name="taken", solutionVersionArn=version)["campaignArn"]
    assert cloud.deploy(served({}, campaign_name="taken")) == "UPDATE_ROLLBACK_COMPLETE"
    assert "a campaign of that name exists" in cloud.reasons()
    cloud.personalize.delete_campaign(campaignArn=theirs)


def fail_next(cloud: Cloud, kind: str) -> None:
    failure = {"resource": kind, "name": "*", "outcome": "fail", "reason": "Too few interactions"}
    cloud.aws.control("POST", "outcomes", failure)


def be_destroyed_in_use(cloud: Cloud) -> None:
    """With a campaign that goes away later, and with a version in training; its tags are gone before."""
    arn = cloud.only_solution()["solutionArn"]
    cloud.aws.control("POST", "durations", {"solution_version": 0})
    served = cloud.personalize.create_solution_version(solutionArn=arn)["solutionVersionArn"]
    campaign = cloud.personalize.create_campaign(name="home", solutionVersionArn=served)["campaignArn"]
    cloud.aws.control("POST", "durations", {"solution_version": 1200})
    cloud.personalize.create_solution_version(solutionArn=arn)
    cloud.personalize.untag_resource(resourceArn=arn, tagKeys=sorted(cloud.tags(arn)))
    cloud.calls()

    cloudformation = cloud.aws.client("cloudformation")
    stack_id = cloudformation.describe_stacks(StackName="Stack")["Stacks"][0]["StackId"]
    cloudformation.delete_stack(StackName="Stack")
    deadline = time.monotonic() + 20
    while not cloud.calls("DeleteSolution"):  # refused, for the campaign is there
        assert time.monotonic() < deadline, "nothing has tried to delete the solution"
        time.sleep(0.05)
    if "handler" in handlers(cloud.aws, stack_id):
        eventually("a rule", cloud.rules)
    cloud.personalize.delete_campaign(campaignArn=campaign)
    assert cloud.aws.settled(stack_id) == "DELETE_COMPLETE", cloud.reasons(stack_id)
    assert cloud.solutions() == {}
    assert cloud.personalize.list_campaigns()["campaigns"] == []


def test_roles__of_one_stack__can_not_touch_the_solution_or_campaign_of_another(cloud: Cloud) -> None:
    for name in ("Ours", "Theirs"):
        assert cloud.deploy(recommender(), name) == "CREATE_COMPLETE", cloud.reasons(name)
    ours, theirs = (solution_of(cloud, name) for name in ("Ours", "Theirs"))
    mark_of_ours, mark_of_theirs = mark(cloud, ours), mark(cloud, theirs)
    our_version, their_version = (
        cloud.personalize.create_solution_version(solutionArn=arn, tags=[mark(cloud, arn)])[
            "solutionVersionArn"
        ]
        for arn in (ours, theirs)
    )
    cloud.aws.control("POST", "durations", {"solution_version": 0})
    served = cloud.personalize.create_solution_version(solutionArn=theirs)["solutionVersionArn"]
    campaign = {"name": "theirs", "solutionVersionArn": served, "tags": [mark_of_theirs]}
    their_campaign = cloud.personalize.create_campaign(**campaign)["campaignArn"]
    before = cloud.describe(theirs), cloud.tags(theirs)
    our_function = handlers(cloud.aws, "Ours")["is_complete"]
    personalize = our_function.client("personalize")
    new = {"name": "new", "datasetGroupArn": Cloud.dataset_group_arn, "recipeArn": RECIPE}

    def refused(resource: str, operation: str, **request: Any) -> None:
        call = getattr(personalize, operation)
        with pytest.raises(ClientError) as error:
            call(**request)
        assert_denied(error.value, our_function, resource)

    refused(theirs, "update_solution", solutionArn=theirs, performAutoTraining=True)
    refused(theirs, "delete_solution", solutionArn=theirs)
    refused(theirs, "tag_resource", resourceArn=theirs, tags=[mark_of_ours])
    refused(theirs, "untag_resource", resourceArn=theirs, tagKeys=[STACK_ID])
    refused(their_version, "stop_solution_version_creation", solutionVersionArn=their_version)
    refused(their_campaign, "update_campaign", campaignArn=their_campaign, minProvisionedTPS=2)
    refused(their_campaign, "delete_campaign", campaignArn=their_campaign)
    refused(their_campaign, "tag_resource", resourceArn=their_campaign, tags=[mark_of_ours])
    refused(f"{CAMPAIGN}/new", "create_campaign", **{**campaign, "name": "new"})
    refused(f"{SOLUTION}/new", "create_solution", **new)
    refused(f"{SOLUTION}/new", "create_solution", **new, tags=[mark_of_theirs])
    assert personalize.describe_solution(solutionArn=theirs)["solution"]["solutionArn"] == theirs
    assert mark_of_theirs in personalize.list_tags_for_resource(resourceArn=theirs)["tags"]
    assert (cloud.describe(theirs), cloud.tags(theirs)) == before
    described = cloud.personalize.describe_solution_version(solutionVersionArn=their_version)
    assert described["solutionVersion"]["status"] in {"CREATE PENDING", "CREATE IN_PROGRESS"}

    personalize.update_solution(solutionArn=ours, performAutoTraining=True)
    personalize.tag_resource(resourceArn=ours, tags=[{"tagKey": "team", "tagValue": "recs"}])
    personalize.untag_resource(resourceArn=ours, tagKeys=["team"])
    personalize.stop_solution_version_creation(solutionVersionArn=our_version)
    personalize.delete_solution(solutionArn=ours)
    assert personalize.create_solution(**new, tags=[mark_of_ours])["solutionArn"] == f"{SOLUTION}/new"


def solution_of(cloud: Cloud, stack: str) -> str:
    resources = cloud.aws.client("cloudformation").describe_stack_resources(StackName=stack)["StackResources"]
    [arn] = [r["PhysicalResourceId"] for r in resources if r["ResourceType"] == "Custom::PersonalizeSolution"]
    return str(arn)


def mark(cloud: Cloud, arn: str) -> dict[str, str]:
    """The tag with the stack that a solution belongs to."""
    return {"tagKey": STACK_ID, "tagValue": cloud.tags(arn)[STACK_ID]}


def assert_denied(error: ClientError, caller: Function, resource: str) -> None:
    action = f"personalize:{error.operation_name}"
    assert error.response["Error"]["Code"] == "AccessDeniedException"
    message = error.response["Error"]["Message"]
    assert message.startswith(f"User: arn:aws:sts::{ACCOUNT}:assumed-role/{caller.role}/")
    assert message.endswith(
        f" is not authorized to perform: {action} on resource: {resource}"
        f" because no identity-based policy allows the {action} action"
    )


def test_roles__without_one_permission__name_it_in_the_events(cloud: Cloud) -> None:
    denied = iam.PolicyStatement(
        effect=iam.Effect.DENY, actions=["personalize:CreateSolution"], resources=["*"]
    )

    def build(stack: cdk.Stack) -> None:
        PersonalizeProvider(stack).is_complete_role.add_to_policy(denied)
        recommender()(stack)

    assert cloud.deploy(build) == "ROLLBACK_COMPLETE"
    assert "personalize:CreateSolution" in cloud.reasons()
    assert "(AccessDeniedException); allow this action" in cloud.reasons()
    assert cloud.solutions() == {}


def test_grants__enforced__allow_what_they_say_on_that_solution_alone(cloud: Cloud) -> None:
    def build(stack: cdk.Stack) -> None:
        for name in ("Ours", "Other"):
            solution = Solution(
                stack,
                name,
                dataset_group=Cloud.dataset_group_arn,
                recipe=Recipe.SIMS,
                solution_name=name.lower(),
            )
            if name == "Ours":
                solution.grant_read(iam.User(stack, "Reader", user_name="reader"))
                solution.grant_train(iam.User(stack, "Trainer", user_name="trainer"))

    assert cloud.deploy(build) == "CREATE_COMPLETE", cloud.reasons()
    ours, other = f"{SOLUTION}/ours", f"{SOLUTION}/other"
    cloud.aws.control("POST", "durations", {"solution_version": 0})
    reader, trainer = user(cloud, "reader"), user(cloud, "trainer")

    trainer.describe_solution(solutionArn=ours)
    version = trainer.create_solution_version(solutionArn=ours)["solutionVersionArn"]
    trained = trainer.describe_solution_version(solutionVersionArn=version)["solutionVersion"]
    assert trained["status"] == "ACTIVE"
    reader.describe_solution(solutionArn=ours)
    reader.describe_solution_version(solutionVersionArn=version)
    assert not denies(reader, "get_solution_metrics", solutionVersionArn=version)
    assert reader.list_solution_versions(solutionArn=ours)["solutionVersions"]
    assert reader.list_tags_for_resource(resourceArn=ours)["tags"]

    their_version = cloud.personalize.create_solution_version(solutionArn=other)["solutionVersionArn"]
    refused: list[tuple[Any, str, dict[str, Any]]] = [
        (trainer, "create_solution_version", {"solutionArn": other}),
        (trainer, "describe_solution_version", {"solutionVersionArn": their_version}),
        (trainer, "delete_solution", {"solutionArn": ours}),
        (trainer, "tag_resource", {"resourceArn": ours, "tags": [{"tagKey": "a", "tagValue": "b"}]}),
        (trainer, "list_solution_versions", {"solutionArn": ours}),
        (reader, "describe_solution", {"solutionArn": other}),
        (reader, "get_solution_metrics", {"solutionVersionArn": their_version}),
        (reader, "create_solution_version", {"solutionArn": ours}),
        (reader, "update_solution", {"solutionArn": ours, "performAutoTraining": True}),
    ]
    for client, operation, request in refused:
        assert denies(client, operation, **request), operation


def denies(client: Any, operation: str, **request: Any) -> bool:
    """Whether a call fails for want of a right; that the simulator can't answer it is another matter."""
    try:
        getattr(client, operation)(**request)
    except ClientError as error:
        return error.response["Error"]["Code"] == "AccessDeniedException"
    return False


def test_roles__adopting__may_mark_what_is_nobodys_and_take_the_marks_off(cloud: Cloud) -> None:
    arn = cloud.personalize.create_solution(
        name="movies",
        datasetGroupArn=Cloud.dataset_group_arn,
        recipeArn="arn:aws:personalize:::recipe/aws-user-personalization-v2",
    )["solutionArn"]

    adopting = recommender({"team": "recs"}, solution_name="movies", adopt_existing=True)
    assert cloud.deploy(adopting) == "CREATE_COMPLETE", cloud.reasons()
    assert cloud.describe(arn)["performAutoTraining"] is False
    assert STACK_ID in cloud.tags(arn)
    assert cloud.deploy(adopting, "Other") == "ROLLBACK_COMPLETE"
    assert "it belongs to the resource" in cloud.reasons("Other")

    assert cloud.destroy() == "DELETE_COMPLETE", cloud.reasons()
    assert cloud.tags(arn) == {"team": "recs"}
    assert cloud.describe(arn)["status"] == "ACTIVE"


def user(cloud: Cloud, name: str) -> Any:
    """Personalize as a user sees it."""
    key = cloud.aws.client("iam").create_access_key(UserName=name)["AccessKey"]
    secret = {"aws_secret_access_key": key["SecretAccessKey"]}
    return cloud.aws.client("personalize", aws_access_key_id=key["AccessKeyId"], **secret)
