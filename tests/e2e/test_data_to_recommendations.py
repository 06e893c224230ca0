"""From data to recommendations on the local AWS, with the clients of AWS.

Each in compressed time: the training of 20 minutes takes a second.
"""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from personalize_local.address import ACCOUNT, REGION
from personalize_local.testing.server_process import LocalAws
from support.processes.distributions import once
from support.processes.installation import Environment
from support.processes.state_machines import TRUST, run, task
from support.requests.sample_data import INTERACTIONS_SCHEMA
from support.virtual_time.imported_data import small

CLIENTS = Path(__file__).with_name("clients")
ROLE = f"arn:aws:iam::{ACCOUNT}:role/reader"
RECIPE = "arn:aws:personalize:::recipe/aws-user-personalization-v2"
KEY = "interactions/all.csv"
FAST = 1200
NDCG = "normalized_discounted_cumulative_gain_at_25"


class RefusedError(Exception):
    """The client reported an error."""


class Client:
    """A process that makes calls with an SDK or a CLI, one for each line of its standard input."""

    def __init__(self, command: list[str], environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            command, env=dict(environment), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def call(self, service: str, operation: str, **given: Any) -> dict[str, Any]:
        """The answer of a call."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        request = {"service": service, "operation": operation, "input": given}
        print(json.dumps(request), file=self._process.stdin, flush=True)
        line = self._process.stdout.readline()
        assert line, f"{self._process.args} has ended; `make setup` installs what it needs"
        said = json.loads(line)
        if "error" in said:
            raise RefusedError(said["error"])
        answer: dict[str, Any] = said["answer"]
        return answer

    def until_active(self, kind: str, arn: str) -> dict[str, Any]:
        """The description of a resource that has become ACTIVE."""
        deadline = time.monotonic() + 30
        member = kind[0].lower() + kind[1:]
        while time.monotonic() < deadline:
            described: dict[str, Any] = self.call("personalize", f"Describe{kind}", **{f"{member}Arn": arn})[
                member
            ]
            assert "FAILED" not in described["status"], described
            if described["status"] == "ACTIVE":
                return described
            time.sleep(0.1)
        raise AssertionError(f"{arn} is not ACTIVE after 30 s")

    def end(self) -> None:
        """End the process."""
        self._process.communicate(timeout=10)


@pytest.fixture(scope="session")
def aws_cli(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The AWS CLI, in an environment of its own."""
    requirements = str(CLIENTS / "requirements.txt")

    def make(folder: Path) -> None:
        Environment.create(folder / "venv", "-r", requirements)

    environment = Environment(once(tmp_path_factory, "aws-cli", make) / "venv")
    return [str(environment.python), str(CLIENTS / "cli.py")]


@pytest.fixture(params=["AWS CLI", "AWS SDK for JavaScript"])
def client(request: pytest.FixtureRequest, local_aws: LocalAws) -> Iterator[Client]:
    command = (
        request.getfixturevalue("aws_cli")
        if request.param == "AWS CLI"
        else ["node", str(CLIENTS / "sdk.js")]
    )
    client = Client(command, local_aws.environment)
    yield client
    client.end()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A file of interactions."""
    file = tmp_path / "interactions.csv"
    file.write_bytes(small().interactions_csv)
    return file


def items(answer: Mapping[str, Any]) -> list[str]:
    return [item["itemId"] for item in answer["itemList"]]


def test_client__uploads_interactions__gets_recommendations_that_follow_events(
    client: Client, local_aws: LocalAws, data: Path
) -> None:
    local_aws.control("POST", "clock", {"scale": FAST})
    call = client.call
    call("s3", "CreateBucket", Bucket="films")
    call("s3", "Upload", file=str(data), bucket="films", key=KEY)
    group = call("personalize", "CreateDatasetGroup", name="films")["datasetGroupArn"]
    schema = call("personalize", "CreateSchema", name="films", schema=INTERACTIONS_SCHEMA)["schemaArn"]
    client.until_active("DatasetGroup", group)
    dataset = call(
        "personalize",
        "CreateDataset",
        name="films",
        datasetGroupArn=group,
        datasetType="Interactions",
        schemaArn=schema,
    )["datasetArn"]
    client.until_active("Dataset", dataset)
    job = call(
        "personalize",
        "CreateDatasetImportJob",
        jobName="first",
        datasetArn=dataset,
        dataSource={"dataLocation": f"s3://films/{KEY}"},
        roleArn=ROLE,
    )["datasetImportJobArn"]
    client.until_active("DatasetImportJob", job)

    solution = call("personalize", "CreateSolution", name="films", datasetGroupArn=group, recipeArn=RECIPE)
    client.until_active("Solution", solution["solutionArn"])
    version = call("personalize", "CreateSolutionVersion", **solution)["solutionVersionArn"]
    client.until_active("SolutionVersion", version)
    metrics = call("personalize", "GetSolutionMetrics", solutionVersionArn=version)["metrics"]
    assert metrics[NDCG] > 0.2
    campaign = call(
        "personalize", "CreateCampaign", name="films", solutionVersionArn=version, minProvisionedTPS=1
    )["campaignArn"]
    assert client.until_active("Campaign", campaign)["solutionVersionArn"] == version

    known = call("personalize-runtime", "GetRecommendations", campaignArn=campaign, userId="u1")
    assert len(items(known)) == 25
    newcomer = {"campaignArn": campaign, "userId": "newcomer"}
    before = items(call("personalize-runtime", "GetRecommendations", **newcomer))
    tracker = call("personalize", "CreateEventTracker", name="site", datasetGroupArn=group)
    client.until_active("EventTracker", tracker["eventTrackerArn"])
    watched = [
        {"eventType": "Watch", "itemId": item, "sentAt": "2026-01-01T00:00:00Z"} for item in before[-3:]
    ]
    call(
        "personalize-events",
        "PutEvents",
        trackingId=tracker["trackingId"],
        userId="newcomer",
        sessionId="s",
        eventList=watched,
    )
    assert items(call("personalize-runtime", "GetRecommendations", **newcomer)) != before


def test_client__service_refuses__reports_its_error(client: Client) -> None:
    arn = f"arn:aws:personalize:{REGION}:{ACCOUNT}:solution/none"
    with pytest.raises(RefusedError, match=f"ResourceNotFoundException.*{arn}"):
        client.call("personalize", "DescribeSolution", solutionArn=arn)


def wait_for(language: str, kind: str, arn: str, following: str) -> dict[str, object]:
    """States that look every minute whether a resource is ACTIVE, and then go on."""
    wait, look, choose = f"Wait for {kind}", f"Describe {kind}", f"Is {kind} ACTIVE?"
    active: dict[str, object] = {"Next": following}
    if language == "JSONata":
        look_with: dict[str, object] = {
            "Arguments": {f"{kind}Arn": f"{{% ${arn} %}}"},
            "Assign": {"status": f"{{% $states.result.{kind}.Status %}}"},
        }
        active["Condition"] = "{% $status = 'ACTIVE' %}"
    else:
        look_with = {
            "Parameters": {f"{kind}Arn.$": f"$.{arn}.{kind}Arn"},
            "ResultPath": "$.described",
        }
        active |= {"Variable": f"$.described.{kind}.Status", "StringEquals": "ACTIVE"}
    resource = f"arn:aws:states:::aws-sdk:personalize:describe{kind}"
    return {
        wait: {"Type": "Wait", "Seconds": 60, "Next": look},
        look: {"Type": "Task", "Resource": resource, "Next": choose, **look_with},
        choose: {"Type": "Choice", "Choices": [active], "Default": wait},
    }


NAMES = {"JobName": "first", "DataSource": {"DataLocation": f"s3://films/{KEY}"}, "RoleArn": ROLE}
VIEWED = {"EventType": "Watch", "SentAt": "2026-01-01T00:00:00Z"}
JSONATA: dict[str, object] = {
    "QueryLanguage": "JSONata",
    "StartAt": "Import",
    "States": {
        "Import": task(
            "personalize:createDatasetImportJob",
            {**NAMES, "DatasetArn": "${Dataset}"},
            Assign={"job": "{% $states.result.DatasetImportJobArn %}"},
            Next="Wait for DatasetImportJob",
        ),
        **wait_for("JSONata", "DatasetImportJob", "job", "Train"),
        "Train": task(
            "personalize:createSolutionVersion",
            {"SolutionArn": "${Solution}", "Name": "{% 'run-' & $states.context.Execution.Name %}"},
            Assign={"version": "{% $states.result.SolutionVersionArn %}"},
            Next="Wait for SolutionVersion",
        ),
        **wait_for("JSONata", "SolutionVersion", "version", "Measure"),
        "Measure": task(
            "personalize:getSolutionMetrics",
            {"SolutionVersionArn": "{% $version %}"},
            Assign={"ndcg": f"{{% $states.result.Metrics.{NDCG} %}}"},
            Next="Good enough?",
        ),
        "Good enough?": {
            "Type": "Choice",
            "Choices": [{"Condition": "{% $ndcg > 0.2 %}", "Next": "Deploy"}],
            "Default": "Rejected",
        },
        "Rejected": {"Type": "Fail", "Error": "Rejected", "Cause": "{% 'NDCG is ' & $string($ndcg) %}"},
        "Deploy": task(
            "personalize:createCampaign",
            {"Name": "films", "SolutionVersionArn": "{% $version %}", "MinProvisionedTPS": 1},
            Assign={"campaign": "{% $states.result.CampaignArn %}"},
            Next="Wait for Campaign",
        ),
        **wait_for("JSONata", "Campaign", "campaign", "Watch"),
        "Watch": task(
            "personalizeevents:putEvents",
            {"TrackingId": "${Tracking}", "SessionId": "s", "EventList": [{**VIEWED, "ItemId": "i1"}]},
            Next="Recommend",
        ),
        "Recommend": task(
            "personalizeruntime:getRecommendations",
            {"CampaignArn": "{% $campaign %}", "UserId": "{% $states.context.Execution.Input.user %}"},
            Output="{% [$states.result.ItemList.ItemId] %}",
            End=True,
        ),
    },
}
JSONPATH: dict[str, object] = {
    "StartAt": "Import",
    "States": {
        "Import": task(
            "personalize:createDatasetImportJob",
            {**NAMES, "DatasetArn": "${Dataset}"},
            "Parameters",
            ResultPath="$.job",
            Next="Wait for DatasetImportJob",
        ),
        **wait_for("JSONPath", "DatasetImportJob", "job", "Train"),
        "Train": task(
            "personalize:createSolutionVersion",
            {"SolutionArn": "${Solution}", "Name.$": "States.Format('run-{}', $$.Execution.Name)"},
            "Parameters",
            ResultPath="$.version",
            Next="Wait for SolutionVersion",
        ),
        **wait_for("JSONPath", "SolutionVersion", "version", "Measure"),
        "Measure": task(
            "personalize:getSolutionMetrics",
            {"SolutionVersionArn.$": "$.version.SolutionVersionArn"},
            "Parameters",
            ResultSelector={"ndcg.$": f"$.Metrics.{NDCG}"},
            ResultPath="$.measured",
            Next="Good enough?",
        ),
        "Good enough?": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.measured.ndcg", "NumericGreaterThan": 0.2, "Next": "Deploy"}],
            "Default": "Rejected",
        },
        "Rejected": {"Type": "Fail", "Error": "Rejected"},
        "Deploy": task(
            "personalize:createCampaign",
            {
                "Name": "films",
                "SolutionVersionArn.$": "$.version.SolutionVersionArn",
                "MinProvisionedTPS": 1,
            },
            "Parameters",
            ResultPath="$.campaign",
            Next="Wait for Campaign",
        ),
        **wait_for("JSONPath", "Campaign", "campaign", "Watch"),
        "Watch": task(
            "personalizeevents:putEvents",
            {"TrackingId": "${Tracking}", "SessionId": "s", "EventList": [{**VIEWED, "ItemId": "i1"}]},
            "Parameters",
            ResultPath=None,
            Next="Recommend",
        ),
        "Recommend": task(
            "personalizeruntime:getRecommendations",
            {"CampaignArn.$": "$.campaign.CampaignArn", "UserId.$": "$$.Execution.Input.user"},
            "Parameters",
            OutputPath="$.ItemList[*].ItemId",
            End=True,
        ),
    },
}


def stack(definition: Mapping[str, object]) -> dict[str, Any]:
    """A dataset group with its data side, a solution, and a state machine that runs them."""
    group = {"Fn::GetAtt": ["Group", "DatasetGroupArn"]}
    resources: dict[str, tuple[str, dict[str, object]]] = {
        "Group": ("Personalize::DatasetGroup", {"Name": "films"}),
        "Schema": ("Personalize::Schema", {"Name": "films", "Schema": INTERACTIONS_SCHEMA}),
        "Dataset": (
            "Personalize::Dataset",
            {
                "Name": "films",
                "DatasetGroupArn": group,
                "DatasetType": "Interactions",
                "SchemaArn": {"Fn::GetAtt": ["Schema", "SchemaArn"]},
            },
        ),
        "Solution": (
            "Personalize::Solution",
            {"Name": "films", "DatasetGroupArn": group, "RecipeArn": RECIPE},
        ),
        "Tracker": ("Personalize::EventTracker", {"Name": "site", "DatasetGroupArn": group}),
        "Role": ("IAM::Role", {"AssumeRolePolicyDocument": TRUST}),
        "Pipeline": (
            "StepFunctions::StateMachine",
            {
                "RoleArn": {"Fn::GetAtt": ["Role", "Arn"]},
                "DefinitionString": json.dumps(definition),
                "DefinitionSubstitutions": {
                    "Dataset": {"Fn::GetAtt": ["Dataset", "DatasetArn"]},
                    "Solution": {"Fn::GetAtt": ["Solution", "SolutionArn"]},
                    "Tracking": {"Fn::GetAtt": ["Tracker", "TrackingId"]},
                },
            },
        ),
    }
    return {
        "Resources": {
            name: {"Type": f"AWS::{kind}", "Properties": properties}
            for name, (kind, properties) in resources.items()
        },
        "Outputs": {"Pipeline": {"Value": {"Ref": "Pipeline"}}},
    }


@pytest.mark.parametrize("definition", [JSONATA, JSONPATH], ids=["JSONata", "JSONPath"])
def test_state_machine__of_a_template__imports_trains_measures_deploys_and_recommends(
    local_aws: LocalAws, definition: dict[str, object]
) -> None:
    local_aws.client("s3").create_bucket(Bucket="films")
    local_aws.client("s3").put_object(Bucket="films", Key=KEY, Body=small().interactions_csv)
    local_aws.control("POST", "clock", {"scale": FAST})
    assert local_aws.apply("films", stack(definition)) == "CREATE_COMPLETE", local_aws.reasons("films")
    began = time.monotonic()
    execution = run(local_aws, local_aws.outputs("films")["Pipeline"], {"user": "u1"})
    took = time.monotonic() - began
    assert execution["status"] == "SUCCEEDED", execution
    assert len(json.loads(execution["output"])) == 25
    # Twenty minutes of training, on the clock of the execution too.
    assert (execution["stopDate"] - execution["startDate"]).total_seconds() >= 1200
    assert took < 10
