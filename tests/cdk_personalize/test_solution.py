"""A Solution's resources in a template, and what it offers to the rest of the stack."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_personalize as personalize
from aws_cdk import aws_s3 as s3
from aws_cdk.assertions import Template
from aws_cdk.interfaces.aws_personalize import DatasetGroupReference
from constructs import Construct

from cdk_personalize import (
    AutoTraining,
    Dataset,
    DatasetGroup,
    Field,
    HpoConfig,
    HyperParameterRanges,
    IDatasetGroup,
    IntegerHyperParameterRange,
    InvalidSolutionError,
    Recipe,
    Schema,
    Solution,
    SolutionConfig,
)

Find = Callable[[cdk.Stack], dict[str, dict[str, Any]]]


def only(resources: dict[str, dict[str, Any]]) -> dict[str, Any]:
    [resource] = resources.values()
    return resource


def test_solution__with_the_least__states_that_it_does_not_train_by_itself(
    stack: cdk.Stack, dataset_group: str, solutions: Find
) -> None:
    Solution(stack, "Movies", dataset_group=dataset_group, recipe=Recipe.USER_PERSONALIZATION_V2)

    resource = only(solutions(stack))

    token = resource["Properties"].pop("ServiceToken")
    assert token["Fn::GetAtt"][0].startswith("PersonalizeProviderFrameworkframeworkonEvent")
    assert resource == {
        "Type": "Custom::PersonalizeSolution",
        "Properties": {
            "ServiceTimeout": "2100",
            "datasetGroupArn": dataset_group,
            "performAutoTraining": False,
            "recipeArn": {
                "Fn::Join": [
                    "",
                    [
                        "arn:",
                        {"Ref": "AWS::Partition"},
                        ":personalize:::recipe/aws-user-personalization-v2",
                    ],
                ]
            },
        },
    }


def test_solution__in_a_stack_with_a_region__has_that_regions_partition(
    dataset_group: str, solutions: Find
) -> None:
    app = cdk.App(context={"@aws-cdk/core:enablePartitionLiterals": True})
    stack = cdk.Stack(app, "Stack", env=cdk.Environment(region="cn-north-1"))
    Solution(stack, "Movies", dataset_group=dataset_group, recipe=Recipe.SIMS)

    assert only(solutions(stack))["Properties"]["recipeArn"] == "arn:aws-cn:personalize:::recipe/aws-sims"


def test_solution__with_everything_on_top_level__uses_the_apis_names(
    stack: cdk.Stack, dataset_group: str
) -> None:
    Solution(
        stack,
        "Movies",
        dataset_group=dataset_group,
        recipe=Recipe.from_arn(
            "arn:aws:personalize:::recipe/aws-of-tomorrow"
        ),  # no known recipe takes all of it
        solution_name="movies",
        event_type="watch",
        perform_auto_ml=False,
        perform_hpo=True,
        perform_incremental_update=True,
        auto_training=AutoTraining.every(days=1),
        wait_for_training_on_delete=True,
        adopt_existing=True,
    )

    Template.from_stack(stack).has_resource_properties(
        "Custom::PersonalizeSolution",
        {
            "name": "movies",
            "eventType": "watch",
            "performAutoML": False,
            "performHPO": True,
            "performIncrementalUpdate": True,
            "performAutoTraining": True,
            "solutionConfig": {"autoTrainingConfig": {"schedulingExpression": "rate(1 day)"}},
            "waitForTrainingOnDelete": True,
            "adoptExisting": True,
        },
    )


@pytest.mark.parametrize(
    ("days", "expression"), [(1, "rate(1 day)"), (2, "rate(2 days)"), (30, "rate(30 days)")]
)
def test_auto_training__every_so_many_days__is_a_rate(days: int, expression: str) -> None:
    assert AutoTraining.every(days=days).schedule_expression == expression


def test_auto_training__disabled__has_no_schedule() -> None:
    assert AutoTraining.DISABLED.schedule_expression is None


def test_solution__any_hyperparameter_range__sends_all_three_lists(
    stack: cdk.Stack, dataset_group: str, solutions: Find
) -> None:
    tried = IntegerHyperParameterRange(name="hidden_dimension", min_value=32, max_value=256)
    Solution(
        stack,
        "Movies",
        dataset_group=dataset_group,
        recipe=Recipe.USER_PERSONALIZATION,
        perform_hpo=True,
        solution_config=SolutionConfig(
            hpo_config=HpoConfig(
                algorithm_hyper_parameter_ranges=HyperParameterRanges(integer_hyper_parameter_ranges=[tried])
            )
        ),
    )

    hpo = only(solutions(stack))["Properties"]["solutionConfig"]["hpoConfig"]
    assert hpo["algorithmHyperParameterRanges"] == {
        "integerHyperParameterRanges": [{"name": "hidden_dimension", "minValue": 32, "maxValue": 256}],
        "continuousHyperParameterRanges": [],
        "categoricalHyperParameterRanges": [],
    }


@pytest.mark.parametrize(
    ("policy", "rendered"),
    [
        (cdk.RemovalPolicy.DESTROY, "Delete"),
        (cdk.RemovalPolicy.RETAIN, "Retain"),
        (cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE, "RetainExceptOnCreate"),
    ],
)
def test_solution__with_a_removal_policy__has_it(
    stack: cdk.Stack, dataset_group: str, solutions: Find, policy: cdk.RemovalPolicy, rendered: str
) -> None:
    Solution(stack, "A", dataset_group=dataset_group, recipe=Recipe.SIMS, removal_policy=policy)

    assert only(solutions(stack))["DeletionPolicy"] == rendered


def test_solution__apply_removal_policy_later__has_it(
    stack: cdk.Stack, dataset_group: str, solutions: Find
) -> None:
    solution = Solution(stack, "A", dataset_group=dataset_group, recipe=Recipe.SIMS)

    solution.apply_removal_policy(cdk.RemovalPolicy.RETAIN)

    assert only(solutions(stack))["DeletionPolicy"] == "Retain"


def test_solution__its_default_child__is_the_resource_for_escape_hatches(
    stack: cdk.Stack, dataset_group: str, solutions: Find
) -> None:
    solution = Solution(stack, "Movies", dataset_group=dataset_group, recipe=Recipe.SIMS)

    child = solution.node.default_child
    assert isinstance(child, cdk.CfnResource)
    assert child.node.id == "Resource"
    child.add_property_override("eventType", "watch")

    assert only(solutions(stack))["Properties"]["eventType"] == "watch"


def test_solution__its_attributes__are_those_that_the_handler_answers(
    stack: cdk.Stack, dataset_group: str
) -> None:
    solution = Solution(stack, "Movies", dataset_group=dataset_group, recipe=Recipe.SIMS)
    attributes = {
        "solution_name": "name",
        "status": "status",
        "dataset_group_arn": "datasetGroupArn",
        "recipe_arn": "recipeArn",
        "event_type": "eventType",
        "creation_date_time": "creationDateTime",
    }
    child = solution.node.default_child
    assert isinstance(child, cdk.CfnElement)
    logical_id = stack.get_logical_id(child)

    resolved = {name: stack.resolve(getattr(solution, name)) for name in attributes}

    # A hotswap resolves a Ref, and no attribute of a custom resource.
    assert stack.resolve(solution.solution_arn) == {"Ref": logical_id}
    assert resolved == {name: {"Fn::GetAtt": [logical_id, api]} for name, api in attributes.items()}


def test_solution__used_in_another_stack__is_exported(
    app: cdk.App, stack: cdk.Stack, dataset_group: str
) -> None:
    solution = Solution(stack, "Movies", dataset_group=dataset_group, recipe=Recipe.SIMS)
    other = cdk.Stack(app, "Other")
    cdk.CfnOutput(other, "Arn", value=solution.solution_arn)

    value = Template.from_stack(other).to_json()["Outputs"]["Arn"]["Value"]

    assert value["Fn::ImportValue"].startswith("Stack:ExportsOutputRefMovies")


def test_solution__its_logical_id__is_readable_and_stays(
    stack: cdk.Stack, dataset_group: str, solutions: Find
) -> None:
    Solution(stack, "Movies", dataset_group=dataset_group, recipe=Recipe.SIMS)

    assert list(solutions(stack)) == ["Movies377B0139"]


def test_solution__with_tokens_everywhere__leaves_them_to_the_service(
    stack: cdk.Stack, solutions: Find
) -> None:
    text = cdk.CfnParameter(stack, "Text")
    number = cdk.CfnParameter(stack, "Number", type="Number")
    days: Any = number.value_as_number
    texts = cdk.CfnParameter(stack, "List", type="CommaDelimitedList")
    Solution(
        stack,
        "Movies",
        dataset_group=text.value_as_string,
        recipe=Recipe.from_arn(text.value_as_string),
        solution_name=text.value_as_string,
        event_type=text.value_as_string,
        perform_hpo=True,
        auto_training=AutoTraining.every(days=days),
        solution_config=SolutionConfig(
            event_value_threshold=number.value_as_number,
            algorithm_hyper_parameters={"a": number.value_as_number, "b": text.value_as_string},
            hpo_config=HpoConfig(
                algorithm_hyper_parameter_ranges=HyperParameterRanges(
                    integer_hyper_parameter_ranges=[IntegerHyperParameterRange(min_value=days, max_value=-1)],
                    categorical_hyper_parameter_ranges=texts.value_as_list,  # type: ignore[arg-type]
                )
            ),
        ),
    )

    properties = only(solutions(stack))["Properties"]

    assert properties["name"] == {"Ref": "Text"}
    assert properties["recipeArn"] == {"Ref": "Text"}
    config = properties["solutionConfig"]
    assert config["autoTrainingConfig"]["schedulingExpression"] == {
        "Fn::Join": ["", ["rate(", {"Ref": "Number"}, " days)"]]
    }
    assert config["eventValueThreshold"] == {"Ref": "Number"}
    assert config["algorithmHyperParameters"] == {"a": {"Ref": "Number"}, "b": {"Ref": "Text"}}
    ranges = config["hpoConfig"]["algorithmHyperParameterRanges"]
    assert ranges["integerHyperParameterRanges"] == [{"minValue": {"Ref": "Number"}, "maxValue": -1}]
    assert ranges["categoricalHyperParameterRanges"] == {"Ref": "List"}


def test_solution__with_a_condition_for_a_flag__leaves_it_to_the_service(
    stack: cdk.Stack, dataset_group: str
) -> None:
    condition = cdk.CfnCondition(stack, "Big", expression=cdk.Fn.condition_equals("a", "b"))
    flag: Any = cdk.Fn.condition_if(condition.logical_id, True, False)

    Solution(stack, "Movies", dataset_group=dataset_group, recipe=Recipe.SIMS, perform_hpo=flag)

    Template.from_stack(stack).has_resource_properties(
        "Custom::PersonalizeSolution", {"performHPO": {"Fn::If": ["Big", True, False]}}
    )


VALIDATED = """
import aws_cdk as cdk
from aws_cdk.aws_personalize import CfnSolution

from cdk_personalize import Recipe, Solution

app = cdk.App()
stack = cdk.Stack(app, "Stack")
group = "arn:aws:personalize:us-east-1:123456789012:dataset-group/movies"
Solution(stack, "Movies", dataset_group=group, recipe=Recipe.SIMS)
CfnSolution(stack, "Wrong", name="movies", dataset_group_arn="movies")
app.synth()
"""


@pytest.mark.process
def test_solution__with_cdks_own_validation_on__has_nothing_to_complain_of(tmp_path: Path) -> None:
    # In a process of its own: CDK reads the variable as it starts.
    settings = {
        "CDK_VALIDATION": "true",
        "CDK_OUTDIR": str(tmp_path),
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    subprocess.run([sys.executable, "-c", VALIDATED], env=os.environ | settings, check=True)

    report = json.loads(tmp_path.joinpath("validation-report.json").read_text())
    violations = [violation for plugin in report["pluginReports"] for violation in plugin["violations"]]
    constructs = {item["constructPath"] for found in violations for item in found["violatingConstructs"]}
    assert constructs == {"Stack/Wrong"}


def test_solution__on_a_native_dataset_group__has_its_arn_and_waits_for_it(
    stack: cdk.Stack, solutions: Find
) -> None:
    group = personalize.CfnDatasetGroup(stack, "Group", name="movies")
    Solution(stack, "Movies", dataset_group=group, recipe=Recipe.SIMS)

    assert only(solutions(stack))["Properties"]["datasetGroupArn"] == {
        "Fn::GetAtt": ["Group", "DatasetGroupArn"]
    }


def test_solution__on_another_stacks_dataset_group__imports_its_arn(
    app: cdk.App, stack: cdk.Stack, solutions: Find
) -> None:
    group = personalize.CfnDatasetGroup(cdk.Stack(app, "Data"), "Group", name="movies")
    Solution(stack, "Movies", dataset_group=group, recipe=Recipe.SIMS)

    assert "Fn::ImportValue" in only(solutions(stack))["Properties"]["datasetGroupArn"]


class OwnGroup(cdk.Resource):
    """An `IDatasetGroup` of a user's own."""

    def __init__(self, scope: Construct, arn: str) -> None:
        super().__init__(scope, "Own")
        self._arn = arn

    @property
    def dataset_group_arn(self) -> str:
        return self._arn


def test_solution__on_a_construct_for_dataset_groups__has_its_arn(
    stack: cdk.Stack, dataset_group: str, solutions: Find
) -> None:
    group: IDatasetGroup = OwnGroup(stack, dataset_group)
    Solution(stack, "Movies", dataset_group=group, recipe=Recipe.SIMS)

    assert only(solutions(stack))["Properties"]["datasetGroupArn"] == dataset_group


def test_solution__on_a_construct_with_another_arn__is_refused(stack: cdk.Stack) -> None:
    with pytest.raises(InvalidSolutionError, match="must be the ARN of a dataset group: got 'movies'"):
        Solution(stack, "Movies", dataset_group=OwnGroup(stack, "movies"), recipe=Recipe.SIMS)


def test_solution__on_a_reference_of_cdks__has_its_arn(
    stack: cdk.Stack, dataset_group: str, solutions: Find
) -> None:
    class Referenced(cdk.Resource):
        @property
        def dataset_group_ref(self) -> DatasetGroupReference:
            return DatasetGroupReference(dataset_group_arn=dataset_group)

    Solution(stack, "Movies", dataset_group=Referenced(stack, "Group"), recipe=Recipe.SIMS)

    assert only(solutions(stack))["Properties"]["datasetGroupArn"] == dataset_group


@pytest.mark.parametrize("kind", [personalize.CfnSchema, object])
def test_solution__on_what_is_no_dataset_group__is_refused(stack: cdk.Stack, kind: Any) -> None:
    value = kind(stack, "Other", name="a", schema="{}") if kind is personalize.CfnSchema else kind()

    with pytest.raises(
        InvalidSolutionError, match=r"must be a dataset group: .*aws_personalize.CfnDatasetGroup"
    ):
        Solution(stack, "Movies", dataset_group=value, recipe=Recipe.SIMS)


def test_solution__on_a_group_of_the_app__is_deleted_before_each_dataset_of_its_stack(
    app: cdk.App, stack: cdk.Stack, solutions: Find
) -> None:
    """The service doesn't delete a dataset that a training uses (rule 80)."""
    group = DatasetGroup(stack, "Group")

    def dataset(scope: cdk.Stack, schema: Schema) -> Dataset:
        return Dataset(scope, f"{schema.node.id}Data", dataset_group=group, schema=schema)

    first = dataset(stack, Schema.interactions(stack, "Clicks"))
    movies = Solution(stack, "Movies", dataset_group=group.dataset_group_arn, recipe=Recipe.SIMS)
    role = first.grant_import(s3.Bucket(stack, "Bucket"))
    movies.grant_train(role)  # a dependency on the role, in the dataset's construct, would be a circle
    second = dataset(stack, Schema.users(stack, "Users", fields=[Field.int("AGE")]))
    other = cdk.Stack(app, "Other")
    dataset(other, Schema.items(other, "Items", fields=[Field.int("YEAR")]))

    [found] = solutions(stack).values()
    assert sorted(found["DependsOn"]) == sorted(
        stack.resolve(one.dataset_arn)["Fn::GetAtt"][0] for one in (first, second)
    )
