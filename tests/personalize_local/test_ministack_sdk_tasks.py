"""State machines call Amazon Personalize, and the services around it, as in Step Functions."""

from __future__ import annotations

import json

import pytest

from personalize_local.address import ACCOUNT, REGION
from personalize_local.testing.server_process import LocalAws
from support.processes.state_machines import TRUST, machine, one, run, task

PREFIX = f"arn:aws:personalize:{REGION}:{ACCOUNT}"
SOLUTION = f"{PREFIX}:solution/films"
RECIPE = "arn:aws:personalize:::recipe/aws-user-personalization-v2"


def solution(aws: LocalAws) -> None:
    durations = {"dataset_group": 0, "solution_create": 0, "event_tracker": 0}
    aws.control("POST", "durations", durations)
    personalize = aws.client("personalize")
    personalize.create_dataset_group(name="films")
    personalize.create_solution(
        name="films",
        datasetGroupArn=f"{PREFIX}:dataset-group/films",
        recipeArn=RECIPE,
        performAutoTraining=False,
    )


def test_task__service_refuses__its_exception_is_caught_by_name(local_aws: LocalAws) -> None:
    caught = [{"ErrorEquals": ["Personalize.ResourceNotFoundException"], "Next": "Caught"}]
    definition = {
        "QueryLanguage": "JSONata",
        "StartAt": "Describe",
        "States": {
            "Describe": task(
                "personalize:describeSolution", {"SolutionArn": SOLUTION}, Catch=caught, End=True
            ),
            "Caught": {"Type": "Succeed", "Output": "{% $states.input.Cause %}"},
        },
    }
    execution = run(local_aws, machine(local_aws, definition))
    assert execution["status"] == "SUCCEEDED", execution
    assert SOLUTION in execution["output"]
    assert "(Service: Personalize, Status Code: 400, Request ID: " in execution["output"]


def test_task__field_that_depends_on_data_is_not_of_the_operation__fails(local_aws: LocalAws) -> None:
    state = task("personalize:describeSolution", "{% {'solutionArn': 'x'} %}")
    execution = run(local_aws, machine(local_aws, one(state)))
    assert execution["error"] == "States.Runtime"
    assert "The field 'solutionArn' is not supported by Step Functions" in execution["cause"]


def test_task__empty_list__is_a_list(local_aws: LocalAws) -> None:
    for action, member in (("sns:listTopics", "Topics"), ("personalize:listSolutions", "Solutions")):
        execution = run(local_aws, machine(local_aws, one(task(action, {})), action.replace(":", "-")))
        assert json.loads(execution["output"])[member] == []


def test_task__runtime_and_events__are_called(local_aws: LocalAws) -> None:
    solution(local_aws)
    tracker = local_aws.client("personalize").create_event_tracker(
        name="site", datasetGroupArn=f"{PREFIX}:dataset-group/films"
    )
    put = task(
        "personalizeevents:putEvents",
        {
            "TrackingId": tracker["trackingId"],
            "SessionId": "s",
            "EventList": [{"EventType": "Watch", "SentAt": "2026-01-01T00:00:00Z", "ItemId": "i"}],
        },
    )
    execution = run(local_aws, machine(local_aws, one(put), "events"))
    assert execution["status"] == "SUCCEEDED", execution
    get = task(
        "personalizeruntime:getRecommendations", {"CampaignArn": f"{PREFIX}:campaign/none", "UserId": "u"}
    )
    execution = run(local_aws, machine(local_aws, one(get), "runtime"))
    assert execution["error"] == "PersonalizeRuntime.ResourceNotFoundException"


def test_task__signal_resource__completes_the_wait_of_a_stack(local_aws: LocalAws) -> None:
    policy = {"ResourceSignal": {"Count": 1, "Timeout": "PT12H"}}
    waiting = {
        "Resources": {"Wait": {"Type": "AWS::CloudFormation::WaitCondition", "CreationPolicy": policy}}
    }
    local_aws.client("cloudformation").create_stack(StackName="s", TemplateBody=json.dumps(waiting))
    signal = {"StackName": "s", "LogicalResourceId": "Wait", "UniqueId": "1", "Status": "SUCCESS"}
    execution = run(local_aws, machine(local_aws, one(task("cloudformation:signalResource", signal))))
    assert execution["status"] == "SUCCEEDED", execution
    assert local_aws.settled("s", 20) == "CREATE_COMPLETE"


def test_task__parameter_topic_and_event__are_written_published_and_put(local_aws: LocalAws) -> None:
    queue = local_aws.client("sqs").create_queue(QueueName="q")["QueueUrl"]
    topic = local_aws.client("sns").create_topic(Name="t")["TopicArn"]
    arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:q"
    local_aws.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    events = local_aws.client("events")
    events.put_rule(Name="r", EventPattern=json.dumps({"source": ["films"]}))
    events.put_targets(Rule="r", Targets=[{"Id": "1", "Arn": arn}])
    put = task("ssm:putParameter", {"Name": "/champion", "Value": "v1", "Type": "String"}, Next="Publish")
    entry = {
        "Source": "films",
        "DetailType": "Promoted",
        "Detail": {"version": "{% $states.context.Execution.Name %}"},
    }
    definition = {
        "QueryLanguage": "JSONata",
        "StartAt": "Put",
        "States": {
            "Put": put,
            "Publish": {
                "Type": "Task",
                "Resource": "arn:aws:states:::sns:publish",
                "Arguments": {"TopicArn": topic, "Message": {"promoted": True}},
                "Next": "Emit",
            },
            "Emit": {
                "Type": "Task",
                "Resource": "arn:aws:states:::events:putEvents",
                "Arguments": {"Entries": [entry]},
                "End": True,
            },
        },
    }
    execution = run(local_aws, machine(local_aws, definition))
    assert execution["status"] == "SUCCEEDED", execution
    assert local_aws.client("ssm").get_parameter(Name="/champion")["Parameter"]["Value"] == "v1"
    received = [
        message["Body"]
        for _ in range(2)
        for message in local_aws.client("sqs")
        .receive_message(QueueUrl=queue, MaxNumberOfMessages=10, WaitTimeSeconds=1)
        .get("Messages", [])
    ]
    assert any('"promoted' in text or 'promoted\\"' in text for text in received)
    assert any(execution["name"] in text for text in received)


@pytest.mark.parametrize(
    ("resource", "allowed"),
    [(SOLUTION, True), (f"{PREFIX}:solution/books", False)],
    ids=["allowed", "not-allowed"],
)
def test_task__policies_enforced__role_of_the_machine_decides(
    enforcing_aws: LocalAws, resource: str, allowed: bool
) -> None:
    solution(enforcing_aws)
    iam = enforcing_aws.client("iam")
    iam.create_role(RoleName="pipeline", AssumeRolePolicyDocument=json.dumps(TRUST))
    statement = {"Effect": "Allow", "Action": "personalize:DescribeSolution", "Resource": resource}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.put_role_policy(RoleName="pipeline", PolicyName="p", PolicyDocument=document)
    state = task("personalize:describeSolution", {"SolutionArn": SOLUTION})
    execution = run(enforcing_aws, machine(enforcing_aws, one(state)))
    if allowed:
        assert execution["status"] == "SUCCEEDED", execution
    else:
        assert execution["error"] == "Personalize.PersonalizeException"
        assert "assumed-role/pipeline/" in execution["cause"]
        assert "is not authorized to perform: personalize:DescribeSolution" in execution["cause"]
