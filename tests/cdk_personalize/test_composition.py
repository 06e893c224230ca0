"""Solutions in nested stacks and stages, used by other stacks, and seen by aspects."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import jsii
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk.assertions import Template
from constructs import Construct, IConstruct

from cdk_personalize import (
    Dataset,
    DatasetGroup,
    EventTracker,
    Filter,
    InvalidConstructError,
    InvalidSolutionError,
    Recipe,
    Schema,
    Solution,
)

Find = Callable[[cdk.Stack], dict[str, dict[str, Any]]]

HERE = cdk.Environment(account="111111111111", region="us-east-1")
ANOTHER_ACCOUNT = cdk.Environment(account="222222222222", region="us-east-1")
ANOTHER_REGION = cdk.Environment(account="111111111111", region="eu-west-1")

DATASET_GROUP = "arn:aws:personalize:us-east-1:123456789012:dataset-group/movies"


def solution(scope: Construct, id: str = "Movies", **arguments: Any) -> Solution:
    return Solution(scope, id, dataset_group=DATASET_GROUP, recipe=Recipe.SIMS, **arguments)


def output(stack: cdk.Stack, value: str) -> Any:
    cdk.CfnOutput(stack, "Out", value=value)
    return Template.from_stack(stack).to_json()["Outputs"]["Out"]["Value"]


# Nested stacks and stages


def test_nested_stack__has_its_solution_and_a_provider_of_its_own(stack: cdk.Stack) -> None:
    nested = cdk.NestedStack(stack, "Nested")
    solution(nested)
    solution(stack)

    for template in (Template.from_stack(nested), Template.from_stack(stack)):
        template.resource_count_is("Custom::PersonalizeSolution", 1)
        template.resource_count_is("AWS::StepFunctions::StateMachine", 1)


def test_nested_stack__its_solution_used_by_the_parent__is_an_output_of_it(stack: cdk.Stack) -> None:
    nested = cdk.NestedStack(stack, "Nested")
    movies = solution(nested)

    value = output(stack, movies.solution_arn)

    assert value["Fn::GetAtt"][1].startswith("Outputs.StackNestedMovies")


def test_nested_stack__the_parents_solution_used_in_it__is_a_parameter_of_it(stack: cdk.Stack) -> None:
    movies = solution(stack)
    nested = cdk.NestedStack(stack, "Nested")

    value = output(nested, movies.solution_arn)

    assert value == {"Ref": next(iter(Template.from_stack(nested).to_json()["Parameters"]))}


def test_stage__its_stacks__have_the_logical_ids_of_any_other(app: cdk.App, solutions: Find) -> None:
    staged = cdk.Stack(cdk.Stage(app, "Prod"), "Recommendations")
    solution(staged)
    solution(plain := cdk.Stack(app, "Recommendations"))

    assert solutions(staged) == solutions(plain)


# Other stacks


def test_other_stack__by_a_strong_reference__imports_the_arn_and_the_name(
    app: cdk.App, stack: cdk.Stack
) -> None:
    movies = solution(stack)
    other = cdk.Stack(app, "Other")
    cdk.CfnOutput(other, "Name", value=movies.solution_name)

    assert "Fn::ImportValue" in output(other, movies.solution_arn)
    assert "Fn::ImportValue" in Template.from_stack(other).to_json()["Outputs"]["Name"]["Value"]


def test_other_stack__by_a_weak_reference__reads_the_output(app: cdk.App, stack: cdk.Stack) -> None:
    movies = solution(stack)
    movies.apply_cross_stack_reference_strength(cdk.ReferenceStrength.WEAK)

    value = output(cdk.Stack(app, "Other"), movies.solution_arn)

    assert value["Fn::GetStackOutput"]["StackName"] == "Stack"


def test_other_stack__granted_there__is_allowed_on_the_imported_arn(app: cdk.App, stack: cdk.Stack) -> None:
    movies = solution(stack)
    other = cdk.Stack(app, "Other")
    movies.grant_train(iam.User(other, "Trainer"))

    [policy] = Template.from_stack(other).find_resources("AWS::IAM::Policy").values()
    [statement] = policy["Properties"]["PolicyDocument"]["Statement"]
    assert "Fn::ImportValue" in statement["Resource"][0]


def test_other_region__with_references_across_regions__is_read_there(app: cdk.App) -> None:
    movies = solution(cdk.Stack(app, "Here", env=HERE, cross_region_references=True))
    there = cdk.Stack(app, "There", env=ANOTHER_REGION, cross_region_references=True)

    value = output(there, movies.solution_arn)

    assert value["Fn::GetAtt"][0].startswith("ExportsReader")


@pytest.mark.parametrize("explicit", [True, False])
def test_other_account__with_a_name__has_the_arn_written_down(
    app: cdk.App, solutions: Find, explicit: bool
) -> None:
    here = cdk.Stack(app, "Here", env=HERE)
    movies = solution(here, solution_name="movies" if explicit else cdk.PhysicalName.GENERATE_IF_NEEDED)

    value = output(cdk.Stack(app, "There", env=ANOTHER_ACCOUNT), movies.solution_arn)

    [resource] = solutions(here).values()
    written = resource["Properties"]["name"]
    assert value["Fn::Join"][1][-1] == f":personalize:us-east-1:111111111111:solution/{written}"


def test_other_account__without_a_name__is_refused_with_what_to_do(app: cdk.App) -> None:
    movies = solution(cdk.Stack(app, "Here", env=HERE))

    with pytest.raises(RuntimeError, match="physical name must be explicit set or use"):
        output(cdk.Stack(app, "There", env=ANOTHER_ACCOUNT), movies.solution_arn)


def test_name_if_needed__not_needed__is_left_out(app: cdk.App, solutions: Find) -> None:
    stack = cdk.Stack(app, "Here", env=HERE)
    solution(stack, solution_name=cdk.PhysicalName.GENERATE_IF_NEEDED)

    [resource] = solutions(stack).values()
    assert "name" not in resource["Properties"]


# Aspects and policies


@jsii.implements(cdk.IAspect)
class Annotator:
    """Visits every resource, as a company's own aspects do."""

    def __init__(self) -> None:
        self.visited: list[str] = []

    def visit(self, node: IConstruct) -> None:
        if isinstance(node, cdk.CfnResource) and node.cfn_resource_type == Solution.RESOURCE_TYPE:
            self.visited.append(node.node.path)
            node.add_property_override("eventType", "watch")


def test_aspect__on_resources__finds_the_solution_and_may_change_it(
    stack: cdk.Stack, solutions: Find
) -> None:
    solution(stack)
    annotator = Annotator()
    cdk.Aspects.of(stack).add(annotator)  # type: ignore[arg-type]

    [resource] = solutions(stack).values()

    assert annotator.visited == ["Stack/Movies/Resource"]
    assert resource["Properties"]["eventType"] == "watch"


def test_removal_policies__of_the_stack__reach_the_solution(stack: cdk.Stack, solutions: Find) -> None:
    solution(stack)
    cdk.RemovalPolicies.of(stack).retain(apply_to_resource_types=[Solution.RESOURCE_TYPE])

    [resource] = solutions(stack).values()

    assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == ("Retain", "Retain")


def test_apply_removal_policy__of_a_snapshot__is_refused_as_at_construction(stack: cdk.Stack) -> None:
    with pytest.raises(InvalidSolutionError) as late:
        solution(stack).apply_removal_policy(cdk.RemovalPolicy.SNAPSHOT)
    with pytest.raises(InvalidSolutionError) as early:
        solution(stack, removal_policy=cdk.RemovalPolicy.SNAPSHOT)

    assert late.value.problems == early.value.problems


@pytest.mark.parametrize(
    "make",
    [
        lambda scope: Filter(
            scope, "F", dataset_group=DATASET_GROUP, filter_expression="INCLUDE ItemID WHERE Items.YEAR > 1"
        ),
        lambda scope: EventTracker(scope, "E", dataset_group=DATASET_GROUP),
        lambda scope: Schema.interactions(scope, "S"),
        lambda scope: Dataset(
            scope, "D", dataset_group=DATASET_GROUP, schema=Schema.interactions(scope, "S")
        ),
        lambda scope: DatasetGroup(scope, "G"),
    ],
    ids=["filter", "event tracker", "schema", "dataset", "dataset group"],
)
def test_apply_removal_policy__of_a_native_type__takes_no_snapshot(
    stack: cdk.Stack, make: Callable[[cdk.Stack], Any]
) -> None:
    made = make(stack)
    with pytest.raises(InvalidConstructError, match="has no snapshot"):
        made.apply_removal_policy(cdk.RemovalPolicy.SNAPSHOT)

    made.apply_removal_policy(cdk.RemovalPolicy.RETAIN)

    template = Template.from_stack(stack).to_json()
    policies = [
        resource.get("DeletionPolicy")
        for resource in template["Resources"].values()
        if resource["Type"] == made.KIND.resource_type
    ]
    assert policies == ["Retain"]


def test_dependency__between_two__is_between_their_resources(stack: cdk.Stack, solutions: Find) -> None:
    solution(stack, "Later").node.add_dependency(solution(stack, "Earlier"))

    found = solutions(stack)
    [later] = [resource for resource in found.values() if "DependsOn" in resource]
    assert later["DependsOn"][0] in found
