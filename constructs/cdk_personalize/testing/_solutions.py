"""What a template says of solutions, in the words of `Solution`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aws_cdk import App, RemovalPolicy, Stack
from aws_cdk.assertions import Matcher, Template

from cdk_personalize import AutoTraining, Recipe, Solution, SolutionConfig
from cdk_personalize.model import value_types as kinds
from cdk_personalize.model.structures import Structure, api_name, members
from cdk_personalize.model.tokens import is_token
from cdk_personalize.model.value_types import Kind, ListOf, MapOf, Text
from cdk_personalize.solution.request import SolutionRequest

_DELETION_POLICIES = {
    RemovalPolicy.DESTROY: "Delete",
    RemovalPolicy.RETAIN: "Retain",
    RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE: "RetainExceptOnCreate",
}

_TAG = Text(max=256)


@dataclass(frozen=True)
class _Difference:
    argument: str
    expected: object
    found: object

    def __str__(self) -> str:
        found = "nothing" if self.found is None else repr(self.found)
        return f"{self.argument}: expected {self.expected!r}, found {found}"


def solutions_of(template: Template | Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the properties of a template's solutions, in the API's names, by logical id."""
    return {name: resource["Properties"] for name, resource in _solution_resources(template).items()}


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
    removal_policy: RemovalPolicy | None = None,
    tags: Mapping[str, object] | None = None,
) -> None:
    """Assert that a template has a solution that was given these arguments, whatever else it was given.

    The arguments are those of `Solution`, and what is left out here is not looked at. A value is what you
    gave to `Solution`, tokens such as `dataset_group.attr_dataset_group_arn` included; or what the template
    has, such as `{"Ref": ...}`; or one of CDK's matchers, such as `Match.absent()`. Of a `solution_config`
    only the members and keys that are given are compared; a list is compared as a whole.

    Args:
        template: CDK's `Template`, or what `template_of` returns.
        dataset_group: What it is trained on: a `CfnDatasetGroup` or an ARN.
        recipe: A `Recipe`, or a matcher for its ARN.
        solution_name: Its explicit name.
        event_type: The events that it is trained on.
        perform_auto_ml: Whether the service chooses the recipe.
        perform_hpo: Whether each training optimizes hyperparameters.
        perform_incremental_update: Whether it is kept current between trainings.
        auto_training: Whether and how often it is trained by itself.
        solution_config: How it is trained.
        wait_for_training_on_delete: Whether a deletion waits for a training.
        removal_policy: What happens to it when it leaves the stack.
        tags: Tags that it has, among others.

    Raises:
        AssertionError: No solution has all of that. It names the closest one and each difference.
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
    }
    expected = {name: value for name, value in arguments.items() if value is not None}
    solutions = _solution_resources(template)
    if not solutions:
        raise AssertionError("the template has no solution")
    differences = {
        name: [
            *_differences(expected, solution["Properties"]),
            *_tag_differences(tags or {}, solution["Properties"].get("tags", [])),
            *_policy_differences(removal_policy, solution.get("DeletionPolicy", "Delete")),
        ]
        for name, solution in solutions.items()
    }
    closest = min(differences, key=lambda name: len(differences[name]))
    if differences[closest]:
        lines = [f"no solution is as expected; the closest is {closest}:"]
        lines += [f"  {difference}" for difference in differences[closest]]
        others = [name for name in solutions if name != closest]
        lines += [f"others: {', '.join(others)}"] if others else []
        raise AssertionError("\n".join(lines))


def _solution_resources(template: Template | Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    resources = (template.to_json() if isinstance(template, Template) else template).get("Resources", {})
    return {name: item for name, item in resources.items() if item["Type"] == Solution.RESOURCE_TYPE}


def _differences(expected: Mapping[str, Any], properties: Mapping[str, Any]) -> Iterator[_Difference]:
    kinds_by_name = members(SolutionRequest)
    for name, value in expected.items():
        found = properties.get(api_name(name))
        if name == "recipe" and isinstance(value, Recipe):
            yield from _recipe_differences(value, found)
        elif name == "auto_training":
            yield from _auto_training_differences(value, properties)
        elif name == "wait_for_training_on_delete" and value is False:
            # False is not in the template.
            yield from [] if found is None else [_Difference(name, value, found)]
        else:
            yield from _value_differences(kinds_by_name[name], value, found, name)


def _value_differences(kind: Kind, expected: Any, found: Any, at: str) -> Iterator[_Difference]:
    """Compare a value with what the template has in its place, part by part where it has parts."""
    parts = _parts(kind, expected, found, at)
    if parts is not None:
        for part in parts:
            yield from _value_differences(*part)
    elif isinstance(expected, Matcher):
        result = expected.test(found)
        if result.has_failed():
            yield _Difference(at, " and ".join(result.to_human_strings()), found)
    else:
        wanted = _as_in_template(expected if isinstance(expected, Mapping) else kinds.wire(kind, expected))
        if wanted != found:
            yield _Difference(at, wanted, found)


def _parts(kind: Kind, expected: Any, found: Any, at: str) -> list[tuple[Kind, Any, Any, str]] | None:
    """What to compare one by one: kind, expected, found and argument; None for a value without parts."""
    members_found = {} if found is None else found
    if isinstance(kind, Structure) and isinstance(expected, kind.type) and isinstance(members_found, Mapping):
        return [
            (member, getattr(expected, name), members_found.get(api_name(name)), f"{at}.{name}")
            for name, member in members(kind.type).items()
            if getattr(expected, name) is not None
        ]
    if isinstance(kind, MapOf) and isinstance(expected, Mapping) and isinstance(found, Mapping):
        return [(kind.value, value, found.get(key), f"{at}[{key!r}]") for key, value in expected.items()]
    are_lists = isinstance(expected, list | tuple) and isinstance(found, list) and not is_token(expected)
    if isinstance(kind, ListOf) and are_lists and len(found) == len(expected):
        pairs = enumerate(zip(expected, found, strict=True))
        return [(kind.item, item, other, f"{at}[{index}]") for index, (item, other) in pairs]
    return None


def _recipe_differences(recipe: Recipe, found: Any) -> Iterator[_Difference]:
    """Compare recipes by name where they are the service's own: the partition is the stack's affair."""
    arn = recipe.arn(partition="aws")
    if is_token(arn):
        if _as_in_template(arn) != found:
            yield _Difference("recipe", _as_in_template(arn), found)
        return
    text = _joined(found)
    _, _, wanted = arn.partition(":personalize:")
    if text.partition(":personalize:")[2] != wanted:
        yield _Difference("recipe", recipe.name, text.rpartition("/")[2] or None)


def _auto_training_differences(value: AutoTraining, properties: Mapping[str, Any]) -> Iterator[_Difference]:
    config = properties.get("solutionConfig", {}).get("autoTrainingConfig", {})
    found = config.get("schedulingExpression") if properties["performAutoTraining"] is True else "off"
    expected = _as_in_template(value.schedule_expression) or "off"
    if expected != found:
        yield _Difference("auto_training", expected, found)


def _tag_differences(
    expected: Mapping[str, object], found: Sequence[Mapping[str, Any]]
) -> Iterator[_Difference]:
    tags = {tag["tagKey"]: tag["tagValue"] for tag in found}
    for key, value in expected.items():
        yield from _value_differences(_TAG, value, tags.get(key), f"tags[{key!r}]")


def _policy_differences(policy: RemovalPolicy | None, found: str) -> Iterator[_Difference]:
    if policy is not None and _DELETION_POLICIES.get(policy) != found:
        yield _Difference("removal_policy", _DELETION_POLICIES.get(policy, str(policy)), found)


def _as_in_template(value: Any) -> Any:
    """A token as the template has it; anything else as it is."""
    return Stack(App()).resolve(value) if is_token(value) else value


def _joined(value: Any) -> str:
    """A string that may be an `Fn::Join`, with `${...}` for what is known only at deploy time."""
    if not isinstance(value, Mapping):
        return str(value or "")
    if "Fn::Join" in value:
        separator, parts = value["Fn::Join"]
        return str(separator.join(map(_joined, parts)))
    return f"${{{next(iter(value.values()), '')}}}"
