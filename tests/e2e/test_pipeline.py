"""Pipelines on the local AWS: the synthesized template, and executions in compressed time."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sns as sns
from click.testing import CliRunner, Result

from cdk_personalize import (
    Bake,
    Campaign,
    Dataset,
    DatasetImport,
    EventParameters,
    EventsConfig,
    MetricGate,
    PersonalizeDashboard,
    Recipe,
    Solution,
    SolutionConfig,
    TrainingPipeline,
)
from cdk_personalize.cli.commands import command
from personalize_local.testing.server_process import LocalAws
from support.processes.cloud import Build, Cloud
from support.processes.process_faults import eventually
from support.requests.pipelines import NDCG, definitions, largest, template
from support.requests.sample_data import INTERACTIONS_SCHEMA, Sample
from support.virtual_time.imported_data import small

BUCKET = "films"
# The bucket is there before the stack, so its policy is not the stack's to write (rule 184).
READABLE = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "personalize.amazonaws.com"},
            "Action": ["s3:GetObject", "s3:ListBucket"],
            "Resource": [f"arn:aws:s3:::{BUCKET}", f"arn:aws:s3:::{BUCKET}/*"],
        }
    ],
}
DATASETS = Cloud.dataset_group_arn.replace(":dataset-group/", ":dataset/")
SCALE = 600
"""Seconds of the service in each second: a training of 20 minutes takes two."""


class Films:
    """A stack with a solution, a campaign and a pipeline, on a dataset group with data."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud, self.aws = cloud, cloud.aws
        self.personalize = cloud.personalize
        self.aws.control("POST", "durations", {"dataset": 0, "dataset_import_job": 0})
        schema = self.personalize.create_schema(name="films", schema=INTERACTIONS_SCHEMA)["schemaArn"]
        self.personalize.create_dataset(
            name="films",
            datasetType="Interactions",
            datasetGroupArn=Cloud.dataset_group_arn,
            schemaArn=schema,
        )
        storage = self.aws.client("s3")
        storage.create_bucket(Bucket=BUCKET)
        storage.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps(READABLE))
        self.data(small())
        self.aws.control("POST", "clock", {"scale": SCALE})

    def data(self, sample: Sample) -> None:
        """Put other interactions where each run imports them from."""
        body = sample.interactions_csv
        self.aws.client("s3").put_object(Bucket=BUCKET, Key="interactions/all.csv", Body=body)

    def deploy(self, more: Callable[[cdk.Stack], Mapping[str, Any]] | None = None, **solution: Any) -> str:
        """Deploy the stack, with more arguments of the pipeline."""
        return self.cloud.deploy(films(more, **solution))

    def machine(self) -> str:
        """The ARN of the state machine of runs."""
        return self.aws.outputs("Stack")["Runs"]

    def start(self) -> str:
        """Start a run."""
        started = self.aws.client("stepfunctions").start_execution(stateMachineArn=self.machine())
        return str(started["executionArn"])

    def executions(self, name: str = "") -> list[dict[str, Any]]:
        """The executions of the runs, oldest first, or of the machine with this suffix in its name."""
        states = self.aws.client("stepfunctions")
        arn = self.machine() + name
        listed = states.list_executions(stateMachineArn=arn)["executions"]
        return [
            states.describe_execution(executionArn=one["executionArn"])
            for one in sorted(listed, key=lambda one: one["startDate"])
        ]

    def records(self, count: int, name: str = "") -> list[dict[str, Any]]:
        """The records of this many executions, when they have ended; of one that failed, its cause."""
        found = eventually(f"{count} executions ended", lambda: ended(self.executions(name), count))
        return [
            json.loads(one["output"])
            if one["status"] == "SUCCEEDED"
            else {"outcome": one["status"], "reasons": [one.get("cause")]}
            for one in found
        ]

    def records_of(self, started_by: str) -> list[dict[str, Any]]:
        """The records of executions that have ended, of those that this started."""
        done = [one for one in self.executions() if one["status"] == "SUCCEEDED"]
        records = [json.loads(one["output"]) for one in done]
        return [record for record in records if record["startedBy"] == started_by]

    def command(self, *arguments: str) -> Result:
        """What the command `cdk-personalize` answers."""
        return CliRunner().invoke(command, arguments, env=self.aws.environment)

    def campaigns(self) -> list[dict[str, Any]]:
        """All campaigns."""
        listed = self.personalize.list_campaigns()["campaigns"]
        return [
            self.personalize.describe_campaign(campaignArn=one["campaignArn"])["campaign"] for one in listed
        ]

    def training(self) -> list[str]:
        """The versions that train."""
        listed = self.personalize.list_solution_versions()["solutionVersions"]
        return [
            one["solutionVersionArn"]
            for one in listed
            if one["status"] in ("CREATE PENDING", "CREATE IN_PROGRESS")
        ]


def films(more: Callable[[cdk.Stack], Mapping[str, Any]] | None = None, **of_solution: Any) -> Build:
    """The stack."""

    def build(stack: cdk.Stack) -> None:
        solution = Solution(
            stack,
            "ForYou",
            dataset_group=Cloud.dataset_group_arn,
            recipe=Recipe.USER_PERSONALIZATION_V2,
            **of_solution,
        )
        campaign = Campaign(stack, "Live", solution=solution)
        dataset = Dataset.from_dataset_arn(stack, "Watched", f"{DATASETS}/INTERACTIONS")
        imports = [
            DatasetImport(dataset, s3.Bucket.from_bucket_name(stack, "Bucket", BUCKET), "interactions/")
        ]
        arguments = {"imports": imports, **(more(stack) if more else {})}
        pipeline = TrainingPipeline(stack, "Train", solution=solution, campaign=campaign, **arguments)
        PersonalizeDashboard(stack, "Dashboard", pipelines=[pipeline])
        cdk.CfnOutput(stack, "Runs", value=pipeline.state_machine.state_machine_arn)
        cdk.CfnOutput(stack, "Champion", value=pipeline.champion_parameter.parameter_name)

    return build


def ended(executions: list[dict[str, Any]], count: int) -> list[dict[str, Any]] | None:
    done = [one for one in executions if one["status"] != "RUNNING"]
    return done if len(done) >= count else None


@pytest.fixture
def stack(enforcing_aws: LocalAws) -> Films:
    """The account, with data. Policies are enforced: each call needs what the pipeline grants."""
    return Films(Cloud(enforcing_aws))


def test_life__first_deploy__rejection__changed_configuration__teardown_during_a_run(stack: Films) -> None:
    def more(scope: cdk.Stack) -> Mapping[str, Any]:
        popular = Solution(
            scope, "Popular", dataset_group=Cloud.dataset_group_arn, recipe=Recipe.POPULARITY_COUNT
        )
        gate = MetricGate.better_than_baseline(NDCG, popular, by=0.1)
        return {"wait_on_first_deploy": cdk.Duration.hours(6), "gate": gate}

    # The first deploy ends with a campaign in service. Its other events start runs with nothing to train.
    assert stack.deploy(more) == "CREATE_COMPLETE", stack.cloud.reasons()
    (campaign,) = stack.campaigns()
    assert campaign["status"] == "ACTIVE"
    promoted, *others = stack.records(2)
    assert (promoted["startedBy"], promoted["verdict"]) == ("deploy", "PASS")
    assert promoted["outcome"] == "PROMOTED"
    assert {one["outcome"] for one in others} == {"NOTHING_TO_TRAIN"}
    assert campaign["solutionVersionArn"] == promoted["solutionVersionArn"]
    assert "cdk-personalize:stack-id" in stack.cloud.tags(campaign["campaignArn"])
    name = stack.aws.outputs("Stack")["Champion"]
    champion = stack.aws.client("ssm").get_parameter(Name=name)["Parameter"]["Value"]
    assert champion == promoted["solutionVersionArn"]

    # Shuffled data: no user has a taste that a model could learn.
    stack.data(small().shuffled())
    watched = stack.command("watch", stack.start())
    assert (watched.exit_code, watched.stderr) == (1, ""), watched.output
    states = [line[10:] for line in watched.stdout.splitlines() if line[2:3] == ":"]
    assert (states[0], states[-1], len(states)) == ("Note the run", "Done", len({*states}))
    (rejected,) = stack.records_of("person")
    assert (rejected["outcome"], rejected["verdict"]) == ("REJECTED", "FAIL"), rejected["reasons"]
    assert stack.campaigns()[0]["solutionVersionArn"] == champion

    # What the runs leave to look at.
    for one in (promoted, others[0]):
        assert stack.command("watch", one["execution"]).exit_code == 0
    listed = stack.command("runs", promoted["solutionArn"].rpartition("/")[2], "--json")
    shown = [one["record"] for one in json.loads(listed.stdout)["runs"]]
    assert (shown[0], shown[-1]) == (rejected, promoted)
    (dashboard,) = stack.aws.client("cloudwatch").list_dashboards()["DashboardEntries"]
    body = stack.aws.client("cloudwatch").get_dashboard(DashboardName=dashboard["DashboardName"])
    assert len(json.loads(body["DashboardBody"])["widgets"]) == 4

    # A deploy that changes what is trained waits for nothing, and starts a run.
    events = EventsConfig(event_parameters_list=[EventParameters(event_type="Purchase", weight=1)])
    config = SolutionConfig(events_config=events)
    assert stack.deploy(more, solution_config=config) == "UPDATE_COMPLETE", stack.cloud.reasons()
    eventually("a training", stack.training)
    assert stack.cloud.destroy() == "DELETE_COMPLETE", stack.cloud.reasons()
    assert (stack.campaigns(), stack.cloud.solutions(), stack.training()) == ([], {}, [])


def test_run__aborted__is_cleaned_up_through_eventbridge(stack: Films) -> None:
    stack.deploy(lambda _: {"train_on_deploy": False})
    execution = stack.start()
    eventually("a training", stack.training)
    stack.aws.client("stepfunctions").stop_execution(executionArn=execution)
    (record,) = stack.records(1, "-cleanup")
    assert record["outcome"] == "FAILED"
    assert record["execution"] == execution
    assert len(record["stopped"]) == 1
    assert stack.training() == []


def test_schedule__is_due__starts_a_run(stack: Films) -> None:
    """Then an alarm that is on brings the previous version back."""

    def more(scope: cdk.Stack) -> Mapping[str, Any]:
        alarm = cloudwatch.Alarm(
            scope,
            "Silence",
            metric=cloudwatch.Metric(namespace="App", metric_name="Requests"),
            threshold=1,
            evaluation_periods=1,
            comparison_operator=cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
            treat_missing_data=cloudwatch.TreatMissingData.BREACHING,
        )
        return {
            "bake": Bake(cdk.Duration.minutes(30), alarms=[alarm]),
            "notify": sns.Topic(scope, "Topic"),
            "schedule": scheduler.ScheduleExpression.rate(cdk.Duration.days(7)),
            "train_on_deploy": False,
        }

    assert stack.deploy(more) == "CREATE_COMPLETE", stack.cloud.reasons()
    assert stack.executions() == []
    stack.aws.control("POST", "clock", {"advance": 7 * 86400})
    (first,) = stack.records(1)
    assert (first["outcome"], first["reasons"]) == ("PROMOTED", [])
    assert first["startedBy"] == "schedule"
    stack.aws.control("POST", "clock", {"advance": 7 * 86400})
    _, second = stack.records(2)
    assert second["outcome"] == "ROLLED_BACK", second["reasons"]
    assert "Silence" in second["reasons"][0]
    assert stack.campaigns()[0]["solutionVersionArn"] == first["solutionVersionArn"]


def test_first_deploy__that_waits_for_a_rejected_version__fails_with_the_reason(stack: Films) -> None:
    def more(_: cdk.Stack) -> Mapping[str, Any]:
        gate = MetricGate.at_least("coverage", 1)
        return {"wait_on_first_deploy": cdk.Duration.hours(6), "gate": gate}

    assert stack.deploy(more) == "ROLLBACK_COMPLETE"
    assert "REJECTED coverage is " in stack.cloud.reasons()
    assert (stack.campaigns(), stack.cloud.solutions()) == ([], {})


def test_machines__of_a_whole_stack__are_valid(local_aws: LocalAws) -> None:
    scope = cdk.Stack(cdk.App(), "Films")
    largest(scope)
    for definition in definitions(template(scope)).values():
        validated = local_aws.client("stepfunctions").validate_state_machine_definition(
            definition=json.dumps(definition)
        )
        assert (validated["result"], validated["diagnostics"]) == ("OK", [])
