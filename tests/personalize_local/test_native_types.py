"""CloudFormation's own types of Personalize: their properties, and what they ask of the service."""

from __future__ import annotations

from typing import Any, cast

import botocore.session
import pytest
from botocore.model import ListShape, Shape, StructureShape

from personalize_local.address import ACCOUNT, REGION
from personalize_local.native_types import NATIVE_TYPES, NativeType, ResourceError
from personalize_local.simulator import Durations, Failure, Personalize, Scope
from support.requests.avro import avro
from support.requests.native_schema import pointed_at, resource_schema

PREFIX = f"arn:aws:personalize:{REGION}:{ACCOUNT}"
SCOPE = Scope("aws", REGION, ACCOUNT)
SCHEMA = avro("Interactions")
TYPES = {kind.noun: kind for kind in NATIVE_TYPES}


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
