"""What a `TrainingPipeline` puts into a template."""

from __future__ import annotations

import json
import re
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sns as sns
from ministack.services import eventbridge

from cdk_personalize import (
    Approval,
    AutoTraining,
    Campaign,
    EventParameters,
    EventsConfig,
    Recipe,
    Solution,
    SolutionConfig,
    TrainingPipeline,
)
from cdk_personalize.pipeline import configuration
from cdk_personalize.pipeline.definition.states import LOOK_RETRIES
from cdk_personalize.pipeline.tag import SOLUTION_TAG
from support.requests.pipelines import (
    GROUP,
    definitions,
    largest,
    resources,
    smallest,
    stack,
    states,
    template,
    text_of,
)


@pytest.fixture(scope="module")
def small() -> dict[str, Any]:
    scope = stack()
    smallest(scope)
    return template(scope)


@pytest.fixture(scope="module")
def large() -> dict[str, Any]:
    scope = stack()
    largest(scope)
    return template(scope)


# Services whose IAM prefix is not their name in a state machine, and integrations of their own.
_PREFIX = {"sfn": "states", "sns": "sns", "events": "events"}


def called(definition: dict[str, Any]) -> set[str]:
    """The IAM actions that a definition calls, in lower case."""
    found = set()
    for _, state in states(definition):
        if state["Type"] == "Task":
            resource = state["Resource"].removesuffix(".waitForTaskToken").removeprefix("arn:aws:states:::")
            service, _, action = resource.removeprefix("aws-sdk:").partition(":")
            found.add(f"{_PREFIX.get(service, service)}:{action}".lower())
    return found


def granted(found: dict[str, Any], machine: str) -> dict[str, set[str]]:
    """The resources that the role of a state machine may call each action on."""
    grants: dict[str, set[str]] = {}
    for name, policy in resources(found, "AWS::IAM::Policy").items():
        if not re.match(rf"Train{machine}Role", name):
            continue
        for statement in policy["PolicyDocument"]["Statement"]:
            actions, on = statement["Action"], statement["Resource"]
            for action in [actions] if isinstance(actions, str) else actions:
                texts = {text_of(one) for one in (on if isinstance(on, list) else [on])}
                grants.setdefault(action, set()).update(texts)
    return grants


# What calls need besides the action of their own name.
_IMPLIED = {
    "personalize:tagresource": "personalize:createcampaign",
    "iam:passrole": "personalize:createdatasetimportjob",
}


@pytest.mark.parametrize("size", ["small", "large"])
@pytest.mark.parametrize("machine", ["Runs", "Cleanup"])
def test_role__may_call_what_the_definition_calls_and_no_more(
    machine: str, size: str, request: pytest.FixtureRequest
) -> None:
    found = request.getfixturevalue(size)
    calls = called(definitions(found)[machine])
    allowed = {action.lower() for action in granted(found, machine)}
    assert {_IMPLIED.get(action, action) for action in allowed} == calls


def test_role__any_resource__only_where_there_is_no_other(large: dict[str, Any]) -> None:
    for machine in ("Runs", "Cleanup"):
        anywhere = {action for action, on in granted(large, machine).items() if "*" in on}
        # Composite alarms are described only with this scope; the others have no resource types.
        lists = {"cloudwatch:DescribeAlarms", "cloudwatch:PutMetricData", "personalize:ListSolutionVersions"}
        assert anywhere <= lists


def test_template__of_the_same_input__is_the_same() -> None:
    first, second = stack(), stack()
    largest(first)
    largest(second)
    assert template(first) == template(second)


@pytest.mark.parametrize("size", ["small", "large"])
def test_definition__names_each_state_once__and_explains_it(
    size: str, request: pytest.FixtureRequest
) -> None:
    for definition in definitions(request.getfixturevalue(size)).values():
        found = list(states(definition))
        names = [name for name, _ in found]
        assert len(names) == len(set(names))
        assert all(len(name) <= 80 for name in names)
        for name, state in found:
            if state["Type"] in ("Task", "Choice", "Wait", "Parallel", "Map"):
                assert state.get("Comment"), name
        assert definition["TimeoutSeconds"] > 0


# Those of JSONata that a variable is likely to be called.
_FUNCTIONS = frozenset(
    re.findall(
        r"\w+",
        """abs append average contains count distinct each error exists filter floor hash join keys length
        lookup map match max merge millis min not now number parse power random range reduce replace round
        single sort split states string substring sum toMillis type uuid zip""",
    )
)


def test_definition__no_variable_hides_a_function(large: dict[str, Any]) -> None:
    """`$exists(...)` fails once a variable is called `exists`."""
    for definition in definitions(large).values():
        for name, state in states(definition):
            for assigned in (state, *state.get("Catch", ()), *state.get("Choices", ())):
                assert not _FUNCTIONS & set(assigned.get("Assign", ())), name


def assigned(states_of: dict[str, Any]) -> set[str]:
    """The variables that the states of one scope assign."""
    names = set()
    for state in states_of.values():
        for one in (state, *state.get("Catch", ()), *state.get("Choices", ())):
            names |= one.get("Assign", {}).keys()
    return names


def test_definition__no_branch_assigns_a_variable_of_the_states_outside(large: dict[str, Any]) -> None:
    """Step Functions refuses that ("Variable scope" in its Developer Guide)."""

    def check(scope: dict[str, Any], outside: set[str]) -> None:
        own = assigned(scope["States"])
        assert not own & outside
        for state in scope["States"].values():
            for inner in (*state.get("Branches", ()), *filter(None, [state.get("ItemProcessor")])):
                check(inner, outside | own)

    for definition in definitions(large).values():
        check(definition, set())


def test_definition__each_task_retries_throttles__and_never_what_is_invalid(large: dict[str, Any]) -> None:
    for definition in definitions(large).values():
        for name, state in states(definition):
            if state["Type"] != "Task":
                continue
            retried = {error for retrier in state["Retry"] for error in retrier["ErrorEquals"]}
            assert retried, name
            assert not any("Invalid" in error or error == "States.ALL" for error in retried), name
            for retrier in state["Retry"]:
                is_look = retrier.items() >= LOOK_RETRIES.items()  # it has its loop's waits
                assert is_look or retrier["JitterStrategy"] == "FULL", name
                assert retrier["MaxAttempts"] <= 60, name


def test_definition__every_task_and_parallel_of_a_run_catches(large: dict[str, Any]) -> None:
    """In a branch, the Parallel catches."""
    for name, state in definitions(large)["Runs"]["States"].items():
        if state["Type"] in ("Task", "Parallel"):
            assert state["Catch"][-1]["ErrorEquals"] == ["States.ALL"], name


def test_campaign__with_a_pipeline__leaves_the_version_to_it(small: dict[str, Any]) -> None:
    (campaign,) = resources(small, "Custom::PersonalizeCampaign").values()
    assert campaign["hasPromoter"] is True
    create = definitions(small)["Runs"]["States"]["Begin the promotion"]["Assign"]["tags"]
    assert {tag["tagKey"] for tag in create} >= {"cdk-personalize:stack-id", "cdk-personalize:config-hash"}


def test_campaign__of_another_stack__is_created_with_the_tags_of_that_stack() -> None:
    """By its tags the stack of the campaign knows that the campaign is its own."""
    app = cdk.App()
    serving, training = cdk.Stack(app, "Serving"), cdk.Stack(app, "Training")
    solution = Solution(serving, "ForYou", dataset_group=GROUP, recipe=Recipe.USER_PERSONALIZATION_V2)
    campaign = Campaign(serving, "Live", solution=solution)
    TrainingPipeline(training, "Train", solution=solution, campaign=campaign)
    create = definitions(template(training))["Runs"]["States"]["Begin the promotion"]["Assign"]["tags"]
    (owner,) = (tag["tagValue"] for tag in create if tag["tagKey"] == "cdk-personalize:stack-id")
    exported = template(serving)["Outputs"]
    assert owner in {
        f"<{one['Export']['Name']}>" for one in exported.values() if one["Value"] == {"Ref": "AWS::StackId"}
    }


def test_schedule__gives_up_soon(large: dict[str, Any]) -> None:
    """The CDK's default is 185 retries in a day (rule 207)."""
    (schedule,) = resources(large, "AWS::Scheduler::Schedule").values()
    assert schedule["Target"]["RetryPolicy"] == {"MaximumEventAgeInSeconds": 900, "MaximumRetryAttempts": 3}
    assert json.loads(schedule["Target"]["Input"]) == {"startedBy": "schedule"}


def test_champion__takes_no_tags__so_that_no_deploy_overwrites_it() -> None:
    scope = stack()
    smallest(scope)
    cdk.Tags.of(scope).add("team", "films")
    (champion,) = resources(template(scope), "AWS::SSM::Parameter").values()
    assert champion.keys() == {"Type", "Name", "Value"}


def rule(found: dict[str, Any], name: str) -> dict[str, Any]:
    (rule,) = (
        rule for key, rule in resources(found, "AWS::Events::Rule").items() if key.startswith(f"Train{name}")
    )
    return dict(rule["EventPattern"])


def test_deploys__start_runs_by_default(small: dict[str, Any], large: dict[str, Any]) -> None:
    assert rule(small, "OnDeploy")["detail"] == {
        "stack-id": [{"Ref": "AWS::StackId"}],
        "status-details": {"status": ["CREATE_COMPLETE", "UPDATE_COMPLETE"]},
    }
    first = rule(large, "OnFirstDeploy")["detail"]
    (condition,) = resources(large, "AWS::CloudFormation::WaitCondition")
    assert first["logical-resource-id"] == [condition]
    assert large["Resources"][condition]["CreationPolicy"] == {
        "ResourceSignal": {"Count": 1, "Timeout": "PT6H"}
    }


@pytest.mark.parametrize(
    ("reason", "starts"),
    [
        pytest.param({}, True, id="none"),
        pytest.param({"status-reason": ""}, True, id="empty"),
        pytest.param({"status-reason": "Resource creation Initiated"}, True, id="initiated"),
        pytest.param(
            {"status-reason": "Received FAILURE signal with UniqueId FAILED Train"}, False, id="failure"
        ),
        pytest.param(
            {"status-reason": "Received SUCCESS signal with UniqueId PROMOTED"}, False, id="success"
        ),
    ],
)
def test_first_deploy__a_signal_starts_no_run(
    large: dict[str, Any], reason: dict[str, str], starts: bool
) -> None:
    """A signal is an event of the wait condition too: after a failure it would start another training."""
    pattern = rule(large, "OnFirstDeploy")
    (condition,) = resources(large, "AWS::CloudFormation::WaitCondition")
    pattern["detail"]["stack-id"] = ["films"]
    event = {
        "Source": "aws.cloudformation",
        "DetailType": "CloudFormation Resource Status Change",
        "Detail": json.dumps(
            {
                "stack-id": "films",
                "logical-resource-id": condition,
                "status-details": {"status": "CREATE_IN_PROGRESS", **reason},
            }
        ),
    }
    assert eventbridge._matches_pattern(json.dumps(pattern), event) is starts


def test_first_deploy__waits_only_once_the_run_can_read_its_data(large: dict[str, Any]) -> None:
    (condition,) = resources(large, "AWS::CloudFormation::WaitCondition")
    needed = set(large["Resources"][condition]["DependsOn"])
    policies = {
        name
        for kind in ("AWS::IAM::Policy", "AWS::S3::BucketPolicy")
        for name in resources(large, kind)
        if name.startswith(("WatchedImportRole", "Bucket", "TrainRunsRole"))
    }
    assert len(policies) == 3
    assert policies <= needed


def test_rule_of_deploys__does_not_depend_on_the_state_machine(small: dict[str, Any]) -> None:
    """A rule takes a while to work, so it must be there long before the deploy ends."""
    (target,) = (
        target
        for name, properties in resources(small, "AWS::Events::Rule").items()
        if name.startswith("TrainOnDeploy")
        for target in properties["Targets"]
    )
    assert "TrainRuns" not in json.dumps(target)


def test_deploys__turned_off__start_nothing() -> None:
    scope = stack()
    smallest(scope, train_on_deploy=False)
    found = template(scope)
    assert [name for name in resources(found, "AWS::Events::Rule") if "Deploy" in name] == []
    assert "Nothing to train" not in definitions(found)["Runs"]["States"]


def test_events__rules_match_the_outcomes_of_this_pipeline() -> None:
    scope = stack()
    pipeline = smallest(scope)
    topic = sns.Topic(scope, "Topic")
    pipeline.on_promoted("Promoted", target=targets.SnsTopic(topic))
    pipeline.on_rejected("Rejected")
    pipeline.on_failed("Failed")
    found = template(scope)
    assert [rule(found, name)["detail-type"] for name in ("Promoted", "Rejected", "Failed")] == [
        ["Training Promoted"],
        ["Training Rejected"],
        ["Training Failed"],
    ]
    assert rule(found, "Promoted")["source"] == ["cdk-personalize"]


def test_metrics__have_the_pipeline_as_their_dimension() -> None:
    pipeline = smallest(stack())
    rejected = pipeline.metric_rejected()
    assert (rejected.namespace, rejected.metric_name, rejected.statistic) == (
        "CdkPersonalize",
        "REJECTED",
        "Sum",
    )
    assert rejected.dimensions == {"Pipeline": "Films/Train"}
    assert pipeline.metric_promoted().metric_name == "PROMOTED"
    assert pipeline.metric_failed().metric_name == "FAILED"
    assert pipeline.metric("coverage").metric_name == "coverage"


@pytest.mark.parametrize("id", ["映画", "x" * 250], ids=["not ASCII", "long"])
def test_metrics__of_a_path_that_cloudwatch_does_not_take__have_a_name_of_it(id: str) -> None:
    scope = stack()
    solution = Solution(scope, "ForYou", dataset_group=GROUP, recipe=Recipe.USER_PERSONALIZATION_V2)
    weekly = scheduler.ScheduleExpression.rate(cdk.Duration.days(7))
    pipeline = TrainingPipeline(scope, id, solution=solution, schedule=weekly)
    assert pipeline.metric_promoted().dimensions is not None
    name = pipeline.metric_promoted().dimensions["Pipeline"]
    assert re.fullmatch(r"Films-[\w-]{8,55}", name, re.ASCII)

    made = template(scope)
    (schedule,) = resources(made, "AWS::Scheduler::Schedule").values()
    assert schedule["Description"] == f"Runs of {name}"
    for definition in definitions(made).values():
        for _, state in states(definition):
            if state.get("Resource", "").endswith("cloudwatch:putMetricData"):
                assert f'"Value": "{name}"' in state["Arguments"]["MetricData"]


def test_topics__with_a_key__can_be_published_to_by_both_machines() -> None:
    scope = stack()
    topics = [sns.Topic(scope, f"T{n}", master_key=kms.Key(scope, f"K{n}")) for n in range(2)]
    smallest(scope, notify=topics[0], approval=Approval(topics[1]))
    allowed = [
        statement["Resource"]["Fn::GetAtt"][0][:2]
        for policy in resources(template(scope), "AWS::IAM::Policy").values()
        for statement in policy["PolicyDocument"]["Statement"]
        if "kms:Decrypt" in statement["Action"]
    ]
    assert sorted(allowed) == ["K0", "K0", "K1"]


def test_grant_start_execution__is_for_runs_only() -> None:
    scope = stack()
    pipeline = smallest(scope)
    user = iam.User(scope, "Ci")
    pipeline.grant_start_execution(user)
    (policy,) = (p for n, p in resources(template(scope), "AWS::IAM::Policy").items() if n.startswith("Ci"))
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert statement["Action"] == "states:StartExecution"
    assert "TrainRuns" in text_of(statement["Resource"])


def hashed(**arguments: Any) -> str:
    solution = Solution(stack(), "S", dataset_group=GROUP, recipe=Recipe.USER_PERSONALIZATION_V2, **arguments)
    return configuration.hash_of(solution, None)


def test_configuration__is_what_is_trained() -> None:
    weights = EventsConfig(event_parameters_list=[EventParameters(event_type="watch", weight=1)])
    assert hashed() == hashed() == hashed(wait_for_training_on_delete=True)
    assert hashed() != hashed(event_type="watch")
    assert hashed() != hashed(solution_config=SolutionConfig(events_config=weights))


def test_configuration__has_the_campaign__so_that_a_new_one_gets_a_version() -> None:
    scope = stack()
    solution = Solution(scope, "S", dataset_group=GROUP, recipe=Recipe.SIMS)
    campaigns = [Campaign(scope, name, solution=solution) for name in ("One", "Other")]
    campaigns.append(Campaign(scope, "Named", solution=solution, campaign_name="named"))
    hashes = {configuration.hash_of(solution, campaign) for campaign in (None, *campaigns)}
    assert len(hashes) == 4


def test_configuration__of_an_existing_solution__is_its_arn() -> None:
    scope = stack()
    arn = "arn:aws:personalize:us-east-1:000000000000:solution/"
    one, other = (Solution.from_solution_arn(scope, name, arn + name) for name in ("one", "other"))
    assert configuration.hash_of(one, None) != configuration.hash_of(other, None)


def test_pipeline__on_a_solution_that_trains_automatically__is_refused() -> None:
    scope = stack()
    solution = Solution(
        scope, "S", dataset_group=GROUP, recipe=Recipe.SIMS, auto_training=AutoTraining.every(days=7)
    )
    with pytest.raises(ValueError, match="must not train automatically"):
        TrainingPipeline(scope, "Train", solution=solution)


def test_machine_of_runs__has_the_solution_as_a_tag__for_the_command(small: dict[str, Any]) -> None:
    machines = resources(small, "AWS::StepFunctions::StateMachine")
    tags = {name: properties.get("Tags") for name, properties in machines.items() if "Train" in name}
    (runs,) = (tags.pop(name) for name in [*tags] if "Runs" in name)

    assert [tag["Key"] for tag in runs] == [SOLUTION_TAG]
    assert [*tags.values()] == [None]
