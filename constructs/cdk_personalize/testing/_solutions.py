"""Assertions about the solutions in a template, in the arguments of `Solution`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from aws_cdk import RemovalPolicy
from aws_cdk.assertions import Matcher, Template

from cdk_personalize import AutoTraining, IPersonalizeProvider, Recipe, SolutionConfig
from cdk_personalize.model.tokens import is_token
from cdk_personalize.solution.kind import SOLUTION
from cdk_personalize.solution.request import SolutionRequest
from cdk_personalize.testing._assertions import (
    Compare,
    Difference,
    SharedArguments,
    as_in_template,
    assert_one_has,
    resources_of,
)


def solutions_of(template: Template | Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the properties of a template's solutions, in the API's names, by logical id."""
    return {name: item["Properties"] for name, item in resources_of(template, SOLUTION).items()}


def has_solution(
    template: Template | Mapping[str, Any],
    *,
    dataset_group: object = None,
    recipe: object = None,
    solution_name: object = None,
    event_type: object = None,
    perform_auto_ml: object = None,
    perform_hpo: object = None,
    perform_incremental_update: object = None,
    auto_training: AutoTraining | None = None,
    solution_config: SolutionConfig | Matcher | None = None,
    wait_for_training_on_delete: object = None,
    adopt_existing: object = None,
    removal_policy: RemovalPolicy | None = None,
    provider: IPersonalizeProvider | None = None,
    tags: Mapping[str, object] | None = None,
) -> None:
    """Assert that a template has a solution with these arguments, whatever its other arguments.

    The arguments are those of `Solution`; omitted ones are not compared. Pass the value that you passed to
    `Solution`, which may be a token such as `dataset_group.attr_dataset_group_arn`; or the value in the
    template, such as `{"Ref": ...}`; or a matcher of the CDK, such as `Match.absent()`. In a
    `solution_config` only the members and keys that you pass are compared; a list is compared as a whole.

    Args:
        template: A `Template` of the CDK, or the result of `template_of`.
        dataset_group: The dataset group with the training data: a construct or an ARN.
        recipe: A `Recipe`, or a matcher for its ARN.
        solution_name: The explicit name.
        event_type: The type of the events to train on.
        perform_auto_ml: Whether the service chooses the recipe.
        perform_hpo: Whether each training optimizes hyperparameters.
        perform_incremental_update: Whether the model is kept current between trainings.
        auto_training: Whether and how often it trains automatically.
        solution_config: How it is trained.
        wait_for_training_on_delete: Whether a deletion waits for a training.
        adopt_existing: Whether it takes over an existing solution.
        removal_policy: What happens to it when it leaves the stack.
        provider: The provider that manages it.
        tags: Tags that it has, among others.

    Raises:
        AssertionError: No solution has all of them. It names the closest solution and each difference.
    """
    __tracebackhide__ = True  # pytest then shows the test, not this function
    arguments = {
        "dataset_group": dataset_group,
        "recipe": recipe,
        "solution_name": solution_name,
        "event_type": event_type,
        "perform_auto_ml": perform_auto_ml,
        "perform_hpo": perform_hpo,
        "perform_incremental_update": perform_incremental_update,
        "auto_training": auto_training,
        "solution_config": solution_config,
        "wait_for_training_on_delete": wait_for_training_on_delete,
        "adopt_existing": adopt_existing,
    }
    special: dict[str, Compare] = {"auto_training": _auto_training_differences}
    if isinstance(recipe, Recipe):
        special["recipe"] = _recipe_differences
    shared = SharedArguments(removal_policy, provider, tags)
    assert_one_has(template, SOLUTION, SolutionRequest, arguments, shared, special)


def _recipe_differences(recipe: Recipe, properties: Mapping[str, Any]) -> Iterator[Difference]:
    """Compare recipes by name where they are the service's own: the stack decides on the partition."""
    arn, found = recipe.arn(partition="aws"), properties.get("recipeArn")
    if is_token(arn):
        if as_in_template(arn) != found:
            yield Difference("recipe", as_in_template(arn), found)
        return
    text = _joined(found)
    _, _, wanted = arn.partition(":personalize:")
    if text.partition(":personalize:")[2] != wanted:
        yield Difference("recipe", recipe.name, text.rpartition("/")[2] or None)


def _auto_training_differences(value: AutoTraining, properties: Mapping[str, Any]) -> Iterator[Difference]:
    config = properties.get("solutionConfig", {}).get("autoTrainingConfig", {})
    found = config.get("schedulingExpression") if properties["performAutoTraining"] is True else "off"
    expected = as_in_template(value.schedule_expression) or "off"
    if expected != found:
        yield Difference("auto_training", expected, found)


def _joined(value: Any) -> str:
    """A string that may be an `Fn::Join`, with `${...}` for what is known only at deploy time."""
    if not isinstance(value, Mapping):
        return str(value or "")
    if "Fn::Join" in value:
        separator, parts = value["Fn::Join"]
        return str(separator.join(map(_joined, parts)))
    return f"${{{next(iter(value.values()), '')}}}"
