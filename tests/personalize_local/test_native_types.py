"""CloudFormation's own types of Personalize."""

from __future__ import annotations

import json
from typing import Any, cast

import botocore.session
import pytest
from botocore.model import ListShape, Shape, StructureShape

from native_schema import pointed_at, resource_schema
from personalize_local.address import ACCOUNT, REGION
from personalize_local.native_types import NATIVE_TYPES, NativeType, ResourceError
from personalize_local.simulator import Durations, Failure, Personalize, Scope
from personalize_local.testing.server_process import LocalAws

PREFIX = f"arn:aws:personalize:{REGION}:{ACCOUNT}"
SCOPE = Scope("aws", REGION, ACCOUNT)
SCHEMA = json.dumps(
    {
        "type": "record",
        "name": "Interactions",
        "namespace": "com.amazonaws.personalize.schema",
        "fields": [
            {"name": "USER_ID", "type": "string"},
            {"name": "ITEM_ID", "type": "string"},
            {"name": "TIMESTAMP", "type": "long"},
        ],
        "version": "1.0",
    }
)
TYPES = {kind.noun: kind for kind in NATIVE_TYPES}


def template(*, group: str = "films", dataset: str = "clicks", **properties: object) -> dict[str, Any]:
    """A schema, a dataset group with `properties`, and a dataset of both."""
    interactions = {
        "Name": dataset,
        "DatasetType": "Interactions",
        "DatasetGroupArn": {"Ref": "Group"},
        "SchemaArn": {"Fn::GetAtt": ["Schema", "SchemaArn"]},
    }
    return {
        "Resources": {
            "Schema": {
                "Type": "AWS::Personalize::Schema",
                "Properties": {"Name": "clicks", "Schema": SCHEMA},
            },
            "Group": {"Type": "AWS::Personalize::DatasetGroup", "Properties": {"Name": group, **properties}},
            "Dataset": {"Type": "AWS::Personalize::Dataset", "Properties": interactions},
        },
        "Outputs": {
            "Schema": {"Value": {"Ref": "Schema"}},
            "Group": {"Value": {"Fn::GetAtt": ["Group", "DatasetGroupArn"]}},
            "Dataset": {"Value": {"Fn::GetAtt": ["Dataset", "DatasetArn"]}},
            "DatasetRef": {"Value": {"Ref": "Dataset"}},
        },
    }


@pytest.fixture
def aws(local_aws: LocalAws) -> LocalAws:
    local_aws.control("POST", "durations", {"dataset_group": 0.2, "dataset": 0.2, "delete": 0.2})
    return local_aws


def everything(aws: LocalAws) -> list[str]:
    personalize = aws.client("personalize")
    return [
        *(schema["schemaArn"] for schema in personalize.list_schemas()["schemas"]),
        *(group["datasetGroupArn"] for group in personalize.list_dataset_groups()["datasetGroups"]),
        *(dataset["datasetArn"] for dataset in personalize.list_datasets()["datasets"]),
    ]


def test_create__done__everything_is_active_and_refs_are_arns(aws: LocalAws) -> None:
    assert aws.apply("Data", template(Tags=[{"Key": "team", "Value": "films"}])) == "CREATE_COMPLETE"
    dataset = f"{PREFIX}:dataset/films/INTERACTIONS"
    assert aws.outputs("Data") == {
        "Schema": f"{PREFIX}:schema/clicks",
        "Group": f"{PREFIX}:dataset-group/films",
        "Dataset": dataset,
        "DatasetRef": dataset,
    }
    personalize = aws.client("personalize")
    assert personalize.describe_dataset(datasetArn=dataset)["dataset"]["status"] == "ACTIVE"
    tags = personalize.list_tags_for_resource(resourceArn=f"{PREFIX}:dataset-group/films")["tags"]
    assert tags == [{"tagKey": "team", "tagValue": "films"}]


def test_create__while_it_waits__other_calls_are_answered(aws: LocalAws) -> None:
    aws.control("POST", "durations", {"dataset_group": 3600})
    cloudformation = aws.client("cloudformation")
    cloudformation.create_stack(StackName="Data", TemplateBody=json.dumps(template()))
    stack = cloudformation.describe_stacks(StackName="Data")["Stacks"][0]
    assert stack["StackStatus"] == "CREATE_IN_PROGRESS"
    aws.control("POST", "clock", {"advance": 3600})
    assert aws.settled("Data") == "CREATE_COMPLETE"


def test_delete__done__nothing_is_left(aws: LocalAws) -> None:
    aws.apply("Data", template())
    assert aws.delete("Data") == "DELETE_COMPLETE"
    assert everything(aws) == []


def test_delete__gone_already__succeeds(aws: LocalAws) -> None:
    aws.apply("Data", template())
    aws.control("POST", "durations", {"delete": 0})
    aws.client("personalize").delete_dataset(datasetArn=f"{PREFIX}:dataset/films/INTERACTIONS")
    assert aws.delete("Data") == "DELETE_COMPLETE"


def test_update__another_name__replaces(aws: LocalAws) -> None:
    aws.apply("Data", template())
    assert aws.apply("Data", template(group="books"), update=True) == "UPDATE_COMPLETE"
    assert everything(aws) == [
        f"{PREFIX}:schema/clicks",
        f"{PREFIX}:dataset-group/books",
        f"{PREFIX}:dataset/books/INTERACTIONS",
    ]


def test_update__dataset_keeps_its_arn__the_old_one_is_deleted_first(aws: LocalAws) -> None:
    aws.apply("Data", template())
    assert aws.apply("Data", template(dataset="views"), update=True) == "UPDATE_COMPLETE"
    datasets = aws.client("personalize").list_datasets()["datasets"]
    assert [dataset["name"] for dataset in datasets] == ["views"]


def test_update__same_name_must_be_replaced__fails_on_the_name_and_rolls_back(aws: LocalAws) -> None:
    aws.apply("Data", template())
    assert aws.apply("Data", template(Domain="ECOMMERCE"), update=True) == "UPDATE_ROLLBACK_COMPLETE"
    assert any("ResourceAlreadyExistsException" in reason for reason in aws.reasons("Data"))
    assert len(everything(aws)) == 3


def test_create__fails_later__the_reason_is_the_services_and_nothing_is_left(aws: LocalAws) -> None:
    failure = {"resource": "dataset_group", "name": "films", "outcome": "fail", "reason": "no such key"}
    aws.control("POST", "outcomes", failure)
    assert aws.apply("Data", template()) == "ROLLBACK_COMPLETE"
    assert any("CREATE FAILED: no such key" in reason for reason in aws.reasons("Data"))
    assert everything(aws) == []


@pytest.fixture
def service() -> Personalize:
    return Personalize(durations=Durations(dataset_group=0, dataset=0, delete=0))


@pytest.mark.parametrize(
    ("noun", "properties", "problem"),
    [
        ("DatasetGroup", {}, "#: required key [Name] not found"),
        ("DatasetGroup", {"Name": "a", "Size": 1}, "#: extraneous key [Size] is not permitted"),
        (
            "Schema",
            {"Name": "a", "Schema": SCHEMA, "Domain": "MUSIC"},
            "#/Domain: MUSIC is not a valid enum value",
        ),
        (
            "Dataset",
            {"Name": "a", "DatasetType": "Actions", "DatasetGroupArn": "g", "SchemaArn": "s"},
            "#/DatasetType: Actions is not a valid enum value",
        ),
        (
            "Dataset",
            {
                "Name": "a",
                "DatasetType": "Users",
                "DatasetGroupArn": "g",
                "SchemaArn": "s",
                "DatasetImportJob": {},
            },
            "#/DatasetImportJob: import jobs are not simulated; leave it out of a local deploy",
        ),
    ],
)
def test_create__properties_do_not_fit_the_type__is_refused(
    service: Personalize, noun: str, properties: dict[str, object], problem: str
) -> None:
    with pytest.raises(ResourceError) as error:
        TYPES[noun].create(service, SCOPE, properties)
    assert str(error.value) == (
        f"Properties validation failed for AWS::Personalize::{noun} with message: {problem}"
    )


def test_create__the_service_refuses__says_its_message_and_code(service: Personalize) -> None:
    with pytest.raises(ResourceError, match=r"Error Code: ValidationException"):
        TYPES["DatasetGroup"].create(service, SCOPE, {"Name": "not a name"})


def test_delete__in_use__says_why(service: Personalize) -> None:
    group = TYPES["DatasetGroup"].create(service, SCOPE, {"Name": "films"})
    recipe = "arn:aws:personalize:::recipe/aws-user-personalization-v2"
    service.call("CreateSolution", {"name": "a", "datasetGroupArn": group, "recipeArn": recipe}, SCOPE)
    with pytest.raises(ResourceError, match=r"Error Code: ResourceInUseException"):
        TYPES["DatasetGroup"].delete(service, SCOPE, group)


@pytest.mark.parametrize("kind", NATIVE_TYPES, ids=lambda kind: kind.noun)
def test_properties__are_members_of_the_create_request(kind: NativeType) -> None:
    members = create_shape(kind).members
    names = {name[0].lower() + name[1:] for name in kind.properties if name != "Tags"}
    assert names <= members.keys()
    assert ("tags" in members) == kind.sends_tags


def create_shape(kind: NativeType) -> StructureShape:
    model = botocore.session.get_session().get_service_model("personalize")
    return model.operation_model(f"Create{kind.noun}").input_shape


@pytest.mark.parametrize("kind", NATIVE_TYPES, ids=lambda kind: kind.noun)
def test_type__against_its_registry_schema__is_the_same(kind: NativeType) -> None:
    schema = resource_schema(kind.name)
    read_only = pointed_at(schema, "readOnlyProperties")
    assert set(kind.required) == set(schema["required"])
    assert {*kind.properties, *kind.refused} == set(schema["properties"]) - read_only
    assert {f"{kind.noun}Arn", *kind.attributes} == read_only
    assert pointed_at({"of": schema["primaryIdentifier"]}, "of") == {f"{kind.noun}Arn"}
    assert set(kind.replacing) == pointed_at(schema, "createOnlyProperties")
    assert kind.deletes_first == (schema.get("replacementStrategy") == "delete_then_create")
    enums = {name: tuple(p["enum"]) for name, p in schema["properties"].items() if "enum" in p}
    assert kind.enums == enums
    has_pattern = "pattern" in schema["definitions"]["Tag"]["properties"]["Key"]
    assert has_pattern == ("Tags" not in kind.updatable)


def paths_of_schema(schema: dict[str, Any], node: dict[str, Any], path: tuple[str, ...] = ()) -> set[str]:
    """The paths of the members below a node of a registry schema; a list's elements are called `0`."""
    if "$ref" in node:
        node = schema["definitions"][node["$ref"].rpartition("/")[2]]
    if node["type"] == "array":
        return paths_of_schema(schema, node["items"], (*path, "0"))
    found = set()
    for name, inner in node.get("properties", {}).items():
        found |= {".".join((*path, name))} | paths_of_schema(schema, inner, (*path, name))
    return found


def paths_of_model(shape: Shape, path: tuple[str, ...] = ()) -> set[str]:
    """As of a registry schema, of everything that the API has."""
    if isinstance(shape, ListShape):
        return paths_of_model(shape.member, (*path, "0"))
    found = set()
    for name, inner in shape.members.items() if isinstance(shape, StructureShape) else ():
        there = (*path, name[0].upper() + name[1:])
        found |= {".".join(there)} | paths_of_model(inner, there)
    return found


@pytest.mark.parametrize(("noun", "name"), [("Solution", "SolutionConfig"), ("Campaign", "CampaignConfig")])
def test_config__of_a_type__has_the_members_of_its_registry_schema(noun: str, name: str) -> None:
    kind = TYPES[noun]
    schema = resource_schema(kind.name)
    api = {p for p in paths_of_model(create_shape(kind)) if p.startswith(f"{name}.")}
    lacking = {p for p in api if any(p == one or p.startswith(f"{one}.") for one in kind.lacking)}
    assert api - lacking == paths_of_schema(schema, schema["properties"][name], (name,))


SOLUTION = {
    "Name": "next",
    "DatasetGroupArn": f"{PREFIX}:dataset-group/films",
    "RecipeArn": "arn:aws:personalize:::recipe/aws-user-personalization",
}


@pytest.fixture
def group(service: Personalize) -> str:
    return TYPES["DatasetGroup"].create(service, SCOPE, {"Name": "films"})


@pytest.mark.usefixtures("group")
def test_solution__with_all_that_the_type_has__is_made_of_it(service: Personalize) -> None:
    ranges = {"IntegerHyperParameterRanges": [{"Name": "bptt", "MinValue": "2", "MaxValue": 32}]}
    config = {
        "EventValueThreshold": 0.5,
        "AlgorithmHyperParameters": {"hidden_dimension": 100},
        "HpoConfig": {
            "HpoResourceConfig": {"MaxNumberOfTrainingJobs": 10},
            "AlgorithmHyperParameterRanges": ranges,
        },
    }
    more = {"PerformHPO": "true", "EventType": "buy", "SolutionConfig": config}
    tags = [{"Key": "team", "Value": "films"}]
    arn = TYPES["Solution"].create(service, SCOPE, SOLUTION | more | {"Tags": tags})
    assert TYPES["Solution"].read(service, SCOPE, arn) == {"SolutionArn": f"{PREFIX}:solution/next"}
    [request] = [call.request for call in service.calls() if call.operation == "CreateSolution"]
    assert request == {
        "name": "next",
        "datasetGroupArn": SOLUTION["DatasetGroupArn"],
        "recipeArn": SOLUTION["RecipeArn"],
        "performHPO": True,
        "eventType": "buy",
        "solutionConfig": {
            "eventValueThreshold": "0.5",
            "algorithmHyperParameters": {"hidden_dimension": "100"},
            "hpoConfig": {
                "hpoResourceConfig": {"maxNumberOfTrainingJobs": "10"},
                "algorithmHyperParameterRanges": {
                    "integerHyperParameterRanges": [{"name": "bptt", "minValue": 2, "maxValue": 32}]
                },
            },
        },
        "tags": [{"tagKey": "team", "tagValue": "films"}],
    }
    solution = service.call("DescribeSolution", {"solutionArn": arn}, SCOPE)["solution"]
    # The type cannot switch automatic training off (rule 33).
    assert cast("dict[str, Any]", solution)["performAutoTraining"] is True


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"PerformAutoTraining": False}, "#: extraneous key [PerformAutoTraining] is not permitted"),
        (
            {"SolutionConfig": {"EventsConfig": {}}},
            "#/SolutionConfig: extraneous key [EventsConfig] is not permitted",
        ),
        (
            {"SolutionConfig": {"HpoConfig": {"hpoResourceConfig": {}}}},
            "#/SolutionConfig/HpoConfig: extraneous key [hpoResourceConfig] is not permitted",
        ),
        ({"PerformHPO": "yes"}, "#/PerformHPO: expected type: Boolean, found: str"),
        ({"SolutionConfig": "none"}, "#/SolutionConfig: expected type: JSONObject, found: str"),
        (
            {"SolutionConfig": {"AutoMLConfig": {"RecipeList": "all"}}},
            "#/SolutionConfig/AutoMLConfig/RecipeList: expected type: JSONArray, found: str",
        ),
        (
            {"SolutionConfig": {"AlgorithmHyperParameters": []}},
            "#/SolutionConfig/AlgorithmHyperParameters: expected type: JSONObject, found: list",
        ),
        ({"Name": {"a": 1}}, "#/Name: expected type: String, found: dict"),
        ({"Tags": {"a": "b"}}, "#/Tags: expected type: JSONArray, found: dict"),
        ({"Tags": [{"Key": "a"}]}, "#/Tags/0: required key [Value] not found"),
        (
            {"Tags": [{"Key": "cost centre", "Value": ""}]},
            "#/Tags/0/Key: failed validation constraint for keyword [pattern]",
        ),
    ],
)
@pytest.mark.usefixtures("group")
def test_solution__properties_that_the_type_has_not__are_refused(
    service: Personalize, change: dict[str, object], problem: str
) -> None:
    with pytest.raises(ResourceError) as error:
        TYPES["Solution"].create(service, SCOPE, SOLUTION | change)
    assert str(error.value).endswith(f"with message: {problem}")
    assert service.call("ListSolutions", {}, SCOPE) == {"solutions": []}


@pytest.mark.usefixtures("group")
def test_solution__that_is_not_found_at_first__is_waited_for(service: Personalize) -> None:
    service.set_durations(solution_visible=0.3)
    arn = TYPES["Solution"].create(service, SCOPE, SOLUTION)
    assert TYPES["Solution"].read(service, SCOPE, arn) == {"SolutionArn": arn}


@pytest.mark.usefixtures("group")
def test_solution__while_a_version_trains__cannot_be_deleted(service: Personalize) -> None:
    arn = TYPES["Solution"].create(service, SCOPE, SOLUTION)
    service.call("CreateSolutionVersion", {"solutionArn": arn}, SCOPE)
    with pytest.raises(ResourceError, match=r"stop it, or wait until it ends .*ResourceInUseException"):
        TYPES["Solution"].delete(service, SCOPE, arn)


@pytest.fixture
def campaign(service: Personalize, group: str) -> dict[str, Any]:
    """The properties of a campaign that can be made."""
    service.set_durations(campaign=0, campaign_update=0, solution_version=0)
    solution = TYPES["Solution"].create(service, SCOPE, SOLUTION | {"DatasetGroupArn": group})
    service.call("CreateSolutionVersion", {"solutionArn": solution}, SCOPE)
    return {"Name": "home", "SolutionVersionArn": f"{solution}/$LATEST", "MinProvisionedTPS": "2"}


def described(service: Personalize, arn: str) -> dict[str, Any]:
    answer = service.call("DescribeCampaign", {"campaignArn": arn}, SCOPE)
    return cast("dict[str, Any]", answer["campaign"])


def tags_of(service: Personalize, arn: str) -> dict[str, str]:
    return service.tags_of(SCOPE, arn)


def test_campaign__changed_in_place__is_updated_and_waited_for(
    service: Personalize, campaign: dict[str, Any]
) -> None:
    kind = TYPES["Campaign"]
    arn = kind.create(service, SCOPE, campaign | {"Tags": [{"Key": "a", "Value": "1"}]})
    attributes = kind.read(service, SCOPE, arn)
    assert set(attributes) == {"CampaignArn", "Status", "CreationDateTime", "LastUpdatedDateTime"}
    assert (attributes["CampaignArn"], attributes["Status"]) == (arn, "ACTIVE")
    assert described(service, arn)["minProvisionedTPS"] == 2
    service.set_durations(campaign_update=0.3)
    before = campaign | {"Tags": [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]}
    tags = [{"Key": "b", "Value": "3"}, {"Key": "cost centre", "Value": "7"}]
    after = campaign | {"MinProvisionedTPS": 5, "Tags": tags}
    service.call("TagResource", {"resourceArn": arn, "tags": [{"tagKey": "own", "tagValue": "x"}]}, SCOPE)
    kind.update(service, SCOPE, arn, before, after)
    assert described(service, arn)["minProvisionedTPS"] == 5
    assert tags_of(service, arn) == {"b": "3", "cost centre": "7", "own": "x"}


def test_campaign__only_tags_changed__is_not_updated(service: Personalize, campaign: dict[str, Any]) -> None:
    kind = TYPES["Campaign"]
    arn = kind.create(service, SCOPE, campaign)
    kind.update(service, SCOPE, arn, campaign, campaign | {"Tags": [{"Key": "a", "Value": "1"}]})
    assert "latestCampaignUpdate" not in described(service, arn)
    assert tags_of(service, arn) == {"a": "1"}


def test_campaign__update_that_fails_later__says_why(service: Personalize, campaign: dict[str, Any]) -> None:
    kind = TYPES["Campaign"]
    arn = kind.create(service, SCOPE, campaign)
    service.fail_next(Failure("campaign_update", "home", "no capacity"))
    with pytest.raises(ResourceError, match="CREATE FAILED: no capacity"):
        kind.update(service, SCOPE, arn, campaign, campaign | {"MinProvisionedTPS": 5})


def test_tracker_and_filter__retagged__keep_what_they_are(service: Personalize, group: str) -> None:
    service.set_durations(event_tracker=0, filter=0)
    expression = 'EXCLUDE ItemID WHERE Items.GENRE IN ("horror")'
    for noun, more in (("EventTracker", {}), ("Filter", {"FilterExpression": expression})):
        kind, properties = TYPES[noun], {"Name": "a", "DatasetGroupArn": group, **more}
        arn = kind.create(service, SCOPE, properties)
        made = kind.read(service, SCOPE, arn)
        kind.update(service, SCOPE, arn, properties, properties | {"Tags": [{"Key": "a", "Value": "1"}]})
        assert tags_of(service, arn) == {"a": "1"}
        kind.update(service, SCOPE, arn, properties | {"Tags": [{"Key": "a", "Value": "1"}]}, properties)
        assert tags_of(service, arn) == {}
        assert kind.read(service, SCOPE, arn) == made
        kind.delete(service, SCOPE, arn)
        assert kind.read(service, SCOPE, arn) == {}


def everything_native(**campaign: object) -> dict[str, Any]:
    """A solution, a tracker and a filter, and a campaign when its properties are given."""
    of_group = {"DatasetGroupArn": {"Ref": "Group"}}
    expression = 'EXCLUDE ItemID WHERE Items.GENRE IN ("horror")'
    resources = {
        "Group": {"Type": "AWS::Personalize::DatasetGroup", "Properties": {"Name": "films"}},
        "Solution": {"Type": "AWS::Personalize::Solution", "Properties": SOLUTION | of_group},
        "Tracker": {"Type": "AWS::Personalize::EventTracker", "Properties": {"Name": "site", **of_group}},
        "Filter": {
            "Type": "AWS::Personalize::Filter",
            "Properties": {"Name": "calm", "FilterExpression": expression, **of_group},
        },
    }
    if campaign:
        version = {"Fn::Join": ["/", [{"Fn::GetAtt": ["Solution", "SolutionArn"]}, "$LATEST"]]}
        resources["Campaign"] = {
            "Type": "AWS::Personalize::Campaign",
            "Properties": {"SolutionVersionArn": version, **campaign},
        }
    outputs = {
        "Solution": {"Value": {"Ref": "Solution"}},
        "TrackingId": {"Value": {"Fn::GetAtt": ["Tracker", "TrackingId"]}},
        "FilterStatus": {"Value": {"Fn::GetAtt": ["Filter", "Status"]}},
    }
    return {"Resources": resources, "Outputs": outputs}


@pytest.fixture
def native(aws: LocalAws) -> LocalAws:
    quick = ("event_tracker", "filter", "solution_version", "campaign", "campaign_update")
    aws.control("POST", "durations", dict.fromkeys(quick, 0))
    assert aws.apply("Native", everything_native()) == "CREATE_COMPLETE"
    aws.client("personalize").create_solution_version(solutionArn=f"{PREFIX}:solution/next")
    return aws


def test_stack__of_the_native_types__goes_from_creation_to_nothing(native: LocalAws) -> None:
    outputs = native.outputs("Native")
    assert (outputs["Solution"], outputs["FilterStatus"]) == (f"{PREFIX}:solution/next", "ACTIVE")
    event = {"eventType": "buy", "sentAt": 1}
    native.client("personalize-events").put_events(
        trackingId=outputs["TrackingId"], sessionId="s", eventList=[event]
    )
    [account] = native.control("GET", "")["accounts"]
    assert len(account["datasetGroups"][0]["events"]) == 1
    assert native.apply("Native", everything_native(Name="home"), update=True) == "UPDATE_COMPLETE"
    assert native.delete("Native") == "DELETE_COMPLETE"
    [account] = native.control("GET", "")["accounts"]
    assert [kind for kind, left in account.items() if isinstance(left, list) and left] == []


def test_stack__campaign_changed__is_updated_in_place_or_replaced_as_the_registry_says(
    native: LocalAws,
) -> None:
    personalize = native.client("personalize")
    arn = f"{PREFIX}:campaign/home"
    native.apply("Native", everything_native(Name="home"), update=True)
    made = personalize.describe_campaign(campaignArn=arn)["campaign"]["creationDateTime"]
    tags = [{"Key": "team", "Value": "films"}]
    changed = everything_native(Name="home", MinProvisionedTPS=3, Tags=tags)
    assert native.apply("Native", changed, update=True) == "UPDATE_COMPLETE"
    campaign = personalize.describe_campaign(campaignArn=arn)["campaign"]
    assert (campaign["minProvisionedTPS"], campaign["creationDateTime"]) == (3, made)
    assert personalize.list_tags_for_resource(resourceArn=arn)["tags"] == [
        {"tagKey": "team", "tagValue": "films"}
    ]
    assert native.apply("Native", everything_native(Name="shop"), update=True) == "UPDATE_COMPLETE"
    assert [c["name"] for c in personalize.list_campaigns()["campaigns"]] == ["shop"]


def test_stack__tracker_renamed__fails_for_a_group_has_one_and_rolls_back(native: LocalAws) -> None:
    renamed = everything_native()
    renamed["Resources"]["Tracker"]["Properties"]["Name"] = "shop"
    assert native.apply("Native", renamed, update=True) == "UPDATE_ROLLBACK_COMPLETE"
    assert any("ResourceAlreadyExistsException" in reason for reason in native.reasons("Native"))
    [tracker] = native.client("personalize").list_event_trackers()["eventTrackers"]
    assert tracker["name"] == "site"
